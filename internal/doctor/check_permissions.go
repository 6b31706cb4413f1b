package doctor

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// checkPermissions compares what the workflow files grant with what the steps need. Where the token itself was
// tried out, the file has nothing to add.
func checkPermissions(e Examination) []deploy.Finding {
	var found []deploy.Finding
	looked := false
	for _, use := range e.Uses {
		if use.Role == Examines || len(e.Facts.Token) > 0 && e.isHere(use) {
			continue
		}
		looked = true
		for _, grant := range e.grants(use) {
			found = append(found, judged(use, grant)...)
		}
	}
	if !looked {
		return nil
	}
	return orFine(found, "the permissions that the workflow files grant are enough")
}

// granted is what a job says of its token.
type granted struct {
	at          Place
	permissions *workflow.Permissions // nil when nothing is said
}

// grants lists every job that has its say on the token of a step: its own, and those that call its workflow,
// since a called workflow cannot have more than its caller.
func (e Examination) grants(use Use) []granted {
	own := granted{use.Place, use.Workflow.Granted(use.In)}
	if !use.Workflow.Starts("workflow_call") {
		return []granted{own}
	}
	var all []granted
	for _, file := range e.Files {
		calling, err := workflow.Parse(file.Text)
		if err != nil {
			continue
		}
		for _, job := range calling.Jobs {
			if job.Uses == "./"+use.File {
				all = append(all, granted{Place{file.Path, job.ID}, calling.Granted(job)})
			}
		}
	}
	if own.permissions != nil || len(all) == 0 && len(use.Workflow.Triggers) > 1 {
		all = append(all, own)
	}
	return all
}

func judged(use Use, by granted) []deploy.Finding {
	wanted := needs(use.Role, use.Config)
	switch {
	case len(wanted) == 0:
		return nil
	case by.permissions == nil:
		return []deploy.Finding{{
			Level: deploy.Warn, Text: by.at.where() + ": nothing says what its token may do, so that a setting of the repository decides.",
			Hint: "Give the job its own `permissions:`, with `" + inLines(wanted) + "`.",
		}}
	case by.permissions.All == "write":
		return []deploy.Finding{{
			Level: deploy.Warn, Text: by.at.where() + ": `write-all` lets every step of it do everything in the repository.",
			Hint: "Grant only `" + inLines(wanted) + "`.",
		}}
	}
	missing := slices.DeleteFunc(wanted, func(n need) bool { return by.permissions.Grants(n.scope, n.level) })
	if len(missing) == 0 {
		return nil
	}
	finding := deploy.Finding{
		Level: deploy.Block, Text: by.at.where() + ": its token lacks `" + inLines(missing) + "`.",
		Hint: "Add it to the `permissions:` of the job.",
	}
	if comments := (need{"pull-requests", "write"}); slices.Contains(missing, comments) && by.permissions.Grants("issues", "write") {
		finding.Hint += " " + markdown.Code("issues: write") + " does not cover pull requests as a whole."
	}
	return []deploy.Finding{finding}
}
