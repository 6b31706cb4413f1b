package gh

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shurcooL/githubv4"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/releases"
)

// What reports read at most.
const (
	mostReported    = 2000 // deployments of an environment
	mostCommitPages = 100  // of the default branch, 50 commits each
	mostCompared    = 50   // commits that are not among those
)

// Histories reads the deployments of environments as far back as is asked for, and then to the success before, with the
// commits that they deployed. All environments share one walk through the default branch.
func (r *reader) Histories(ctx context.Context, environments []string, back time.Duration) ([]releases.History, error) {
	all := make([]releases.History, len(environments))
	group, groupContext := errgroup.WithContext(ctx)
	group.SetLimit(mostRuns)
	for i, environment := range environments {
		group.Go(func() (err error) {
			all[i], err = r.reported(groupContext, environment, back)
			what := doing{"read the deployments to " + markdown.Code(environment), "deployments: read` and `contents: read"}
			return what.failed(err)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	commits, err := r.walk(ctx, oldestCommit(all))
	if err != nil {
		return nil, doing{"read the commits of the default branch", "contents: read` and `pull-requests: read"}.failed(err)
	}
	off, err := r.compareOff(ctx, notAmong(commits, all))
	if err != nil {
		return nil, doing{"compare commits with the default branch", "contents: read` and `pull-requests: read"}.failed(err)
	}
	for i := range all {
		all[i].Commits, all[i].Off = commits, off
	}
	return all, nil
}

// reportedNode is a deployment with all of its statuses that one page has.
type reportedNode struct {
	ID string
	deploymentNode
	Commit   *reportedCommit
	Statuses struct {
		Nodes    []recordStatusNode
		PageInfo pageInfo
	} `graphql:"statuses(first: 30)"`
}

type reportedCommit struct {
	Oid           string
	CommittedDate time.Time
	Tree          struct{ Oid string }
}

// reported reads the deployments of an environment, newest first.
func (r *reader) reported(ctx context.Context, environment string, back time.Duration) (releases.History, error) {
	h := releases.History{Environment: environment}
	var cursor *githubv4.String
	for len(h.Deployments) < mostReported {
		page, err := r.reportedPage(ctx, &h, cursor)
		if err != nil {
			return h, err
		}
		if h.Since.IsZero() {
			h.ReadAt = r.clock.read()
			h.Since = h.ReadAt.Add(-back)
		}
		if h.Complete() {
			return h, nil
		}
		if cursor, err = nextPage(page, cursor); err != nil || cursor == nil {
			return h, err
		}
	}
	h.Cut = h.Deployments[len(h.Deployments)-1].CreatedAt
	return h, nil
}

// reportedPage adds a page of deployments.
func (r *reader) reportedPage(ctx context.Context, to *releases.History, cursor *githubv4.String) (pageInfo, error) {
	repository, err := queryRepository[struct {
		Deployments struct {
			Nodes    []reportedNode
			PageInfo pageInfo
		} `graphql:"deployments(environments: $environments, first: 50, after: $cursor, orderBy: {field: CREATED_AT, direction: DESC})"`
	}](ctx, r.repository, map[string]any{"environments": []githubv4.String{githubv4.String(to.Environment)}, "cursor": cursor})
	if err != nil {
		return pageInfo{}, err
	}
	for _, node := range repository.Deployments.Nodes {
		if !envname.Same(node.Environment, to.Environment) {
			return pageInfo{}, errors.New("the answer is about another environment")
		}
		d, err := r.report(ctx, node)
		if err != nil {
			return pageInfo{}, err
		}
		to.Deployments = append(to.Deployments, d)
	}
	return repository.Deployments.PageInfo, nil
}

func (r *reader) report(ctx context.Context, node reportedNode) (deploy.Deployment, error) {
	statuses := node.Statuses.Nodes
	if node.Statuses.PageInfo.HasNextPage {
		var err error
		if statuses, err = r.moreStatuses(ctx, node.ID); err != nil {
			return deploy.Deployment{}, err
		}
	}
	d := node.convert()
	d.ID = node.ID
	if commit := node.Commit; commit != nil && commit.Oid == node.CommitOid {
		d.Commit, d.TreeSHA = &deploy.Commit{SHA: commit.Oid, TreeSHA: commit.Tree.Oid, CommittedAt: deploy.Know(commit.CommittedDate)}, commit.Tree.Oid
	}
	for _, status := range statuses {
		one := status.convert()
		if !one.CreatedAt.OK {
			return d, fmt.Errorf("a status of the deployment %q has no time", node.ID)
		}
		d.Statuses = append(d.Statuses, one)
	}
	return d, nil
}

// moreStatuses reads the statuses of a deployment that has many.
func (r *reader) moreStatuses(ctx context.Context, id string) ([]recordStatusNode, error) {
	var document struct {
		Node struct {
			Deployment struct {
				Statuses struct {
					Nodes    []recordStatusNode
					PageInfo pageInfo
				} `graphql:"statuses(first: 100)"`
			} `graphql:"... on Deployment"`
		} `graphql:"node(id: $id)"`
	}
	err := r.graph.query(ctx, &document, map[string]any{"id": githubv4.ID(id)})
	if err == nil && document.Node.Deployment.Statuses.PageInfo.HasNextPage {
		err = fmt.Errorf("the deployment %q has more than 100 statuses", id)
	}
	return document.Node.Deployment.Statuses.Nodes, err
}
