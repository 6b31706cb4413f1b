package doctor

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// need is a permission that a step makes use of.
type need struct{ scope, level string }

func (n need) String() string { return n.scope + ": " + n.level }

// forgone reports whether deployments work without it. Who lacks it cannot tell whether the run that left a
// lock has ended.
func (n need) forgone() bool { return n.scope == "actions" }

// needs lists what the token of a step must be allowed, by what the step is there for. Where settings are not
// known it is what they need at least.
func needs(role Role, c Settings) []need {
	read, write := "read", "write"
	switch role {
	case Commands:
		list := []need{{"pull-requests", write}, {"deployments", write}, {"checks", read}, {"statuses", read}}
		if !locks(c) {
			return append(list, need{"contents", contentsLevel(c.Config)})
		}
		return append(list, need{"contents", write}, need{"actions", read})
	case Finishes:
		list := []need{{"pull-requests", write}, {"deployments", write}}
		if locks(c) {
			list = append(list, need{"contents", write})
		}
		return list
	case Tracks:
		if c.Track.EventType == "build" || !c.Knows("event_type") {
			return nil
		}
		if !locks(c) {
			return []need{{"deployments", write}}
		}
		return []need{{"deployments", write}, {"contents", read}}
	case Merges:
		return []need{{"contents", read}, {"deployments", read}}
	case Unlocks:
		return []need{{"contents", write}, {"actions", read}}
	case Examines, Unclear:
	}
	return nil
}

// locks reports whether deployments surely take locks.
func locks(c Settings) bool { return !c.Locks.Disabled && c.Knows("disable_lock") }

// contentsLevel is what a deployment without locks has to do with the code.
func contentsLevel(c config.Config) string {
	if c.Outdated.Update == config.UpdateForce {
		return "write"
	}
	return "read"
}

// Permissions lists what a step's token must be allowed, as workflow files write it.
func (u StepRef) Permissions() []string { return permissionsOf(u.Role, u.Settings) }

func permissionsOf(role Role, c Settings) []string {
	var list []string
	for _, one := range needs(role, c) {
		list = append(list, one.String())
	}
	return list
}

// lacking lists what permissions leave out.
func lacking(wanted []need, granted workflow.Permissions) []need {
	return slices.DeleteFunc(slices.Clone(wanted), func(n need) bool { return granted.Grants(n.scope, n.level) })
}

// inLines puts permissions as they stand in a workflow file.
func inLines(missing []need) string {
	lines := make([]string, len(missing))
	for i, one := range missing {
		lines[i] = one.String()
	}
	return strings.Join(lines, "`, `")
}
