package deploy

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checksGate wants the checks of the commit to have passed, and to belong to the pull request's head.
func checksGate() Gate {
	return Gate{Name: "checks", Parts: checksParts, Check: checkChecks, Needs: func(k *Case, n *Needs) {
		needState(k, n)
		n.Required = k.requiredMatter()
	}, Code: func(_ *Case, part Part) Reason {
		if part == ChecksPart || part == RequiredPart {
			return PrechecksFailed
		}
		return UnexpectedError
	}}
}

// requiredMatter reports whether it matters which checks the base requires. A list of names replaces its rules.
func (k *Case) requiredMatter() bool {
	c := k.Config.Checks
	return k.DeploysHead() && !k.Config.Resolved.SkipsChecks && len(c.Names) == 0 &&
		(c.Mode == config.RequiredChecks || c.Unseen != config.UnseenIgnored)
}

func checksParts(k *Case) []Part {
	switch {
	case !k.DeploysHead():
		return nil
	case k.Config.Resolved.SkipsChecks:
		return []Part{PullPart}
	}
	parts := []Part{PullPart, ChecksPart}
	if k.requiredMatter() {
		parts = append(parts, RequiredPart)
	}
	return parts
}

func checkChecks(k *Case) Finding {
	if !k.DeploysHead() {
		return pass("checks of the pull request do not matter")
	}
	head, checked := k.Pull.Head.SHA, k.Pull.Checks.SHA
	if head != "" && checked != "" && head != checked {
		return block(PrechecksFailed,
			"The pull request moved while it was being checked: its head is "+markdown.Code(Short(head))+", and the checks belong to "+markdown.Code(Short(checked))+".",
			"Wait a moment and run the command again.")
	}
	switch k.Checks.State {
	case ChecksSkipped:
		return pass("checks do not count in " + markdown.Code(k.Command.Environment))
	case NoChecks:
		return pass("no check reports on this commit")
	case ChecksPassed:
		return k.passedChecks()
	default:
		return k.refusedChecks()
	}
}

func (k *Case) refusedChecks() Finding {
	finding := k.Checks.refusal()
	if problem, hidden := k.Missing(RunsPart); hidden {
		finding.Hint += " I cannot see which run of a workflow a check belongs to, and count older runs as well. " + problem.Hint
	}
	return finding
}

// passedChecks compares our own result with GitHub's, where every check counts.
func (k *Case) passedChecks() Finding {
	c, state := k.Config.Checks, k.Pull.Checks.State
	if c.Mode == config.AllChecks && len(c.Ignored) == 0 && stateOf(state) == ChecksFailed {
		return Finding{
			Level: Warn,
			Text:  "The newest checks of this commit have passed, but GitHub's own summary of its checks says " + markdown.Code(state) + ".",
			Hint:  "Look at the *Checks* tab: an older run, or one that does not count, has failed.",
		}
	}
	return pass("the checks of this commit have passed")
}

func (r ChecksResult) refusal() Finding {
	amount, names := Plural(len(r.names), "check"), firstFew(r.names)
	switch r.State {
	case ChecksFailed:
		return block(PrechecksFailed,
			amount+" of this commit failed: "+names+".",
			"Find out why on the *Checks* tab, push a fix, or rerun flaky checks, and run the command again.")
	case ChecksPending:
		return block(PrechecksFailed,
			amount+" of this commit "+has(r.names)+" not ended yet: "+names+".",
			"Wait for the result and run the command again."+r.unseenHint())
	case ChecksMissing:
		return block(PrechecksFailed,
			amount+" that must pass "+has(r.names)+" not reported on this commit: "+names+".",
			"Wait for the report and run the command again, or correct the names in the input `checks`.")
	default:
		return block(PrechecksFailed,
			"The checks of this commit could not be evaluated: "+r.problem+".",
			"Run the command again in a moment. If this keeps happening, rerun the checks, or list those that count in the input `checks`.")
	}
}

func (r ChecksResult) unseenHint() string {
	if len(r.unseen) == 0 {
		return ""
	}
	return " A rule of the base requires " + firstFew(r.unseen) + ", which " + has(r.unseen) +
		" not reported at all; if that never happens, the workflow can set `ignored_checks`, or `unreported_checks: ignore`."
}

// ChecksState is the combined state of a commit's checks, as output commit_status says it.
type ChecksState string

// The combined states of checks.
const (
	NoChecks          ChecksState = "" // no check reports on the commit
	ChecksPassed      ChecksState = "SUCCESS"
	ChecksFailed      ChecksState = "FAILURE"
	ChecksPending     ChecksState = "PENDING"
	ChecksMissing     ChecksState = "MISSING"     // a check that the inputs name has not reported
	ChecksUnavailable ChecksState = "UNAVAILABLE" // they could not be read, or contradict each other
	ChecksSkipped     ChecksState = "skip_ci"
)

// Fine reports whether a deployment may follow.
func (s ChecksState) Fine() bool { return s == ChecksPassed || s == NoChecks || s == ChecksSkipped }

// ChecksResult is the combined state of the checks, with those that are the reason for it.
type ChecksResult struct {
	State   ChecksState
	Counted []Check // the checks that count

	names   []string // of the checks that failed, have not ended or are missing
	unseen  []string // of those that are required and have not reported
	problem string   // why the checks are unavailable, in Markdown
}

func checksResult(k *Case) ChecksResult {
	checks := k.Pull.Checks
	_, missing := k.Missing(ChecksPart)
	switch {
	case !k.DeploysHead():
		return ChecksResult{}
	case k.Config.Resolved.SkipsChecks:
		return ChecksResult{State: ChecksSkipped}
	case missing:
		return ChecksResult{State: ChecksUnavailable}
	case checks.Problem != "":
		return unavailableChecks(markdown.Text(checks.Problem))
	case checks.SHA == "":
		return unavailableChecks("GitHub does not say which commit they belong to")
	}
	return combine(k)
}

func unavailableChecks(problem string) ChecksResult {
	return ChecksResult{State: ChecksUnavailable, problem: problem}
}

func combine(k *Case) ChecksResult {
	c, checks := k.Config.Checks, k.Pull.Checks
	if slices.ContainsFunc(checks.Nodes, malformed) {
		return unavailableChecks("one of them has no name")
	}
	nodes, problem := latest(k)
	if problem != "" {
		return unavailableChecks(problem)
	}
	if absent := unreported(c.Names, nodes); len(absent) > 0 {
		return ChecksResult{State: ChecksMissing, names: absent}
	}
	counted := slices.DeleteFunc(slices.Clone(nodes), func(one Check) bool { return !counts(c, one) })
	unseen, unfinished := unseen(c, checks.Expected, counted), unfinished(c, checks)
	if !checks.Reported && len(unseen)+len(unfinished) == 0 {
		return ChecksResult{State: NoChecks}
	}
	result := classify(counted, unfinished, unseen)
	result.Counted = counted
	return result
}

func malformed(one Check) bool {
	return one.Name == "" || (one.Kind != CheckRun && one.Kind != CommitStatus)
}

func counts(c config.Checks, one Check) bool {
	switch {
	case slices.Contains(c.Ignored, one.Name):
		return false
	case len(c.Names) > 0:
		return slices.Contains(c.Names, one.Name)
	}
	return c.Mode != config.RequiredChecks || one.Required
}

// unfinished lists the workflows that have checks to come: their run has not ended, and no check that is shown is
// still running. GitHub withdraws the checks of a run that is started once more, and shows each job when it begins.
func unfinished(c config.Checks, checks Checks) []string {
	if c.Mode != config.AllChecks || len(c.Names) > 0 {
		return nil
	}
	var names []string
	for _, suite := range checks.Suites {
		running := func(one Check) bool { return one.Suite == suite.NodeID && stateOf(one.Value) == ChecksPending }
		if suite.Workflow != "" && !suite.Complete && !slices.ContainsFunc(checks.Nodes, running) {
			names = append(names, suite.Workflow)
		}
	}
	return names
}

// unseen lists the names that rules require and no check has yet. A list of names in the inputs replaces the rules.
func unseen(c config.Checks, expected []string, counted []Check) []string {
	if c.Unseen == config.UnseenIgnored || len(c.Names) > 0 {
		return nil
	}
	return slices.DeleteFunc(unreported(expected, counted), func(name string) bool { return slices.Contains(c.Ignored, name) })
}

func unreported(names []string, nodes []Check) []string {
	reported := func(name string) bool {
		return slices.ContainsFunc(nodes, func(one Check) bool { return one.Name == name })
	}
	return slices.DeleteFunc(distinct(names), reported)
}

// stateOf takes a missing value for a check run that has not ended, and thus has no conclusion.
func stateOf(value string) ChecksState {
	switch value {
	case "SUCCESS", "SKIPPED", "NEUTRAL":
		return ChecksPassed
	case "", "EXPECTED", "PENDING":
		return ChecksPending
	case "FAILURE", "ERROR", "CANCELLED", "TIMED_OUT", "ACTION_REQUIRED", "STALE", "STARTUP_FAILURE":
		return ChecksFailed
	}
	return ChecksUnavailable
}

// classify combines the checks that count. One failure outweighs everything that is pending.
func classify(counted []Check, unfinished, unseen []string) ChecksResult {
	names := map[ChecksState][]string{}
	for _, one := range counted {
		state := stateOf(one.Value)
		if state == ChecksUnavailable {
			return unavailableChecks(markdown.Code(one.Name) + " has the result " + markdown.Code(one.Value) + ", which is unknown to me")
		}
		names[state] = append(names[state], one.Name)
	}
	waiting := slices.Concat(names[ChecksPending], unfinished, unseen)
	switch {
	case len(names[ChecksFailed]) > 0:
		return ChecksResult{State: ChecksFailed, names: distinct(names[ChecksFailed])}
	case len(waiting) > 0:
		return ChecksResult{State: ChecksPending, names: distinct(waiting), unseen: unseen}
	}
	return ChecksResult{State: ChecksPassed}
}

// identity is what a check shares with its reruns. All workflows of a repository belong to one app,
// and two of them may name their jobs alike: the workflow and its event are part of it.
type identity struct {
	kind            CheckKind
	app             Known[int64]
	name            string
	workflow, event string
}

func (one Check) identity() identity {
	if one.Kind == CommitStatus {
		return identity{kind: one.Kind, name: one.Name}
	}
	return identity{one.Kind, one.App, one.Name, one.Workflow, one.Event}
}

// newestRuns keeps the checks of the newest run of each workflow, and of other apps all. In one run two jobs may have
// the same name: both count. A check whose run is unknown counts as well.
func newestRuns(nodes []Check) (ofRuns, others []Check) {
	newest := map[identity]int64{}
	for _, one := range nodes {
		if one.Run.OK {
			newest[one.identity()] = max(newest[one.identity()], one.Run.Value)
		}
	}
	for _, one := range nodes {
		switch {
		case !one.Run.OK:
			others = append(others, one)
		case one.Run.Value == newest[one.identity()]:
			ofRuns = append(ofRuns, one)
		}
	}
	return ofRuns, others
}

// latest gives a reason when GitHub does not say which report is the newest: an older success could hide a failure.
// Where the token may not see runs, the older checks of a workflow cannot be told from the newer ones, and all count.
func latest(k *Case) (kept []Check, problem string) {
	c := k.Config.Checks
	_, hidden := k.Missing(RunsPart)
	ofRuns, others := newestRuns(k.Pull.Checks.Nodes)
	position := map[identity]int{}
	for _, one := range others {
		i, repeated := position[one.identity()]
		if !repeated || hidden && one.Kind == CheckRun {
			position[one.identity()] = len(kept)
			kept = append(kept, one)
			continue
		}
		newest, known := newer(kept[i], one)
		unattributed := one.Kind == CheckRun && !one.App.OK && (counts(c, kept[i]) || counts(c, one))
		if !known || unattributed {
			return nil, markdown.Code(one.Name) + " was reported more than once, and GitHub does not say which report counts"
		}
		kept[i] = newest
	}
	return append(ofRuns, kept...), ""
}

// newer picks the later of two reports: by the number of the run, which only grows, or else by time.
func newer(first, second Check) (newest Check, known bool) {
	later := first
	switch {
	case first.RunID.OK && second.RunID.OK && first.RunID != second.RunID:
		if second.RunID.Value > first.RunID.Value {
			later = second
		}
	case !first.At.OK || !second.At.OK:
		return Check{}, false
	case first.At.Value.Equal(second.At.Value):
		return first, first.NodeID != "" && first.NodeID == second.NodeID
	case second.At.Value.After(first.At.Value):
		later = second
	}
	return later, true
}
