package deploy

import (
	"slices"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// suggestion is a rule that a stable branch should have, named as GitHub's REST API names it.
type suggestion struct {
	kind  string
	flags []string // parameters that should be true
	above []string // parameters that should be greater than zero
}

func suggestions() []suggestion {
	return []suggestion{
		{kind: "deletion"},
		{kind: "non_fast_forward"},
		{
			kind:  "pull_request",
			flags: []string{"dismiss_stale_reviews_on_push", "require_code_owner_review"},
			above: []string{"required_approving_review_count"},
		},
		{kind: "required_deployments"},
		{kind: "required_status_checks", flags: []string{"strict_required_status_checks_policy"}},
	}
}

func rulesGate() Gate {
	return Gate{
		Name: "rules", Without: "it only advises",
		Needs: func(k *Case, n *Needs) { n.Rules, n.StableBranch = k.Config.SecurityWarnings, k.Config.StableBranch },
		Advice: func(k *Case) []Part {
			if !k.Config.SecurityWarnings {
				return nil
			}
			return []Part{RulesPart}
		},
		Check: func(k *Case) Finding { return AdviseOnRules(k.Config, k.Facts) },
	}
}

// AdviseOnRules compares the rules of the stable branch with the suggested ones.
func AdviseOnRules(c config.Config, f Facts) Finding {
	problem, missing := f.Missing(RulesPart)
	switch {
	case !c.SecurityWarnings:
		return pass("advice on rules is switched off")
	case missing:
		return Finding{Level: Warn, Text: problem.Text, Hint: problem.Hint}
	case f.NoRules:
		return pass("the repository's plan has no rules")
	}
	advice := ruleAdvice(f.Rules)
	if len(advice) == 0 {
		return pass("the stable branch has the suggested rules")
	}
	return Finding{
		Level: Warn,
		Text:  "The rules of " + markdown.Code(c.StableBranch) + " could be stricter: " + markdown.Codes(advice, ", ") + ".",
		Hint:  "Add them in the repository's settings, or set `use_security_warnings: false`.",
	}
}

func ruleAdvice(rules []Rule) []string {
	if len(rules) == 0 {
		return []string{"missing_branch_rulesets"}
	}
	var advice []string
	for _, wanted := range suggestions() {
		alike := slices.DeleteFunc(slices.Clone(rules), func(rule Rule) bool { return rule.Type != wanted.kind })
		if len(alike) == 0 {
			advice = append(advice, "missing_"+wanted.kind)
			continue
		}
		for _, parameter := range wanted.mismatches(alike) {
			advice = append(advice, "mismatch_"+wanted.kind+"_"+parameter)
		}
	}
	return advice
}

// mismatches lists what none of the rules of one type sets as suggested: GitHub holds to the strictest of several.
func (s suggestion) mismatches(alike []Rule) []string {
	var found []string
	for _, flag := range s.flags {
		set := func(rule Rule) bool { return rule.Parameters[flag] == true }
		if !slices.ContainsFunc(alike, set) {
			found = append(found, flag)
		}
	}
	for _, amount := range s.above {
		zero := func(rule Rule) bool { return rule.Parameters[amount] == 0 }
		if slices.ContainsFunc(alike, zero) && !slices.ContainsFunc(alike, func(rule Rule) bool { return isPositive(rule.Parameters[amount]) }) {
			found = append(found, amount)
		}
	}
	return found
}

func isPositive(value any) bool {
	number, _ := value.(int)
	return number > 0
}

// farOff is from how far on a wrong clock of the runner is told.
const farOff = 2 * time.Minute

// clockGate warns of a runner whose clock is wrong. Decisions use GitHub's time.
func clockGate() Gate {
	return Gate{Name: "clock", Without: "it only advises", Check: func(k *Case) Finding {
		if k.Skew.Abs() < farOff {
			return pass("the runner's clock is right")
		}
		direction := "ahead of"
		if k.Skew < 0 {
			direction = "behind"
		}
		return Finding{
			Level: Warn,
			Text:  "The runner's clock is " + Plural(int(k.Skew.Abs().Round(time.Minute)/time.Minute), "minute") + " " + direction + " GitHub's.",
			Hint:  "Synchronize it. Until then times in its logs are wrong; GitHub's time is used instead.",
		}
	}}
}

// templateGate warns early that the result will be reported with the default message.
func templateGate() Gate {
	return Gate{
		Name: "template", Without: "it only advises",
		Needs: func(k *Case, n *Needs) { n.Template = TemplateFile(k.Request, k.Config) },
		Advice: func(k *Case) []Part {
			if TemplateFile(k.Request, k.Config).Path == "" {
				return nil
			}
			return []Part{TemplatePart}
		},
		Check: func(*Case) Finding { return pass("the template of the result can be used") },
	}
}

// UnusableTemplate returns what is wrong with a template, and what happens until it is corrected.
func UnusableTemplate(path string, err error) Problem {
	return Problem{
		Text: "The template " + markdown.Code(path) + " cannot be used: " + markdown.Code(err.Error()) + ".",
		Hint: "Correct the file on the default branch. Until then the default message is used.",
	}
}
