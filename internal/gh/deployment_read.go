package gh

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/shurcooL/githubv4"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/plan"
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
	var cursor *githubv4.String
	for range maxPages {
		if page == nil {
			return all, nil
		}
		all = append(all, page.convert()...)
		next, err := nextPage(page.PageInfo, cursor)
		found := slices.ContainsFunc(all, func(d deploy.Deployment) bool { return d.Own })
		if found || err == nil && next == nil {
			return all, nil
		}
		if err == nil {
			page, err = c.moreHistory(ctx, environment, *next)
		}
		if err != nil {
			return nil, fmt.Errorf("read more deployments of %q: %w", environment, err)
		}
		cursor = next
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

func (c *Client) moreHistory(ctx context.Context, environment string, cursor githubv4.String) (*historyConnection, error) {
	repository, err := queryRepository[struct {
		Deployments historyConnection `graphql:"deployments(environments: $environments, first: 100, after: $cursor, orderBy: {field: CREATED_AT, direction: DESC})"`
	}](ctx, c, map[string]any{"environments": []githubv4.String{githubv4.String(environment)}, "cursor": cursor})
	return &repository.Deployments, err
}

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
		facts.MarkRead(deploy.DefaultPart)
		if page != nil {
			facts.Live = []deploy.Deployment{*page}
		}
		if page != nil || next == nil {
			facts.MarkRead(deploy.LivePart)
			return facts, nil
		}
		cursor = next
	}
	facts.MarkUnavailable(deploy.LivePart, deploy.Problem{
		Text: "The newest deployments of " + markdown.Code(environment) + " are all of other tools, and none of ours was found among them.",
		Hint: "Deploy once with a comment, then this finds its own deployment again.",
	})
	return facts, nil
}

const errNoDefault = constant("the repository has no default branch with a commit")

// mergePage reads one page: our own newest deployment on it, or where the next page begins.
func (c *Client) mergePage(ctx context.Context, environment string, cursor *githubv4.String, facts *deploy.Facts) (*deploy.Deployment, *githubv4.String, error) {
	repository, err := queryRepository[struct {
		NameWithOwner    string
		DefaultBranchRef *refNode
		Deployments      struct {
			Nodes    []deployedNode
			PageInfo pageInfo
		} `graphql:"deployments(environments: $environments, first: 100, after: $cursor, orderBy: {field: CREATED_AT, direction: DESC})"`
	}](ctx, c, map[string]any{"environments": []githubv4.String{githubv4.String(environment)}, "cursor": cursor})
	switch {
	case err != nil:
		return nil, nil, err
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

// nextPage returns where the next page begins, nil after the last one.
func nextPage(page pageInfo, cursor *githubv4.String) (*githubv4.String, error) {
	switch {
	case !page.HasNextPage:
		return nil, nil
	case page.EndCursor == nil || (cursor != nil && string(*cursor) == *page.EndCursor):
		return nil, errors.New("the list goes on, and the answer does not say where")
	}
	return new(githubv4.String(*page.EndCursor)), nil
}

// createdBy reads out of a payload which run made a deployment, zero for those of other tools.
func createdBy(of plan.Payload) deploy.CreatedByRun {
	if of.Tool != plan.Tool {
		return deploy.CreatedByRun{}
	}
	return deploy.CreatedByRun{
		Run: deploy.RunID{ID: of.RunID, Attempt: of.RunAttempt}, Comment: of.TriggerCommentID,
		Product: of.Product, Version: of.Version,
	}
}

// findCreators finds out for each deployment of ours that is under way whether its run is over. One whose run
// is unknown is left alone.
func (c *Client) findCreators(ctx context.Context, needs deploy.Needs, facts *deploy.Facts) {
	known := map[deploy.RunID]deploy.RunState{}
	for _, found := range facts.Locks {
		known[deploy.RunID{ID: found.Document.RunID, Attempt: found.Document.RunAttempt}] = found.Run
	}
	var group errgroup.Group
	group.SetLimit(mostRuns)
	for i := range facts.Live {
		found := &facts.Live[i]
		if !found.InProgress() || found.CreatedBy.Run.ID == 0 || found.CreatedBy.Run == needs.Run {
			continue
		}
		if found.CreatedBy.State = known[found.CreatedBy.Run]; found.CreatedBy.State != deploy.RunUnknown {
			continue
		}
		group.Go(func() error {
			state, err := c.runState(ctx, found.CreatedBy.Run, needs.Run)
			if err != nil {
				c.log.Debug("it is unknown whether a deployment is still under way", "run", found.CreatedBy.Run.ID, "error", err.Error())
			}
			found.CreatedBy.State = state
			return nil
		})
	}
	_ = group.Wait() // nothing in it fails
}

// closeOrphan ends the deployment of a run that has ended, unless it has an end by now. It is
// found as one whose creation was cut off.
func (c *Client) closeOrphan(ctx context.Context, e plan.CloseOrphan) error {
	status := plan.SetStatus{State: "error", Environment: e.Environment, Description: plan.WhyOrphaned}
	of := plan.Ledger{RunID: e.CreatedBy.Run.ID, RunAttempt: e.CreatedBy.Run.Attempt, TriggerID: e.CreatedBy.Comment, Attempted: true}
	id, err := c.deploymentID(ctx, status, of)
	if err != nil || id == 0 {
		return settingStatus().failed(err)
	}
	latest, err := c.latestStatus(ctx, id)
	if err != nil || isOver(latest.GetState()) {
		return settingStatus().failed(err)
	}
	of.DeploymentID = id
	_, err = c.setStatus(ctx, status, of)
	return err
}
