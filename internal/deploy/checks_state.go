package deploy

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// ChecksState is what the checks of a commit come to, as output commit_status says it.
type ChecksState string

// The states.
const (
	NoChecks          ChecksState = "" // none reports on the commit
	ChecksPassed      ChecksState = "SUCCESS"
	ChecksFailed      ChecksState = "FAILURE"
	ChecksPending     ChecksState = "PENDING"
	ChecksMissing     ChecksState = "MISSING"     // one that the inputs name has not reported
	ChecksUnavailable ChecksState = "UNAVAILABLE" // they could not be read, or contradict each other
	ChecksSkipped     ChecksState = "skip_ci"
)

// Fine reports whether a deployment may follow.
func (s ChecksState) Fine() bool {
	return s == ChecksPassed || s == NoChecks || s == ChecksSkipped
}

// summary is what the checks come to, and which of them are the reason.
type summary struct {
	state   ChecksState
	names   []string // of the checks that failed, have not ended or are missing
	unseen  []string // of those that are required and have not reported
	problem string   // why the checks are unavailable, in Markdown
	counted []Check  // those that count
}

// summarize weighs the checks of the pull request's head.
func summarize(r Request, c config.Config, f Facts) summary {
	checks := f.Pull.Checks
	_, missing := f.unavailable(ChecksPart)
	switch {
	case slices.Contains(c.Checks.Skip, r.Command.Environment):
		return summary{state: ChecksSkipped}
	case missing:
		return summary{state: ChecksUnavailable}
	case checks.Problem != "":
		return unavailable(markdown.Text(checks.Problem))
	case checks.SHA == "":
		return unavailable("GitHub does not say which commit they belong to")
	}
	return weigh(c.Checks, checks)
}

func unavailable(problem string) summary {
	return summary{state: ChecksUnavailable, problem: problem}
}

// weigh drops what a rerun replaced and what does not count, and classifies the rest.
func weigh(c config.Checks, checks Checks) summary {
	if problem := malformed(checks.Nodes); problem != "" {
		return unavailable(problem)
	}
	nodes, problem := latest(c, checks.Nodes)
	if problem != "" {
		return unavailable(problem)
	}
	if absent := without(c.Names, nodes); len(absent) > 0 {
		return summary{state: ChecksMissing, names: absent}
	}
	counted := slices.DeleteFunc(slices.Clone(nodes), func(one Check) bool { return !counts(c, one) })
	unseen := unseen(c, checks.Expected, counted)
	if !checks.Reported && len(unseen) == 0 {
		return summary{state: NoChecks}
	}
	weighed := classify(counted, unseen)
	weighed.counted = counted
	return weighed
}

// malformed finds checks that cannot be told apart from others.
func malformed(nodes []Check) string {
	for _, one := range nodes {
		if one.Name == "" || (one.Kind != CheckRun && one.Kind != CommitStatus) {
			return "one of them has no name"
		}
	}
	return ""
}

// counts reports whether a deployment depends on the check.
func counts(c config.Checks, one Check) bool {
	switch {
	case slices.Contains(c.Ignored, one.Name):
		return false
	case len(c.Names) > 0:
		return slices.Contains(c.Names, one.Name)
	}
	return c.Mode != config.RequiredChecks || one.Required
}

// unseen lists the names that rules require and that no check which counts has yet. A list of names
// in the inputs stands in place of the rules.
func unseen(c config.Checks, expected []string, counted []Check) []string {
	if c.Unseen == config.UnseenIgnored || len(c.Names) > 0 {
		return nil
	}
	return slices.DeleteFunc(without(expected, counted), func(name string) bool { return slices.Contains(c.Ignored, name) })
}

// without lists the names that no check has, each once.
func without(names []string, nodes []Check) []string {
	reported := func(name string) bool {
		return slices.ContainsFunc(nodes, func(one Check) bool { return one.Name == name })
	}
	return slices.DeleteFunc(distinct(names), reported)
}

// class is what one check means for a deployment.
type class int

const (
	odd class = iota
	healthy
	pending
	failing
)

// classOf knows GitHub's CheckConclusionState and StatusState; a check run that has not ended has
// no conclusion.
func classOf(value string) class {
	switch value {
	case "SUCCESS", "SKIPPED", "NEUTRAL":
		return healthy
	case "", "EXPECTED", "PENDING":
		return pending
	case "FAILURE", "ERROR", "CANCELLED", "TIMED_OUT", "ACTION_REQUIRED", "STALE", "STARTUP_FAILURE":
		return failing
	}
	return odd
}

// classify tells what the checks that count come to. One failure outweighs whatever else is pending.
func classify(counted []Check, unseen []string) summary {
	names := map[class][]string{}
	for _, one := range counted {
		kind := classOf(one.Value)
		if kind == odd {
			return unavailable(markdown.Code(one.Name) + " has the result " + markdown.Code(one.Value) + ", which I do not know")
		}
		names[kind] = append(names[kind], one.Name)
	}
	waiting := slices.Concat(names[pending], unseen)
	switch {
	case len(names[failing]) > 0:
		return summary{state: ChecksFailed, names: distinct(names[failing])}
	case len(waiting) > 0:
		return summary{state: ChecksPending, names: distinct(waiting), unseen: unseen}
	}
	return summary{state: ChecksPassed}
}
