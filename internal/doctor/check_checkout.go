package doctor

import (
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// checkCheckout looks at what is checked out to be deployed, and at what is checked out before anything was
// checked. Workflows that comments start see the default branch, unless they say otherwise.
func checkCheckout(e Examination) []deploy.Finding {
	var found []deploy.Finding
	for _, use := range e.answers() {
		if !use.Workflow.Starts("issue_comment") {
			continue
		}
		found = append(found, checkoutBeforeGate(use)...)
		found = append(found, checkouts(use.Place, use.In.Steps[use.At+1:])...)
		for _, job := range use.Workflow.After(use.Job) {
			found = append(found, checkouts(Place{use.File, job.ID}, job.Steps)...)
		}
	}
	return orFine(found, "what is checked out is the commit that was checked, or is not told by the file")
}

// checkoutBeforeGate tells code of pull requests that is there before anybody is known to be allowed to deploy it.
func checkoutBeforeGate(use StepRef) []deploy.Finding {
	if !slices.ContainsFunc(use.In.Steps[:use.At], func(step workflow.Step) bool { return isCheckout(step) && isMoving(step.With["ref"]) }) {
		return nil
	}
	return []deploy.Finding{{
		Level: deploy.Warn, Text: use.where() + ": it checks out the pull request before the action has checked anything. What runs of it runs with the permissions and secrets of the job, whoever wrote it.",
		Hint: "Check out after the action, with `if: steps." + stepID(use) + ".outputs.continue == 'true'`.",
	}}
}

// checkouts tells what is checked out in the place of the commit that was checked. A directory of its own, and
// a second checkout in a job that has the right one, are for something else.
func checkouts(at Place, steps []workflow.Step) []deploy.Finding {
	const hint = "Check out the output `sha`, which is exactly what the gates looked at: `ref: ${{ steps.lockstep.outputs.sha }}`, " +
		"or `needs.<job>.outputs.sha` in another job."
	right := slices.ContainsFunc(steps, func(step workflow.Step) bool { return isCheckout(step) && workflow.Mentions(step.With["ref"], "sha") })
	var found []deploy.Finding
	for _, step := range steps {
		if !isCheckout(step) || workflow.Mentions(step.With["ref"], "sha") {
			continue
		}
		ref := step.With["ref"]
		switch {
		case isMoving(ref):
			found = append(found, deploy.Finding{
				Level: deploy.Block, Text: at.where() + ": it checks out whatever the pull request holds by then, not the commit that was checked.", Hint: hint,
			})
		case ref == "" && step.With["path"] == "" && !right:
			found = append(found, deploy.Finding{Level: deploy.Warn, Text: at.where() + ": it checks out the default branch, not the pull request.", Hint: hint})
		case workflow.Mentions(ref, "ref"):
			found = append(found, deploy.Finding{Level: deploy.Warn, Text: at.where() + ": it checks out a branch, which can move after it was checked.", Hint: hint})
		}
	}
	return found
}

// isCheckout reports whether a step checks out this repository.
func isCheckout(step workflow.Step) bool {
	repository := step.With["repository"]
	return strings.HasPrefix(strings.ToLower(step.Uses), "actions/checkout@") && (repository == "" || strings.Contains(repository, "github.repository"))
}

// isMoving reports whether a ref is the head of a pull request, whatever that is.
func isMoving(ref string) bool {
	return regexp.MustCompile(`github\.event\.(?:pull_request\.head|issue)\b|refs/pull/|github\.head_ref`).MatchString(ref)
}
