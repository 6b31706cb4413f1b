package deploy

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// What the reviews of a pull request come to: GitHub's PullRequestReviewDecision, and a word for
// environments where they do not count.
const (
	Approved         = "APPROVED"
	ReviewRequired   = "REVIEW_REQUIRED"
	ChangesRequested = "CHANGES_REQUESTED"
	ReviewsSkipped   = "skip_reviews"
)

// reviewDecision tells what the reviews come to, "" where none is required. A fork is always
// reviewed.
func reviewDecision(r Request, c config.Config, f Facts) string {
	if skipsReviews(r, c, f) {
		return ReviewsSkipped
	}
	return f.Pull.ReviewDecision
}

func skipsReviews(r Request, c config.Config, f Facts) bool {
	return slices.Contains(c.Reviews.Skip, r.Command.Environment) && !f.Pull.CrossRepo
}

// checkReviews wants the pull request to be approved where that is required. Admins need no review,
// and a rehearsal does not wait for one.
func checkReviews(r Request, c config.Config, f Facts) Finding {
	decision := reviewDecision(r, c, f)
	switch {
	case !deploysHead(r):
		return Finding{Text: "reviews of the pull request do not matter"}
	case f.Pull.CrossRepo && needsReview(decision):
		return Finding{Text: "the review of a fork is the business of gate fork"}
	case decision == ReviewsSkipped:
		return Finding{Text: "reviews do not count in " + markdown.Code(r.Command.Environment)}
	case isAdmin(r, c, f):
		return Finding{Text: "the actor is an admin, who needs no review"}
	}
	if problem, missing := f.unavailableGates(); missing {
		return blockUnavailable(problem)
	}
	switch {
	case decision == Approved, decision == "":
		return teamWarning(f, "no review is missing")
	case r.Command.Kind == command.Noop && needsReview(decision):
		return teamWarning(f, "a rehearsal does not wait for a review")
	}
	return reviewRefusal(c, f, decision)
}

func reviewRefusal(c config.Config, f Facts, decision string) Finding {
	hint := reviewHint(decision)
	if admins := slices.Concat(c.Admins.Logins, c.Admins.Teams); len(admins) > 0 {
		hint += " An admin (" + firstFew(admins) + ") can deploy without one."
	}
	if problem, missing := f.unavailable(TeamsPart); missing {
		hint += " " + strings.TrimSpace(problem.Text+" "+problem.Hint)
	}
	return Finding{Level: Block, Code: PrechecksFailed, Text: "This pull request " + lacking(decision) + ".", Hint: hint}
}

// lacking says what is missing from a pull request with the given decision.
func lacking(decision string) string {
	switch decision {
	case ReviewRequired:
		return "still needs an approving review"
	case ChangesRequested:
		return "was reviewed, and the reviewer asked for changes"
	}
	return "has reviews that come to " + markdown.Code(decision) + ", which I do not know"
}

func reviewHint(decision string) string {
	if decision == ChangesRequested {
		return "Answer the review, ask the reviewer to look again, and run the command when it is approved."
	}
	return "Ask somebody with write access, or a code owner of the changed files, for a review, and run the command when it is approved."
}

// teamWarning passes, with a warning when it is unknown whether the actor is an admin.
func teamWarning(f Facts, passed string) Finding {
	if problem, missing := f.unavailable(TeamsPart); missing {
		return Finding{Level: Warn, Text: problem.Text, Hint: problem.Hint}
	}
	return Finding{Text: passed}
}

// isAdmin reports whether the actor needs no review. Logins differ in more than case.
func isAdmin(r Request, c config.Config, f Facts) bool {
	listed := func(login string) bool { return strings.EqualFold(login, r.Event.Actor) }
	return len(f.Actor.Teams) > 0 || (r.Event.Actor != "" && slices.ContainsFunc(c.Admins.Logins, listed))
}
