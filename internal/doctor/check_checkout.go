package doctor

import (
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// checkCheckout looks at what is checked out: the default branch, unless a workflow that comments start says otherwise.
func checkCheckout(_ Examination, use StepRef) []deploy.Finding {
	if use.Role != Promotes && !use.Workflow.Starts("issue_comment") {
		return nil
	}
	hint := checkedCommit(use)
	found := append(checkoutBeforeGate(use), checkouts(use.Place, use.In.Steps[use.At+1:], hint)...)
	for _, job := range use.Workflow.After(use.Job) {
		found = append(found, checkouts(Place{use.File, job.ID}, job.Steps, hint)...)
	}
	return found
}

// checkoutBeforeGate reports code of pull requests that is there before it is known who may deploy it.
func checkoutBeforeGate(use StepRef) []deploy.Finding {
	if !slices.ContainsFunc(use.In.Steps[:use.At], func(step workflow.Step) bool { return isCheckout(step) && movingRef.MatchString(step.With["ref"]) }) {
		return nil
	}
	return []deploy.Finding{warn(
		use.where()+": it checks out the pull request before the action has checked anything. What runs of it runs with the permissions and secrets of the job, no matter who wrote it.",
		"Check out after the action, with `if: steps."+stepID(use)+".outputs.continue == 'true'`.",
	)}
}

// checkouts reports what is checked out in the place of the commit that was checked. A directory of its own, and
// a second checkout, are for something else.
func checkouts(at Place, steps []workflow.Step, hint string) []deploy.Finding {
	right := slices.ContainsFunc(steps, func(step workflow.Step) bool { return isCheckout(step) && workflow.Mentions(step.With["ref"], "sha") })
	var found []deploy.Finding
	for _, step := range steps {
		if !isCheckout(step) || workflow.Mentions(step.With["ref"], "sha") {
			continue
		}
		ref := step.With["ref"]
		switch {
		case movingRef.MatchString(ref):
			found = append(found, block(at.where()+": it checks out the pull request as it is by then, not the commit that was checked.", hint))
		case ref == "" && step.With["path"] == "" && !right:
			found = append(found, warn(at.where()+": it checks out the default branch, not the pull request.", hint))
		case workflow.Mentions(ref, "ref"):
			found = append(found, warn(at.where()+": it checks out a branch, which can move after it was checked.", hint))
		}
	}
	return found
}

func checkedCommit(use StepRef) string {
	return "Check out the output `sha`, which is exactly what the gates looked at: `ref: ${{ steps." + stepID(use) + ".outputs.sha }}`, " +
		"or `needs.<job>.outputs.sha` in another job."
}

func isCheckout(step workflow.Step) bool {
	repository := step.With["repository"]
	return strings.HasPrefix(strings.ToLower(step.Uses), "actions/checkout@") && (repository == "" || strings.Contains(repository, "github.repository"))
}

// movingRef is a ref that follows the head of a pull request.
var movingRef = regexp.MustCompile(`github\.event\.(?:pull_request\.head|issue)\b|refs/pull/|github\.head_ref`)

// checkScripts looks for outputs inside of scripts whose text others write: the runner puts it there before any
// shell sees it, and quotes do not help.
func checkScripts(_ Examination, use StepRef) []deploy.Finding {
	found := injectedCall(use)
	for _, job := range use.Workflow.Jobs {
		for _, step := range job.Steps {
			found = append(found, injected(use, Place{use.File, job.ID}, script(step))...)
		}
	}
	return found
}

func script(step workflow.Step) string {
	if strings.HasPrefix(strings.ToLower(step.Uses), "actions/github-script@") {
		return step.With["script"]
	}
	return step.Run
}

var (
	expression = regexp.MustCompile(`\$\{\{[^}]*\}\}`)
	comparison = regexp.MustCompile(`(?i)[!=]=|\b(?:contains|startsWith|endsWith)\(`)
)

func injected(use StepRef, at Place, script string) []deploy.Finding {
	const hint = "Hand it over by `env:`, and use the variable in the script."
	var found []deploy.Finding
	for _, one := range expression.FindAllString(script, -1) {
		compares := !strings.Contains(one, "||") && comparison.MatchString(one)
		switch {
		case compares || !use.isAsked(one):
		case mentions(one, "ref", "fork_ref", "fork_label", "fork_checkout"):
			found = append(found, block(at.where()+": a script contains "+markdown.Code(one)+": the author of that text writes the script.", hint))
		case mentions(one, "params", "parsed_params", "comment_body", "record", "result"):
			found = append(found, warn(at.where()+": a script contains "+markdown.Code(one)+": those who may run commands can add to the script.", hint))
		}
	}
	return found
}

func mentions(text string, outputs ...string) bool {
	return slices.ContainsFunc(outputs, func(output string) bool { return workflow.Mentions(text, output) })
}
