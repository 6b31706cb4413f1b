package app

import (
	"context"
	"strconv"
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// mergeDeploy finds out whether what the default branch holds still has to be deployed. It writes
// nothing.
func (r *run) mergeDeploy(ctx context.Context, invalid error) int {
	if !r.begin(invalid) {
		return 1
	}
	facts, err := r.session.github.MergeFacts(ctx, r.config.Environment)
	if err != nil {
		return r.failQuietly(err)
	}
	r.decision = deploy.DecideMerge(r.config, facts)
	needed := r.decision.Reason == deploy.MergeDeployRequired
	r.outputs.set("continue", strconv.FormatBool(needed))
	r.outputs.set("environment", r.config.Environment)
	if needed {
		r.outputs.set("sha", facts.Default.Head.SHA)
	}
	return r.report()
}

// begin opens the world for a mode that answers nobody; where that fails the run is over.
func (r *run) begin(invalid error) bool {
	r.advise()
	if invalid == nil {
		r.session, invalid = r.open()
	}
	if invalid != nil {
		r.fail(invalid)
		return false
	}
	return true
}

// failQuietly ends a run that has nobody to answer.
func (r *run) failQuietly(err error) int {
	r.say(r.runner.Error, err)
	r.decision.Reason = deploy.UnexpectedError
	return r.report()
}

// unlockOnMerge removes the locks that were made on a pull request which has ended. Each stands for
// itself: one that cannot be read or removed does not keep the others.
func (r *run) unlockOnMerge(ctx context.Context, invalid error) int {
	if !r.begin(invalid) {
		return 1
	}
	r.decision.Reason = deploy.UnlockOnMergeCompleted
	e := r.request.Event
	if e.Name != "pull_request" || e.Action != "closed" || (!e.Merged && !r.config.Merge.OnClose) {
		r.runner.Warning("Nothing is unlocked: the event is no pull request that was just merged. Those that were closed count with unlock_on_close: true.")
		r.outputs.set("unlocked_environments", "")
		return r.report()
	}
	facts, err := r.session.github.Facts(ctx, deploy.MergeNeeds(r.request, r.config))
	if err != nil {
		return r.failQuietly(err)
	}
	if problem, unread := facts.Unavailable[deploy.LocksPart]; unread {
		return r.failQuietly(&problemError{problem: problem})
	}
	r.session.ledger.Repository = facts.Repository
	r.decision = deploy.DecideUnlock(r.request, r.config, facts)
	return r.unlock(ctx)
}

// unlock removes the locks that were decided on, all at once.
func (r *run) unlock(ctx context.Context) int {
	steps := plan.Unlock(r.decision, r.session.ledger)
	attempts, err := r.runBatch(ctx, steps)
	var unlocked []string
	for i, one := range attempts {
		r.tracer.did(one.effect, one.err)
		switch {
		case one.err == nil:
			unlocked = append(unlocked, r.decision.Ended[i].Name())
		case replaced(one.err):
			r.runner.Warning("The lock of " + r.decision.Ended[i].Name() + " was left alone: somebody has replaced it meanwhile.")
		default:
			r.say(r.runner.Error, one.err)
			r.decision.Reason = deploy.UnexpectedError
		}
	}
	r.outputs.set("unlocked_environments", strings.Join(unlocked, ","))
	if err != nil {
		return r.failQuietly(err)
	}
	return r.report()
}
