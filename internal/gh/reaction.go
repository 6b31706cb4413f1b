package gh

import (
	"context"
	"net/http"

	"github.com/lockstep-action/lockstep/internal/plan"
)

// react adds a reaction: POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions.
// GitHub answers with the existing one when there is one already.
func (c *Client) react(ctx context.Context, e plan.React) (plan.Done, error) {
	reaction, _, err := c.rest.Reactions.CreateIssueCommentReaction(ctx, c.owner, c.repository, e.CommentID, e.Content)
	what := doing{"react to the comment", "pull-requests: write"}
	return plan.Done{ReactionID: reaction.GetID()}, what.failed(created(reaction.GetID(), err))
}

// unreact takes a reaction away:
// DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}.
func (c *Client) unreact(ctx context.Context, e plan.Unreact) error {
	response, err := c.rest.Reactions.DeleteIssueCommentReaction(ctx, c.owner, c.repository, e.CommentID, e.ReactionID)
	if response != nil && response.StatusCode == http.StatusNotFound {
		return nil // somebody else, or an earlier attempt, took it away
	}
	return doing{"take back the reaction", "pull-requests: write"}.failed(err)
}
