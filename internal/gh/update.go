package gh

import (
	"context"
	"errors"

	"github.com/google/go-github/v60/github"

	"github.com/lockstep-action/lockstep/internal/plan"
)

// updateBranch merges the base into a pull request's branch:
// PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch. GitHub answers 202, which the client
// library calls an error, and merges a little later.
func (c *Client) updateBranch(ctx context.Context, e plan.UpdateBranch) error {
	options := &github.PullRequestBranchUpdateOptions{ExpectedHeadSHA: &e.ExpectedHead}
	_, _, err := c.rest.PullRequests.UpdateBranch(ctx, c.owner, c.repository, e.Pull, options)
	if _, accepted := errors.AsType[*github.AcceptedError](err); accepted {
		return nil
	}
	return doing{"update the branch of the pull request", "contents: write"}.failed(err)
}
