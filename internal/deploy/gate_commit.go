package deploy

import "github.com/lockstep-action/lockstep/internal/markdown"

// commitGate wants the request to be about one commit, and still about the same one when it is checked again.
func commitGate() Gate {
	return Gate{Name: "commit", Needs: needCommit, Parts: (*Case).sourceParts, Check: checkCommit}
}

func needCommit(k *Case, n *Needs) {
	if k.tracks() {
		return
	}
	n.StableBranch = k.Config.StableBranch
	if k.Config.Origin.ExactCommits && !k.Command.StableBranch {
		n.Exact = k.Command.SHA
	}
}

func checkCommit(k *Case) Finding {
	t := k.Target
	switch {
	case !k.tracks() && k.Command.SHA != "":
		return checkExactCommit(k)
	case t.SHA == "":
		return noCommit(k)
	case k.Pinned != "" && k.Pinned != t.SHA:
		return moved(k)
	case !k.tracks() && !t.Stable && !k.Pull.CrossRepo && !k.Pull.HeadExists:
		return block(PrechecksFailed,
			"The branch of this pull request no longer exists.",
			"Restore the branch (the button is at the end of the pull request) and run the command again.")
	}
	return pass("the commit is known and has not moved")
}

// checkExactCommit looks where the commit belongs, because GitHub also finds the commits of every fork by their SHA.
func checkExactCommit(k *Case) Finding {
	c := k.Config
	commit := markdown.Code(Short(k.Command.SHA))
	switch {
	case !c.Origin.ExactCommits:
		return block(PrechecksFailed,
			"Deploying an exact commit is not enabled here.",
			"Deploy the pull request's head instead: "+markdown.Code(c.Commands.Deploy+" <environment>")+".")
	case k.Exact.Commit.SHA != k.Command.SHA:
		return block(PrechecksFailed,
			"There is no commit "+commit+" in this repository.",
			"Check the commit, push it if it is not on GitHub yet, and run the command again.")
	case !k.Exact.Contained && !c.Origin.AnyExactCommit:
		return block(PrechecksFailed,
			"The commit "+commit+" is part of neither "+markdown.Code(c.StableBranch)+" nor this pull request.",
			"Choose a commit of one of them. To allow any commit, set `allow_uncontained_sha_deployments: true` in the workflow.")
	}
	return pass("the exact commit exists and may be deployed")
}

func noCommit(k *Case) Finding {
	switch {
	case k.tracks():
		return block(UnexpectedError,
			"The event does not say which commit is deployed.",
			"Run the step on an event that is about a commit: push, pull_request, workflow_run, deployment or workflow_dispatch.")
	case k.Target.Stable:
		return block(UnexpectedError,
			"There is no branch "+markdown.Code(k.Config.StableBranch)+" to roll back to.",
			"Set the input `stable_branch` to the branch that a rollback deploys.")
	}
	return block(UnexpectedError,
		"GitHub did not say which commit would be deployed.",
		"Check that the branch of the pull request exists and run the command again.")
}

func moved(k *Case) Finding {
	hint := "Look at the new commits, then run the command again."
	if k.Target.Stable {
		hint = "Look at what was merged into " + markdown.Code(k.Config.StableBranch) + ", then run the command again."
	}
	return block(RefChanged,
		"The branch moved from "+markdown.Code(Short(k.Pinned))+" to "+markdown.Code(Short(k.Target.SHA))+" while the command was being checked.",
		hint)
}

// Short shortens a commit's SHA to seven digits, as GitHub does.
func Short(sha string) string {
	const length = 7
	return sha[:min(len(sha), length)]
}
