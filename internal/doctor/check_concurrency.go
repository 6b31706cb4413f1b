package doctor

import (
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// checkConcurrency looks for groups in which a comment ends a deployment that is under way.
func checkConcurrency(e Examination) []deploy.Finding {
	if len(e.answers()) == 0 {
		return nil
	}
	var found []deploy.Finding
	for _, use := range e.answers() {
		if use.Workflow.Concurrency.Cancels || use.In.Concurrency.Cancels {
			found = append(found, deploy.Finding{
				Level: deploy.Block, Text: use.where() + ": `cancel-in-progress` lets the next comment end a deployment that is under way.",
				Hint: "Set `cancel-in-progress: false`, or leave `concurrency` out: locks keep deployments apart.",
			})
		}
	}
	return orFine(found, "no run cancels another")
}
