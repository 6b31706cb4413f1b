package gh

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// Answer reads what somebody answered to a question by a reaction, on all pages:
// GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions. A thumb down counts more than a
// thumb up, whichever came first.
func (c *Client) Answer(ctx context.Context, commentID int64, login string) (deploy.AnswerKind, error) {
	answer := deploy.NoAnswer
	options := &github.ListOptions{PerPage: 100}
	for {
		reactions, response, err := c.rest.Reactions.ListIssueCommentReactions(ctx, c.owner, c.repository, commentID, options)
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
