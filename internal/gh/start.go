package gh

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/event"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// FindStart looks for what the command of an event has started in its run: its newest deployment, and its lock.
func (c *Client) FindStart(ctx context.Context, e event.Event) (plan.Traces, error) {
	var found, held plan.Traces
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		found, err = c.FindDeployment(ctx, e)
		return err
	})
	group.Go(func() (err error) {
		held.Repository, held.Lock, err = c.lockOf(ctx, e.Run.ID)
		return doing{"look for the lock of this run", "contents: write"}.failed(err)
	})
	err := group.Wait()
	return plan.Traces{Repository: held.Repository, Deployment: found.Deployment, Lock: held.Lock}, err
}

// FindDeployment looks for the deployment alone, where locks are switched off.
func (c *Client) FindDeployment(ctx context.Context, e event.Event) (plan.Traces, error) {
	found, err := c.deploymentOf(ctx, e)
	return plan.Traces{Deployment: found}, doing{"look for the deployment of this run", "deployments: write"}.failed(err)
}

func (d *deployer) deploymentOf(ctx context.Context, e event.Event) (*plan.DeploymentOfStart, error) {
	one, err := d.newestOf(ctx, e.Run.ID, e.Comment.ID)
	if err != nil || one == nil {
		return nil, err
	}
	payload, _ := readPayload(one.Payload) // it was read before
	latest, err := d.latestStatus(ctx, one.GetID())
	return &plan.DeploymentOfStart{
		ID: one.GetID(), Environment: one.GetEnvironment(), Ref: one.GetRef(), SHA: one.GetSHA(),
		State: latest.GetState(), Ended: isOver(latest.GetState()), Payload: payload,
	}, err
}

// newestOf finds the newest deployment that the command of a comment has started in a run, nil for none.
func (d *deployer) newestOf(ctx context.Context, run, comment int64) (*github.Deployment, error) {
	options := &github.DeploymentsListOptions{ListOptions: github.ListOptions{PerPage: 100}}
	deployments, _, err := d.rest.Repositories.ListDeployments(ctx, d.owner, d.name, options)
	if err != nil {
		return nil, err
	}
	for _, one := range deployments {
		payload, err := readPayload(one.Payload)
		if err == nil && payload.Type == deploy.OwnPayloadType && payload.RunID == run && payload.TriggerCommentID == comment {
			return one, nil
		}
	}
	return nil, nil
}

// ConfirmStart compares what another job has handed over with what is on GitHub, and finds out whether the lock is the
// run's own and ends with the deployment. The rules file is the one that the deployment names. It is not known if the
// deployment is not that of the run.
func (c *Client) ConfirmStart(ctx context.Context, l plan.Ledger) (confirmed plan.Ledger, isKnown bool, err error) {
	var facts deploy.Facts
	var used *plan.PolicyUsed
	group, groupContext := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		used, isKnown, err = c.isStart(groupContext, l)
		return doing{"read the deployment that was handed over", "deployments: write"}.failed(err)
	})
	if l.Lock != nil {
		group.Go(func() (err error) {
			facts, err = c.queryFacts(groupContext, deploy.Needs{Locks: []string{l.Lock.Branch}, Run: deploy.RunID{ID: l.RunID, Attempt: l.RunAttempt}})
			if problem, unavailable := facts.Unavailable[deploy.LocksPart]; err == nil && unavailable {
				err = errors.New(problem.Text)
			}
			return err
		})
	}
	err = group.Wait()
	l.Policy = used
	if err != nil || !isKnown || l.Lock == nil {
		return l, isKnown && err == nil, err
	}
	l.Repository = facts.Repository
	found := facts.Locks[l.Lock.Branch]
	if !isLockOf(l, found) {
		l.Lock = nil
		return l, true, nil
	}
	held := *l.Lock
	held.Sticky, held.Confirmed = found.Document.Sticky, true // whatever was handed over
	l.Lock = &held
	return l, true, nil
}

// isLockOf reports whether a lock is the one that a start took. The locks of branch-deploy name no run, but the comment;
// one that does not end with the deployment is left alone.
func isLockOf(l plan.Ledger, found deploy.Lock) bool {
	d := found.Document
	switch {
	case found.Unreadable != "", l.Lock.Tip != "" && found.Tip != l.Lock.Tip:
		return false
	case l.Foreign:
		return !d.Sticky && strings.HasSuffix(d.Link, "#issuecomment-"+strconv.FormatInt(l.TriggerID, 10))
	}
	return d.Tool == lock.Tool && d.RunID == l.RunID
}

// isStart reports whether a deployment is the one that a ledger is about, and which rules file it names. Only a rehearsal
// has none.
func (d *deployer) isStart(ctx context.Context, l plan.Ledger) (used *plan.PolicyUsed, isKnown bool, err error) {
	if l.DeploymentID == 0 && l.Subject.Noop {
		isNoop, err := d.endsNothing(ctx, l)
		return l.Policy, isNoop, err
	}
	if l.DeploymentID == 0 || l.Subject.Noop {
		return l.Policy, false, nil
	}
	found, response, err := d.rest.Repositories.GetDeployment(ctx, d.owner, d.name, l.DeploymentID)
	if isMissing(response) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	payload, err := readPayload(found.Payload)
	isKnown = err == nil && says(payload, l) && found.GetSHA() == l.Subject.SHA && envname.Same(found.GetEnvironment(), l.Subject.Environment)
	return payload.Policy, isKnown, nil
}

// endsNothing reports whether the command has no deployment that has to be ended: it may be called a rehearsal to leave
// that and its health check out.
func (d *deployer) endsNothing(ctx context.Context, l plan.Ledger) (bool, error) {
	deployed, err := d.newestOf(ctx, l.RunID, l.TriggerID)
	if err != nil || deployed == nil {
		return err == nil, err
	}
	latest, err := d.latestStatus(ctx, deployed.GetID())
	return err == nil && isOver(latest.GetState()), err
}

// says reports whether a deployment's payload agrees with a ledger. That of branch-deploy knows neither the attempt nor
// what is reported.
func says(p plan.Payload, l plan.Ledger) bool {
	same := p.RunID == l.RunID && p.TriggerCommentID == l.TriggerID && p.StartedCommentID == l.StartedCommentID
	return same && (p.Tool != plan.Tool || l.SameProduct(p) && p.Version == l.Version)
}

// HowEnded returns the state in which a deployment has ended, "" where it has not.
func (c *Client) HowEnded(ctx context.Context, l plan.Ledger) (string, error) {
	id, err := c.deploymentID(ctx, plan.SetStatus{Environment: l.Subject.Environment}, l)
	if err != nil || id == 0 {
		return "", doing{"look for the deployment", "deployments: write"}.failed(err)
	}
	latest, err := c.latestStatus(ctx, id)
	if err != nil || !isOver(latest.GetState()) {
		return "", doing{"look how the deployment has ended", "deployments: write"}.failed(err)
	}
	return latest.GetState(), nil
}

// FindComment returns the number of a comment that an earlier stage wrote, 0 for none.
func (c *Client) FindComment(ctx context.Context, wanted plan.Comment, since time.Time) (int64, error) {
	id, err := c.findComment(ctx, wanted, since)
	return id, doing{"look for the comment on the result", "pull-requests: write"}.failed(err)
}

// lockOf finds the lock that a run has taken, whatever the environment is called.
func (l *locker) lockOf(ctx context.Context, run int64) (repository string, found *deploy.Lock, err error) {
	answer, err := queryRepository[struct {
		ID   string
		Refs *struct {
			Nodes []struct {
				Name string
				lockNode
			}
		} `graphql:"refs(refPrefix: \"refs/heads/\", query: \"branch-deploy-lock\", first: 100)"`
	}](ctx, l.repository, map[string]any{})
	if err != nil {
		return "", nil, err
	}
	for _, node := range value(answer.Refs).Nodes {
		if one := node.convert(node.Name); lock.IsBranch(node.Name) && one.Document.RunID == run && one.Document.Tool == lock.Tool {
			found = &one
		}
	}
	return answer.ID, found, nil
}
