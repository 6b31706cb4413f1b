package plan

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// healthChecks settles what the post step of a start checks: nothing where another step ends the deployment.
func healthChecks(c config.Config, t deploy.Target) []policy.HealthCheck {
	if t.Noop || c.Mode == config.TrackIt || c.SkipCompleting {
		return nil
	}
	return c.Resolved.HealthChecks
}

// EndsWithHealth reports whether the health of the application decides about an end: whether something was deployed by a
// command, and the job says that it went well.
func (l Ledger) EndsWithHealth(s config.Status) bool {
	return s == config.Completed && !l.Tracked && !l.Subject.Noop
}

// CheckHealth plans how GitHub learns that the health is being checked. No check waits for that in vain.
func CheckHealth(l Ledger) []Step {
	return []Step{{Effect: status(l, "in_progress", deploy.CheckingHealth)}}
}

// WithHealth is the state in which a deployment ends, after its health was checked.
func (l Ledger) WithHealth(s config.Status) config.Status {
	switch {
	case s != config.Completed:
	case l.Health.WasStopped():
		return config.Aborted
	case l.Health.Failed():
		return config.Failed
	}
	return s
}
