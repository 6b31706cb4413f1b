package doctor

import (
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// checkCondition looks whether a runner starts for every comment. Steps of a job are too late to save that:
// the image is pulled before the first of them.
func checkCondition(e Examination) []deploy.Finding {
	var found []deploy.Finding
	for _, use := range e.answers() {
		if use.In.If == "" && use.Workflow.Starts("issue_comment") {
			found = append(found, deploy.Finding{
				Level: deploy.Warn, Text: use.where() + ": a runner starts for every comment, also on issues.",
				Hint: "Give the job `if: github.event.issue.pull_request && startsWith(github.event.comment.body, '.')`.",
			})
		}
	}
	if found == nil && len(e.answers()) == 0 {
		return nil
	}
	return orFine(found, "no runner starts for comments that are none of its business")
}
