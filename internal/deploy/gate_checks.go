package deploy

import (
	"cmp"
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
	return k.DeploysHead() && !k.Config.Resolved.SkipsChecks && len(c.Names) == 0 && c.Unseen != config.UnseenIgnored
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
	if problem, _ := k.Missing(RunsPart); k.Checks.blurred {
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
			"Wait for the result and run the command again."+r.unseenHint()+r.unfinishedHint())
	case ChecksMissing:
		return block(PrechecksFailed,
			amount+" that must pass "+has(r.names)+" not reported on this commit: "+names+".",
			"Wait for the report and run the command again, or correct the names in the input `checks`."+ofAppsHint(r.names)+ownHint(r.names))
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

func (r ChecksResult) unfinishedHint() string {
	if len(r.unfinished) == 0 {
		return ""
	}
	return " The " + either(r.unfinished, "workflow", "workflows") + " " + firstFew(r.unfinished) + " " + either(r.unfinished, "is", "are") +
		" under way, and the next check is not shown yet; `ignored_checks` also takes the name of a workflow that does not matter."
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

	names      []string // of the checks that failed, have not ended or are missing
	unseen     []string // of those that are required and have not reported
	unfinished []string // workflows that have checks to come
	blurred    bool     // older runs may be the reason: the token may not see which run a check belongs to
	problem    string   // why the checks are unavailable, in Markdown
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
	if absent := unreported(c.Names, checks.Nodes); len(absent) > 0 {
		return ChecksResult{State: ChecksMissing, names: absent}
	}
	counted := slices.DeleteFunc(slices.Clone(nodes), func(one Check) bool { return !counts(c, one) })
	waiting := ChecksResult{Counted: counted, unseen: unseen(c, checks, counted), unfinished: unfinished(k, counted)}
	broken := broken(k)
	if !checks.Reported && len(waiting.unseen)+len(waiting.unfinished)+len(broken) == 0 {
		return ChecksResult{State: NoChecks}
	}
	result := classify(waiting, broken)
	_, hidden := k.Missing(RunsPart)
	result.blurred = hidden && (len(result.unfinished) > 0 || repeated(counted))
	return result
}

// repeated reports whether two check runs of GitHub Actions share a name.
func repeated(counted []Check) bool {
	seen := map[string]bool{}
	for _, one := range counted {
		if one.Kind == CheckRun && seen[one.Name] {
			return true
		}
		seen[one.Name] = seen[one.Name] || one.Kind == CheckRun
	}
	return false
}

func malformed(one Check) bool {
	return one.Name == "" || (one.Kind != CheckRun && one.Kind != CommitStatus)
}

// leftOut reports whether the inputs leave a check out by its name: whatever is wrong with it does not matter.
func leftOut(c config.Checks, one Check) bool {
	return lists(c.Ignored, one) || len(c.Names) > 0 && !lists(c.Names, one)
}

// counts is for checks that are not left out.
func counts(c config.Checks, one Check) bool {
	return c.Mode != config.RequiredChecks || len(c.Names) > 0 || one.Required
}

// unfinished lists the workflows that have checks to come: their run has not ended, and no check that counts and is
// shown is still running. GitHub withdraws the checks of a run that is started once more, and shows each job when it
// begins. Where only some checks count, a workflow matters that has reported one of them.
func unfinished(k *Case, counted []Check) []string {
	c := k.Config.Checks
	var names []string
	for _, suite := range k.workflowSuites() {
		running := func(one Check) bool { return one.Suite == suite.NodeID && stateOf(one.Value) == ChecksPending }
		reports := func(one Check) bool { return one.Workflow != "" && one.Workflow == suite.Workflow }
		matters := c.Mode == config.AllChecks && len(c.Names) == 0 || slices.ContainsFunc(counted, reports)
		if !suite.Complete && matters && !slices.ContainsFunc(counted, running) {
			names = append(names, suite.Name)
		}
	}
	return names
}

// broken lists the workflows whose newest run has ended without a check: it could not begin, or it waits for someone's
// approval. Without checks it would look as if nothing were wrong.
func broken(k *Case) []string {
	if k.Config.Checks.Mode != config.AllChecks || len(k.Config.Checks.Names) > 0 {
		return nil
	}
	var names []string
	suites := k.workflowSuites()
	for _, suite := range suites {
		newer := func(other CheckSuite) bool {
			return other.Workflow == suite.Workflow && other.Event == suite.Event && other.Run.Value > suite.Run.Value
		}
		shown := func(one Check) bool { return one.Suite == suite.NodeID }
		failed := slices.Contains([]string{"FAILURE", "STARTUP_FAILURE", "ACTION_REQUIRED", "TIMED_OUT"}, suite.Conclusion)
		if suite.Complete && failed && !slices.ContainsFunc(k.Pull.Checks.Nodes, shown) && !slices.ContainsFunc(suites, newer) {
			names = append(names, suite.Name)
		}
	}
	return names
}

// workflowSuites lists the suites of workflow runs, without those of workflows that are ignored. Where the token may
// not see runs, GitHub Actions alone tells that there is one.
func (k *Case) workflowSuites() []CheckSuite {
	_, hidden := k.Missing(RunsPart)
	var suites []CheckSuite
	for _, suite := range k.Pull.Checks.Suites {
		if hidden && suite.Actions {
			suite.Name = cmp.Or(suite.Name, "GitHub Actions")
		}
		if suite.Name != "" && !listsWorkflow(k.Config.Checks.Ignored, suite.Name) {
			suites = append(suites, suite)
		}
	}
	return suites
}

// unseen lists the names that rules require and no check has yet. A list of names in the inputs replaces the rules.
func unseen(c config.Checks, checks Checks, counted []Check) []string {
	if c.Unseen == config.UnseenIgnored || len(c.Names) > 0 {
		return nil
	}
	var names []string
	for _, wanted := range checks.Expected {
		if !listsAll(c.Ignored, wanted, checks.Nodes) && !slices.ContainsFunc(counted, wanted.metBy) {
			names = append(names, wanted.Name)
		}
	}
	return distinct(names)
}

func (e Expectation) metBy(one Check) bool {
	return one.Name == e.Name && (!e.App.OK || one.Kind == CheckRun && one.App == e.App)
}

func unreported(names []string, nodes []Check) []string {
	reported := func(name string) bool { return slices.ContainsFunc(nodes, readCheckName(name).means) }
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

// classify combines the checks that count, and workflows that are broken. One failure outweighs everything that is pending.
func classify(r ChecksResult, broken []string) ChecksResult {
	names := map[ChecksState][]string{ChecksFailed: broken}
	for _, one := range r.Counted {
		state := stateOf(one.Value)
		if state == ChecksUnavailable {
			return unavailableChecks(markdown.Code(one.Name) + " has the result " + markdown.Code(one.Value) + ", which is unknown to me")
		}
		names[state] = append(names[state], one.Name)
	}
	waiting := slices.Concat(names[ChecksPending], r.unfinished, r.unseen)
	switch {
	case len(names[ChecksFailed]) > 0:
		r.State, r.names = ChecksFailed, distinct(names[ChecksFailed])
	case len(waiting) > 0:
		r.State, r.names = ChecksPending, distinct(waiting)
	default:
		r.State = ChecksPassed
	}
	return r
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

// newestRuns keeps of the checks that share an identity those of one run of their workflow: the run that has the newest
// of them. A run that is started once more keeps its number, and its checks are new. In one run two jobs may have the same
// name: both count. Checks whose run is unknown are others.
func newestRuns(nodes []Check) (ofRuns, others []Check, problem string) {
	newest := map[identity]Check{}
	for _, one := range nodes {
		before, repeated := newest[one.identity()]
		switch later, known := newer(before, one); {
		case !one.Run.OK:
			others = append(others, one)
		case !repeated:
			newest[one.identity()] = one
		case known:
			newest[one.identity()] = later
		case before.Run != one.Run:
			return nil, nil, reportedTwice(one)
		}
	}
	for _, one := range nodes {
		if one.Run.OK && one.Run == newest[one.identity()].Run {
			ofRuns = append(ofRuns, one)
		}
	}
	return ofRuns, others, ""
}

func reportedTwice(one Check) string {
	return markdown.Code(one.Name) + " was reported more than once, and GitHub does not say which report counts"
}

// latest gives a reason when GitHub does not say which report is the newest: an older success could hide a failure.
// Where the token may not see runs, the older checks of a workflow cannot be told from the newer ones, and all count.
func latest(k *Case) (kept []Check, problem string) {
	c := k.Config.Checks
	_, hidden := k.Missing(RunsPart)
	ofRuns, others, problem := newestRuns(slices.DeleteFunc(slices.Clone(k.Pull.Checks.Nodes), func(one Check) bool { return leftOut(c, one) }))
	if problem != "" {
		return nil, problem
	}
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
			return nil, reportedTwice(one)
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
