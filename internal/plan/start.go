package plan

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// start plans what a deployment and its rehearsal have in common: a sign of life, the lock, the
// record at the tracking endpoint, and the comment, inside which everything is read once more.
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

// blocksLater reports whether the first steps have one that later ones wait for: the lock, without which nothing
// may follow, the distance, which is part of the comment, and the end of orphans, which a tracking endpoint may take
// for a reason to refuse the start.
func blocksLater(d deploy.Decision, l Ledger) bool {
	return acquiresLock(d) || len(countCommits(l)) > 0 || len(closeOrphans(l, d)) > 0
}

// acquireSteps plans what comes before everything else, at the same time: the sign of life, the lock, and the
// distance to what runs now. What was done before a confirmation is not done again.
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
