package plan

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// closeOrphans plans the end of deployments whose runs were lost: on GitHub, and where the tracking endpoint
// still thinks that they are under way.
func closeOrphans(c config.Config, d deploy.Decision) []Step {
	var steps []Step
	for _, lost := range d.Orphans {
		if lost.Created {
			steps = append(steps, Step{Effect: CloseOrphan{Environment: d.Target.Environment, CreatedBy: lost.CreatedByRun}, Concurrent: true})
		}
		if c.Tracks() {
			announce := RecordEvent{Status: config.Aborted, Message: WhyOrphaned, Orphan: &lost}
			steps = append(steps, Step{Effect: announce, Concurrent: true})
		}
	}
	return steps
}

// WhyOrphaned says what became of a deployment whose run was lost.
const WhyOrphaned = "aborted: its run ended without saying how it went"
