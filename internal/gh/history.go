package gh

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/shurcooL/githubv4"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// maxPages bounds the search for our own deployment in an environment that other tools fill.
const maxPages = 10

// deployments converts what was read of an environment: its newest deployment, or as many as it takes to find
// our own newest one.
func (c *Client) deployments(ctx context.Context, repository reflect.Value, i int, needs deploy.Needs) ([]deploy.Deployment, error) {
	name, environment := environmentField(i), needs.Environments[i]
	if needs.Scope == deploy.UntilOwn {
		return c.history(ctx, environment, part[historyConnection](repository, name))
	}
	var all []deploy.Deployment
	if page := part[deploymentConnection](repository, name); page != nil {
		for _, node := range page.Nodes {
			all = append(all, node.convert())
		}
	}
	return all, nil
}

// history converts the first page of an environment's deployments, and reads on where our own newest one is
// not on it.
func (c *Client) history(ctx context.Context, environment string, page *historyConnection) ([]deploy.Deployment, error) {
	var all []deploy.Deployment
	for range maxPages {
		if page == nil {
			return all, nil
		}
		all = append(all, page.convert()...)
		cursor := page.PageInfo.EndCursor
		found := slices.ContainsFunc(all, func(d deploy.Deployment) bool { return d.Own })
		if found || !page.PageInfo.HasNextPage || cursor == nil {
			return all, nil
		}
		next, err := c.moreHistory(ctx, environment, *cursor)
		if err != nil {
			return nil, fmt.Errorf("read more deployments of %q: %w", environment, err)
		}
		page = next
	}
	return all, nil
}

func (p *historyConnection) convert() []deploy.Deployment {
	var all []deploy.Deployment
	for _, node := range p.Nodes {
		one := node.convert()
		if node.Statuses != nil {
			one.Succeeded = slices.ContainsFunc(node.Statuses.Nodes, func(status struct{ State string }) bool { return status.State == "SUCCESS" })
		}
		all = append(all, one)
	}
	return all
}

func (c *Client) moreHistory(ctx context.Context, environment, cursor string) (*historyConnection, error) {
	var document struct {
		Repository struct {
			Deployments *historyConnection `graphql:"deployments(environments: $environments, first: 100, after: $cursor, orderBy: {field: CREATED_AT, direction: DESC})"`
		} `graphql:"repository(owner: $owner, name: $name)"`
	}
	err := c.graph.Query(mayRepeat(ctx), &document, map[string]any{
		"owner": githubv4.String(c.owner), "name": githubv4.String(c.repository),
		"environments": []githubv4.String{githubv4.String(environment)}, "cursor": githubv4.String(cursor),
	})
	return document.Repository.Deployments, err
}
