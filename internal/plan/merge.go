package plan

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// MergeNeeds says what has to be read to find the locks of a pull request that has ended.
func MergeNeeds(r deploy.Request, c config.Config) deploy.Needs {
	needs := deploy.Needs{Run: deploy.RunID{ID: r.Event.Run.ID, Attempt: r.Event.Run.Attempt}}
	if c.Locks.Disabled {
		return needs
	}
	for _, environment := range c.Targets {
		needs.Locks = append(needs.Locks, lock.Branch(environment))
	}
	if c.Merge.Global {
		needs.Locks = append(needs.Locks, lock.GlobalBranch)
	}
	return needs
}

// Unlock plans the removal of the locks that have ended, one step each.
func Unlock(d deploy.Decision, l Ledger) []Step {
	var steps []Step
	for _, ended := range d.Ended {
		steps = append(steps, Step{Effect: FreeLock{Repository: l.Repository, Branch: ended.Lock.Branch, Tip: ended.Lock.Tip}, Concurrent: true})
	}
	return steps
}
