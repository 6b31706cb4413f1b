package gh

import (
	"context"
	"errors"
	"net/http"

	"github.com/google/go-github/v60/github"

	"github.com/lockstep-action/lockstep/internal/plan"
)

// updateBranch merges the base into a pull request's branch. GitHub answers 202, which the client library calls an
// error, and merges a little later.
func (p *pulls) updateBranch(ctx context.Context, e plan.UpdateBranch) error {
	options := &github.PullRequestBranchUpdateOptions{ExpectedHeadSHA: &e.ExpectedHead}
	_, _, err := p.rest.PullRequests.UpdateBranch(ctx, p.owner, p.name, e.Pull, options)
	if _, accepted := errors.AsType[*github.AcceptedError](err); accepted {
		return nil
	}
	return doing{"update the branch of the pull request", "contents: write"}.failed(err)
}

func labelling() doing { return doing{"set the labels of the pull request", "pull-requests: write"} }

func (p *pulls) addLabels(ctx context.Context, e plan.AddLabels) error {
	_, _, err := p.rest.Issues.AddLabelsToIssue(mayRepeat(ctx), p.owner, p.name, e.Pull, e.Names)
	return labelling().failed(err)
}

// removeLabel takes a label off. The client library does not escape its name.
func (p *pulls) removeLabel(ctx context.Context, e plan.RemoveLabel) error {
	path := p.path("issues/%d/labels/%s", e.Pull, segment(e.Name))
	response, err := p.rest.send(ctx, http.MethodDelete, path, nil, nil)
	if isMissing(response) {
		return nil // the pull request does not have it
	}
	return labelling().failed(err)
}
