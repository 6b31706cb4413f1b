package doctor

import (
	"regexp"
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// checkScripts looks for text of others inside of scripts: the runner puts it there before any shell sees
// it, so that quotes do not help.
func checkScripts(e Examination) []deploy.Finding {
	var found []deploy.Finding
	for _, use := range e.answers() {
		for _, job := range use.Workflow.Jobs {
			for _, step := range job.Steps {
				found = append(found, injected(use, Place{use.File, job.ID}, script(step))...)
			}
		}
	}
	return orFine(found, "no script holds text of strangers")
}

// script is what a step runs.
func script(step workflow.Step) string {
	if strings.HasPrefix(strings.ToLower(step.Uses), "actions/github-script@") {
		return step.With["script"]
	}
	return step.Run
}

// injected tells the expressions of a script that others write: anybody, or only those who may run commands.
func injected(use StepRef, at Place, script string) []deploy.Finding {
	const hint = "Hand it over by `env:`, and use the variable in the script."
	var found []deploy.Finding
	for _, expression := range regexp.MustCompile(`\$\{\{[^}]*\}\}`).FindAllString(script, -1) {
		switch {
		case answersOnly(expression):
		case isForeign(expression) || use.isAsked(expression) && mentions(expression, "ref", "fork_ref", "fork_label", "fork_checkout"):
			found = append(found, deploy.Finding{
				Level: deploy.Block, Text: at.where() + ": a script holds " + markdown.Code(expression) + ", so that whoever writes that text writes the script.", Hint: hint,
			})
		case use.isAsked(expression) && mentions(expression, "params", "parsed_params", "comment_body", "record", "result"):
			found = append(found, deploy.Finding{
				Level: deploy.Warn, Text: at.where() + ": a script holds " + markdown.Code(expression) + ", so that whoever may run commands can add to the script.", Hint: hint,
			})
		}
	}
	return found
}

// isForeign reports whether an expression holds text that anybody can write.
func isForeign(expression string) bool {
	return regexp.MustCompile(`github\.event\.(?:comment\.body|issue\.(?:title|body)|pull_request\.(?:title|body|head\.(?:ref|label)))\b|github\.head_ref\b`).MatchString(expression)
}

func mentions(text string, outputs ...string) bool {
	for _, output := range outputs {
		if workflow.Mentions(text, output) {
			return true
		}
	}
	return false
}

// answersOnly reports whether an expression does no more than compare.
func answersOnly(expression string) bool {
	return !strings.Contains(expression, "||") && regexp.MustCompile(`(?i)[!=]=|\b(?:contains|startsWith|endsWith)\(`).MatchString(expression)
}
