package gh

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/shurcooL/githubv4"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// maxPages bounds the search for our own deployment in an environment that other tools fill.
const maxPages = 10

type (
	historyConnection = statusedConnection[stateNode]
	timesConnection   = statusedConnection[timedStateNode]
)

// statusedConnection is a page of deployments with their newest statuses.
type statusedConnection[S statusNode] struct {
	Nodes []struct {
		deploymentNode
		Statuses *struct{ Nodes []S } `graphql:"statuses(first: 10)"`
	}
	PageInfo pageInfo
}

type statusNode interface {
	succeededAt() (at deploy.Known[time.Time], succeeded bool)
}

type stateNode struct{ State string }

func (n stateNode) succeededAt() (at deploy.Known[time.Time], succeeded bool) { //nolint:unparam // the time was not asked for
	return at, n.State == "SUCCESS"
}

// timedStateNode is asked for only where the time matters.
type timedStateNode struct {
	State     string
	CreatedAt *time.Time
}

func (n timedStateNode) succeededAt() (at deploy.Known[time.Time], succeeded bool) {
	return known(n.CreatedAt), n.State == "SUCCESS"
}

// deploymentConnection is a page of deployments that has no next one. A list inside of this list would
// make the query more expensive with every environment.
type deploymentConnection struct{ Nodes []deploymentNode }

type deploymentNode struct {
	Environment         string
	OriginalEnvironment *string // a status may move a deployment to another environment
	CommitOid           string
	State               string
	Payload             *string
	CreatedAt           time.Time
	Creator             *struct{ Login string }
	LatestStatus        *struct{ LogURL *string }
}

func (n deploymentNode) convert() deploy.Deployment {
	payload, err := readPayload([]byte(value(n.Payload))) // a value of another type is left out
	deployment := deploy.Deployment{
		Environment: n.Environment, SHA: n.CommitOid, State: n.state(), CreatedAt: n.CreatedAt, CreatedBy: createdBy(payload),
		Creator: value(n.Creator).Login, LogURL: value(value(n.LatestStatus).LogURL), Unreadable: err != nil && mayBeOurs(value(n.Payload)),
	}
	deployment.Moved = n.OriginalEnvironment != nil && !envname.Same(*n.OriginalEnvironment, n.Environment)
	if payload.Type == deploy.OwnPayloadType {
		deployment.Own, deployment.Version = true, payload.Version
		deployment.Pull, deployment.Actor = payload.Pull, payload.Actor
	}
	if deployment.Own && payload.Rollback != nil {
		deployment.Rollback = &deploy.Rollback{From: payload.Rollback.From, To: payload.Rollback.To}
	}
	return deployment
}

// state takes GitHub's SUCCESS for ACTIVE: the schema has both, and both are of a deployment that runs.
func (n deploymentNode) state() string {
	if n.State == "SUCCESS" {
		return deploy.Active
	}
	return n.State
}

// mayBeOurs reports whether a payload that cannot be read is the beginning of an object, as ours are.
func mayBeOurs(payload string) bool {
	content := unquoted(json.RawMessage(payload))
	return bytes.HasPrefix(bytes.TrimSpace(content), []byte("{")) && !json.Valid(content)
}

// deployments converts what was read of an environment: its newest deployment, or all as far as our own newest one.
func (r *reader) deployments(ctx context.Context, repository reflect.Value, i int, needs deploy.Needs) ([]deploy.Deployment, error) {
	name, environment := environmentField(i), needs.Environments[i]
	switch {
	case needs.Times && needs.Scope == deploy.Newest:
		return value(part[timesConnection](repository, name)).convert(), nil
	case needs.Times:
		return history(ctx, r, environment, value(part[timesConnection](repository, name)))
	case needs.Scope != deploy.Newest:
		return history(ctx, r, environment, value(part[historyConnection](repository, name)))
	}
	var all []deploy.Deployment
	for _, node := range value(part[deploymentConnection](repository, name)).Nodes {
		all = append(all, node.convert())
	}
	return all, nil
}

func history[S statusNode](
	ctx context.Context, r *reader, environment string, page statusedConnection[S],
) ([]deploy.Deployment, error) {
	return historyBehind[S](ctx, r, environment, page.convert(), page.PageInfo)
}

// historyBehind reads what comes behind the first page.
func historyBehind[S statusNode](
	ctx context.Context, r *reader, environment string, all []deploy.Deployment, at pageInfo,
) ([]deploy.Deployment, error) {
	var cursor *githubv4.String
	for range maxPages {
		next, err := nextPage(at, cursor)
		found := slices.ContainsFunc(all, isOwn)
		if err == nil && next == nil && len(all) > 0 {
			all[len(all)-1].First = true
		}
		if found || err == nil && next == nil {
			return all, nil
		}
		if err == nil {
			var page statusedConnection[S]
			page, err = moreHistory[S](ctx, r, environment, *next)
			all, at = append(all, page.convert()...), page.PageInfo
		}
		if err != nil {
			return nil, fmt.Errorf("read more deployments of %q: %w", environment, err)
		}
		cursor = next
	}
	return all, nil
}

func (p statusedConnection[S]) convert() []deploy.Deployment {
	var all []deploy.Deployment
	for _, node := range p.Nodes {
		one := node.convert()
		one.Succeeded, one.SucceededAt = newestSuccess(value(node.Statuses).Nodes)
		all = append(all, one)
	}
	return all
}

// newestSuccess returns when a deployment succeeded last. One success without a time may be the last one.
func newestSuccess[S statusNode](statuses []S) (succeeded bool, newest deploy.Known[time.Time]) {
	for _, status := range statuses {
		at, success := status.succeededAt()
		switch {
		case !success:
			continue
		case !at.OK:
			return true, at
		case !newest.OK || at.Value.After(newest.Value):
			newest = at
		}
		succeeded = true
	}
	return succeeded, newest
}

func moreHistory[S statusNode](
	ctx context.Context, r *reader, environment string, cursor githubv4.String,
) (statusedConnection[S], error) {
	repository, err := queryRepository[struct {
		Deployments statusedConnection[S] `graphql:"deployments(environments: $environments, first: 100, after: $cursor, orderBy: {field: CREATED_AT, direction: DESC})"`
	}](ctx, r.repository, map[string]any{"environments": []githubv4.String{githubv4.String(environment)}, "cursor": cursor})
	return repository.Deployments, err
}

// MergeFacts reads the default branch, and the newest deployment of an environment that is our own, with those of
// other tools that were active since: Facts.Default and Facts.Live. It reads on where other tools fill the environment.
func (r *reader) MergeFacts(ctx context.Context, environment string) (deploy.Facts, error) {
	var facts deploy.Facts
	var cursor *githubv4.String
	for range maxPages {
		next, err := r.mergePage(ctx, environment, cursor, &facts)
		if err != nil {
			return deploy.Facts{}, doing{"read what was deployed to " + markdown.Code(environment), "deployments: read` and `contents: read"}.failed(err)
		}
		facts.ReadAt, facts.Skew, facts.Untold = r.clock.read(), r.clock.Skew(), r.clock.untold()
		facts.MarkRead(deploy.DefaultPart)
		if slices.ContainsFunc(facts.Live, isOwn) || next == nil {
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

func (r *reader) mergePage(ctx context.Context, environment string, cursor *githubv4.String, facts *deploy.Facts) (*githubv4.String, error) {
	repository, err := queryRepository[struct {
		NameWithOwner    string
		DefaultBranchRef *refNode
		Deployments      struct {
			Nodes []struct {
				deploymentNode
				Commit *struct{ Tree struct{ Oid string } }
			}
			PageInfo pageInfo
		} `graphql:"deployments(environments: $environments, first: 100, after: $cursor, orderBy: {field: CREATED_AT, direction: DESC})"`
	}](ctx, r.repository, map[string]any{"environments": []githubv4.String{githubv4.String(environment)}, "cursor": cursor})
	switch {
	case err != nil:
		return nil, err
	case repository.DefaultBranchRef == nil || repository.DefaultBranchRef.Target.Commit.Oid == "":
		return nil, errNoDefault
	case !strings.EqualFold(repository.NameWithOwner, r.owner+"/"+r.name):
		return nil, fmt.Errorf("the answer is about the repository %q", repository.NameWithOwner)
	}
	facts.Default = deploy.Branch{Name: repository.DefaultBranchRef.Name, Head: repository.DefaultBranchRef.Target.Commit.convert()}
	for _, node := range repository.Deployments.Nodes {
		if !envname.Same(node.Environment, environment) {
			return nil, errors.New("the answer is about another environment")
		}
		deployment := node.convert()
		deployment.TreeSHA = value(node.Commit).Tree.Oid
		if deployment.Own || deployment.State == deploy.Active {
			facts.Live = append(facts.Live, deployment)
		}
		if deployment.Own {
			return nil, nil
		}
	}
	return nextPage(repository.Deployments.PageInfo, cursor)
}

func nextPage(page pageInfo, cursor *githubv4.String) (*githubv4.String, error) {
	switch {
	case !page.HasNextPage:
		return nil, nil
	case page.EndCursor == nil || (cursor != nil && string(*cursor) == *page.EndCursor):
		return nil, errors.New("the list goes on, and the answer does not say where")
	}
	return new(githubv4.String(*page.EndCursor)), nil
}

func isOwn(d deploy.Deployment) bool { return d.Own }

func createdBy(of plan.Payload) deploy.CreatedByRun {
	if of.Tool != plan.Tool {
		return deploy.CreatedByRun{}
	}
	return deploy.CreatedByRun{
		Run: deploy.RunID{ID: of.RunID, Attempt: of.RunAttempt}, Comment: of.TriggerCommentID,
		Product: of.Product, Version: of.Version,
	}
}

// findCreators finds out for each deployment of ours that is under way whether its run is over.
func (r *reader) findCreators(ctx context.Context, needs deploy.Needs, facts *deploy.Facts) {
	var group errgroup.Group
	group.SetLimit(mostRuns)
	for i := range facts.Live {
		group.Go(func() error {
			r.findCreator(ctx, needs.Run, facts.Locks, &facts.Live[i])
			return nil
		})
	}
	_ = group.Wait() // nothing in it fails
}

// findCreator finds out the same for one deployment. The runs that took locks are known.
func (r *reader) findCreator(ctx context.Context, asking deploy.RunID, locks map[string]deploy.Lock, found *deploy.Deployment) {
	if !found.InProgress() || found.CreatedBy.Run.ID == 0 || found.CreatedBy.Run == asking {
		return
	}
	for _, one := range locks {
		if one.TakenIn() == found.CreatedBy.Run && one.Run != deploy.RunUnknown {
			found.CreatedBy.State, found.CreatedBy.Exists = one.Run, one.RunExists
			return
		}
	}
	run, err := r.runState(ctx, found.CreatedBy.Run, asking)
	if err != nil {
		r.log.Debug("it is unknown whether a deployment is still under way", "run", found.CreatedBy.Run.ID, "error", err.Error())
	}
	found.CreatedBy.State, found.CreatedBy.Exists = run.state, run.exists
}
