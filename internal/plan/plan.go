// Package plan turns a decision into an ordered list of effects, as plain data.
//
// [For] plans the main part; [End] and [Tell] plan what follows the job, and [Abandon] the way out of a start that
// failed. Nothing here acts.
//
// What a run has done is in its [Ledger]. Around each effect the ledger is kept like this:
//
//  1. Resolve completes the effect with what earlier ones brought about, and renders its text.
//  2. MarkStarted notes what the effect may leave behind, and the ledger is saved. A run that dies from here on
//     leaves a ledger that has every trace.
//  3. The effect is carried out.
//  4. MarkDone notes what came of it. MarkRejected notes that it did not take place for certain, and AddProblem what
//     people have to do themselves. The ledger is saved again.
//
// An effect that means something to the ledger says so itself: it has those of the methods resolve, begin, done,
// rejected and problem that it needs.
package plan

import (
	"fmt"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
)

// Effect is one change to the outside world.
//
//sumtype:decl
type Effect interface {
	fmt.Stringer // what it does, in a few words
	effect()
}

// Step is an effect and what it means for the run. What takes a start back is planned from the ledger by Abandon: the
// same plan serves a failure in the middle and a run that was killed there.
type Step struct {
	Effect     Effect
	Must       bool // without it the run stops and is abandoned; otherwise a failure is a warning
	Concurrent bool // does not wait for the step before it
	Permitted  bool // Must applies only where the token may do it: a missing permission is a warning
}

// For plans the effects of a decision.
func For(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) []Step {
	if c.Mode == config.TrackIt {
		return forTrack(c, d, l)
	}
	switch d.Verdict {
	case deploy.Refuse:
		return refuse(r, c, d, l)
	case deploy.Ask:
		return ask(r, c, d, l)
	case deploy.Proceed:
		return proceed(r, c, d, l)
	case deploy.Ignore:
	}
	return nil
}

// refuse answers why not after everything else, because the answer reports what could not be done.
func refuse(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) []Step {
	var steps []Step
	if d.Update {
		steps = append(steps, Step{Effect: UpdateBranch{Pull: l.Pull, ExpectedHead: d.Target.SHA}, Must: true})
	}
	steps = append(steps, withdraw(l, d.Blocking())...)
	if d.Reason == deploy.ConfirmationRejected || d.Reason == deploy.ConfirmationTimedOut {
		steps = append(steps, Step{Effect: answered(l, d), Must: true})
		return append(steps, replaceReaction(l, "-1")...)
	}
	steps = append(steps, answer(l, refusal(r, c, d), "-1")...)
	steps = append(steps, confirmed(l, d)...)
	return append(steps, blocked(l, d)...)
}

func proceed(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) []Step {
	switch d.Reason {
	case deploy.DeploymentReady:
		created := Step{Effect: startDeployment(c, d.Target, l), Must: true}
		running := Step{Effect: status(l, "in_progress", ""), Must: true}
		steps := append(start(r, c, d, l), created, running)
		return append(steps, notify(l, NotifySinks{Status: config.Started})...)
	case deploy.NoopReady:
		return start(r, c, d, l)
	case deploy.LockAcquired, deploy.LockAlreadyOwned:
		return acquire(r, c, d, l)
	case deploy.UnlockCompleted:
		return release(r, c, d, l)
	case deploy.LockInfoCompleted:
		return answer(l, message.LockInfo(r, c, d), "+1")
	case deploy.HelpCompleted:
		return answer(l, message.Help(c, d.Checkup), "+1")
	default:
		// No other command proceeds: it is about locks, and they are switched off.
		return answer(l, message.LocksOff(), "+1")
	}
}

func refusal(r deploy.Request, c config.Config, d deploy.Decision) string {
	switch d.Reason {
	case deploy.DeprecatedCommand:
		return message.Deprecated(c)
	case deploy.NakedCommandDisabled:
		return message.Naked(c, r.Command.Text)
	default:
		return message.Refused(r, c, d)
	}
}

// UpdateBranch merges the base into the pull request's branch, if that still has the head that was checked.
type UpdateBranch struct {
	Pull         int
	ExpectedHead string
}

func (UpdateBranch) effect()        {}
func (UpdateBranch) String() string { return "update the branch of the pull request" }
