package doctor

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkTrigger looks whether comments reach the steps that answer them, and no more of them than is useful.
func checkTrigger(e Examination) []deploy.Finding {
	var found []deploy.Finding
	for _, use := range e.answers() {
		trigger, starts := use.Workflow.Triggers["issue_comment"]
		if starts {
			found = append(found, startedBy(use, trigger.Types)...)
		} else if !use.Workflow.Starts("workflow_call") {
			found = append(found, deploy.Finding{
				Level: deploy.Block, Text: markdown.Code(use.File) + " answers commands, but comments do not start it.",
				Hint: "Add `issue_comment: {types: [created]}` to its `on:`, or set the `mode` that is meant.",
			})
		}
	}
	return orFine(found, "new comments start the workflow")
}

// startedBy compares what starts a workflow with what may carry commands. Without types it is everything that
// can become of a comment.
func startedBy(use StepRef, types []string) []deploy.Finding {
	if len(types) == 0 {
		types = []string{"created", "edited", "deleted"}
	}
	actions := use.Settings.Origin.CommentActions
	var found []deploy.Finding
	if unheard := without(actions, types); len(unheard) > 0 {
		found = append(found, deploy.Finding{
			Level: deploy.Block, Text: markdown.Code(use.File) + " is not started by comments that were " + markdown.Codes(unheard, " or ") + ", although they may carry commands.",
			Hint: "Add that to the `types:` of `issue_comment`, or set `comment_actions`.",
		})
	}
	if idle := without(types, actions); len(idle) > 0 {
		found = append(found, deploy.Finding{
			Level: deploy.Warn, Text: markdown.Code(use.File) + " also starts for comments that were " + markdown.Codes(idle, " or ") + ", which does nothing but take time.",
			Hint: "Write " + markdown.Code("issue_comment: {types: ["+strings.Join(actions, ", ")+"]}") + ".",
		})
	}
	return found
}
