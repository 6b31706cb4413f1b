package deploy

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// The review decisions of a pull request: GitHub's, and a word for environments where reviews do not count.
const (
	Approved         = "APPROVED"
	ReviewRequired   = "REVIEW_REQUIRED"
	ChangesRequested = "CHANGES_REQUESTED"
	ReviewsSkipped   = "skip_reviews"
)

// reviewsGate wants an approval where one is required; a rehearsal does not wait for it.
func reviewsGate() Gate {
	return Gate{
		Name: "reviews", Parts: reviewsParts, Advice: reviewsAdvice, Check: checkReviews,
		Needs: func(k *Case, n *Needs) {
			needState(k, n)
			if k.DeploysHead() {
				n.AdminTeams = k.Config.Admins.Teams
			}
		},
	}
}

func (k *Case) reviewWaiver() string {
	decision := k.reviewDecision()
	switch {
	case !k.DeploysHead():
		return "reviews of the pull request do not matter"
	case k.Pull.CrossRepo && (needsReview(decision) || decision == Approved):
		return "gate fork decides on the review of a fork"
	case decision == ReviewsSkipped:
		return "reviews do not count in " + markdown.Code(k.Command.Environment)
	case k.Admin:
		return "the actor is an admin, who needs no review"
	}
	return ""
}

func reviewsParts(k *Case) []Part {
	if k.reviewWaiver() != "" {
		return nil
	}
	return []Part{PullPart, GatesPart}
}

func reviewsAdvice(k *Case) []Part {
	if k.reviewWaiver() != "" || len(k.Config.Admins.Teams) == 0 {
		return nil
	}
	return []Part{TeamsPart}
}

// reviewDecision tells what the reviews add up to, "" where none is required. Forks are always reviewed.
func (k *Case) reviewDecision() string {
	if k.Config.Resolved.SkipsReviews && !k.Pull.CrossRepo {
		return ReviewsSkipped
	}
	return k.Pull.ReviewDecision
}

func checkReviews(k *Case) Finding {
	if waiver := k.reviewWaiver(); waiver != "" {
		return pass(waiver)
	}
	decision := k.reviewDecision()
	switch {
	case decision == Approved && !k.Pull.approvesHead():
		return Finding{Level: Warn, Text: k.Pull.olderApproval(), Hint: "Look at the newest commits, or ask for another review."}
	case decision == Approved, decision == "":
		return pass("no review is missing")
	case k.Command.Kind == command.Noop && needsReview(decision):
		return pass("a rehearsal does not wait for a review")
	}
	return reviewRefusal(k, decision)
}

// approvesHead reports whether a user with write access has approved the very commit that is the head.
func (p PullRequest) approvesHead() bool {
	return p.Head.SHA != "" && slices.ContainsFunc(p.Approved, func(a Approval) bool { return a.Commit == p.Head.SHA })
}

func (p PullRequest) olderApproval() string {
	if len(p.Approved) == 0 || p.Approved[len(p.Approved)-1].Commit == "" {
		return "The approval is not of the newest commit, and GitHub does not say of which it is."
	}
	newest := p.Approved[len(p.Approved)-1]
	text := "The approval is of " + markdown.Code(Short(newest.Commit)) + ", and not of the newest commit " + markdown.Code(Short(p.Head.SHA))
	if newest.Since.OK {
		text += ", " + Plural(newest.Since.Value, "commit") + " later"
	}
	return text + "."
}

func reviewRefusal(k *Case, decision string) Finding {
	hint := reviewHint(decision)
	if admins := slices.Concat(k.Config.Admins.Logins, k.Config.Admins.Teams); len(admins) > 0 {
		hint += " An admin (" + firstFew(admins) + ") can deploy without one."
	}
	if problem, unavailable := k.Unavailable[TeamsPart]; unavailable {
		hint += " " + strings.TrimSpace(problem.Text+" "+problem.Hint)
	}
	return block(PrechecksFailed, "This pull request "+reviewGap(decision)+".", hint)
}

func reviewGap(decision string) string {
	switch decision {
	case ReviewRequired:
		return "still needs an approving review"
	case ChangesRequested:
		return "was reviewed, and the reviewer asked for changes"
	}
	return "has an unknown review state " + markdown.Code(decision)
}

func reviewHint(decision string) string {
	if decision == ChangesRequested {
		return "Answer the review, ask the reviewer to look again, and run the command when it is approved."
	}
	return "Ask someone with write access, or a code owner of the changed files, for a review, and run the command when it is approved."
}
