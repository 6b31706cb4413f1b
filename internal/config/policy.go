package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// PolicyFile says which file of the default branch has the rules for environments.
type PolicyFile struct {
	Path     string // "" for none
	Required bool   // the file must be there
}

// autoPolicy is the choice of policy_path that a repository without a rules file can keep.
const autoPolicy = "auto"

// DefaultPolicyPath is where the rules file is unless policy_path names another place.
const DefaultPolicyPath = ".github/lockstep.yml"

func policyInputs() []Input {
	return []Input{
		{
			Name: "policy_path", Default: autoPolicy, allowEmpty: true,
			Description: "File on the default branch with rules for environments: a path, `auto` for `" + DefaultPolicyPath + "` if the repository has that file, or empty for none",
			read:        readPolicyPath,
		},
	}
}

func readPolicyPath(c *Config, value string) error {
	switch {
	case value == autoPolicy:
		c.PolicyFile = PolicyFile{Path: DefaultPolicyPath}
		return nil
	case strings.HasPrefix(value, "/"), strings.HasPrefix(value, "./"), slices.Contains(strings.Split(value, "/"), ".."):
		return fmt.Errorf("must be a path from the root of the repository, such as %s", DefaultPolicyPath)
	}
	c.PolicyFile = PolicyFile{Path: value, Required: value != ""}
	return nil
}

// Named returns the settings in which commands can name the environments of a rules file, and no others. A file that
// names none changes nothing.
func (c Config) Named(p *policy.Policy) Config {
	names := p.Names()
	if len(names) == 0 {
		return c
	}
	c.Targets = names
	if c.Mode != TrackIt && !envname.Contains(names, c.Environment) {
		c.Environment = ""
	}
	return c
}

// Under returns the settings under the rules of a policy. The error is of type policy.Errors: the inputs and the policy
// contradict each other.
func (c Config) Under(p *policy.Policy) (Config, error) {
	governed := c.Named(p)
	governed.Policy = p
	if errs := slices.Concat(c.policyConflicts(p), governed.policyLocks()); len(errs) > 0 {
		return governed, errs
	}
	return governed, nil
}

func (c Config) policyConflicts(p *policy.Policy) policy.Errors {
	var errs policy.Errors
	for _, one := range p.Environments {
		if one.After.IsSet() && len(c.Order) > 0 {
			errs = append(errs, &policy.Error{
				Line: one.After.Line, Column: 1, Path: "environments." + one.Name + ".after",
				Text: "the order is set twice, in the input enforced_deployment_order and in after; remove one",
			})
		}
	}
	errs = append(errs, c.healthErrors("defaults", p.Defaults)...)
	for _, one := range p.Environments {
		errs = append(errs, c.healthErrors("environments."+one.Name, one.Settings)...)
	}
	if c.sets("environment_targets") && !sameNames(c.Targets, p.Names()) {
		errs = append(errs, &policy.Error{
			Line: 1, Column: 1, Path: "environments",
			Text: "the input environment_targets names other environments: " + strings.Join(c.Targets, ", ") + "; remove the input, or name the same ones",
		})
	}
	return errs
}

// healthErrors finds health checks that the inputs do not allow.
func (c Config) healthErrors(path string, s policy.Settings) policy.Errors {
	problem := c.InsecureHealth(s.HealthCheck.Value)
	if problem == "" {
		return nil
	}
	return policy.Errors{&policy.Error{Line: s.HealthCheck.Line, Column: 1, Path: path + ".health_check", Text: problem}}
}

// sets reports whether a workflow gives an input another value than its default.
func (c Config) sets(input string) bool {
	return slices.ContainsFunc(c.Changed, func(one Changed) bool { return one.Input == input })
}

func sameNames(a, b []string) bool {
	contained := func(list, in []string) bool {
		return !slices.ContainsFunc(list, func(name string) bool { return !envname.Contains(in, name) })
	}
	return contained(a, b) && contained(b, a)
}

// policyLocks finds environments of a policy whose locks cannot exist, or not next to each other.
func (c Config) policyLocks() policy.Errors {
	var errs policy.Errors
	for _, wrong := range c.lockConflicts() {
		if wrong.Input != "environment_targets" {
			continue
		}
		line := 1
		if position := envname.Index(c.Policy.Names(), wrong.Value); position >= 0 {
			line = c.Policy.Environments[position].Line
		}
		errs = append(errs, &policy.Error{Line: line, Column: 1, Path: "environments." + wrong.Value, Text: wrong.Accepted})
	}
	return errs
}

// under returns the settings for one environment under its rules.
func (c Config) under(rules policy.Rules) Config {
	unruled := c
	c.unruled, c.Resolved.Rules = &unruled, &rules
	c.Resolved.URL = rules.URL.Or(policy.Value[string]{Value: c.Resolved.URL}).Value
	c.Resolved.Production = rules.Production.Or(policy.Value[bool]{Value: c.Resolved.Production}).Value
	c.Resolved.AllowsDrafts = rules.Draft.Or(policy.Value[bool]{Value: c.Resolved.AllowsDrafts}).Value
	c.Confirmation.Required = rules.Confirm.Or(policy.Value[bool]{Value: c.Confirmation.Required}).Value
	c.Resolved.HealthChecks = rules.HealthCheck.Or(policy.Value[[]policy.HealthCheck]{Value: c.HealthChecks}).Value
	if rules.After.IsSet() {
		c.Resolved.Earlier = rules.After.Value
	}
	if rules.Reviews.IsSet() {
		c.Resolved.SkipsReviews = rules.Reviews.Value.Off
	}
	if rules.UpdateBranch.IsSet() {
		c.Outdated.Update = UpdateBranch(rules.UpdateBranch.Value)
	}
	if rules.Checks.IsSet() {
		c.Resolved.SkipsChecks = rules.Checks.Value.Off
		c.Checks.Mode, c.Checks.Names = checkMode(rules.Checks.Value), rules.Checks.Value.Names
		c.Checks.Ignored = slices.DeleteFunc(slices.Clone(c.Checks.Ignored), func(name string) bool {
			return slices.Contains(c.Checks.Names, name) // what the file lists has to pass
		})
	}
	return c
}

func checkMode(checks policy.Checks) CheckMode {
	switch {
	case checks.All || checks.Off:
		return AllChecks
	case len(checks.Names) > 0:
		return ListedChecks
	}
	return RequiredChecks
}
