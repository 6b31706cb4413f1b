package deploy

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkCommit wants the request to be about one commit, and still about the same one when it is
// asked again.
func checkCommit(r Request, c config.Config, f Facts) Finding {
	if problem, missing := sourceUnavailable(r, f); missing {
		return blockUnavailable(problem)
	}
	t := target(r, c, f)
	switch {
	case c.Mode != config.TrackIt && r.Command.SHA != "":
		return checkExactCommit(r, c, f)
	case t.SHA == "":
		return noCommit(c, t)
	case r.Pinned != "" && r.Pinned != t.SHA:
		return moved(r, c, t)
	case c.Mode != config.TrackIt && !t.Stable && !f.Pull.CrossRepo && !f.Pull.HeadExists:
		return Finding{
			Level: Block, Code: PrechecksFailed,
			Text: "The branch of this pull request no longer exists.",
			Hint: "Restore the branch (the button is at the end of the pull request) and run the command again.",
		}
	}
	return Finding{Text: "the commit is known and has not moved"}
}

// sourceUnavailable finds why the place that names the commit could not be read. A rollback needs the
// stable branch only.
func sourceUnavailable(r Request, f Facts) (Problem, bool) {
	switch {
	case r.SHA != "":
		return Problem{}, false
	case r.Command.StableBranch:
		return f.unavailable(StablePart)
	}
	return f.unavailable(PullPart)
}

// blockUnavailable refuses for want of a fact.
func blockUnavailable(problem Problem) Finding {
	return Finding{Level: Block, Code: UnexpectedError, Text: problem.Text, Hint: problem.Hint}
}

// checkExactCommit wants exact commits to be enabled, and this one to be part of what was looked at
// here: GitHub also finds the commits of every fork under their names.
func checkExactCommit(r Request, c config.Config, f Facts) Finding {
	if !c.Origin.ExactCommits {
		return Finding{
			Level: Block, Code: PrechecksFailed,
			Text: "Deploying an exact commit is not enabled here.",
			Hint: "Deploy the pull request's head instead: " + markdown.Code(c.Commands.Deploy+" <environment>") + ".",
		}
	}
	if problem, missing := f.unavailable(ExactPart); missing {
		return blockUnavailable(problem)
	}
	commit := markdown.Code(Short(r.Command.SHA))
	switch {
	case f.Exact.Commit.SHA != r.Command.SHA:
		return Finding{
			Level: Block, Code: PrechecksFailed,
			Text: "There is no commit " + commit + " in this repository.",
			Hint: "Check the commit, push it if it is not on GitHub yet, and run the command again.",
		}
	case !f.Exact.Contained && !c.Origin.AnyExactCommit:
		return Finding{
			Level: Block, Code: PrechecksFailed,
			Text: "The commit " + commit + " is part of neither " + markdown.Code(c.StableBranch) + " nor this pull request.",
			Hint: "Choose a commit of one of them. Where any commit may be deployed, the workflow sets `allow_uncontained_sha_deployments: true`.",
		}
	}
	return Finding{Text: "the exact commit exists and may be deployed"}
}

func noCommit(c config.Config, t Target) Finding {
	finding := Finding{
		Level: Block, Code: UnexpectedError,
		Text: "GitHub did not say which commit would be deployed.",
		Hint: "Check that the branch of the pull request exists and run the command again.",
	}
	switch {
	case c.Mode == config.TrackIt:
		finding.Text = "The event does not say which commit is deployed."
		finding.Hint = "Run the step on an event that is about a commit: push, pull_request, workflow_run, deployment or workflow_dispatch."
	case t.Stable:
		finding.Text = "There is no branch " + markdown.Code(c.StableBranch) + " to roll back to."
		finding.Hint = "Set the input `stable_branch` to the branch that a rollback deploys."
	}
	return finding
}

func moved(r Request, c config.Config, t Target) Finding {
	hint := "Look at the new commits, then run the command again."
	if t.Stable {
		hint = "Look at what was merged into " + markdown.Code(c.StableBranch) + ", then run the command again."
	}
	return Finding{
		Level: Block, Code: RefChanged,
		Text: "The branch moved from " + markdown.Code(Short(r.Pinned)) + " to " + markdown.Code(Short(t.SHA)) + " while the command was being checked.",
		Hint: hint,
	}
}

// Short shortens a commit to what people recognise.
func Short(sha string) string {
	const length = 7
	return sha[:min(len(sha), length)]
}
