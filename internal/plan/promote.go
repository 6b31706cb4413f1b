package plan

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// forPromotion plans a deployment that no comment asks for. Everything is read once more when the lock is taken: nothing
// may follow before that.
func forPromotion(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) []Step {
	if d.Verdict != deploy.Proceed {
		return withdraw(l, d.Blocking())
	}
	steps := acquireSteps(r, c, d, l)
	if l.Tracks() {
		steps = append(steps, Step{Effect: RecordEvent{Status: config.Started}, Must: true})
	}
	return append(steps, begin(c, d.Target, l)...)
}

// begin creates the deployment, and says that it is under way.
func begin(c config.Config, t deploy.Target, l Ledger) []Step {
	created := Step{Effect: startDeployment(c, t, l), Must: true}
	running := Step{Effect: status(l, "in_progress", ""), Must: true}
	return append([]Step{created, running}, notify(l, NotifySinks{Status: config.Started})...)
}
