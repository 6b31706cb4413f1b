package deploy

import (
	"cmp"
	"maps"

	"github.com/lockstep-action/lockstep/internal/config"
)

// boardCase returns the case of a command for one environment, on facts that were read for several.
func boardCase(asked Request, c config.Config, f Facts) *Case {
	environment := asked.Command.Environment
	f.Read, f.Unavailable = maps.Clone(f.Read), maps.Clone(f.Unavailable)
	f.Live = f.Deployments[environment]
	f.takeOver(LivePart, DeploymentsPart+Part(environment))
	f.Changes, f.Rehearsal = Changes{}, Rehearsal{}
	delete(f.Read, ChangesPart)
	delete(f.Unavailable, ChangesPart)
	k := NewCase(asked, c, f)
	if commit := k.rehearsed(); commit != "" {
		k.Rehearsal = f.Board.Rehearsals[StatusOf{Commit: commit, Context: NoopContext(k.Target.Environment)}]
	}
	if wanted, _ := k.comparison(); wanted != (Comparison{}) {
		k.compared(wanted)
	}
	return k
}

// compared takes over what a comparison found.
func (k *Case) compared(wanted Comparison) {
	found, asked := k.Board.Compared[wanted]
	switch {
	case !asked:
	case found.Problem != nil:
		k.MarkUnavailable(ChangesPart, *found.Problem)
	default:
		k.Changes = found.Changes
		k.MarkRead(ChangesPart)
	}
}

// takeOver makes a part as known as another one.
func (f *Facts) takeOver(part, from Part) {
	delete(f.Read, part)
	delete(f.Unavailable, part)
	if problem, unavailable := f.Unavailable[from]; unavailable {
		f.MarkUnavailable(part, problem)
	}
	if f.Read[from] {
		f.MarkRead(part)
	}
}

// NeedsOfBoard are what a decision on one deployment needs once, and a board for each environment.
type NeedsOfBoard struct {
	Environments []string // of which to read the newest deployments, with their commits and statuses
	Rehearsals   []StatusOf
	Comparisons  []Comparison
}

// BoardDepth is how many deployments of each environment are read for a board, and ShownDeployments how many are shown of
// one environment.
const (
	BoardDepth       = 10
	ShownDeployments = 5
)

// BoardNeeds returns what has to be read for a board, as far as it follows from the facts that are known.
func BoardNeeds(r Request, c config.Config, f Facts) Needs {
	all := Needs{Run: r.run(), Pull: r.Event.Pull}
	all.Board.Environments, _ = OnBoard(r, c)
	for _, environment := range all.Board.Environments {
		all.addRow(boardCase(r.deploying(environment, c), c, f))
	}
	return all
}

// addRow adds what has to be read for one environment. What all have in common is the same each time.
func (n *Needs) addRow(k *Case) {
	one := Needs{Members: n.Members}
	needLocks(k, &one)
	if k.Event.Pull != 0 {
		for _, gate := range gatesFor(k) {
			if gate.Needs != nil && gate.holds(k) {
				gate.Needs(k, &one)
			}
		}
	}
	n.addShared(one)
	n.Members, n.AdminTeams = one.Members, union(n.AdminTeams, one.AdminTeams)
	n.Environments, n.Scope = union(n.Environments, one.Environments), max(n.Scope, one.Scope)
	n.Runs, n.Locks = union(n.Runs, one.Runs), union(n.Locks, one.Locks)
	if one.Rehearsal.Commit != "" {
		n.Board.Rehearsals = union(n.Board.Rehearsals, []StatusOf{one.Rehearsal})
	}
	if one.Changes != (Comparison{}) {
		n.Board.Comparisons = union(n.Board.Comparisons, []Comparison{one.Changes})
	}
}

// addShared adds what is the same for each environment that asks for it.
func (n *Needs) addShared(one Needs) {
	n.Actor, n.RerunBy = cmp.Or(n.Actor, one.Actor), cmp.Or(n.RerunBy, one.RerunBy)
	n.StableBranch, n.StackedOn = cmp.Or(n.StableBranch, one.StableBranch), cmp.Or(n.StackedOn, one.StackedOn)
	n.Gates, n.Required, n.Fresh = n.Gates || one.Gates, n.Required || one.Required, n.Fresh || one.Fresh
	n.Pushes, n.StablePushes = n.Pushes || one.Pushes, n.StablePushes || one.StablePushes
	n.Signatures, n.Rules, n.Viewer = n.Signatures || one.Signatures, n.Rules || one.Rules, n.Viewer || one.Viewer
	n.Times, n.Origins = n.Times || one.Times, n.Origins || one.Origins
	n.Statement, n.Opinions = cmp.Or(n.Statement, one.Statement), cmp.Or(n.Opinions, one.Opinions)
	n.Template, n.Policy = cmp.Or(n.Template, one.Template), cmp.Or(n.Policy, one.Policy)
	if n.Asked.IsZero() {
		n.Asked = one.Asked
	}
}

func union[T comparable](list, more []T) []T { return append(list, lacking(more, list)...) }
