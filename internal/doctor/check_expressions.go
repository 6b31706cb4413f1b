package doctor

import (
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// checkExpressions looks for conditions that GitHub takes for a text, which is always true.
func checkExpressions(e Examination) []deploy.Finding {
	var found []deploy.Finding
	for _, use := range e.Uses {
		for _, job := range use.Workflow.Jobs {
			found = append(found, alwaysTrue(Place{use.File, job.ID}, job.If)...)
			for _, step := range job.Steps {
				found = append(found, alwaysTrue(Place{use.File, job.ID}, step.If)...)
			}
		}
	}
	return orFine(found, "no condition is true whatever it asks for")
}

func alwaysTrue(at Place, condition string) []deploy.Finding {
	if !workflow.AlwaysTrue(condition) {
		return nil
	}
	return []deploy.Finding{{
		Level: deploy.Block, Text: at.where() + ": the condition " + markdown.Code(condition) + " is always true, since something stands beside its `${{ }}`, be it a line break.",
		Hint: "Leave `${{` and `}}` out of the `if:`.",
	}}
}
