package gh

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// IssueError is an issue that cannot be kept current, although GitHub answers.
type IssueError struct{ Problem deploy.Problem }

// Error returns the problem in a sentence.
func (e *IssueError) Error() string { return e.Problem.Text }

// longestText is how long GitHub lets the text of an issue be.
const longestText = 65536

// updateIssue reads the text of an issue, and writes it where it has to say something else.
func (p *pulls) updateIssue(ctx context.Context, e plan.UpdateIssue) error {
	name := fmt.Sprintf("issue #%d", e.Number)
	found, response, err := p.rest.Issues.Get(ctx, p.owner, p.name, e.Number)
	if response != nil && response.StatusCode == http.StatusGone {
		return unfit(name+" was deleted, or the repository has no issues.", "Name another issue in the input `board_issue`.")
	}
	if err != nil {
		return doing{"read " + name, "issues: write"}.failed(err)
	}
	here := strings.ToLower("/repos/" + p.owner + "/" + p.name)
	switch {
	case found.IsPullRequest():
		return unfit(fmt.Sprintf("#%d is a pull request, and `board_issue` takes the number of an issue.", e.Number), "Open an issue, and name it in the input `board_issue`.")
	case !strings.HasSuffix(strings.ToLower(found.GetRepositoryURL()), here):
		return unfit(name+" was transferred to another repository.", "Name another issue in the input `board_issue`.")
	}
	text, changed := e.Place(found.GetBody())
	switch {
	case !changed:
		return nil
	case js.UTF16Len(text) > longestText:
		return unfit("The text of "+name+" is too long: there is no room for what runs where.", "Shorten what the issue says outside of the markers.")
	}
	_, response, err = p.rest.Issues.Edit(mayRepeat(ctx), p.owner, p.name, e.Number, &github.IssueRequest{Body: &text})
	if response != nil && response.StatusCode == http.StatusForbidden && found.GetLocked() {
		return unfit("The conversation of "+name+" is locked, and GitHub does not let this token change it.", "Unlock it, or name another issue in the input `board_issue`.")
	}
	return doing{"change " + name, "issues: write"}.failed(err)
}

func unfit(text, hint string) error {
	return &IssueError{deploy.Problem{Text: strings.ToUpper(text[:1]) + text[1:], Hint: hint}}
}
