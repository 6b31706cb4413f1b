// Package execute carries out the steps of a plan, and keeps the ledger of what was done.
//
// Nothing else changes the phase of a ledger, or carries out a write for a second time.
package execute

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"sync"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/track"
)

// World is where effects take place.
type World interface {
	Do(ctx context.Context, effect plan.Effect, l plan.Ledger) (plan.Done, error)
	// Redo carries out an effect whose first attempt may have taken place: it looks first what that left behind.
	Redo(ctx context.Context, effect plan.Effect, l plan.Ledger) (plan.Done, error)
}

// Executor carries out steps.
type Executor struct {
	Ledger   plan.Ledger
	Decision deploy.Decision // from which the steps follow
	Repeats  bool            // an earlier stage may have carried out the same effects

	World   World
	Save    func(plan.Ledger) error                    // for the next stage
	Decide  func(deploy.Facts) deploy.Decision         // decides once more on what was read inside a write
	Explain func(error) deploy.Problem                 // says for people what an error means
	Warn    func(error)                                // shows people what failed and stops nothing
	Trace   func(effect plan.Effect, carriedOut error) // notes what was tried
	Log     *slog.Logger
}

// ChangedError reports that what was read inside a write changed the decision.
type ChangedError struct{ Decision deploy.Decision }

// Error names the new reason.
func (e *ChangedError) Error() string {
	return "the decision changed while the deployment was being started: " + string(e.Decision.Reason)
}

// StepError is a step that failed and had to succeed.
type StepError struct {
	Effect plan.Effect
	Err    error
}

// Error is what went wrong.
func (e *StepError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *StepError) Unwrap() error { return e.Err }

// Run carries out steps in order; concurrent ones run at the same time. The policy says what becomes of the ledger,
// and whether the first failure of a step that had to succeed ends the run. What could not be done is noted for the
// comment that follows.
func (x *Executor) Run(ctx context.Context, steps []plan.Step, p Policy) error {
	during, after := p.phases(x.Ledger.Phase)
	x.Ledger.Phase = during
	var errs []error
	for batch := range batches(steps) {
		err := x.runBatch(ctx, batch, p)
		errs = append(errs, err)
		if err != nil && !p.keepsGoing() {
			return err
		}
	}
	err := errors.Join(errs...)
	if err == nil && after == plan.Ready {
		err = ctx.Err() // a run that was told to stop does not let the workflow go on: it may not live to end it
	}
	if err != nil && p != End {
		return err
	}
	return errors.Join(err, x.enter(after))
}

// enter saves that the run has come to a phase.
func (x *Executor) enter(phase plan.Phase) error {
	before := x.Ledger.Phase
	if phase == before {
		return nil
	}
	x.Ledger.Phase = phase
	err := x.save()
	if err != nil {
		x.Ledger.Phase = before
	}
	return err
}

// save saves the ledger as soon as something was begun that has to be ended.
func (x *Executor) save() error {
	if x.Ledger.Phase == plan.Idle {
		return nil
	}
	return x.Save(x.Ledger)
}

// batches takes steps apart where one waits for another.
func batches(steps []plan.Step) iter.Seq[[]plan.Step] {
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

// runBatch carries out steps at the same time, with the ledger saved before and after.
func (x *Executor) runBatch(ctx context.Context, steps []plan.Step, p Policy) error {
	attempts := make([]attempt, len(steps))
	for i, step := range steps {
		attempts[i] = attempt{step: step, effect: x.Ledger.Resolve(step.Effect)}
		x.Ledger.MarkStarted(step.Effect)
	}
	if err := x.save(); err != nil {
		return err
	}
	var group sync.WaitGroup
	for i := range attempts {
		group.Go(func() { attempts[i].done, attempts[i].err = x.carryOut(ctx, attempts[i].effect, x.Ledger) })
	}
	group.Wait()
	if p.keepsGoing() {
		x.addProblems(attempts)
	}
	return x.record(attempts)
}

// addProblems notes what could not be put in order.
func (x *Executor) addProblems(attempts []attempt) {
	for _, one := range attempts {
		if one.err != nil && !replaced(one.err) {
			x.Ledger.AddProblem(one.effect, x.Explain(one.err))
		}
	}
}

// record notes what was done, saves that, and finds out whether the run can go on.
func (x *Executor) record(attempts []attempt) error {
	for _, one := range attempts {
		x.Trace(one.effect, one.err)
		if one.err == nil || one.done != (plan.Done{}) || replaced(one.err) {
			x.Ledger.MarkDone(one.effect, one.done)
		}
		if track.Definite(one.err) || gh.Definite(one.err) {
			x.Ledger.MarkRejected(one.effect)
		}
	}
	var errs []error
	for _, one := range attempts {
		errs = append(errs, x.classify(one))
	}
	return errors.Join(append(errs, x.save())...)
}

// classify turns a failed step into an error or a warning, and a second look into a decision.
func (x *Executor) classify(one attempt) error {
	taken, isTaken := errors.AsType[*gh.TakenError](one.err)
	switch {
	case one.err == nil && one.done.Facts != nil:
		return x.recheck(*one.done.Facts)
	case one.err == nil:
		return nil
	case isTaken:
		return x.recheckTaken(taken.Facts)
	case one.releasesOwn() && replaced(one.err),
		one.step.Permitted && gh.Denied(one.err), !one.step.Must:
		x.Warn(one.err)
		return nil
	}
	return &StepError{Effect: one.effect, Err: one.err}
}

// releasesOwn reports whether the step releases the run's own lock.
func (a attempt) releasesOwn() bool {
	free, isRelease := a.effect.(plan.FreeLock)
	return isRelease && free.Own
}

// replaced reports whether a lock was left alone because it is another one by now.
func replaced(err error) bool {
	_, isReplaced := errors.AsType[*gh.ReplacedError](err)
	return isReplaced
}

// recheck decides once more on what was read inside a write. The lock is granted when no other one turns out to be
// in its way.
func (x *Executor) recheck(facts deploy.Facts) error {
	again := x.Decide(facts)
	if again.Reason != deploy.LockConflict {
		x.Ledger.ConfirmLock()
	}
	if again.Verdict != x.Decision.Verdict {
		return &ChangedError{Decision: again}
	}
	return nil
}

// recheckTaken decides once more when another run took the lock. It may have been started by the same person, with
// another command: then a deployment goes on under that lock.
func (x *Executor) recheckTaken(facts deploy.Facts) error {
	again := x.Decide(facts)
	x.Ledger.DropLock()
	if again.Verdict != x.Decision.Verdict || again.Kind == command.Lock {
		return &ChangedError{Decision: again}
	}
	return nil
}
