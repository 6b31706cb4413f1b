package plan

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// forTrack plans one state of a tracked step: the tracking endpoint has its say first, then the
// GitHub deployment is created, unless an earlier step did, and gets its status.
func forTrack(c config.Config, d deploy.Decision, l Ledger) []Step {
	if d.Verdict != deploy.Proceed {
		return withdraw(l, d.Blocking())
	}
	var steps []Step
	if c.Tracks() && !c.Status.Terminal() {
		steps = append(steps, Step{Effect: Announce{Status: c.Status}, Must: true})
	}
	if l.DeploymentID == 0 {
		steps = append(steps, Step{Effect: startDeployment(c, d.Target, l), Must: true, Permitted: true})
	}
	steps = append(steps, Step{Effect: trackStatus(l, c.Status), Must: true, Permitted: true})
	if c.Tracks() && c.Status.Terminal() {
		steps = append(steps, Step{Effect: announceEnd(c.Status), Must: c.Versioner.FailOnError == config.FailAlways, Beside: true})
	}
	return steps
}

func trackStatus(l Ledger, s config.Status) SetStatus {
	switch s {
	case config.Pending:
		return status(l, "queued", "")
	case config.Started:
		return status(l, "in_progress", "")
	case config.Completed, config.Failed, config.Aborted:
	}
	return finalStatus(l, s)
}
