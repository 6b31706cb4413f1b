package deploy

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkTargetBranch wants the pull request to lead into the stable branch.
func checkTargetBranch(r Request, c config.Config, f Facts) Finding {
	if r.Command.StableBranch {
		return Finding{Text: "a rollback deploys no code of the pull request"}
	}
	if problem, missing := f.unavailable(PullPart); missing {
		return blockUnavailable(problem)
	}
	base, stable := markdown.Code(f.Pull.BaseRef), markdown.Code(c.StableBranch)
	switch {
	case f.Pull.BaseRef == c.StableBranch:
		return Finding{Text: "the pull request leads into " + stable}
	case !c.Origin.OtherBases:
		return Finding{
			Level: Block, Code: PrechecksFailed,
			Text: "This pull request leads into " + base + ", and only those into " + stable + " may be deployed here.",
			Hint: "Change the base of the pull request to " + stable + ". Where other bases are wanted, the workflow sets `allow_non_default_target_branch_deployments: true`.",
		}
	case c.SecurityWarnings:
		return Finding{Level: Warn, Text: "This pull request leads into " + base + " instead of " + stable + ", whose rules it may not have met."}
	}
	return Finding{Text: "pull requests into other branches than " + stable + " may be deployed"}
}
