package doctor

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
)

// need is a permission that a step cannot do without.
type need struct{ scope, level string }

func (n need) String() string { return n.scope + ": " + n.level }

// needs lists what the token of a step must be allowed, by what the step is there for.
func needs(role Role, c config.Config) []need {
	read, write := "read", "write"
	switch role {
	case Commands:
		list := []need{{"pull-requests", write}, {"deployments", write}, {"checks", read}, {"statuses", read}}
		if c.Locks.Disabled {
			return append(list, need{"contents", contentsLevel(c)})
		}
		return append(list, need{"contents", write}, need{"actions", read})
	case Finishes:
		list := []need{{"pull-requests", write}, {"deployments", write}}
		if !c.Locks.Disabled {
			list = append(list, need{"contents", write})
		}
		return list
	case Tracks:
		if c.Track.EventType == "build" {
			return nil
		}
		return []need{{"deployments", write}}
	case Merges:
		return []need{{"contents", read}, {"deployments", read}}
	case Unlocks:
		return []need{{"contents", write}}
	case Examines:
	}
	return nil
}

// contentsLevel is what a deployment without locks has to do with the code.
func contentsLevel(c config.Config) string {
	if c.Outdated.Update == config.UpdateForce {
		return "write"
	}
	return "read"
}

// NeedsOfCommands lists the permissions that a step needs to answer commands, as workflow files write them.
func NeedsOfCommands(c config.Config) []string {
	var list []string
	for _, one := range needs(Commands, c) {
		list = append(list, one.String())
	}
	return list
}

// lines puts permissions as they stand in a workflow file.
func inLines(missing []need) string {
	lines := make([]string, len(missing))
	for i, one := range missing {
		lines[i] = one.String()
	}
	return strings.Join(lines, "`, `")
}
