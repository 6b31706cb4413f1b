package doctor

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// checkCondition looks whether a runner starts for every comment. Steps of a job are too late to save that:
// the image is pulled before the first of them.
func checkCondition(e Examination) []deploy.Finding {
	var found []deploy.Finding
	for _, use := range e.answers() {
		if use.Workflow.Starts("issue_comment") && !hasCondition(use.Workflow, use.In) {
			found = append(found, deploy.Finding{
				Level: deploy.Warn, Text: use.where() + ": a runner starts for every comment, also on issues.",
				Hint: "Give the job `if: github.event.issue.pull_request && startsWith(github.event.comment.body, '.')`.",
			})
		}
	}
	return orFine(found, "no runner starts for comments that are none of its business")
}

// hasCondition reports whether a job depends on anything: by itself, or by a job that it needs.
func hasCondition(w workflow.Workflow, job workflow.Job) bool {
	return job.If != "" || slices.ContainsFunc(w.Before(job.ID), func(before workflow.Job) bool { return before.If != "" })
}
