package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Check is a check run or a commit status.
type Check struct {
	Commit string // oid of the commit; empty with Pull set means that pull request's head
	Pull   int
	Name   string // the check run's name, or the status's context
	// State is queued, in_progress, or how it ended: success, failure, neutral, cancelled,
	// skipped, timed_out, action_required, stale or startup_failure. A commit status is
	// pending, success, failure or error.
	State        string
	CommitStatus bool
	Creator      string // of a commit status, "" for one whose creator is not shown
	App          string // the app's slug, github-actions unless given; "none" for a run without app
	Workflow     string // name of the workflow, CI unless given; for github-actions only
	Event        string // what started the workflow, pull_request unless given
	NewRun       bool   // another run of the workflow than the one whose checks are there
	Twin         bool   // another job of that run with the same name
	Jobs         int    // how many check runs the workflow's run makes in all; it goes on until they have ended
	StartedAt    time.Time
}

type check struct {
	Check
	id          int64
	suite       *suite
	createdAt   time.Time
	description string
	target      string
	completedAt time.Time
	updatedAt   time.Time
}

// suite groups the check runs that one app, or one run of a workflow, made on a commit.
type suite struct {
	id        int64
	commit    string
	app       string
	run       *WorkflowRun
	expected  int    // how many check runs it has before it can be complete
	ended     string // how it ended without a check run, "" for not
	createdAt time.Time
}

const (
	actionsApp = "github-actions"
	noApp      = "none"
)

// Check reports a check run or a commit status and returns its id. Doing so again under the same name makes
// another one; that of a workflow's run takes the place of the first, as a re-run of the job does.
func (g *GitHub) Check(c Check) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.addCheck(c).id
}

func (g *GitHub) addCheck(c Check) *check {
	if c.Commit == "" {
		c.Commit = g.existing(c.Pull).headOID
	}
	c.App, c.State = cmp.Or(c.App, actionsApp), strings.ToUpper(c.State)
	c.Workflow, c.Event = cmp.Or(c.Workflow, "CI"), cmp.Or(c.Event, "pull_request")
	if c.StartedAt.IsZero() {
		c.StartedAt = g.now()
	}
	added := &check{Check: c, id: g.ids.nextSmall(), createdAt: g.now(), updatedAt: g.now()}
	if !c.CommitStatus {
		added.suite = g.suiteFor(added)
		added.suite.expected = max(added.suite.expected, c.Jobs)
		if added.suite.run != nil && !c.Twin {
			g.checks = slices.DeleteFunc(g.checks, func(one *check) bool { return one.suite == added.suite && one.Name == c.Name })
		}
	}
	g.checks = append(g.checks, added)
	g.enterCheck(added, c.State)
	return added
}

// AddSuite gives a commit the check suite of an app that makes no check runs. It stays queued for ever.
func (g *GitHub) AddSuite(commit, app string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.suites = append(g.suites, &suite{id: g.ids.nextSmall(), commit: commit, app: app, createdAt: g.now()})
}

// EndWithoutChecks lets a run of a workflow end on a commit before a job has begun: startup_failure for a file that
// cannot be read, action_required for a run that waits for an approval.
func (g *GitHub) EndWithoutChecks(commit, workflow, conclusion string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	run := g.addRun(WorkflowRun{Name: workflow, Event: "pull_request", HeadSHA: commit, Status: "completed", Conclusion: conclusion})
	g.suites = append(g.suites, &suite{
		id: g.ids.nextSmall(), commit: commit, app: actionsApp, run: run, ended: strings.ToUpper(conclusion), createdAt: g.now(),
	})
}

// RerunChecks starts all workflow runs on a commit once more. GitHub withdraws their check runs at once, and
// makes new ones some seconds later, one after the other: the test reports them by [GitHub.Check].
func (g *GitHub) RerunChecks(commit string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range g.suitesOn(commit) {
		if s.run == nil {
			continue
		}
		s.expected, s.ended = len(g.runsIn(s)), ""
		g.checks = slices.DeleteFunc(g.checks, func(one *check) bool { return one.suite == s })
		g.nextAttempt(s.run)
		g.followSuite(s)
	}
}

// UpdateCheck gives a check run or commit status a new state.
func (g *GitHub) UpdateCheck(id int64, state string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, one := range g.checks {
		if one.id == id {
			g.enterCheck(one, strings.ToUpper(state))
		}
	}
}

func (g *GitHub) enterCheck(c *check, state string) {
	c.State, c.updatedAt = state, g.now()
	c.completedAt = time.Time{}
	if !c.running() {
		c.completedAt = g.now()
	}
	g.followSuite(c.suite)
}

// followSuite gives the workflow run of a suite the suite's state.
func (g *GitHub) followSuite(s *suite) {
	if s == nil || s.run == nil {
		return
	}
	status, conclusion := g.suiteState(s)
	s.run.Status, s.run.Conclusion, s.run.UpdatedAt = strings.ToLower(status), strings.ToLower(conclusion), g.now()
}

// suiteState is the status of a suite and, once it is complete, its conclusion.
func (g *GitHub) suiteState(s *suite) (status, conclusion string) {
	runs := g.runsIn(s)
	switch combined := worst(runs); {
	case s.ended != "":
		return "COMPLETED", s.ended
	case len(runs) == 0:
		return "QUEUED", ""
	case combined == "PENDING" || len(runs) < s.expected:
		return "IN_PROGRESS", ""
	default:
		return "COMPLETED", combined
	}
}

func (g *GitHub) suitesOn(oid string) []*suite {
	return slices.DeleteFunc(slices.Clone(g.suites), func(s *suite) bool { return s.commit != oid })
}

func (g *GitHub) runsIn(s *suite) []*check {
	return slices.DeleteFunc(slices.Clone(g.checks), func(one *check) bool { return one.suite != s })
}

// running reports whether the result is still open.
func (c *check) running() bool {
	return slices.Contains([]string{"QUEUED", "IN_PROGRESS", "PENDING", "WAITING", "REQUESTED", "EXPECTED"}, c.State)
}

func (c *check) status() string {
	if c.running() {
		return c.State
	}
	return "COMPLETED"
}

func (c *check) conclusion() string {
	if c.running() {
		return ""
	}
	return c.State
}

// suiteFor finds the suite of a new check run. A check run whose name the suite already has
// is a rerun and joins it as well.
func (g *GitHub) suiteFor(c *check) *suite {
	for _, one := range slices.Backward(g.suitesOn(c.Commit)) {
		if one.app == c.App && one.isOf(c) && !c.NewRun {
			return one
		}
	}
	made := &suite{id: g.ids.nextSmall(), commit: c.Commit, app: c.App, createdAt: g.now()}
	if c.App == actionsApp {
		made.run = g.addRun(WorkflowRun{Name: c.Workflow, Event: c.Event, HeadSHA: c.Commit, Status: "in_progress"})
	}
	g.suites = append(g.suites, made)
	return made
}

// isOf reports whether a workflow's suite is that of the check's workflow. Other apps have one suite.
func (s *suite) isOf(c *check) bool {
	return s.run == nil || s.run.Name == c.Workflow && s.run.Event == c.Event
}

func (g *GitHub) checksOn(oid string) []*check {
	return slices.DeleteFunc(slices.Clone(g.checks), func(c *check) bool { return c.Commit != oid })
}

func (g *GitHub) runsOn(oid string) []*check {
	return slices.DeleteFunc(g.checksOn(oid), func(c *check) bool { return c.CommitStatus })
}

// statusesOn returns the newest commit status of each context.
func (g *GitHub) statusesOn(oid string) []*check { return newestOfContexts(g.checksOn(oid)) }

func newestOfContexts(checks []*check) []*check {
	all := slices.DeleteFunc(checks, func(c *check) bool { return !c.CommitStatus })
	var list []*check
	for i, one := range all {
		if !slices.ContainsFunc(all[i+1:], func(later *check) bool { return later.Name == one.Name }) {
			list = append(list, one)
		}
	}
	return list
}

// CommitStatus is a commit status as people see it.
type CommitStatus struct{ State, Creator, Description, TargetURL string }

// CommitStatus returns the newest commit status of a context. Without a state there is no such status.
func (g *GitHub) CommitStatus(oid, context string) CommitStatus {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, one := range g.statusesOn(oid) {
		if one.Name == context {
			return CommitStatus{strings.ToLower(one.State), one.Creator, one.description, one.target}
		}
	}
	return CommitStatus{}
}

// Checks returns the check runs and the newest commit statuses of a commit.
func (g *GitHub) Checks(commit string) []Check {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []Check
	for _, one := range g.contexts(commit) {
		all = append(all, one.Check)
	}
	return all
}

// contexts are a commit's check runs and commit statuses as the rollup shows them.
func (g *GitHub) contexts(oid string) []*check {
	return slices.Concat(g.runsOn(oid), g.statusesOn(oid))
}

// verdict is the state of one check in the words of commit statuses.
func (c *check) verdict() string {
	switch {
	case c.running():
		return "PENDING"
	case slices.Contains([]string{"SUCCESS", "NEUTRAL", "SKIPPED"}, c.State):
		return "SUCCESS"
	case c.State == "ERROR":
		return "ERROR"
	}
	return "FAILURE"
}

// worst sums states up; "" means no checks at all.
func worst(list []*check) string {
	order := []string{"", "SUCCESS", "PENDING", "ERROR", "FAILURE"}
	at := 0
	for _, one := range list {
		at = max(at, slices.Index(order, one.verdict()))
	}
	return order[at]
}

func (g *GitHub) rollupState(oid string) string { return worst(g.contexts(oid)) }

// unmet returns the state of each of the named contexts that has not succeeded on a commit.
// Without names it looks at every context that there is.
func (g *GitHub) unmet(oid string, names []string) map[string]string {
	states := map[string]string{}
	for _, name := range names {
		states[name] = "EXPECTED"
	}
	for _, one := range g.contexts(oid) {
		if _, wanted := states[one.Name]; wanted || len(names) == 0 {
			states[one.Name] = one.verdict()
		}
	}
	for name, state := range states {
		if state == "SUCCESS" {
			delete(states, name)
		}
	}
	return states
}

// checksMissing reports whether a required check has not succeeded. The last one that was reported counts.
func (g *GitHub) checksMissing(p *pull) bool {
	contexts := g.contexts(p.headOID)
	slices.Reverse(contexts)
	return slices.ContainsFunc(g.requiredChecks(p.Base), func(required requiredCheck) bool {
		at := slices.IndexFunc(contexts, required.isFor)
		return at < 0 || contexts[at].verdict() != "SUCCESS"
	})
}

// isRequired reports whether a rule of the pull request's base asks for the check.
func (g *GitHub) isRequired(c *check, pull int) bool {
	p := g.pulls[pull]
	return p != nil && slices.ContainsFunc(g.requiredChecks(p.Base), func(required requiredCheck) bool { return required.isFor(c) })
}

func (c *check) nodeID() string {
	if c.CommitStatus {
		return nodeID("SC", fmt.Sprint(c.id))
	}
	return nodeID("CR", fmt.Sprint(c.id))
}

func (g *GitHub) checkURL(c *check) string {
	if c.suite != nil && c.suite.run != nil {
		return g.web("/actions/runs/%d/job/%d", c.suite.run.ID, c.id)
	}
	return g.web("/runs/%d", c.id)
}
