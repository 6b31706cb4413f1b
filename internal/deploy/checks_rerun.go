package deploy

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// identity is what a check shares with its reruns. All workflows of a repository belong to one app,
// and two of them may name their jobs alike, so that the workflow and its event are part of it.
type identity struct {
	kind            CheckKind
	app             int64
	name            string
	workflow, event string
}

func (one Check) identity() identity {
	if one.Kind == CommitStatus {
		return identity{kind: one.Kind, name: one.Name}
	}
	return identity{one.Kind, one.App, one.Name, one.Workflow, one.Event}
}

// latest keeps the newest report of each check. It gives the reason when GitHub does not say which
// one that is: then an older success could hide a failure.
func latest(c config.Checks, nodes []Check) (kept []Check, problem string) {
	position := map[identity]int{}
	for _, one := range nodes {
		i, repeated := position[one.identity()]
		if !repeated {
			position[one.identity()] = len(kept)
			kept = append(kept, one)
			continue
		}
		newest, known := newer(kept[i], one)
		unattributed := one.Kind == CheckRun && one.App == 0 && (counts(c, kept[i]) || counts(c, one))
		if !known || unattributed {
			return nil, markdown.Code(one.Name) + " was reported more than once, and GitHub does not say which report counts"
		}
		kept[i] = newest
	}
	return kept, ""
}

// newer picks the later of two reports of one check: by the number of the run, which only grows, or
// else by time.
func newer(first, second Check) (newest Check, known bool) {
	later := first
	switch {
	case first.RunID != 0 && second.RunID != 0 && first.RunID != second.RunID:
		if second.RunID > first.RunID {
			later = second
		}
	case first.At.IsZero() || second.At.IsZero():
		return Check{}, false
	case first.At.Equal(second.At):
		return first, first.NodeID != "" && first.NodeID == second.NodeID
	case second.At.After(first.At):
		later = second
	}
	return later, true
}
