package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/js"
)

func (c Config) conflicts() Errors {
	var errs Errors
	if len(c.Targets) == 0 {
		errs = append(errs, &InputError{Input: "environment_targets", Accepted: "name at least one environment"})
	}
	if len(c.Permissions) == 0 {
		errs = append(errs, &InputError{Input: "permissions", Accepted: "name at least one permission, or no one can run a command"})
	}
	return slices.Concat(errs, c.modeConflicts(), c.resultConflicts(), c.Commands.conflicts(), c.lockConflicts(), c.finishConflicts(), c.healthConflicts(), c.labelConflicts())
}

func (c Config) modeConflicts() Errors {
	var errs Errors
	if c.mergeMode != "" && c.choosesMode() {
		accepted := "must be left out with " + string(c.mergeMode) + "_mode: true, which is a mode of its own"
		errs = append(errs, &InputError{Input: "mode", Value: string(c.Mode), Accepted: accepted})
	}
	return errs
}

// choosesMode reports whether the input mode asks for something else than commands, and than these modes.
func (c Config) choosesMode(but ...Mode) bool {
	return !slices.Contains(append(but, "", Auto, Comment), c.Mode)
}

func (c Config) finishConflicts() Errors {
	if c.Track.FinishOnPost && c.SkipCompleting {
		accepted := "must be left out with skip_completing: true, which completes nothing when the job ends"
		return Errors{&InputError{Input: "finish_on_post", Accepted: accepted}}
	}
	return nil
}

// word is a word that begins a command, and the input that sets it.
type word struct{ input, value string }

func (c Commands) words() []word {
	return []word{
		{"trigger", c.Deploy},
		{"noop_trigger", c.Noop},
		{"lock_trigger", c.Lock},
		{"unlock_trigger", c.Unlock},
		{"lock_info_alias", c.LockInfo},
		{"help_trigger", c.Help},
		{"rollback_trigger", c.Rollback},
		{"status_trigger", c.Status},
	}
}

func (c Commands) conflicts() Errors {
	var errs Errors
	words := c.words()
	for i, one := range words {
		same := func(other word) bool { return one.value != "" && other.value == one.value }
		if first := slices.IndexFunc(words[:i], same); first >= 0 {
			errs = append(errs, &InputError{Input: one.input, Value: one.value, Accepted: "must differ from " + words[first].input})
		}
	}
	return errs
}

// The words that branch-deploy does not know.
const defaultRollback, defaultStatus = ".rollback", ".status"

// yieldWords switches a command off whose default word begins another one: workflows that are older than the command go
// on as before.
func (c *Config) yieldWords() {
	for _, one := range []struct {
		input, fallback string
		value           *string
	}{{"rollback_trigger", defaultRollback, &c.Commands.Rollback}, {"status_trigger", defaultStatus, &c.Commands.Status}} {
		taken := func(other word) bool { return other.input != one.input && other.value == one.fallback }
		if at := slices.IndexFunc(c.Commands.words(), taken); *one.value == one.fallback && at >= 0 {
			*one.value = ""
			c.Advice = append(c.Advice, fmt.Sprintf("The input %s has the value %q, so %s is off. Set %s to another word to have both.",
				c.Commands.words()[at].input, one.fallback, one.input, one.input))
		}
	}
}

// lockNames is an environment that a command can lock, and the branch that is its lock.
type lockNames struct {
	input  string // the input that names it
	name   string
	branch string
}

// lockConflicts finds environments whose locks cannot exist, or not next to each other.
func (c Config) lockConflicts() Errors {
	if !c.takesLocks() {
		return nil
	}
	var errs Errors
	known := []lockNames{{branch: lockBranch("global")}}
	for _, one := range c.lockBranches() {
		problem := cmp.Or(one.invalid(), one.collision(known))
		if problem == "" {
			known = append(known, one)
			continue
		}
		accepted := problem + "; choose another name, or set disable_lock: true"
		errs = append(errs, &InputError{Input: one.input, Value: one.name, Accepted: accepted})
	}
	return errs
}

func (c Config) takesLocks() bool {
	without := []Mode{TrackIt, Finish, MergeDeploy, ShowStatus, Manifest, DORA}
	return !c.Locks.Disabled && !slices.Contains(without, c.effectiveMode())
}

func (c Config) lockBranches() []lockNames {
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
		if named := c.Defaulted().Environment; named != "" {
			add("environment", named)
		}
	}
	return all
}

// mayTrack reports whether auto can turn out to be track, where the input environment is not one of commands.
func (c Config) mayTrack() bool {
	return c.effectiveMode() == Auto && cmp.Or(c.Track.Product, c.Track.Version, c.Track.EventType) != ""
}

// lockBranch returns the branch that is an environment's lock, as in package lock.
func lockBranch(environment string) string { return hyphenated(environment) + "-branch-deploy-lock" }

func hyphenated(environment string) string {
	return strings.Map(func(r rune) rune {
		if js.IsSpace(r) {
			return '-'
		}
		return r
	}, environment)
}

func (h lockNames) invalid() string {
	for _, rule := range branchRules() {
		if rule.broken(hyphenated(h.name)) {
			return "its lock is a branch named after it, and the name of a branch must not " + rule.text
		}
	}
	return ""
}

// collision says why the lock cannot exist next to the others, "" if it can.
func (h lockNames) collision(others []lockNames) string {
	for _, other := range others {
		switch {
		case h.branch == other.branch:
			return fmt.Sprintf("its lock would be the branch %s, which is also %s", h.branch, other.lock())
		case strings.HasPrefix(h.branch, other.branch+"/"), strings.HasPrefix(other.branch, h.branch+"/"):
			return fmt.Sprintf("its lock would be the branch %s, which cannot exist together with %s, which is %s", h.branch, other.branch, other.lock())
		}
	}
	return ""
}

func (h lockNames) lock() string {
	if h.name == "" {
		return "the global lock"
	}
	return fmt.Sprintf("the lock of %q", h.name)
}

type branchRule struct {
	text   string // what a name must not do
	broken func(name string) bool
}

// branchRules are git's rules for names of branches.
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
