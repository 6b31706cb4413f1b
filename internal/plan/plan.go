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
	Permitted  bool // Must applies only where the token may do it: GitHub's refusal is a warning
	Unlocked   bool // Must applies only where the conversation is not locked: that is a warning
}

// For plans the effects of a decision.
func For(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) []Step {
	c = c.For(d.Target.Environment)
	if c.Mode == config.TrackIt {
		return forTrack(c, d, l)
	}
	if c.Mode == config.Promote {
		return forPromotion(r, c, d, l)
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
		return append(start(r, c, d, l), begin(c, d.Target, l)...)
	case deploy.NoopReady:
		return start(r, c, d, l)
	case deploy.LockAcquired, deploy.LockAlreadyOwned:
		return acquire(r, c, d, l)
	case deploy.UnlockCompleted:
		return release(r, c, d, l)
	case deploy.LockInfoCompleted:
		return answer(l, message.LockInfo(r, c, d), "+1")
	case deploy.HelpCompleted:
		return answer(l, message.Help(c, d), "+1")
	case deploy.StatusCompleted:
		return answer(l, message.Status(r, c, d), "+1")
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

// start plans what a deployment and its rehearsal have in common. Inside the comment everything is read once more.
// A rollback does not wait until a locked conversation is open again.
func start(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) []Step {
	steps := append(acquireSteps(r, c, d, l), confirmed(l, d)...)
	early := len(steps) > 0 && !blocksLater(c, d, l)
	if l.Tracks() && !l.Subject.Noop {
		steps = append(steps, Step{Effect: RecordEvent{Status: config.Started}, Must: true, Concurrent: early})
		early = false
	}
	started := comment(l, StartedComment, "")
	started.Recheck = deploy.RecheckNeeds(r, c, d.Target.SHA)
	return append(steps, Step{Effect: started, Must: true, Unlocked: l.Subject.GoesBack(), Concurrent: early})
}

// blocksLater reports whether later steps wait for one of the first: nothing may follow without the lock, the comment
// has the distance, and a tracking endpoint may refuse a start because of orphans.
func blocksLater(c config.Config, d deploy.Decision, l Ledger) bool {
	return acquiresLock(d) || len(countCommits(l, c.Messages)) > 0 || len(closeOrphans(l, d)) > 0
}

// acquireSteps plans what comes before everything else. What was done before a confirmation is not done again.
func acquireSteps(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) []Step {
	var steps []Step
	if l.Reaction != "" && l.ReactionID == 0 {
		steps = append(steps, Step{Effect: React{CommentID: l.TriggerID, Content: l.Reaction, Initial: true}, Concurrent: true})
	}
	if acquiresLock(d) {
		steps = append(steps, Step{Effect: takeLock(r, c, d, l), Must: true, Concurrent: true})
	}
	return append(append(steps, countCommits(l, c.Messages)...), closeOrphans(l, d)...)
}

// ask plans the question whether to go on. The lock is taken first: no one else may deploy while the run waits.
func ask(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) []Step {
	return append(acquireSteps(r, c, d, l), Step{Effect: comment(l, PromptComment, ""), Must: true})
}

func confirmed(l Ledger, d deploy.Decision) []Step {
	if l.PromptID == 0 {
		return nil
	}
	return []Step{{Effect: answered(l, d), Concurrent: true}}
}

func answered(l Ledger, d deploy.Decision) EditComment {
	return edit(l, l.PromptID, PromptComment, message.Answered(l.Subject, l.Timeout, d.Answer))
}

// CountCommits counts the commits between what runs and what is deployed, and lists what they are, while other effects
// take place.
type CountCommits struct {
	Base, Head string
	Lists      bool // the pull requests of the commits are looked up
	Back       bool // the deployment goes back: the list is of what goes away
}

func (CountCommits) effect()        {}
func (CountCommits) String() string { return "count the commits since the last deployment" }

func (CountCommits) done(l *Ledger, done Done) {
	if live := l.Subject.Live; live != nil {
		live.Counted, live.Ahead, live.Behind, live.Changes = true, done.Ahead, done.Behind, done.Changes
	}
}

func countCommits(l Ledger, m config.Messages) []Step {
	live := l.Subject.Live
	if live == nil || live.Counted {
		return nil
	}
	count := CountCommits{Base: live.SHA, Head: l.Subject.SHA, Lists: m.Changelog, Back: l.Subject.Rollback != nil}
	return []Step{{Effect: count, Concurrent: true}}
}

// Abandon plans the way out of a start that failed: what was begun is taken back, and then the pull request says why.
func Abandon(l Ledger, problem deploy.Problem) []Step {
	steps := withdraw(l, []deploy.Finding{{Text: problem.Text}})
	if l.Pull == 0 {
		return steps
	}
	steps = append(steps, answer(l, message.Failed(l.Subject, problem), "-1")...)
	if l.approvalID != 0 { // it came at the same time as the answer that failed
		steps = append(steps, Step{Effect: Unreact{CommentID: l.TriggerID, ReactionID: l.approvalID}, Concurrent: true})
	}
	if l.PromptID != 0 && l.Answer == deploy.NoAnswer {
		steps = append(steps, Step{Effect: edit(l, l.PromptID, PromptComment, message.Unanswered(l.Subject, l.Timeout)), Concurrent: true})
	}
	return steps
}

// withdraw takes back what a start has brought about so far. A deployment that has ended stays as it is, whatever
// became of the record of it.
func withdraw(l Ledger, why []deploy.Finding) []Step {
	if l.Records {
		return nil
	}
	var steps []Step
	reason := "the start was called off"
	if len(why) > 0 {
		reason += ": " + why[0].Text
	}
	if l.Attempted || l.DeploymentID != 0 {
		steps = append(steps, Step{Effect: status(l, "error", deploy.NotStarted), Must: true, Concurrent: true})
	}
	if l.Announced {
		steps = append(steps, Step{Effect: RecordEvent{Status: config.Aborted, Message: reason}, Concurrent: true})
	}
	if l.Notified {
		steps = append(steps, Step{Effect: NotifySinks{Status: config.Aborted, Message: reason}, Concurrent: true})
	}
	return append(steps, releaseOwn(l)...)
}

// Interrupted says why a start that was found half done is abandoned.
func Interrupted() deploy.Problem {
	return deploy.Problem{
		Text: "The start was interrupted before the deployment was fully set up: the job was cancelled, or its runner died.",
		Hint: "Run the command again.",
	}
}

// CloseOrphan ends the GitHub deployment of a run that was lost, unless it has already ended.
type CloseOrphan struct {
	Environment string
	CreatedBy   deploy.CreatedByRun
}

func (CloseOrphan) effect()        {}
func (CloseOrphan) String() string { return "end the deployment of a run that was lost" }

// WhyOrphaned says what became of a deployment whose run was lost.
const WhyOrphaned = "aborted: its run ended without saying how it went"

func closeOrphans(l Ledger, d deploy.Decision) []Step {
	var steps []Step
	for _, orphan := range d.Orphans {
		if orphan.Created {
			steps = append(steps, Step{Effect: CloseOrphan{Environment: d.Target.Environment, CreatedBy: orphan.CreatedByRun}, Concurrent: true})
		}
		if l.Tracks() && orphan.Exists && orphan.Product == l.Product { // everyone who can push can forge one
			aborted := RecordEvent{Status: config.Aborted, Message: WhyOrphaned, Orphan: &orphan}
			steps = append(steps, Step{Effect: aborted, Concurrent: true})
		}
	}
	return steps
}
