package doctor

import (
	"regexp"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// checkConcurrency looks for groups in which a comment ends a deployment that is under way, or a command that
// waits.
func checkConcurrency(e Examination) []deploy.Finding {
	var found []deploy.Finding
	for _, use := range e.answers() {
		for _, group := range []workflow.Concurrency{use.Workflow.Concurrency, use.In.Concurrency} {
			found = append(found, cancelledRuns(use.Place, group)...)
		}
		for _, job := range use.Workflow.After(use.Job) {
			if job.Concurrency.Cancels {
				found = append(found, cancelledRuns(Place{use.File, job.ID}, job.Concurrency)...)
			}
		}
	}
	return orFine(found, "no run cancels another")
}

// cancelledRuns tells what becomes of runs that share a group. One that is named after the run or the comment holds
// a single one.
func cancelledRuns(at Place, group workflow.Concurrency) []deploy.Finding {
	alone := regexp.MustCompile(`github\.(?:run_id|event\.comment\.id)\b`).MatchString(group.Group)
	switch {
	case group.Group == "" || alone:
		return nil
	case group.Cancels:
		return []deploy.Finding{{
			Level: deploy.Block, Text: at.where() + ": `cancel-in-progress` lets the next comment end a deployment that is under way.",
			Hint: "Set `cancel-in-progress: false`, or leave `concurrency` out: locks keep deployments apart.",
		}}
	case !group.Queues:
		return []deploy.Finding{{
			Level: deploy.Warn, Text: at.where() + ": of the runs that wait in its `concurrency` group GitHub keeps the newest. The commands of the others get no answer.",
			Hint: "Let more of them wait with `queue: max`, or leave `concurrency` out: locks keep deployments apart.",
		}}
	}
	return nil
}
