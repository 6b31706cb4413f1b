package deploy

import "github.com/lockstep-action/lockstep/internal/markdown"

// dirty is GitHub's word for a head that cannot be merged into its base.
const dirty = "DIRTY"

func conflictsGate() Gate {
	return Gate{Name: "conflicts", Needs: needState, Parts: stateParts, Check: checkConflicts}
}

func stateParts(k *Case) []Part {
	if !k.DeploysHead() {
		return nil
	}
	return []Part{PullPart, GatesPart}
}

func checkConflicts(k *Case) Finding {
	switch {
	case !k.DeploysHead():
		return pass("it does not matter whether the pull request can be merged")
	case k.Pull.MergeState != dirty:
		return pass("the pull request has no conflicts")
	}
	base := markdown.Code(k.Pull.BaseRef)
	return block(PrechecksFailed,
		"The branch has conflicts with "+base+".",
		"Merge "+base+" into the branch, resolve the conflicts, push, and run the command again.")
}
