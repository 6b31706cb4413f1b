package deploy

import (
	"cmp"
	"fmt"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// commitGate wants the request to be about one commit, and still about the same one when it is checked again.
func commitGate() Gate {
	return Gate{Name: "commit", Needs: needCommit, Parts: (*Case).sourceParts, Check: checkCommit}
}

func needCommit(k *Case, n *Needs) {
	if k.tracks() {
		return
	}
	n.StableBranch = k.Config.StableBranch
	switch {
	case k.Command.Kind == command.Rollback:
		n.Exact = k.exactTarget()
	case k.Config.Origin.ExactCommits && !k.Command.StableBranch:
		n.Exact = k.Command.SHA
	}
}

// exactTarget is the target of a rollback where the deployment that recorded it does not tell enough: it is not confirmed,
// or its signature matters.
func (k *Case) exactTarget() string {
	if fullCommit.MatchString(k.Command.To) || k.Config.Origin.Verification && k.Config.Origin.VerifyRollbacks {
		return cmp.Or(k.Target.SHA, k.Pinned)
	}
	return ""
}

func checkCommit(k *Case) Finding {
	t := k.Target
	switch {
	case k.Command.Kind == command.Rollback && !k.tracks():
		return k.checkTarget()
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

func targetBranchGate() Gate {
	return Gate{Name: "target branch", Needs: needStack, Parts: pullParts, Check: checkTargetBranch}
}

// needStack asks for the stack only where it changes what is said.
func needStack(k *Case, n *Needs) {
	if k.Config.Origin.Stacks && !k.Config.Origin.OtherBases && !k.Command.GoesBack() {
		n.StackedOn = k.Config.StableBranch
	}
}

// pullParts is the pull request, which a rollback does not depend on.
func pullParts(k *Case) []Part {
	if k.Command.GoesBack() {
		return nil
	}
	return []Part{PullPart}
}

func checkTargetBranch(k *Case) Finding {
	if k.Command.GoesBack() {
		return pass("a rollback deploys no code of the pull request")
	}
	base, stable := markdown.Code(k.Pull.BaseRef), markdown.Code(k.Config.StableBranch)
	switch {
	case k.Pull.BaseRef == k.Config.StableBranch:
		return pass("the pull request targets " + stable)
	case !k.Config.Origin.OtherBases && k.Pull.Stack != nil:
		return block(PrechecksFailed,
			fmt.Sprintf("This pull request is number %d of the stack of #%d.", k.Pull.Stack.Position, k.Pull.Stack.Number),
			"Restack and merge from the bottom, or set `allow_non_default_target_branch_deployments: true` in the workflow.")
	case !k.Config.Origin.OtherBases:
		return block(PrechecksFailed,
			"This pull request targets "+base+"; only pull requests into "+stable+" can be deployed.",
			"Change the base of the pull request to "+stable+". To allow other bases, set `allow_non_default_target_branch_deployments: true` in the workflow.")
	case k.Config.SecurityWarnings:
		return Finding{Level: Warn, Text: "This pull request targets " + base + " instead of " + stable + ". It may not meet the rules of " + stable + "."}
	}
	return pass("pull requests into other branches than " + stable + " may be deployed")
}

// forkGate believes GitHub's own flag only: a fork that was deleted has no name left to compare.
func forkGate() Gate {
	return Gate{Name: "fork", Needs: needState, Parts: forkParts, Check: checkFork}
}

func forkParts(k *Case) []Part {
	parts := pullParts(k)
	if k.Pull.CrossRepo && k.Config.Origin.Forks && k.DeploysHead() {
		parts = append(parts, GatesPart)
	}
	return parts
}

func checkFork(k *Case) Finding {
	switch {
	case k.Command.GoesBack():
		return pass("a rollback deploys no code of the pull request")
	case !k.Pull.CrossRepo:
		return pass("the pull request comes from this repository")
	case !k.Config.Origin.Forks:
		return block(PrechecksFailed,
			"This pull request comes from a fork. Code of forks must not be deployed from here.",
			"Push the commits to a branch of this repository and open a pull request from there.")
	case !k.DeploysHead():
		return pass("the pull request comes from a fork, and the command names the commit")
	}
	return checkForkReview(k)
}

// checkForkReview requires the review of a fork from rehearsals and admins as well: the author of the pull
// request chose what runs with the workflow's secrets.
func checkForkReview(k *Case) Finding {
	decision, base, stable := k.Pull.ReviewDecision, markdown.Code(k.Pull.BaseRef), markdown.Code(k.Config.StableBranch)
	switch {
	case decision == "" && k.Pull.BaseRef != k.Config.StableBranch: // its author chooses the base
		return block(PrechecksFailed,
			"This pull request comes from a fork into "+base+", and no rule of that branch requires a review. That applies to rehearsals and admins too.",
			"Change the base of the pull request to "+stable+", or require reviews on "+base+".")
	case needsReview(decision):
		return block(PrechecksFailed,
			"This pull request comes from a fork and "+reviewGap(decision)+". That applies to rehearsals and admins too.",
			reviewHint(decision))
	case decision == "":
		return Finding{Level: Warn, Text: "This pull request comes from a fork, and no rule of its base requires a review."}
	case !k.Pull.approvesHead():
		return block(PrechecksFailed,
			"This pull request comes from a fork, whose newest commit no one with write access has approved. "+k.Pull.olderApproval(),
			"Look at the newest commits, approve them, and run the command again. That applies to rehearsals and admins too.")
	}
	return pass("the pull request comes from a fork and was reviewed")
}

func needsReview(decision string) bool {
	return decision == ReviewRequired || decision == ChangesRequested
}
