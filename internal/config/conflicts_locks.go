package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/js"
)

// lockNames is an environment that a command can lock, and the branch that is its lock.
type lockNames struct {
	input  string // the input that names it
	name   string
	branch string
}

// lockConflicts finds environments whose locks cannot exist, or not beside each other.
func (c Config) lockConflicts() Errors {
	if !c.takesLocks() {
		return nil
	}
	var errs Errors
	known := []lockNames{{branch: lockBranch("global")}}
	for _, one := range c.holdings() {
		problem := cmp.Or(one.unusable(), one.clash(known))
		if problem == "" {
			known = append(known, one)
			continue
		}
		accepted := problem + "; choose another name, or set disable_lock: true"
		errs = append(errs, &InputError{Input: one.input, Value: one.name, Accepted: accepted})
	}
	return errs
}

// takesLocks reports whether the mode takes or removes locks.
func (c Config) takesLocks() bool {
	without := []Mode{TrackIt, Finish, MergeDeploy}
	return !c.Locks.Disabled && !slices.Contains(without, c.effectiveMode())
}

// holdings lists each environment that a command can lock once.
func (c Config) holdings() []lockNames {
	var all []lockNames
	add := func(input, name string) {
		known := func(other lockNames) bool { return envname.Same(other.name, name) }
		if !slices.ContainsFunc(all, known) {
			all = append(all, lockNames{input: input, name: name, branch: lockBranch(name)})
		}
	}
	for _, target := range c.Targets {
		add("environment_targets", target)
	}
	if !c.mayTrack() {
		add("environment", cmp.Or(c.Environment, "production"))
	}
	return all
}

// mayTrack reports whether auto can turn out to be track. The input environment then names what is
// deployed to, in whatever spelling.
func (c Config) mayTrack() bool {
	return c.effectiveMode() == Auto && cmp.Or(c.Track.Product, c.Track.Version, c.Track.EventType) != ""
}

// lockBranch names the branch that is an environment's lock, as package lock does.
func lockBranch(environment string) string { return hyphenated(environment) + "-branch-deploy-lock" }

// hyphenated puts a hyphen in the place of each blank.
func hyphenated(environment string) string {
	return strings.Map(func(r rune) rune {
		if js.IsSpace(r) {
			return '-'
		}
		return r
	}, environment)
}

// unusable says what git has against a branch with the environment's name, "" for nothing.
func (h lockNames) unusable() string {
	for _, rule := range branchRules() {
		if rule.broken(hyphenated(h.name)) {
			return "its lock is a branch named after it, and the name of a branch must not " + rule.text
		}
	}
	return ""
}

// clash says why the lock cannot exist beside the others, "" if it can.
func (h lockNames) clash(others []lockNames) string {
	for _, other := range others {
		switch {
		case h.branch == other.branch:
			return fmt.Sprintf("its lock would be the branch %s, which is also %s", h.branch, other.lock())
		case inside(h.branch, other.branch), inside(other.branch, h.branch):
			return fmt.Sprintf("its lock would be the branch %s, which cannot exist together with %s, which is %s", h.branch, other.branch, other.lock())
		}
	}
	return ""
}

// lock is what people call the lock.
func (h lockNames) lock() string {
	if h.name == "" {
		return "the global lock"
	}
	return fmt.Sprintf("the lock of %q", h.name)
}

// inside reports whether a branch would need the other one to be a directory.
func inside(branch, other string) bool { return strings.HasPrefix(branch, other+"/") }

// branchRule is one of git's rules for names of branches.
type branchRule struct {
	text   string // what a name must not do
	broken func(name string) bool
}

func branchRules() []branchRule {
	control := func(r rune) bool { return r < ' ' || r == '\x7f' }
	odd := func(part string) bool { return strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock") }
	return []branchRule{
		{"contain control characters", func(name string) bool { return strings.ContainsFunc(name, control) }},
		{`contain any of ~ ^ : ? * [ \`, func(name string) bool { return strings.ContainsAny(name, `~^:?*[\`) }},
		{"contain ..", func(name string) bool { return strings.Contains(name, "..") }},
		{"contain @{", func(name string) bool { return strings.Contains(name, "@{") }},
		{"begin or end with / or contain //", func(name string) bool { return slices.Contains(strings.Split(name, "/"), "") }},
		{"end with a dot", func(name string) bool { return strings.HasSuffix(name, ".") }},
		{
			"have a part between slashes that begins with a dot or ends with .lock",
			func(name string) bool { return slices.ContainsFunc(strings.Split(name, "/"), odd) },
		},
	}
}
