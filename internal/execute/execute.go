// Package execute carries out the steps of a plan, and keeps the ledger of what was done.
//
// Nothing else changes the phase of a ledger, or carries out a write for a second time.
package execute

import (
	"context"
	"errors"
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
	Decision *deploy.Decision // from which the steps follow, as it is by now
	Repeats  bool             // an earlier stage may have carried out the same effects

	World   World
	Save    func(plan.Ledger) error                    // for the next stage
	Decide  func(deploy.Facts) deploy.Decision         // decides once more on what was read inside a write
	Explain func(error) deploy.Problem                 // says for people what an error means
	Warn    func(error)                                // shows people what failed and stops nothing
	Trace   func(effect plan.Effect, carriedOut error) // notes what was tried
	Log     *slog.Logger
}

// Policy says what a list of steps means for the ledger.
type Policy int

// The values of Policy.
const (
	Answer   Policy = iota // begins nothing that has to be ended
	Question               // begins a deployment that waits for an answer
	Start                  // begins a deployment that a later stage ends; the workflow goes on
	Record                 // begins and ends in this stage
	Withdraw               // takes back what was begun; every step is tried
	Ending                 // begins the end; every step is tried
	End                    // completes the end; every step is tried, and nothing is left to do whatever came of it
)

func (p Policy) phases(now plan.Phase) (during, after plan.Phase) {
	switch p {
	case Question:
		return plan.Starting, plan.Starting
	case Start:
		return plan.Starting, plan.Ready
	case Record:
		return plan.Starting, plan.Closed
	case Withdraw:
		if now == plan.Starting {
			return now, plan.Closed
		}
	case Ending:
		return plan.Ending, plan.Ending
	case End:
		return plan.Ending, plan.Closed
	case Answer:
	}
	return now, now
}

// keepsGoing reports whether every step is tried: none depends on another.
func (p Policy) keepsGoing() bool { return p >= Withdraw }

// ChangedError reports that what was read inside a write changed the decision.
type ChangedError struct{ Decision deploy.Decision }

func (e *ChangedError) Error() string {
	return "the decision changed while the deployment was being started: " + string(e.Decision.Reason)
}

// StepError is a step that failed and had to succeed.
type StepError struct {
	Effect plan.Effect
	Err    error
}

func (e *StepError) Error() string { return e.Err.Error() }

func (e *StepError) Unwrap() error { return e.Err }

// Run carries out steps in order; concurrent ones run at the same time. The policy says what becomes of the ledger,
// and whether the first failure of a step that had to succeed ends the run.
func (x *Executor) Run(ctx context.Context, steps []plan.Step, p Policy) error {
	during, after := p.phases(x.Ledger.Phase)
	x.Ledger.Phase = during
	var errs []error
	for _, batch := range batches(steps) {
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

// Adopt takes over a ledger, and saves it for the next stage before anything is done.
func (x *Executor) Adopt(l plan.Ledger) error {
	x.Ledger = l
	return x.save()
}

func (x *Executor) save() error {
	if x.Ledger.Phase == plan.Idle {
		return nil
	}
	return x.Save(x.Ledger)
}

func batches(steps []plan.Step) [][]plan.Step {
	var all [][]plan.Step
	for i, step := range steps {
		if i == 0 || !step.Concurrent {
			all = append(all, nil)
		}
		last := len(all) - 1
		all[last] = append(all[last], step)
	}
	return all
}

type attempt struct {
	step   plan.Step
	effect plan.Effect
	done   plan.Done
	err    error
}

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
	for _, one := range attempts {
		x.record(one, p)
	}
	var errs []error
	for _, one := range attempts {
		errs = append(errs, x.classify(one))
	}
	return errors.Join(append(errs, x.save())...)
}

func (x *Executor) record(one attempt, p Policy) {
	x.Trace(one.effect, one.err)
	if p.keepsGoing() && one.err != nil && !Replaced(one.err) {
		x.Ledger.AddProblem(one.effect, x.Explain(one.err))
	}
	if one.err == nil || one.done != (plan.Done{}) || Replaced(one.err) {
		x.Ledger.MarkDone(one.effect, one.done)
	}
	if track.Definite(one.err) || gh.Definite(one.err) {
		x.Ledger.MarkRejected(one.effect)
	}
}

// classify turns a failed step into an error or a warning, and a second look into a decision.
func (x *Executor) classify(one attempt) error {
	taken, isTaken := errors.AsType[*gh.TakenError](one.err)
	switch {
	case one.err == nil && one.done.Facts != nil && !renewsLock(one.effect):
		return x.recheck(*one.done.Facts)
	case one.err == nil:
		return nil
	case isTaken && renewsLock(one.effect):
		return x.recheckRenewal(taken)
	case isTaken:
		return x.recheckTaken(taken.Facts)
	case one.step.Unlocked && gh.ConversationLocked(one.err):
		x.Warn(one.err)
		if one.done.Facts == nil {
			return nil
		}
		return x.recheck(*one.done.Facts)
	case releasesOwn(one.effect) && Replaced(one.err), one.step.Permitted && gh.Refused(one.err), !one.step.Must:
		x.Warn(one.err)
		return nil
	}
	return &StepError{Effect: one.effect, Err: one.err}
}

func releasesOwn(effect plan.Effect) bool {
	free, isRelease := effect.(plan.FreeLock)
	return isRelease && free.Own
}

func renewsLock(effect plan.Effect) bool {
	take, isLock := effect.(plan.TakeLock)
	return isLock && take.Renews
}

// Replaced reports whether a lock was left alone because it is another one by now.
func Replaced(err error) bool {
	_, isReplaced := errors.AsType[*gh.ReplacedError](err)
	return isReplaced
}

// recheck decides once more on what was read inside a write. The lock is granted when no other one turns out to be
// in its way.
func (x *Executor) recheck(facts deploy.Facts) error {
	again := x.Decide(facts)
	if again.Locks.Granted() {
		x.Ledger.ConfirmLock()
	}
	if again.Verdict != x.Decision.Verdict {
		return &ChangedError{Decision: again}
	}
	x.Ledger.Lift(again)
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

// recheckRenewal decides once more when the lock to renew is another one by now, or gone. Where no one else has it, the
// command could go on, but would change what its actor has not seen.
func (x *Executor) recheckRenewal(taken *gh.TakenError) error {
	again := x.Decide(taken.Facts)
	if again.Verdict != x.Decision.Verdict {
		return &ChangedError{Decision: again}
	}
	return taken
}
