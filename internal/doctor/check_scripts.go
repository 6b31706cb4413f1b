package doctor

import (
	"regexp"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkScripts looks for text of strangers inside of scripts: the runner puts it there before any shell sees
// it, so that quotes do not help.
func checkScripts(e Examination) []deploy.Finding {
	if len(e.answers()) == 0 {
		return nil
	}
	foreign := regexp.MustCompile(`\$\{\{[^}]*(?:github\.event\.(?:comment|issue|pull_request)\.[a-z._]*(?:body|title|ref|label)\b|github\.head_ref` +
		`|outputs\.(?:params|parsed_params|comment_body|ref|fork_ref|fork_label|fork_checkout|base_ref|record|result)\b)[^}]*\}\}`)
	var found []deploy.Finding
	seen := map[Place]bool{}
	for _, use := range e.answers() {
		for _, job := range use.Workflow.Jobs {
			at := Place{use.File, job.ID}
			if seen[at] {
				continue
			}
			seen[at] = true
			for _, step := range job.Steps {
				if text := foreign.FindString(step.Run); text != "" {
					found = append(found, deploy.Finding{
						Level: deploy.Block, Text: at.where() + ": a script holds " + markdown.Code(text) + ", so that whoever writes that text writes the script.",
						Hint: "Hand it over by `env:`, and use the variable in the script.",
					})
				}
			}
		}
	}
	return orFine(found, "no script holds text of strangers")
}
