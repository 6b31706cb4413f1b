package deploy

import "github.com/lockstep-action/lockstep/internal/markdown"

func targetBranchGate() Gate {
	return Gate{Name: "target branch", Parts: pullParts, Check: checkTargetBranch}
}

// pullParts is the pull request, which a rollback does not depend on.
func pullParts(k *Case) []Part {
	if k.Command.StableBranch {
		return nil
	}
	return []Part{PullPart}
}

func checkTargetBranch(k *Case) Finding {
	if k.Command.StableBranch {
		return pass("a rollback deploys no code of the pull request")
	}
	base, stable := markdown.Code(k.Pull.BaseRef), markdown.Code(k.Config.StableBranch)
	switch {
	case k.Pull.BaseRef == k.Config.StableBranch:
		return pass("the pull request targets " + stable)
	case !k.Config.Origin.OtherBases:
		return block(PrechecksFailed,
			"This pull request targets "+base+"; only pull requests into "+stable+" can be deployed.",
			"Change the base of the pull request to "+stable+". To allow other bases, set `allow_non_default_target_branch_deployments: true` in the workflow.")
	case k.Config.SecurityWarnings:
		return Finding{Level: Warn, Text: "This pull request targets " + base + " instead of " + stable + ". It may not meet the rules of " + stable + "."}
	}
	return pass("pull requests into other branches than " + stable + " may be deployed")
}
