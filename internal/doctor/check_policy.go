package doctor

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/codeowners"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// checkPolicy looks at the rules file: whether it can be read, and whether all of it has an effect.
func checkPolicy(e Examination) []deploy.Finding {
	found := e.unavailable(checkup.RulesPart)
	for _, one := range e.ruled {
		found = append(found, e.checkRuling(one)...)
	}
	return found
}

func (e Examination) checkRuling(r ruling) []deploy.Finding {
	path := markdown.Code(r.file.Path)
	switch {
	case !r.file.Now.Exists && r.PolicyFile.Required:
		return []deploy.Finding{block("There is no rules file "+path+", and `policy_path` wants one: nothing is deployed.", "Add the file, or correct the input.")}
	case !r.file.Now.Exists && e.misplaced() != "":
		return []deploy.Finding{warn(
			"There is no rules file "+path+": the rules in "+markdown.Code(e.misplaced())+" are not in effect.",
			"Move the file to "+path+", or name its path in the input `policy_path`.",
		)}
	case !r.file.Now.Exists:
		return fine("there is no rules file " + path + ": the inputs have all rules")
	case r.file.Now.Problem != "":
		return []deploy.Finding{block("The rules file "+path+" cannot be read, because "+markdown.Text(r.file.Now.Problem)+".", "Correct the file. Until then nothing is deployed.")}
	case len(r.mistakes) > 0:
		return r.broken()
	}
	found := slices.Concat(r.differing(), r.idle(e.Facts.Deploy.ReadAt), r.strangers(), e.unowned(r))
	return append(found, fine(fmt.Sprintf("the rules file %s can be read; it names %s", path, markdown.Codes(r.Policy.Names(), ", ")))...)
}

// broken has a finding for each mistake, at its line.
func (r ruling) broken() []deploy.Finding {
	var found []deploy.Finding
	for _, one := range r.mistakes {
		finding := block("The rules file "+markdown.Code(r.file.Path)+" "+r.problem+": "+markdown.Code(one.Error())+".", "")
		finding.At = r.file.Place(one.Line, one.Column)
		found = append(found, finding)
	}
	return found
}

// overlap is a key that inputs have as well.
type overlap struct {
	key    string
	inputs []string
	line   func(policy.Rules) int
	alike  func(inputs, ruled config.Config) bool
}

func overlaps() []overlap {
	return []overlap{
		{"url", []string{"environment_urls"}, func(r policy.Rules) int { return r.URL.Line }, func(a, b config.Config) bool {
			return a.Resolved.URL == "" || a.Resolved.URL == b.Resolved.URL
		}},
		{"production", []string{"production_environments"}, func(r policy.Rules) int { return r.Production.Line }, func(a, b config.Config) bool {
			return a.Resolved.Production == b.Resolved.Production
		}},
		{"checks", []string{"checks", "skip_ci"}, func(r policy.Rules) int { return r.Checks.Line }, func(a, b config.Config) bool {
			return a.Resolved.SkipsChecks == b.Resolved.SkipsChecks && a.Checks.Mode == b.Checks.Mode && slices.Equal(a.Checks.Names, b.Checks.Names)
		}},
		{"reviews", []string{"skip_reviews"}, func(r policy.Rules) int { return r.Reviews.Line }, func(a, b config.Config) bool {
			return a.Resolved.SkipsReviews == b.Resolved.SkipsReviews
		}},
		{"draft", []string{"draft_permitted_targets"}, func(r policy.Rules) int { return r.Draft.Line }, func(a, b config.Config) bool {
			return a.Resolved.AllowsDrafts == b.Resolved.AllowsDrafts
		}},
		{"update_branch", []string{"update_branch"}, func(r policy.Rules) int { return r.UpdateBranch.Line }, func(a, b config.Config) bool {
			return a.Outdated.Update == b.Outdated.Update
		}},
		{"confirm", []string{"deployment_confirmation"}, func(r policy.Rules) int { return r.Confirm.Line }, func(a, b config.Config) bool {
			return a.Confirmation.Required == b.Confirmation.Required
		}},
		{"health_check", []string{"health_check"}, func(r policy.Rules) int { return r.HealthCheck.Line }, func(a, b config.Config) bool {
			return reflect.DeepEqual(a.Resolved.HealthChecks, b.Resolved.HealthChecks)
		}},
	}
}

// differing reports settings that the file and an input give differently, once for each key.
func (r ruling) differing() []deploy.Finding {
	var found []deploy.Finding
	for _, one := range overlaps() {
		isSet := func(changed config.Changed) bool { return slices.Contains(one.inputs, changed.Input) }
		if !slices.ContainsFunc(r.inputs.Changed, isSet) {
			continue
		}
		var where []string
		line := 0
		for _, rules := range r.rules() {
			if set := one.line(rules); set > 0 && !one.alike(r.inputs.For(rules.Name), r.For(rules.Name)) {
				where, line = append(where, rules.Name), set
			}
		}
		if len(where) > 0 {
			found = append(found, r.at(warn(
				"The key `"+one.key+"` of the rules file and the input "+markdown.Codes(one.inputs, ", ")+" disagree about "+markdown.Codes(where, ", ")+": the file wins.",
				"Remove the input, or the key.",
			), line))
		}
	}
	return found
}

// idle reports what the file says without effect.
func (r ruling) idle(now time.Time) []deploy.Finding {
	rules := r.rules()
	found := slices.Concat(r.idleFreezes(rules, now), r.idlePathRules(rules), r.idleDefaults(rules))
	for _, one := range rules {
		if line := r.ownEnforcement(one); line > 0 && len(rulesIn(one)) == 0 {
			found = append(found, r.without("`enforcement` of "+markdown.Code(one.Name), "it has no rule", "Remove it, or add a rule.", line))
		}
	}
	for _, name := range r.Policy.Override.Rules {
		holds := func(one policy.Rules) bool { return slices.Contains(rulesIn(one), name) }
		if !slices.ContainsFunc(rules, holds) {
			found = append(found, r.without(markdown.Code(string(name))+" in `override`", "no environment has that rule", "Remove it.", r.Policy.Override.Line))
		}
	}
	return found
}

func (r ruling) without(what, why, hint string, line int) deploy.Finding {
	return r.at(warn(fmt.Sprintf("%s has no effect (line %d of the rules file): %s.", what, line, why), hint), line)
}

const forNothing = "Name `environments:` there, or mark one with `production: true`."

func (r ruling) idleFreezes(rules []policy.Rules, now time.Time) []deploy.Finding {
	var found []deploy.Finding
	for _, freeze := range r.Policy.Freezes {
		what := "The freeze " + markdown.Code(freeze.Name)
		holds := func(one policy.Rules) bool {
			return slices.ContainsFunc(one.Freezes, func(other policy.Freeze) bool { return other.Line == freeze.Line })
		}
		switch {
		case !slices.ContainsFunc(rules, holds):
			found = append(found, r.without(what, "it holds for no environment", forNothing, freeze.Line))
		case !now.IsZero() && isOver(freeze, r.Policy.Zone, now):
			found = append(found, r.without(what, "it is over", "Remove it.", freeze.Line))
		}
	}
	return found
}

// isOver reports whether a freeze never comes again.
func isOver(freeze policy.Freeze, zone *time.Location, now time.Time) bool {
	const everAfter = 100 * 366 * 24 * time.Hour
	alone := []policy.Freeze{freeze}
	_, isFrozen := policy.FrozenAt(alone, zone, now)
	_, _, comes := policy.NextFreeze(alone, zone, now, everAfter)
	return !isFrozen && !comes
}

func (r ruling) idlePathRules(rules []policy.Rules) []deploy.Finding {
	var found []deploy.Finding
	for _, rule := range r.Policy.PathRules {
		holds := func(one policy.Rules) bool {
			return slices.ContainsFunc(one.PathRules, func(other policy.PathRule) bool { return other.Line == rule.Line })
		}
		if !slices.ContainsFunc(rules, holds) {
			found = append(found, r.without("The path rule "+markdown.Code(rule.Name), "it holds for no environment", forNothing, rule.Line))
		}
	}
	return found
}

// idleDefaults reports keys of defaults that no environment takes.
func (r ruling) idleDefaults(rules []policy.Rules) []deploy.Finding {
	var found []deploy.Finding
	defaults := policy.Rules{Environment: policy.Environment{Settings: r.Policy.Defaults}}
	for _, key := range defaults.Rows() {
		takes := func(one policy.Rules) bool { return slices.Contains(one.Rows(), key) }
		if slices.ContainsFunc(rules, takes) {
			continue
		}
		why := "every environment sets the key itself"
		if key.Key == "soak" {
			why = "no environment with `after` takes it"
		}
		found = append(found, r.without("`"+key.Key+"` of `defaults`", why, "Remove it.", key.Line))
	}
	enforced := r.Policy.Defaults.Enforcement
	if hasRules := func(one policy.Rules) bool { return len(rulesIn(one)) > 0 }; enforced.IsSet() && !slices.ContainsFunc(rules, hasRules) {
		found = append(found, r.without("`enforcement` of `defaults`", "no environment has a rule", "Remove it, or add a rule.", enforced.Line))
	}
	return found
}

// ownEnforcement is the line in which an environment sets the key itself, 0 for none.
func (r ruling) ownEnforcement(rules policy.Rules) int {
	if line := rules.Enforcement.Line; line != r.Policy.Defaults.Enforcement.Line {
		return line
	}
	return 0
}

// rulesIn lists the rules that an environment has.
func rulesIn(r policy.Rules) []policy.RuleName {
	var all []policy.RuleName
	for _, one := range []struct {
		name policy.RuleName
		has  bool
	}{
		{policy.AfterRule, len(r.After.Value) > 0},
		{policy.SoakRule, r.Soak.Value > 0},
		{policy.FreezeRule, len(r.Freezes) > 0},
		{policy.ReviewsRule, r.Reviews.Value.Count > 0},
		{policy.NoopRule, r.Noop.Value},
		{policy.LabelsRule, len(r.Labels.Value.Require)+len(r.Labels.Value.Forbid) > 0},
		{policy.ChecklistRule, r.Checklist.Value != ""},
		{policy.PathRulesRule, len(r.PathRules) > 0},
	} {
		if one.has {
			all = append(all, one.name)
		}
	}
	return all
}

// hasRule reports whether any environment of the rules file has something.
func (s Settings) hasRule(has func(policy.Rules) bool) bool {
	return s.Policy != nil && slices.ContainsFunc(ruling{Settings: s}.rules(), has)
}

func (s Settings) wantsRehearsals() bool {
	return s.hasRule(func(r policy.Rules) bool { return r.Noop.Value })
}

func (s Settings) countsReviews() bool {
	return s.hasRule(func(r policy.Rules) bool {
		return r.Reviews.Value.Count > 0 || slices.ContainsFunc(r.PathRules, func(p policy.PathRule) bool { return p.Reviews.Count > 0 })
	})
}

// strangers reports teams whose members cannot be found out.
func (r ruling) strangers() []deploy.Finding {
	if r.Admins.Token != "" || !r.Knows("team_token") {
		return nil
	}
	teams := teamsIn(r.Policy, r.rules())
	if len(teams) == 0 {
		return nil
	}
	return []deploy.Finding{warn(
		"The rules file names teams ("+markdown.Codes(teams, ", ")+"), but there is no token that may read their members: no one counts as a member.",
		"Give `team_token` a token that may read the organization's members.",
	)}
}

func teamsIn(p *policy.Policy, rules []policy.Rules) []string {
	all := slices.Clone(p.Override.Allow)
	for _, one := range p.PathRules {
		all = append(all, one.Reviews.From...)
	}
	for _, one := range rules {
		all = append(append(all, one.Allow.Value...), one.Reviews.Value.From...)
	}
	var teams []string
	for _, one := range all {
		if one.Kind == policy.Team && !slices.Contains(teams, one.Name) {
			teams = append(teams, one.Name)
		}
	}
	return teams
}

// unowned reports a rules file that anyone who can push may change.
func (e Examination) unowned(r ruling) []deploy.Finding {
	const owner = "@acme/platform"
	isRead := false
	for _, place := range codeowners.Places() {
		text, asked := e.Facts.Files[place]
		isRead = isRead || asked
		if text == nil {
			continue
		}
		if owners := codeowners.Of(*text, r.file.Path); len(owners) > 0 {
			return nil
		}
		return []deploy.Finding{r.at(warn(
			markdown.Code(place)+" names no one who owns the rules file "+markdown.Code(r.file.Path)+".",
			"Add "+markdown.Code("/"+strings.TrimPrefix(r.file.Path, "/")+" "+owner)+" at its end, and require reviews from code owners in a ruleset of the branch.",
		), 1)}
	}
	if !isRead {
		return nil
	}
	return []deploy.Finding{warn(
		"No one owns the rules file "+markdown.Code(r.file.Path)+": there is no CODEOWNERS file.",
		"Add "+markdown.Code(codeowners.Places()[0])+" with "+markdown.Code("/"+r.file.Path+" "+owner)+", and require reviews from code owners in a ruleset of the branch.",
	)}
}
