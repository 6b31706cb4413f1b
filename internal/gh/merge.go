package gh

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/shurcooL/githubv4"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// deployedNode is a deployment with the tree of its commit.
type deployedNode struct {
	deploymentNode
	Commit *struct{ Tree struct{ Oid string } }
}

// MergeFacts reads the default branch, and the newest deployment of an environment that is our own:
// Facts.Default and Facts.Live. It reads on where other tools fill the environment.
func (c *Client) MergeFacts(ctx context.Context, environment string) (deploy.Facts, error) {
	facts := deploy.Facts{ReadAt: c.now()}
	var cursor *githubv4.String
	for range maxPages {
		page, next, err := c.mergePage(ctx, environment, cursor, &facts)
		if err != nil {
			return deploy.Facts{}, doing{"read what was deployed to " + markdown.Code(environment), "deployments: read` and `contents: read"}.failed(err)
		}
		if page != nil {
			facts.Live = []deploy.Deployment{*page}
			return facts, nil
		}
		if next == nil {
			return facts, nil
		}
		cursor = next
	}
	return facts, nil
}

const errNoDefault = constant("the repository has no default branch with a commit")

// mergePage reads one page: our own newest deployment on it, or where the next page begins.
func (c *Client) mergePage(ctx context.Context, environment string, cursor *githubv4.String, facts *deploy.Facts) (*deploy.Deployment, *githubv4.String, error) {
	var document struct {
		Repository *struct {
			NameWithOwner    string
			DefaultBranchRef *refNode
			Deployments      struct {
				Nodes    []deployedNode
				PageInfo pageInfo
			} `graphql:"deployments(environments: $environments, first: 100, after: $cursor, orderBy: {field: CREATED_AT, direction: DESC})"`
		} `graphql:"repository(owner: $owner, name: $name)"`
	}
	err := c.graph.Query(mayRepeat(ctx), &document, map[string]any{
		"owner": githubv4.String(c.owner), "name": githubv4.String(c.repository),
		"environments": []githubv4.String{githubv4.String(environment)}, "cursor": cursor,
	})
	repository := document.Repository
	switch {
	case err != nil:
		return nil, nil, err
	case repository == nil:
		return nil, nil, errNoRepository
	case repository.DefaultBranchRef == nil || repository.DefaultBranchRef.Target.Commit.Oid == "":
		return nil, nil, errNoDefault
	case !strings.EqualFold(repository.NameWithOwner, c.owner+"/"+c.repository):
		return nil, nil, fmt.Errorf("the answer is about the repository %q", repository.NameWithOwner)
	}
	facts.Default = deploy.Branch{Name: repository.DefaultBranchRef.Name, Head: repository.DefaultBranchRef.Target.Commit.convert()}
	for _, node := range repository.Deployments.Nodes {
		if !strings.EqualFold(node.Environment, environment) {
			return nil, nil, errors.New("the answer is about another environment")
		}
		if deployment := node.convert(); deployment.Own {
			if node.Commit != nil {
				deployment.TreeSHA = node.Commit.Tree.Oid
			}
			return &deployment, nil, nil
		}
	}
	next, err := nextPage(repository.Deployments.PageInfo, cursor)
	return nil, next, err
}

// nextPage tells where the next page begins, nil when there is none.
func nextPage(page pageInfo, cursor *githubv4.String) (*githubv4.String, error) {
	switch {
	case !page.HasNextPage:
		return nil, nil
	case page.EndCursor == nil || (cursor != nil && string(*cursor) == *page.EndCursor):
		return nil, errors.New("the list goes on, and the answer does not say where")
	}
	return new(githubv4.String(*page.EndCursor)), nil
}
