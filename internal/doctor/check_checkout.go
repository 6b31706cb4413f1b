package doctor

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// checkCheckout looks at what is checked out to be deployed. Workflows that comments start see the default
// branch, unless they say otherwise.
func checkCheckout(e Examination) []deploy.Finding {
	if len(e.answers()) == 0 {
		return nil
	}
	var found []deploy.Finding
	for _, use := range e.answers() {
		if !use.Workflow.Starts("issue_comment") {
			continue
		}
		found = append(found, checkouts(use.Place, use.In.Steps[use.At+1:])...)
		for _, job := range use.Workflow.After(use.Job) {
			found = append(found, checkouts(Place{use.File, job.ID}, job.Steps)...)
		}
	}
	return orFine(found, "what is checked out is the commit that was checked, or is not told by the file")
}

func checkouts(at Place, steps []workflow.Step) []deploy.Finding {
	const hint = "Check out the output `sha`, which is exactly what the gates looked at: `ref: ${{ steps.lockstep.outputs.sha }}`, " +
		"or `needs.<job>.outputs.sha` in another job."
	var found []deploy.Finding
	for _, step := range steps {
		if !strings.HasPrefix(step.Uses, "actions/checkout@") || step.With["repository"] != "" {
			continue
		}
		ref := step.With["ref"]
		switch {
		case ref == "":
			found = append(found, deploy.Finding{Level: deploy.Warn, Text: at.where() + ": it checks out the default branch, not the pull request.", Hint: hint})
		case strings.Contains(ref, "github.event.") || strings.Contains(ref, "refs/pull/") || strings.Contains(ref, "github.head_ref"):
			found = append(found, deploy.Finding{
				Level: deploy.Block, Text: at.where() + ": it checks out whatever the pull request holds by then, not the commit that was checked.", Hint: hint,
			})
		case workflow.Mentions(ref, "ref") && !workflow.Mentions(ref, "sha"):
			found = append(found, deploy.Finding{Level: deploy.Warn, Text: at.where() + ": it checks out a branch, which can move after it was checked.", Hint: hint})
		}
	}
	return found
}
