package doctor

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// need is a permission that a step makes use of.
type need struct{ scope, level string }

func (n need) String() string { return n.scope + ": " + n.level }

// skipped reports whether deployments work without it: without it, it is unknown whether the run that left a
// lock has ended.
func (n need) skipped() bool { return n.scope == "actions" }

// needs lists what the token of a step must be allowed, by what the step is there for. Where settings are not
// known it is what they need at least.
func needs(role Role, c Settings) []need {
	const read, write = "read", "write"
	switch role {
	case Commands:
		list := []need{{"pull-requests", write}, {"deployments", write}, {"checks", read}, {"statuses", read}}
		if !takesLocks(c) {
			return append(list, need{"contents", contentsLevel(c.Config)})
		}
		return append(list, need{"contents", write}, need{"actions", read})
	case Finishes:
		list := []need{{"pull-requests", write}, {"deployments", write}}
		if takesLocks(c) {
			list = append(list, need{"contents", write})
		}
		return list
	case Tracks:
		if c.Track.EventType == "build" || !c.Knows("event_type") {
			return nil
		}
		if !takesLocks(c) {
			return []need{{"deployments", write}}
		}
		return []need{{"deployments", write}, {"contents", read}}
	case Merges:
		return []need{{"contents", read}, {"deployments", read}}
	case Unlocks:
		return []need{{"contents", write}, {"actions", read}}
	case Examines, Unclear:
	}
	return nil
}

// takesLocks reports whether deployments surely take locks.
func takesLocks(c Settings) bool { return !c.Locks.Disabled && c.Knows("disable_lock") }

// contentsLevel is what a deployment without locks has to do with the code.
func contentsLevel(c config.Config) string {
	if c.Outdated.Update == config.UpdateForce {
		return "write"
	}
	return "read"
}

// Permissions lists what a step's token must be allowed, as workflow files write it.
func (u StepRef) Permissions() []string { return permissionsOf(u.Role, u.Settings) }

func permissionsOf(role Role, c Settings) []string {
	var list []string
	for _, one := range needs(role, c) {
		list = append(list, one.String())
	}
	return list
}

// lacking lists what permissions leave out.
func lacking(wanted []need, granted workflow.Permissions) []need {
	return slices.DeleteFunc(slices.Clone(wanted), func(n need) bool { return granted.Grants(n.scope, n.level) })
}

// inLines puts permissions as they are in a workflow file.
func inLines(missing []need) string {
	lines := make([]string, len(missing))
	for i, one := range missing {
		lines[i] = one.String()
	}
	return strings.Join(lines, "`, `")
}

// checkPermissions compares what the workflow files grant with what the steps need. Steps whose token was tried
// out, and steps with another token, are left out.
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

// grants lists every job that limits the token of a step: its own, and those that call its workflow,
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
	if by.permissions == nil {
		return []deploy.Finding{warn(
			by.at.where()+": nothing says what its token may do: a setting of the repository decides.",
			"Give the job its own `permissions:`, with `"+inLines(wanted)+"`.",
		)}
	}
	missing := lacking(wanted, *by.permissions)
	if len(missing) == 0 {
		return nil
	}
	finding := warn(by.at.where()+": its token lacks `"+inLines(missing)+"`.", "Add it to the `permissions:` of the job.")
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

// stops reports whether deployments surely fail without a permission. What everyone may read, a token may
// often read as well.
func (e Examination) stops(n need) bool {
	return !n.skipped() && (n.level == "write" || e.Facts.Private)
}

// checkToken says what the token of this job was seen to lack.
func checkToken(e Examination) []deploy.Finding {
	if len(e.Facts.Token) == 0 {
		return nil
	}
	var refused, unclear []checkup.Grant
	for _, grant := range e.Facts.Token {
		switch {
		case grant.Problem != nil:
			unclear = append(unclear, grant)
		case !grant.Allowed:
			refused = append(refused, grant)
		}
	}
	found := append(unknownGrants(unclear), refusedGrants(refused)...)
	return orFine(found, "the token of this job may do what deployments need")
}

// unknownGrants says it once: mostly one thing kept all of them from being found out.
func unknownGrants(unclear []checkup.Grant) []deploy.Finding {
	if len(unclear) == 0 {
		return nil
	}
	var names []string
	for _, grant := range unclear {
		names = append(names, grant.Permission)
	}
	first := unclear[0].Problem
	return []deploy.Finding{warn("It is not known whether the token has "+markdown.Codes(names, ", ")+". "+first.Text, first.Hint)}
}

// refusedGrants says what the token may not do. What deployments work without is advice.
func refusedGrants(refused []checkup.Grant) []deploy.Finding {
	if len(refused) == 0 {
		return nil
	}
	var names, purposes []string
	level := deploy.Warn
	for _, grant := range refused {
		names, purposes = append(names, grant.Permission), append(purposes, grant.For)
		if scope, _, _ := strings.Cut(grant.Permission, ":"); !(need{scope: scope}).skipped() {
			level = deploy.Block
		}
	}
	hint := "Add " + markdown.Codes(names, ", ") + " to the `permissions:` of the job."
	if refused[0].Personal {
		hint = "Give it " + markdown.Codes(names, ", ") + " where it was made: `permissions:` of a job say nothing about it."
	}
	return []deploy.Finding{{Level: level, Text: "The token of this job may not " + strings.Join(purposes, ", nor ") + ".", Hint: hint}}
}
