package deploy

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkDraft keeps drafts out of every environment that is not open to them.
func checkDraft(r Request, c config.Config, f Facts) Finding {
	if !deploysHead(r) || slices.Contains(c.Origin.Drafts, r.Command.Environment) {
		return Finding{Text: "it does not matter whether the pull request is a draft"}
	}
	if problem, missing := f.unavailableGates(); missing {
		return blockUnavailable(problem)
	}
	if !f.Pull.Draft {
		return Finding{Text: "the pull request is no draft"}
	}
	hint := "Mark it as *Ready for review* (the button is at the end of the pull request) and run the command again."
	if len(c.Origin.Drafts) > 0 {
		hint += " Drafts may be deployed to " + markdown.Codes(c.Origin.Drafts, ", ") + "."
	}
	return Finding{Level: Block, Code: PrechecksFailed, Text: "This pull request is still a draft.", Hint: hint}
}
