package plan

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// CloseOrphan ends the GitHub deployment of a run that was lost, unless it has ended meanwhile.
type CloseOrphan struct {
	Environment string
	CreatedBy   deploy.CreatedByRun
}

func (CloseOrphan) effect()        {}
func (CloseOrphan) String() string { return "end the deployment of a run that was lost" }

// WhyOrphaned says what became of a deployment whose run was lost.
const WhyOrphaned = "aborted: its run ended without saying how it went"

// closeOrphans plans the end of deployments whose runs were lost: on GitHub, and where the tracking endpoint
// still thinks that they are under way.
func closeOrphans(l Ledger, d deploy.Decision) []Step {
	var steps []Step
	for _, orphan := range d.Orphans {
		if orphan.Created {
			steps = append(steps, Step{Effect: CloseOrphan{Environment: d.Target.Environment, CreatedBy: orphan.CreatedByRun}, Concurrent: true})
		}
		if l.Tracks() {
			aborted := RecordEvent{Status: config.Aborted, Message: WhyOrphaned, Orphan: &orphan}
			steps = append(steps, Step{Effect: aborted, Concurrent: true})
		}
	}
	return steps
}
