package deploy

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/config"
)

// checkFork keeps out code that comes from another repository, or lets it in with a review that
// nothing replaces. Only GitHub's own word for it counts: a fork that was deleted since has no name
// left to compare.
func checkFork(r Request, c config.Config, f Facts) Finding {
	if r.Command.StableBranch {
		return Finding{Text: "a rollback deploys no code of the pull request"}
	}
	if problem, missing := f.unavailable(PullPart); missing {
		return blockUnavailable(problem)
	}
	switch {
	case !f.Pull.CrossRepo:
		return Finding{Text: "the pull request comes from this repository"}
	case !c.Origin.Forks:
		return Finding{
			Level: Block, Code: PrechecksFailed,
			Text: "This pull request comes from a fork, whose code must not be deployed from here.",
			Hint: "Push the commits to a branch of this repository and open a pull request from there.",
		}
	case !deploysHead(r):
		return Finding{Text: "the pull request comes from a fork, and the command names the commit"}
	}
	return checkForkReview(f)
}

// checkForkReview holds rehearsals and admins to the review of a fork as well: whoever opened the
// pull request chose what runs with the workflow's secrets.
func checkForkReview(f Facts) Finding {
	if problem, missing := f.unavailableGates(); missing {
		return blockUnavailable(problem)
	}
	switch {
	case needsReview(f.Pull.ReviewDecision):
		return Finding{
			Level: Block, Code: PrechecksFailed,
			Text: "This pull request comes from a fork and " + lacking(f.Pull.ReviewDecision) + ". Rehearsals and admins are held to that too.",
			Hint: reviewHint(f.Pull.ReviewDecision),
		}
	case f.Pull.ReviewDecision == "":
		return Finding{Level: Warn, Text: "This pull request comes from a fork, and no rule of its base asks for a review."}
	}
	return Finding{Text: "the pull request comes from a fork and was reviewed"}
}

// needsReview tells the decisions that a review can still change.
func needsReview(decision string) bool {
	return slices.Contains([]string{ReviewRequired, ChangesRequested}, decision)
}
