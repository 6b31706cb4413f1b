package gh

import (
	"context"
	"errors"
	"fmt"
	"net/http"

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

func labelling() doing { return doing{"set the labels of the pull request", "pull-requests: write"} }

// addLabels adds labels: POST /repos/{owner}/{repo}/issues/{issue_number}/labels.
func (c *Client) addLabels(ctx context.Context, e plan.AddLabels) error {
	_, _, err := c.rest.Issues.AddLabelsToIssue(mayRepeat(ctx), c.owner, c.repository, e.Pull, e.Names)
	return labelling().failed(err)
}

// removeLabel takes a label off: DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}. The
// client library does not escape the name.
func (c *Client) removeLabel(ctx context.Context, e plan.RemoveLabel) error {
	path := fmt.Sprintf("repos/%s/%s/issues/%d/labels/%s", c.owner, c.repository, e.Pull, segment(e.Name))
	request, err := c.rest.NewRequest(http.MethodDelete, path, nil)
	if err != nil {
		return labelling().failed(err)
	}
	response, err := c.rest.Do(ctx, request, nil)
	if response != nil && response.StatusCode == http.StatusNotFound {
		return nil // the pull request does not have it
	}
	return labelling().failed(err)
}
