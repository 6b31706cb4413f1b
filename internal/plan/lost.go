package plan

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// endLost plans the end of deployments whose runs were lost: on GitHub, and where the tracking endpoint
// still thinks that they are under way.
func endLost(c config.Config, d deploy.Decision) []Step {
	var steps []Step
	for _, lost := range d.Lost {
		if lost.Created {
			steps = append(steps, Step{Effect: EndLost{Environment: d.Target.Environment, Maker: lost.Maker}, Beside: true})
		}
		if c.Tracks() {
			announce := Announce{Status: config.Aborted, Message: WhyLost, Lost: &lost}
			steps = append(steps, Step{Effect: announce, Beside: true})
		}
	}
	return steps
}

// WhyLost says what became of a deployment whose run was lost.
const WhyLost = "aborted: its run ended without saying how it went"
