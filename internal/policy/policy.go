// Package policy reads the rules file of a repository, which says what each environment asks for.
//
// It is pure: it gets the text of the file, and returns what is in it or everything that is wrong with it at once.
// Each value keeps the line that sets it, for people to find the rule that stopped them.
package policy

import (
	"time"

	"github.com/lockstep-action/lockstep/internal/envname"
)

// Policy is what a rules file says.
type Policy struct {
	Source       Source
	Lines        int            // of the file
	Zone         *time.Location // of freezes, and of times in comments
	Defaults     Settings
	Environments []Environment // in the order of the file
	Freezes      []Freeze
	PathRules    []PathRule
	Override     Override
}

// Source says where the text of a policy comes from.
type Source struct{ Path, Commit string }

// Environment is what the file says of one environment itself.
type Environment struct {
	Name       string
	Line       int
	After      Value[[]string] // the environments that must run the commit first
	URL        Value[string]
	Production Value[bool]
	Settings
}

// Settings are the keys that an environment can have, and defaults as well.
type Settings struct {
	Allow        Value[[]Principal]
	Checks       Value[Checks]
	Reviews      Value[Reviews]
	Draft        Value[bool]
	UpdateBranch Value[UpdateBranch]
	Soak         Value[time.Duration] // 0 for false
	Noop         Value[bool]          // a rehearsal of the commit is required
	Labels       Value[Labels]
	Checklist    Value[string] // the heading, "" for false
	Confirm      Value[bool]
	HealthCheck  Value[[]HealthCheck] // nil for false
	Enforcement  Value[Enforcement]
}

// Value is the value of a key, and the line that sets it: 0 where no line does.
type Value[T any] struct {
	Value T
	Line  int
}

// IsSet reports whether the file has the key.
func (v Value[T]) IsSet() bool { return v.Line > 0 }

// Or returns the value, or another one where the file does not have the key.
func (v Value[T]) Or(other Value[T]) Value[T] {
	if v.IsSet() {
		return v
	}
	return other
}

// Enforcement says what happens when a rule is not met.
type Enforcement string

// The choices of key enforcement.
const (
	Active   Enforcement = "active"   // the rule blocks
	Evaluate Enforcement = "evaluate" // the rule only warns
)

// UpdateBranch says what happens to an outdated branch.
type UpdateBranch string

// The choices of key update_branch.
const (
	UpdateWarn  UpdateBranch = "warn"
	UpdateForce UpdateBranch = "force"
	UpdateOff   UpdateBranch = "disabled" // false
)

// Checks say which checks of a commit must have passed.
type Checks struct {
	Off   bool     // false
	All   bool     // all
	Names []string // of a list; nil for required, all and false
}

// Reviews say which reviews a deployment needs.
type Reviews struct {
	Off   bool        // false
	Count int         // approvals of the commit, 0 for what GitHub requires
	From  []Principal // who may give them: users and teams, nil for everyone with write access
}

// Labels say which labels a pull request needs, and which it must not have.
type Labels struct{ Require, Forbid []string }

// PrincipalKind says what the name of a principal is.
type PrincipalKind string

// The kinds of principals.
const (
	User  PrincipalKind = "user"
	Team  PrincipalKind = "team"  // "organization/team"
	Role  PrincipalKind = "role"  // a permission or role in the repository
	Event PrincipalKind = "event" // a start without a comment by this event
)

// Principal is who may do something.
type Principal struct {
	Kind PrincipalKind
	Name string
}

// String returns the principal as the file spells it.
func (p Principal) String() string {
	if p.Kind == Role || p.Kind == Event {
		return string(p.Kind) + ":" + p.Name
	}
	return p.Name
}

// PathRule asks for more where a deployment changes certain files.
type PathRule struct {
	Name         string
	Line         int
	Paths        []string // patterns
	Environments []string // nil for all production environments
	Merged       bool     // only commits of the default branch
	Reviews      Reviews  // Count is 0 for none
	Note         string   // for the start comment
}

// Override says who may lift which rules.
type Override struct {
	Line  int // 0 where the file has none
	Allow []Principal
	Rules []RuleName
}

// RuleName names a rule, as override.rules does.
type RuleName string

// The rules that enforcement softens and override may lift.
const (
	AfterRule     RuleName = "after"
	SoakRule      RuleName = "soak"
	FreezeRule    RuleName = "freeze"
	ReviewsRule   RuleName = "reviews"
	NoopRule      RuleName = "noop"
	LabelsRule    RuleName = "labels"
	ChecklistRule RuleName = "checklist"
	PathRulesRule RuleName = "path_rules"
)

// Rules are what holds for one environment: its own keys, and those of defaults where it has none.
type Rules struct {
	Environment
	Source    Source
	Zone      *time.Location
	Freezes   []Freeze
	PathRules []PathRule
	Override  Override
}

// Names returns the names of the environments, in the order of the file.
func (p *Policy) Names() []string {
	names := make([]string, len(p.Environments))
	for i, one := range p.Environments {
		names[i] = one.Name
	}
	return names
}

// For returns the rules of an environment in any spelling, and whether the file names it. The inputs say whether it is
// a production environment where the file does not.
func (p *Policy) For(environment string, production bool) (Rules, bool) {
	position := envname.Index(p.Names(), environment)
	if position < 0 {
		return Rules{}, false
	}
	found := p.Environments[position]
	defaults := p.Defaults
	if !found.After.IsSet() {
		defaults.Soak = Value[time.Duration]{} // there is nowhere to run meanwhile
	}
	found.Settings = found.or(defaults)
	rules := Rules{Environment: found, Source: p.Source, Zone: p.Zone, Override: p.Override}
	isProduction := found.Production.Or(Value[bool]{Value: production}).Value
	holds := func(listed []string) bool {
		return envname.Contains(listed, found.Name) || listed == nil && isProduction
	}
	for _, freeze := range p.Freezes {
		if holds(freeze.Environments) {
			rules.Freezes = append(rules.Freezes, freeze)
		}
	}
	for _, rule := range p.PathRules {
		if holds(rule.Environments) {
			rules.PathRules = append(rules.PathRules, rule)
		}
	}
	return rules, true
}

func (s Settings) or(defaults Settings) Settings {
	return Settings{
		Allow: s.Allow.Or(defaults.Allow), Checks: s.Checks.Or(defaults.Checks), Reviews: s.Reviews.Or(defaults.Reviews),
		Draft: s.Draft.Or(defaults.Draft), UpdateBranch: s.UpdateBranch.Or(defaults.UpdateBranch), Soak: s.Soak.Or(defaults.Soak),
		Noop: s.Noop.Or(defaults.Noop), Labels: s.Labels.Or(defaults.Labels), Checklist: s.Checklist.Or(defaults.Checklist),
		Confirm: s.Confirm.Or(defaults.Confirm), HealthCheck: s.HealthCheck.Or(defaults.HealthCheck), Enforcement: s.Enforcement.Or(defaults.Enforcement),
	}
}
