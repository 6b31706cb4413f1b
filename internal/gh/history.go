package gh

import (
	"context"
	"fmt"
	"slices"

	"github.com/shurcooL/githubv4"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// maxPages bounds the search for our own deployment in an environment that other tools fill.
const maxPages = 10

// deployments converts the first page of an environment's deployments, and reads on where our own
// newest one has to be found and is not on it.
func (c *Client) deployments(ctx context.Context, environment string, page *deploymentConnection, scope deploy.Scope) ([]deploy.Deployment, error) {
	var all []deploy.Deployment
	for range maxPages {
		if page == nil {
			return all, nil
		}
		for _, node := range page.Nodes {
			all = append(all, node.convert())
		}
		cursor := page.PageInfo.EndCursor
		found := slices.ContainsFunc(all, func(d deploy.Deployment) bool { return d.Own })
		if scope != deploy.UntilOwn || found || !page.PageInfo.HasNextPage || cursor == nil {
			return all, nil
		}
		next, err := c.nextDeployments(ctx, environment, *cursor)
		if err != nil {
			return nil, fmt.Errorf("read more deployments of %q: %w", environment, err)
		}
		page = next
	}
	return all, nil
}

func (c *Client) nextDeployments(ctx context.Context, environment, cursor string) (*deploymentConnection, error) {
	var document struct {
		Repository struct {
			Deployments *deploymentConnection `graphql:"deployments(environments: $environments, first: 100, after: $cursor, orderBy: {field: CREATED_AT, direction: DESC})"`
		} `graphql:"repository(owner: $owner, name: $name)"`
	}
	err := c.graph.Query(mayRepeat(ctx), &document, map[string]any{
		"owner": githubv4.String(c.owner), "name": githubv4.String(c.repository),
		"environments": []githubv4.String{githubv4.String(environment)}, "cursor": githubv4.String(cursor),
	})
	return document.Repository.Deployments, err
}
