package app

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/track"
)

// execute does what follows from the decision, and reports.
func (r *run) execute(ctx context.Context) int {
	steps := plan.For(r.request, r.config, r.decision, r.session.ledger)
	if !r.starts() && r.session.ledger.Phase == plan.Starting {
		return r.runCleanup(ctx, steps)
	}
	if r.starts() {
		r.session.ledger.Phase = plan.Starting
	}
	err := r.do(ctx, steps)
	if err == nil && r.starts() {
		err = ctx.Err() // whoever is told to stop does not say that it goes: nobody may be left to end it
	}
	if err != nil {
		return r.abort(ctx, err)
	}
	if r.starts() {
		r.session.ledger.Phase = plan.Ready
	}
	return r.close()
}

// starts reports whether the decision begins something that the post step has to end.
func (r *run) starts() bool {
	return r.decision.Verdict == deploy.Proceed && r.decision.Outcome() == deploy.Continue
}

// close saves the ledger and reports.
func (r *run) close() int {
	if err := r.save(); err != nil {
		// Without the ledger nobody could end what was begun.
		return r.abort(context.Background(), err)
	}
	return r.report()
}

// verdictChanged says that the second look changed the decision.
type verdictChanged struct{ decision deploy.Decision }

// Error says it.
func (c *verdictChanged) Error() string {
	return "the decision changed while the deployment was being started: " + string(c.decision.Reason)
}

// do carries out steps in order; steps that stand beside each other run at the same time. It
// stops at the first step that failed and had to succeed.
func (r *run) do(ctx context.Context, steps []plan.Step) error {
	for together := range groups(steps) {
		attempts, err := r.runBatch(ctx, together)
		if err = errors.Join(r.record(attempts), err); err != nil {
			return err
		}
	}
	return nil
}

// doAll carries out steps like do, and goes on after a failure: none of them depends on another. What
// could not be done is noted for the comment that follows.
func (r *run) doAll(ctx context.Context, steps []plan.Step) error {
	var errs []error
	for together := range groups(steps) {
		attempts, err := r.runBatch(ctx, together)
		for _, one := range attempts {
			if failed := one.err; failed != nil && !replaced(failed) {
				r.session.ledger.AddProblem(one.effect, explain(failed))
			}
		}
		errs = append(errs, r.record(attempts), err)
	}
	return errors.Join(errs...)
}

// groups takes steps apart where one waits for another.
func groups(steps []plan.Step) iter.Seq[[]plan.Step] {
	return func(yield func([]plan.Step) bool) {
		for len(steps) > 0 {
			together := 1
			for together < len(steps) && steps[together].Concurrent {
				together++
			}
			if !yield(steps[:together]) {
				return
			}
			steps = steps[together:]
		}
	}
}

// attempt is a step with what came of it.
type attempt struct {
	step   plan.Step
	effect plan.Effect
	done   plan.Done
	err    error
}

// runBatch carries out steps at the same time, with the ledger saved before.
func (r *run) runBatch(ctx context.Context, steps []plan.Step) ([]attempt, error) {
	attempts := make([]attempt, len(steps))
	for i, step := range steps {
		attempts[i] = attempt{step: step, effect: r.session.ledger.Resolve(step.Effect)}
		r.session.ledger.MarkStarted(step.Effect)
	}
	if err := r.save(); err != nil {
		return nil, err
	}
	var group sync.WaitGroup
	for i := range attempts {
		group.Go(func() {
			one := &attempts[i]
			one.done, one.err = r.runEffect(ctx, one.effect, r.session.ledger)
		})
	}
	group.Wait()
	return attempts, nil
}

// record notes what was done, saves that, and finds out whether the run can go on.
func (r *run) record(attempts []attempt) error {
	var errs []error
	for _, one := range attempts {
		r.tracer.did(one.effect, one.err)
		if one.err == nil || one.done != (plan.Done{}) || replaced(one.err) {
			r.session.ledger.MarkDone(one.effect, one.done)
		}
		if track.Definite(one.err) || gh.Definite(one.err) || takenBy(one.err) != nil {
			r.session.ledger.MarkRejected(one.effect)
		}
	}
	for _, one := range attempts {
		errs = append(errs, r.classify(one))
	}
	return errors.Join(append(errs, r.save())...)
}

// classify turns a failed step into an error or a warning, and a second look into a decision.
func (r *run) classify(one attempt) error {
	switch {
	case one.err == nil && one.done.Facts != nil:
		return r.recheck(*one.done.Facts)
	case one.err == nil:
		return nil
	case takenBy(one.err) != nil:
		return r.recheckTaken(takenBy(one.err).Facts)
	case replaced(one.err) && r.request.Command.Kind != command.Unlock:
		r.runner.Warning("The lock was left alone: somebody has replaced it meanwhile.")
		return nil
	case one.step.Permitted && gh.Denied(one.err), !one.step.Must:
		r.say(r.runner.Warning, one.err)
		return nil
	}
	return one.err
}

// replaced reports whether a lock was left alone because it is another one by now.
func replaced(err error) bool {
	_, isReplaced := errors.AsType[*gh.ReplacedError](err)
	return isReplaced
}

// takenBy says who was faster to take a lock, nil when nobody was.
func takenBy(err error) *gh.TakenError {
	found, _ := errors.AsType[*gh.TakenError](err)
	return found
}

// recheck decides once more on what was read inside a write. That the lock is granted is settled
// when nobody turns out to be in its way.
func (r *run) recheck(facts deploy.Facts) error {
	again := r.decideAgain(facts)
	if held := r.session.ledger.Lock; held != nil && held.Tip != "" && again.Reason != deploy.LockConflict {
		held.Confirmed = true
	}
	if again.Verdict != r.decision.Verdict {
		return &verdictChanged{decision: again}
	}
	return nil
}

// recheckTaken decides once more when somebody else took the lock. It may have been the same person, by
// another command: then a deployment goes on under that lock.
func (r *run) recheckTaken(facts deploy.Facts) error {
	again := r.decideAgain(facts)
	r.session.ledger.Lock = nil
	if again.Verdict != r.decision.Verdict || again.Kind == command.Lock {
		return &verdictChanged{decision: again}
	}
	return nil
}

func (r *run) decideAgain(facts deploy.Facts) deploy.Decision {
	facts = facts.Keep(r.facts)
	r.facts = facts
	request := r.request
	request.Pinned = r.decision.Target.SHA
	return deploy.Decide(request, r.config, facts)
}

// save writes the ledger into the action's state, for the post step.
func (r *run) save() error {
	if r.session.ledger.Phase == plan.Idle {
		return nil
	}
	text, err := r.session.ledger.Marshal()
	if err != nil {
		return err
	}
	return r.runner.SaveState(stateKey, text)
}

// stateKey is the one key of the saved state.
const stateKey = "ledger"

// abort ends a run in whose middle something went wrong: what was begun is taken back, and the
// pull request says why.
func (r *run) abort(ctx context.Context, cause error) int {
	r.runner.Log().Debug("run is broken off", "error", cause.Error())
	return r.runCleanup(ctx, r.cleanupPlan(cause))
}

// runCleanup carries out a way out, and reports.
func (r *run) runCleanup(ctx context.Context, steps []plan.Step) int {
	ctx, cancel := withCleanupTimeout(ctx)
	defer cancel()
	err := r.doAll(ctx, steps)
	r.sayEach(err)
	if err == nil && r.session.ledger.Phase == plan.Starting {
		r.session.ledger.Phase = plan.Closed
		if err := r.save(); err != nil {
			r.runner.Log().Error("the saved state could not be written", "error", err.Error())
		}
	}
	return r.report()
}

// cleanupPlan plans the end of a broken run. Refusals that come late are decisions like any other.
func (r *run) cleanupPlan(cause error) []plan.Step {
	if late, isDecision := lateDecision(r.decision, cause); isDecision {
		r.decision = late
		return plan.For(r.request, r.config, late, r.session.ledger)
	}
	problem, reason := explain(cause), deploy.UnexpectedError
	if r.decision.Update {
		reason = r.decision.Reason // it was refused already; only the update failed
	}
	r.decision.Kind = r.request.Command.Kind
	r.decision.Verdict, r.decision.Reason = deploy.Refuse, reason
	r.decision.Findings = append(r.decision.Findings, deploy.Finding{
		Gate: "start", Level: deploy.Block, Code: reason, Text: problem.Text, Hint: problem.Hint,
	})
	return plan.Abandon(r.session.ledger, problem)
}

// lateDecision reads a refusal out of what stopped a start.
func lateDecision(d deploy.Decision, cause error) (deploy.Decision, bool) {
	if off, changed := errors.AsType[*verdictChanged](cause); changed {
		return off.decision, true
	}
	finding, found := lateFinding(cause)
	if !found {
		return d, false
	}
	d.Verdict, d.Reason = deploy.Refuse, finding.Code
	d.Findings = append(d.Findings, finding)
	return d, true
}

// lateFinding reads what a late refusal says.
func lateFinding(cause error) (deploy.Finding, bool) {
	finding := deploy.Finding{Level: deploy.Block, Gate: "deployment"}
	if refusal, refused := errors.AsType[*track.Refusal](cause); refused {
		problem := refusal.Problem()
		finding.Gate, finding.Code = "tracking", deploy.TrackingBlocked
		finding.Text, finding.Hint = problem.Text, problem.Hint
		return finding, true
	}
	if mismatch, differs := errors.AsType[*gh.MismatchError](cause); differs {
		finding.Code = deploy.DeploymentSHAMismatch
		finding.Text = fmt.Sprintf("GitHub created the deployment for commit %s instead of %s, the one that was checked. It is marked as failed.",
			markdown.Code(deploy.Short(mismatch.Got)), markdown.Code(deploy.Short(mismatch.Want)))
		finding.Hint = "The branch moved at the last moment: look at the new commits, then run the command again."
		return finding, true
	}
	if replaced(cause) {
		finding.Gate, finding.Code = "lock", deploy.UnlockFailed
		finding.Text = "The lock changed hands while I was about to remove it, so I left it alone."
		finding.Hint = "Ask who holds it now, then decide again."
		return finding, true
	}
	if merged, isMerged := errors.AsType[*gh.MergedError](cause); isMerged {
		finding.Code = deploy.BaseBranchUpdateRequired
		finding.Text = "GitHub merged the default branch into this branch first: " + markdown.Code(merged.Message) + ". Nothing was deployed."
		finding.Hint = "Wait for the checks of the new commit, then run the command again."
		return finding, true
	}
	return finding, false
}

// explain says for people what an error means.
func explain(err error) deploy.Problem {
	if found, isProblem := errors.AsType[*problemError](err); isProblem {
		return found.problem
	}
	if failure, isTracking := errors.AsType[*track.Failure](err); isTracking {
		return failure.Problem()
	}
	if refusal, isTracking := errors.AsType[*track.Refusal](err); isTracking {
		return refusal.Problem()
	}
	if errors.Is(err, context.Canceled) {
		return plan.Interrupted()
	}
	return gh.Explain(err)
}
