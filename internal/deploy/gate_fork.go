package deploy

import "github.com/lockstep-action/lockstep/internal/config"

// checkFork keeps out code that comes from another repository. Only GitHub's own word for it
// counts: a fork that was deleted since has no name left to compare.
func checkFork(r Request, _ config.Config, f Facts) Finding {
	if r.Command.StableBranch {
		return Finding{Text: "a rollback deploys no code of the pull request"}
	}
	if problem, missing := f.unread(PullPart); missing {
		return Finding{Level: Block, Code: UnexpectedError, Text: problem.Text, Hint: problem.Hint}
	}
	if !f.Pull.CrossRepo {
		return Finding{Text: "the pull request comes from this repository"}
	}
	return Finding{
		Level: Block, Code: PrechecksFailed,
		Text: "This pull request comes from a fork, whose code must not be deployed from here.",
		Hint: "Push the commits to a branch of this repository and open a pull request from there.",
	}
}
