package deploy

import "github.com/lockstep-action/lockstep/internal/markdown"

// dirty is GitHub's word for a head that cannot be merged into its base.
const dirty = "DIRTY"

// conflictsGate wants the pull request to be mergeable.
func conflictsGate() Gate {
	return Gate{Name: "conflicts", Needs: needState, Parts: stateParts, Check: checkConflicts}
}

// stateParts are the facts about the state of the pull request, which matter for its head only.
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
	return Finding{
		Level: Block, Code: PrechecksFailed,
		Text: "The branch has conflicts with " + base + ".",
		Hint: "Merge " + base + " into the branch, resolve the conflicts, push, and run the command again.",
	}
}
