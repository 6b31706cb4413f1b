package gh

import (
	"context"

	"github.com/google/go-github/v60/github"

	"github.com/lockstep-action/lockstep/internal/plan"
)

// distance counts the commits between two: GET /repos/{owner}/{repo}/compare/{basehead}. Only the first
// page of the answer lists the changed files, and nobody wants them here.
func (c *Client) distance(ctx context.Context, e plan.CountCommits) (plan.Done, error) {
	options := &github.ListOptions{PerPage: 1, Page: 2}
	comparison, _, err := c.rest.Repositories.CompareCommits(ctx, c.owner, c.repository, e.Base, e.Head, options)
	if err = counted(comparison, err); err != nil {
		return plan.Done{}, doing{"count the commits since the last deployment", "contents: read"}.failed(err)
	}
	return plan.Done{Ahead: comparison.GetAheadBy(), Behind: comparison.GetBehindBy()}, nil
}
