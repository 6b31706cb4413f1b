package gh

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
	"github.com/shurcooL/githubv4"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// pulls writes to pull requests, and reads how people answer there.
type pulls struct{ *reader }

func commenting() doing { return doing{"comment on the pull request", "pull-requests: write"} }

// comment writes a comment: by GraphQL where everything is to be read once more at the same time.
func (p *pulls) comment(ctx context.Context, e plan.Comment) (plan.Done, error) {
	if e.Recheck != nil && e.PullID != "" {
		return p.commentAndLook(ctx, e)
	}
	comment, _, err := p.rest.Issues.CreateComment(ctx, p.owner, p.name, e.Pull, &github.IssueComment{Body: &e.Body})
	return plan.Done{CommentID: comment.GetID()}, commenting().failed(created(comment.GetID(), err))
}

func (p *pulls) commentAndLook(ctx context.Context, e plan.Comment) (plan.Done, error) {
	asked := newRepositoryQuery(*e.Recheck)
	onPull := object(fieldOf(asked.fields, "repository", ""))
	subject := object(reflect.StructField{Name: "PullRequest", Type: onPull, Tag: `graphql:"... on PullRequest"`})
	edge := field[struct {
		Node struct{ FullDatabaseID string }
	}]("commentEdge", "")
	payloadType := object(edge, fieldOf(subject, "subject", ""))
	document := reflect.New(object(fieldOf(payloadType, "addComment", "(input: $input)")))
	input := githubv4.AddCommentInput{SubjectID: e.PullID, Body: githubv4.String(e.Body)}
	problems, err := p.graph.mutate(ctx, document.Interface(), input, asked.variables)
	if err = commenting().failed(err); ConversationLocked(err) {
		return p.lookWithout(ctx, *e.Recheck, err)
	}
	if err != nil {
		return plan.Done{}, err
	}
	payload := document.Elem().FieldByName("AddComment")
	id := payload.FieldByName("CommentEdge").FieldByName("Node").FieldByName("FullDatabaseID").String()
	commentID, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return plan.Done{}, commenting().failed(errNoID)
	}
	repository := payload.FieldByName("Subject").FieldByName("PullRequest").FieldByName("Repository")
	facts, err := p.inside(ctx, answer{asked: asked, repository: repository, problems: problems})
	return looked(plan.Done{CommentID: commentID}, facts, err)
}

// lookWithout reads once more what a refused comment would have: who goes on without it must know.
func (p *pulls) lookWithout(ctx context.Context, needs deploy.Needs, refused error) (plan.Done, error) {
	facts, err := p.queryFacts(ctx, needs)
	if err != nil {
		return plan.Done{}, &lookError{errors.Join(refused, err)}
	}
	return plan.Done{Facts: &facts}, refused
}

// editComment gives a comment a new text. Where it was deleted, the text becomes a comment of its own.
func (p *pulls) editComment(ctx context.Context, e plan.EditComment, l plan.Ledger) error {
	_, response, err := p.rest.Issues.EditComment(mayRepeat(ctx), p.owner, p.name, e.CommentID, &github.IssueComment{Body: &e.New.Body})
	if isMissing(response) {
		_, err = p.commentOnce(ctx, e.New, l)
		return err
	}
	return commenting().failed(err)
}

// commentOnce writes a comment unless an earlier attempt did.
func (p *pulls) commentOnce(ctx context.Context, e plan.Comment, l plan.Ledger) (plan.Done, error) {
	id, err := p.findComment(ctx, e, l.Subject.StartedAt)
	if err != nil {
		return plan.Done{}, commenting().failed(err)
	}
	if id == 0 {
		return p.comment(ctx, e)
	}
	done := plan.Done{CommentID: id}
	if e.Recheck == nil {
		return done, nil
	}
	facts, err := p.queryFacts(ctx, *e.Recheck)
	return looked(done, facts, err)
}

func (p *pulls) findComment(ctx context.Context, e plan.Comment, since time.Time) (int64, error) {
	// Clocks differ: look a little further back than the start.
	options := &github.IssueListCommentsOptions{Since: new(since.Add(-time.Minute)), ListOptions: github.ListOptions{PerPage: 100}}
	for {
		comments, response, err := p.rest.Issues.ListComments(ctx, p.owner, p.name, e.Pull, options)
		if err != nil {
			return 0, err
		}
		marked := slices.DeleteFunc(comments, func(one *github.IssueComment) bool { return !strings.Contains(one.GetBody(), e.Marker) })
		if own := p.firstOwn(ctx, marked); own != nil {
			return own.GetID(), nil
		}
		if response.NextPage <= options.Page {
			return 0, nil
		}
		options.Page = response.NextPage
	}
}

// firstOwn returns the first comment of our own, nil for none: everyone can write a marker, to keep us from answering.
// Where GitHub does not say who we are, any counts.
func (p *pulls) firstOwn(ctx context.Context, comments []*github.IssueComment) *github.IssueComment {
	if len(comments) == 0 {
		return nil
	}
	var document struct{ Viewer struct{ Login string } }
	if err := p.graph.query(ctx, &document, nil); err != nil {
		return comments[0]
	}
	own := slices.IndexFunc(comments, func(one *github.IssueComment) bool { return one.GetUser().GetLogin() == document.Viewer.Login })
	if own < 0 {
		return nil
	}
	return comments[own]
}

// react adds a reaction. GitHub answers with the existing one when there is one already.
func (p *pulls) react(ctx context.Context, e plan.React) (plan.Done, error) {
	reaction, _, err := p.rest.Reactions.CreateIssueCommentReaction(ctx, p.owner, p.name, e.CommentID, e.Content)
	what := doing{"react to the comment", "pull-requests: write"}
	return plan.Done{ReactionID: reaction.GetID()}, what.failed(created(reaction.GetID(), err))
}

func (p *pulls) unreact(ctx context.Context, e plan.Unreact) error {
	response, err := p.rest.Reactions.DeleteIssueCommentReaction(ctx, p.owner, p.name, e.CommentID, e.ReactionID)
	if isMissing(response) {
		return nil // it is gone already
	}
	return doing{"take back the reaction", "pull-requests: write"}.failed(err)
}

// Answer reads how a user answered a question by a reaction. A thumb down counts more than a thumb up, whichever
// came first.
func (p *pulls) Answer(ctx context.Context, commentID int64, login string) (deploy.AnswerKind, error) {
	answer := deploy.NoAnswer
	options := &github.ListOptions{PerPage: 100}
	for {
		reactions, response, err := p.rest.Reactions.ListIssueCommentReactions(ctx, p.owner, p.name, commentID, options)
		if err != nil {
			return deploy.NoAnswer, unanswered(err)
		}
		for _, reaction := range reactions {
			switch {
			case reaction.GetUser().GetLogin() != login:
			case reaction.GetContent() == "-1":
				return deploy.Rejected, nil
			case reaction.GetContent() == "+1":
				answer = deploy.Confirmed
			}
		}
		if response.NextPage <= options.Page {
			return answer, nil
		}
		options.Page = response.NextPage
	}
}

// unanswered is why the answer could not be read. A limit of requests is no clear no: the next look
// can succeed.
func unanswered(err error) error {
	failed := doing{"read the reactions to the question", "pull-requests: read"}.failed(err)
	switch status, message := statusAndMessage(err); {
	case status == http.StatusRequestTimeout, status == http.StatusConflict, status == http.StatusTooManyRequests,
		status == http.StatusForbidden && strings.Contains(message, "rate limit"):
		return &lookError{failed}
	}
	return failed
}

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
