package doctor

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// checkPermissions compares what the workflow files grant with what the steps need. Where the token itself was
// tried out, the file has nothing to add, and nothing to say where the step has another token.
func checkPermissions(e Examination) []deploy.Finding {
	var found []deploy.Finding
	looked := false
	for _, use := range e.Uses {
		if len(needs(use.Role, use.Settings)) == 0 || !use.ownToken() || len(e.Facts.Token) > 0 && e.isHere(use) {
			continue
		}
		looked = true
		for _, grant := range e.grants(use) {
			found = append(found, e.judged(use, grant)...)
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
func (e Examination) grants(use StepRef) []granted {
	own := granted{use.Place, use.Workflow.Granted(use.In)}
	if !use.Workflow.Starts("workflow_call") {
		return []granted{own}
	}
	all := e.callers(use.File)
	if own.permissions != nil || len(use.Workflow.Triggers) > 1 {
		all = append(all, own)
	}
	return all
}

// callers lists the jobs that call a workflow of the same repository. One that says nothing, in a workflow that
// is called itself, leaves it to its own caller.
func (e Examination) callers(file string) []granted {
	var all []granted
	for _, calling := range e.workflows {
		for _, job := range calling.Jobs {
			permissions := calling.Granted(job)
			if e.isCalled(file, job.Uses) && (permissions != nil || !calling.Starts("workflow_call")) {
				all = append(all, granted{Place{calling.path, job.ID}, permissions})
			}
		}
	}
	return all
}

// isCalled reports whether a job calls a file of this repository: by its path alone, or with the repository's
// name and a version.
func (e Examination) isCalled(file, uses string) bool {
	name, _, _ := strings.Cut(uses, "@")
	return name == "./"+file || e.Repository != "" && strings.EqualFold(name, e.Repository+"/"+file)
}

func (e Examination) judged(use StepRef, by granted) []deploy.Finding {
	wanted := needs(use.Role, use.Settings)
	switch {
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
	missing := lacking(wanted, *by.permissions)
	if len(missing) == 0 {
		return nil
	}
	finding := deploy.Finding{
		Level: deploy.Warn, Text: by.at.where() + ": its token lacks `" + inLines(missing) + "`.",
		Hint: "Add it to the `permissions:` of the job.",
	}
	if slices.ContainsFunc(missing, e.stops) {
		finding.Level = deploy.Block
	} else if !e.Facts.Private {
		finding.Hint += " In a public repository GitHub may let it read all the same; in a private one it does not."
	}
	if comments := (need{"pull-requests", "write"}); slices.Contains(missing, comments) && by.permissions.Grants("issues", "write") {
		finding.Hint += " " + markdown.Code("issues: write") + " does not cover pull requests as a whole."
	}
	return []deploy.Finding{finding}
}

// stops reports whether deployments surely fail without a permission. What everybody may read, a token may
// often read as well.
func (e Examination) stops(n need) bool {
	return !n.forgone() && (n.level == "write" || e.Facts.Private)
}
