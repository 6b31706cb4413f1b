package plan

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
)

// start plans what a deployment and its rehearsal have in common. Inside the comment everything is read once more.
func start(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) []Step {
	steps := append(acquireSteps(r, c, d, l), confirmed(l, d)...)
	early := len(steps) > 0 && !blocksLater(d, l)
	if l.Tracks() && !l.Subject.Noop {
		steps = append(steps, Step{Effect: RecordEvent{Status: config.Started}, Must: true, Concurrent: early})
		early = false
	}
	started := comment(l, StartedComment, "")
	started.Recheck = deploy.RecheckNeeds(r, c)
	return append(steps, Step{Effect: started, Must: true, Concurrent: early})
}

// blocksLater reports whether later steps wait for one of the first: nothing may follow without the lock, the comment
// has the distance, and a tracking endpoint may refuse a start because of orphans.
func blocksLater(d deploy.Decision, l Ledger) bool {
	return acquiresLock(d) || len(countCommits(l)) > 0 || len(closeOrphans(l, d)) > 0
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
	return append(append(steps, countCommits(l)...), closeOrphans(l, d)...)
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

// CountCommits counts the commits between what runs and what is deployed, while other effects take place.
type CountCommits struct{ Base, Head string }

func (CountCommits) effect()        {}
func (CountCommits) String() string { return "count the commits since the last deployment" }

func (CountCommits) done(l *Ledger, done Done) {
	if live := l.Subject.Live; live != nil {
		live.Counted, live.Ahead, live.Behind = true, done.Ahead, done.Behind
	}
}

func countCommits(l Ledger) []Step {
	live := l.Subject.Live
	if live == nil || live.Counted {
		return nil
	}
	return []Step{{Effect: CountCommits{Base: live.SHA, Head: l.Subject.SHA}, Concurrent: true}}
}
