package plan

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
)

// labels plans the labels of a pull request whose deployment, or rehearsal, has ended: those of the
// other ending go. Labels that say that something succeeded can be left off approved pull requests.
func labels(l Ledger, c config.Config) []Step {
	add, remove, skip := c.Labels.Deployed, c.Labels.DeployFailed, c.Labels.SkipDeployedIfApproved
	if l.Subject.Noop {
		add, remove, skip = c.Labels.Noop, c.Labels.NoopFailed, c.Labels.SkipNoopIfApproved
	}
	if c.Status != config.Completed {
		add, remove, skip = remove, add, false
	}
	if reviews := l.Subject.Reviews; skip && reviews != nil && reviews.Decision == "APPROVED" {
		add = nil
	}
	var steps []Step
	for _, name := range remove {
		if !slices.ContainsFunc(add, func(other string) bool { return strings.EqualFold(name, other) }) {
			steps = append(steps, Step{Effect: RemoveLabel{Pull: l.Pull, Name: name}, Must: true, Concurrent: true})
		}
	}
	if len(add) > 0 {
		steps = append(steps, Step{Effect: AddLabels{Pull: l.Pull, Names: add}, Must: true, Concurrent: true})
	}
	return steps
}
