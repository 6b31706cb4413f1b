package docs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// trial is a request with what decides on it.
type trial struct {
	request  deploy.Request
	settings config.Config
	facts    deploy.Facts
}

func (a *trial) decide() deploy.Decision { return deploy.Decide(a.request, a.settings, a.facts) }

// say finds what a gate says, nothing when it was not asked.
func (a *trial) say(gate string) deploy.Finding {
	for _, f := range a.decide().Findings {
		if f.Gate == gate {
			return f
		}
	}
	return deploy.Finding{}
}

// kinds are the kinds of requests that the gates tell apart. Forks and exact commits are allowed.
func kinds() []string {
	return []string{"Branch", "Rehearsal", "Rollback", "Exact commit", "Fork", wayBack}
}

// wayBack is how the tables call what .rollback asks for.
const wayBack = "`.rollback`"

func newTrial(m *maker, kind string) *trial {
	asked := command.Command{Kind: command.Deploy, Type: "deploy", Environment: "production", KnownEnvironment: true}
	switch kind {
	case "Rehearsal":
		asked.Kind = command.Noop
	case "Rollback":
		asked.StableBranch = true
	case "Exact commit":
		asked.SHA = exactSHA
	case wayBack:
		asked.Kind = command.Rollback
	}
	r := asking(asked)
	r.Event.WorkflowSHA = stableSHA
	a := &trial{request: r, facts: facts(r), settings: settings(m, map[string]string{
		"allow_forks": "true", "allow_sha_deployments": "true", "deploy_message_path": ".github/result.md",
	})}
	if kind == "Fork" {
		a.facts.Pull.CrossRepo, a.facts.Pull.HeadRepo, a.facts.Pull.HeadExists = true, "eve/shop", false
	}
	return a
}

// situation is something that a gate is there for.
type situation struct {
	gate string
	deploytest.Situation
}

// situations are in the order of the gates.
func situations() []situation {
	var all []situation
	for _, gate := range deploytest.Situations() {
		for _, one := range gate.Situations {
			all = append(all, situation{gate.Name, one})
		}
	}
	return all
}

// put brings a request into the situation.
func (s situation) put(a *trial) {
	t := deploytest.Trial{Request: a.request, Config: a.settings, Facts: a.facts, Lock: held()}
	s.Arrange(&t)
	a.request, a.settings, a.facts = t.Request, t.Config, t.Facts
}

// gateNames are the gates in the order in which they are asked.
func gateNames(m *maker) []string {
	var names []string
	for _, f := range newTrial(m, "Branch").decide().Findings {
		names = append(names, f.Gate)
	}
	return names
}

// weight says what a gate makes of a situation: "blocks", "warns", or nothing.
func weight(m *maker, s situation, kind string) string {
	a := newTrial(m, kind)
	s.put(a)
	f := a.say(s.gate)
	return map[deploy.Level]string{deploy.Block: "blocks", deploy.Warn: "warns"}[f.Level]
}

// situationTable shows which gate concerns which kind of request. What most situations of a gate have in common needs
// no words: these are in the row of a gate without a situation.
func situationTable(m *maker, _ block) string {
	heading := []string{"Gate", "Situation", "`.deploy`", "`.noop`", "`.deploy main`", "`.deploy <sha>`", "Fork", wayBack}
	var rows [][]string
	for _, gate := range gateNames(m) {
		rows = append(rows, gateRows(m, gate)...)
	}
	return table(heading, rows)
}

// gateRows groups the situations of a gate by what it makes of them.
func gateRows(m *maker, gate string) [][]string {
	texts, all := map[string][]string{}, 0
	var found []string
	for _, s := range situations() {
		if s.gate != gate {
			continue
		}
		signs := gateSigns(m, s)
		if texts[signs] == nil {
			found = append(found, signs)
		}
		texts[signs] = append(texts[signs], cell(s.Text))
		all++
	}
	var rows [][]string
	for _, signs := range found {
		text := strings.Join(texts[signs], ". ")
		if 2*len(texts[signs]) > all {
			text = ""
		}
		rows = append(rows, append([]string{gate, text}, strings.Split(signs, " ")...))
	}
	return rows
}

// gateSigns shows what a gate makes of a situation, for each kind of request.
func gateSigns(m *maker, s situation) string {
	var signs []string
	for _, kind := range kinds() {
		signs = append(signs, map[string]string{"blocks": "🔴", "warns": "🟡", "": "–"}[weight(m, s, kind)])
	}
	return strings.Join(signs, " ")
}

// gateTable lists the gates in order. What they want and which inputs change them is written by hand.
func gateTable(m *maker, b block) string {
	var rows [][]string
	for _, gate := range gateNames(m) {
		row := append([]string{gate}, kept(m, b, gate, 1, 2)...)
		rows = append(rows, append(row, gateCodes(m, gate)))
	}
	return table([]string{"Gate", "Passes if", "Inputs", "`reason_code`"}, rows)
}

// gateCodes lists the reasons that a gate gives in its situations.
func gateCodes(m *maker, gate string) string {
	var found []string
	for _, s := range situations() {
		if s.gate != gate {
			continue
		}
		for _, kind := range kinds() {
			a := newTrial(m, kind)
			s.put(a)
			f := a.say(gate)
			if code := markdown.Cell(string(f.Code)); f.Level == deploy.Block && !slices.Contains(found, code) {
				found = append(found, code)
			}
		}
	}
	return strings.Join(found, ", ")
}

// matrixTable lets the decision itself fill the space of checks and reviews.
func matrixTable(m *maker, _ block) string {
	reviews := []string{deploy.Approved, "", deploy.ReviewsSkipped, deploy.ReviewRequired, deploy.ChangesRequested}
	heading := []string{"`commit_status`"}
	for _, review := range reviews {
		heading = append(heading, stateName(review))
	}
	var rows [][]string
	for _, state := range []deploy.ChecksState{
		deploy.ChecksPassed, deploy.NoChecks, deploy.ChecksSkipped,
		deploy.ChecksPending, deploy.ChecksFailed, deploy.ChecksMissing, deploy.ChecksUnavailable,
	} {
		row := []string{stateName(string(state))}
		for _, review := range reviews {
			row = append(row, admitted(m, state, review))
		}
		rows = append(rows, row)
	}
	return table(heading, rows)
}

func stateName(state string) string {
	if state == "" {
		return "empty"
	}
	return markdown.Cell(state)
}

// admitted says what gets through: everything, only rehearsals and admins, or nothing.
func admitted(m *maker, state deploy.ChecksState, review string) string {
	passes := map[string]bool{}
	for _, kind := range []string{"Branch", "Rehearsal", "Admin"} {
		a := newTrial(m, kind)
		a.arrangeChecks(state)
		a.arrangeReview(review)
		if kind == "Admin" {
			a.settings.Admins.Logins = []string{"octocat"}
		}
		d := a.decide()
		m.require(d.Evidence.CommitStatus == state, "want checks %s, got %s", state, d.Evidence.CommitStatus)
		m.require(d.Evidence.ReviewDecision == review, "want reviews %s, got %s", review, d.Evidence.ReviewDecision)
		passes[kind] = d.Verdict == deploy.Proceed
	}
	switch fmt.Sprint(passes["Branch"], passes["Rehearsal"], passes["Admin"]) {
	case "true true true":
		return "🟢"
	case "false true true":
		return "🟡"
	case "false false false":
		return "🔴"
	}
	m.require(false, "no sign for %s and %s: %v", state, review, passes)
	return ""
}

// arrangeChecks makes the checks come to a state.
func (a *trial) arrangeChecks(state deploy.ChecksState) {
	checks := &a.facts.Pull.Checks
	switch state {
	case deploy.ChecksPassed:
	case deploy.NoChecks:
		checks.Nodes, checks.Reported = nil, false
	case deploy.ChecksSkipped:
		a.settings.Checks.Skip = []string{"production"}
		checks.Nodes[0].Value = "FAILURE"
	case deploy.ChecksPending:
		checks.Nodes[0].Value = ""
	case deploy.ChecksFailed:
		checks.Nodes[0].Value = "FAILURE"
	case deploy.ChecksMissing:
		a.settings.Checks.Mode, a.settings.Checks.Names = config.ListedChecks, []string{"test"}
	case deploy.ChecksUnavailable:
		checks.Problem = "GitHub's list of checks changed while it was read"
	}
}

func (a *trial) arrangeReview(review string) {
	if review == deploy.ReviewsSkipped {
		a.settings.Reviews.Skip = []string{"production"}
		review = deploy.ReviewRequired
	}
	a.facts.Pull.ReviewDecision = review
}
