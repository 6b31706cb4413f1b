package plan

import (
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// Unlock plans the removal of the locks that have ended, one step each.
func Unlock(d deploy.Decision, l Ledger) []Step {
	var steps []Step
	for _, ended := range d.Ended {
		steps = append(steps, Step{Effect: FreeLock{Repository: l.Repository, Branch: ended.Lock.Branch, Tip: ended.Lock.Tip}, Concurrent: true})
	}
	return steps
}
