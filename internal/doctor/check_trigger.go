package doctor

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkTrigger looks whether comments reach the steps that answer them, and no more of them than is useful.
func checkTrigger(e Examination) []deploy.Finding {
	var found []deploy.Finding
	for _, use := range e.answers() {
		trigger, starts := use.Workflow.Triggers["issue_comment"]
		actions := use.Config.Origin.CommentActions
		switch {
		case !starts && use.Workflow.Starts("workflow_call"):
		case !starts:
			found = append(found, deploy.Finding{
				Level: deploy.Block, Text: markdown.Code(use.File) + " answers commands, but comments do not start it.",
				Hint: "Add `issue_comment: {types: [created]}` to its `on:`, or set the `mode` that is meant.",
			})
		case len(trigger.Types) == 0:
			found = append(found, deploy.Finding{
				Level: deploy.Warn, Text: markdown.Code(use.File) + " also starts when a comment is edited or deleted, which does nothing but take time.",
				Hint: "Write `issue_comment: {types: [created]}`.",
			})
		case missing(actions, trigger.Types) != "":
			found = append(found, deploy.Finding{
				Level: deploy.Block, Text: markdown.Code(use.File) + " is not started by comments that were " + markdown.Code(missing(actions, trigger.Types)) + ", although commands may come so.",
				Hint: "Add it to the `types:` of `issue_comment`, or take it out of `comment_actions`.",
			})
		}
	}
	if found == nil && len(e.answers()) == 0 {
		return nil
	}
	return orFine(found, "new comments start the workflow")
}

// missing is the first of the wanted words that is not among the given ones.
func missing(wanted, given []string) string {
	for _, word := range wanted {
		if !slices.Contains(given, word) {
			return word
		}
	}
	return ""
}
