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

// Permissions lists what the step's token must be allowed, at least, as workflow files write it.
func (u StepRef) Permissions() []string {
	list := needs(u.Role, u.Settings)
	if u.Role == Finishes && u.endsPromotion() {
		list = slices.DeleteFunc(list, func(permission string) bool { return permission == "pull-requests: write" })
	}
	return list
}

// endsPromotion reports whether what a step ends was started without a comment: there is nothing to answer.
func (u StepRef) endsPromotion() bool {
	promotes := func(s workflow.Step) bool { return s.With["mode"] == string(config.Promote) }
	return !u.Workflow.Starts("issue_comment") && slices.ContainsFunc(u.Workflow.Jobs, func(j workflow.Job) bool {
		return slices.ContainsFunc(j.Steps, promotes)
	})
}

func needs(role Role, c Settings) []string {
	switch role {
	case Commands:
		list := []string{"pull-requests: write", "deployments: write", "checks: read", "statuses: " + statuses(c), "actions: read"}
		if takesLocks(c) || c.Outdated.Update == config.UpdateForce {
			return append(list, "contents: write")
		}
		return append(list, "contents: read")
	case Finishes:
		return finishing(c)
	case Tracks:
		return tracking(c)
	case Merges:
		return []string{"contents: read", "deployments: read"}
	case Unlocks:
		return []string{"contents: write", "actions: read"}
	case Shows:
		list := []string{"contents: read", "deployments: read", "actions: read"}
		if c.Board.Issue != 0 || !c.Knows("board_issue") {
			list = append(list, "issues: write")
		}
		return list
	case Reports:
		list := []string{"contents: read", "deployments: read", "pull-requests: read"}
		if len(c.Reports.Incidents) > 0 || !c.Knows("incident_labels") {
			list = append(list, "issues: read")
		}
		return list
	case Promotes:
		return []string{"contents: write", "deployments: write", "actions: read", "pull-requests: read"}
	case Examines, Unclear:
	}
	return nil
}

func tracking(c Settings) []string {
	if c.Track.EventType == "build" || !c.Knows("event_type") {
		return nil
	}
	list := []string{"deployments: write"}
	if takesLocks(c) || c.verifies() || c.Policy != nil {
		list = append(list, "contents: read")
	}
	if c.verifies() {
		list = append(list, "actions: read")
	}
	if c.countsReviews() {
		list = append(list, "pull-requests: read")
	}
	return list
}

func finishing(c Settings) []string {
	list := []string{"pull-requests: write", "deployments: write"}
	if takesLocks(c) {
		list = append(list, "contents: write")
	}
	if c.wantsRehearsals() {
		list = append(list, "statuses: write")
	}
	return list
}

// statuses is how far the token must reach commit statuses: the end of a rehearsal that the rules want writes one.
func statuses(c Settings) string {
	if c.wantsRehearsals() {
		return "write"
	}
	return "read"
}

func takesLocks(c Settings) bool { return !c.Locks.Disabled && c.Knows("disable_lock") }

// skips reports whether deployments work without a permission: this one is about runs that took a lock, or made a
// check, unless the order goes by the runs of deployments.
func (s Settings) skips(permission string) bool {
	return strings.HasPrefix(permission, "actions:") && !s.verifies()
}

func lacking(wanted []string, granted workflow.Permissions) []string {
	return slices.DeleteFunc(slices.Clone(wanted), func(permission string) bool {
		scope, level, _ := strings.Cut(permission, ": ")
		return granted.Grants(scope, level)
	})
}

// limited are the steps with the token of their job, apart from those whose token was tried out.
func (e Examination) limited() []StepRef {
	return slices.DeleteFunc(slices.Clone(e.Uses), func(u StepRef) bool {
		return len(u.Permissions()) == 0 || !u.ownToken() || len(e.Facts.Token) > 0 && e.isHere(u)
	})
}

func checkPermissions(e Examination, use StepRef) []deploy.Finding {
	var found []deploy.Finding
	for _, grant := range e.grants(use) {
		found = append(found, e.judged(use, grant)...)
	}
	return found
}

type granted struct {
	at          Place
	permissions *workflow.Permissions // nil when nothing is said
}

// grants lists every job that limits the token of a step: a called workflow cannot have more than its caller.
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

func (e Examination) isCalled(file, uses string) bool {
	name, _, _ := strings.Cut(uses, "@")
	return name == "./"+file || e.Repository != "" && strings.EqualFold(name, e.Repository+"/"+file)
}

func (e Examination) judged(use StepRef, by granted) []deploy.Finding {
	wanted := use.Permissions()
	if by.permissions == nil {
		return []deploy.Finding{warn(
			by.at.where()+": nothing says what its token may do: a setting of the repository decides.",
			"Give the job its own `permissions:`, with "+markdown.Codes(wanted, ", ")+".",
		)}
	}
	needed, optional := split(lacking(wanted, *by.permissions), func(permission string) bool {
		return use.Called || e.stops(use.Settings, permission)
	})
	var found []deploy.Finding
	if len(needed) > 0 {
		finding := by.lacks(needed)
		finding.Level = deploy.Block
		if slices.Contains(needed, "pull-requests: write") && by.permissions.Grants("issues", "write") {
			finding.Hint += " " + markdown.Code("issues: write") + " does not cover pull requests as a whole."
		}
		if use.Called {
			finding.Hint += " GitHub does not start a called workflow that needs more than its caller grants."
		}
		found = append(found, finding)
	}
	if len(optional) > 0 {
		finding := by.lacks(optional)
		if !e.Facts.Private {
			finding.Hint += " In a public repository GitHub may let it read all the same; in a private one it does not."
		}
		found = append(found, finding)
	}
	return found
}

func (g granted) lacks(missing []string) deploy.Finding {
	return warn(g.at.where()+": its token lacks "+markdown.Codes(missing, ", ")+".", "Add it to the `permissions:` of the job.")
}

// split parts what deployments need from what they work without.
func split[T any](all []T, isNeeded func(T) bool) (needed, optional []T) {
	for _, one := range all {
		if isNeeded(one) {
			needed = append(needed, one)
		} else {
			optional = append(optional, one)
		}
	}
	return needed, optional
}

// stops reports whether deployments surely fail without a permission. What is public a token can often read anyway.
func (e Examination) stops(c Settings, permission string) bool {
	return !c.skips(permission) && (strings.HasSuffix(permission, ": write") || e.Facts.Private)
}

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
	running := Settings{}
	if e.Running != nil {
		running.Config = *e.Running
	}
	found := append(unknownGrants(unclear), refusedGrants(running, refused)...)
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

// refusedGrants says what the token may not do. What deployments work without is advice, and comes last.
func refusedGrants(c Settings, refused []checkup.Grant) []deploy.Finding {
	needed, optional := split(refused, func(g checkup.Grant) bool { return !c.skips(g.Permission) })
	return append(refusedAt(deploy.Block, needed), refusedAt(deploy.Warn, optional)...)
}

func refusedAt(level deploy.Level, refused []checkup.Grant) []deploy.Finding {
	if len(refused) == 0 {
		return nil
	}
	var names, purposes []string
	for _, grant := range refused {
		names, purposes = append(names, grant.Permission), append(purposes, grant.For)
	}
	hint := "Add " + markdown.Codes(names, ", ") + " to the `permissions:` of the job."
	if refused[0].Personal {
		hint = hintForPersonal(names)
	}
	return []deploy.Finding{{Level: level, Text: "The token of this job may not " + strings.Join(purposes, ", nor ") + ".", Hint: hint}}
}

// hintForPersonal is about a fine-grained personal access token: no workflow file says what it may do, and it cannot
// have everything.
func hintForPersonal(names []string) string {
	if slices.Contains(names, "checks: read") {
		return "A fine-grained personal access token cannot have `checks: read`. Use the workflow's own token, the token of an app, or a classic one."
	}
	return "Give it " + markdown.Codes(names, ", ") + " where it was made: `permissions:` of a job say nothing about it."
}
