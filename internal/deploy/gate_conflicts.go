package deploy

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// dirty is GitHub's word for a head that cannot be merged into its base.
const dirty = "DIRTY"

// checkConflicts wants the pull request to be mergeable.
func checkConflicts(r Request, _ config.Config, f Facts) Finding {
	if !deploysHead(r) {
		return Finding{Text: "it does not matter whether the pull request can be merged"}
	}
	if problem, missing := f.unavailableGates(); missing {
		return blockUnavailable(problem)
	}
	if f.Pull.MergeState != dirty {
		return Finding{Text: "the pull request has no conflicts"}
	}
	base := markdown.Code(f.Pull.BaseRef)
	return Finding{
		Level: Block, Code: PrechecksFailed,
		Text: "The branch has conflicts with " + base + ".",
		Hint: "Merge " + base + " into the branch, resolve the conflicts, push, and run the command again.",
	}
}
