package deploy_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// lackingRules are the suggested rules without those of some types.
func lackingRules(kinds ...string) []deploy.Rule {
	return slices.DeleteFunc(deploytest.Rules(), func(rule deploy.Rule) bool { return slices.Contains(kinds, rule.Type) })
}

func pullRule(parameters map[string]any) deploy.Rule {
	return deploy.Rule{Type: "pull_request", Parameters: parameters}
}

func TestRulesAdvice(t *testing.T) {
	t.Parallel()
	noPull := lackingRules("pull_request")
	for name, test := range map[string]struct {
		rules []deploy.Rule
		want  string
	}{
		"all":                 {deploytest.Rules(), ""},
		"more than suggested": {append(deploytest.Rules(), deploy.Rule{Type: "creation"}, deploy.Rule{Type: "tag_name_pattern"}), ""},
		"none":                {nil, "`missing_branch_rulesets`"},
		"none of ours": {
			[]deploy.Rule{{Type: "creation"}},
			"`missing_deletion`, `missing_non_fast_forward`, `missing_pull_request`, `missing_required_deployments`, `missing_required_status_checks`",
		},
		"no deletion":   {lackingRules("deletion"), "`missing_deletion`"},
		"force pushes":  {lackingRules("non_fast_forward"), "`missing_non_fast_forward`"},
		"no deployment": {lackingRules("required_deployments"), "`missing_required_deployments`"},
		"no checks":     {lackingRules("required_status_checks"), "`missing_required_status_checks`"},
		"loose checks": {
			append(lackingRules("required_status_checks"), deploy.Rule{Type: "required_status_checks"}),
			"`mismatch_required_status_checks_strict_required_status_checks_policy`",
		},
		"loose reviews": {
			append(slices.Clone(noPull), pullRule(map[string]any{
				"dismiss_stale_reviews_on_push": false, "require_code_owner_review": false, "required_approving_review_count": 0,
			})),
			"`mismatch_pull_request_dismiss_stale_reviews_on_push`, `mismatch_pull_request_require_code_owner_review`, `mismatch_pull_request_required_approving_review_count`",
		},
		"parameters unknown": {
			append(slices.Clone(noPull), pullRule(nil)),
			"`mismatch_pull_request_dismiss_stale_reviews_on_push`, `mismatch_pull_request_require_code_owner_review`",
		},
		"words instead of flags": {
			append(slices.Clone(noPull), pullRule(map[string]any{
				"dismiss_stale_reviews_on_push": "true", "require_code_owner_review": 1, "required_approving_review_count": "0",
			})),
			"`mismatch_pull_request_dismiss_stale_reviews_on_push`, `mismatch_pull_request_require_code_owner_review`",
		},
		"more reviews than suggested": {
			append(slices.Clone(noPull), pullRule(map[string]any{
				"dismiss_stale_reviews_on_push": true, "require_code_owner_review": true, "required_approving_review_count": 2,
			})), "",
		},
		"no review": {
			append(slices.Clone(noPull), pullRule(map[string]any{
				"dismiss_stale_reviews_on_push": true, "require_code_owner_review": true, "required_approving_review_count": 0,
			})), "`mismatch_pull_request_required_approving_review_count`",
		},
		"several rulesets that complete each other": {
			append(
				slices.Clone(noPull),
				pullRule(map[string]any{"dismiss_stale_reviews_on_push": true, "required_approving_review_count": 0}),
				pullRule(map[string]any{"require_code_owner_review": true, "required_approving_review_count": 2}),
			), "",
		},
		"several rulesets with the same gap": {
			append(deploytest.Rules(), deploy.Rule{Type: "deletion"}, deploy.Rule{Type: "required_status_checks"}), "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := deploytest.Facts()
			f.Rules = test.rules
			d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), f)
			finding := deploytest.Said(t, d, "rules")
			assert.Equal(t, deploy.Proceed, d.Verdict, "advice does not block")
			if test.want == "" {
				assert.Equal(t, deploy.Pass, finding.Level)
				return
			}
			assert.Equal(t, deploy.Warn, finding.Level)
			assert.Equal(t, "The rules of `main` could be stricter: "+test.want+".", finding.Text)
			assert.Contains(t, finding.Hint, "`use_security_warnings: false`")
		})
	}
}

func TestRulesUnwantedOrUnavailable(t *testing.T) {
	t.Parallel()
	c, f := deploytest.Settings(), deploytest.Without(deploy.RulesPart)
	d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f)
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Equal(t, []deploy.Finding{{
		Gate: "rules", Level: deploy.Warn, Text: "I could not read the rules.", Hint: "Add a permission.",
	}}, d.Warnings())
	c.SecurityWarnings, f.Rules = false, nil
	assert.Empty(t, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f).Warnings())
}

// Where the plan has no rules, there is no advice to add any.
func TestRulesOfPlainPlan(t *testing.T) {
	t.Parallel()
	f := deploytest.Facts()
	f.Rules, f.NoRules = nil, true
	d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), f)
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Empty(t, d.Warnings())
}
