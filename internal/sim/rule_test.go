package sim_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestRules(t *testing.T) {
	t.Parallel()
	g := start(t)
	play(t, g, []exchange{{"none", "GET /./rules/branches/main", nil, 200, `[]`}})
	includes(t, `{"ref": {"refUpdateRule": null, "rules": {"totalCount": 0}}, "rulesets": {"totalCount": 0}}`,
		repository(t, g, `ref(qualifiedName: "main") { refUpdateRule { pattern } rules(first: 1) { totalCount } } rulesets(first: 1) { totalCount }`))

	g.RequireReviews(2)
	g.RequireChecks("test", "lint")
	g.AddRule(sim.Rule{Type: "required_signatures"})
	g.AddRule(sim.Rule{Type: "required_deployments"})
	g.AddRule(sim.Rule{Branch: "release-*", Type: "update"})
	play(t, g, []exchange{
		{"default branch", "GET /./rules/branches/main", nil, 200, `[
			{"type": "pull_request", "ruleset_source": "acme/shop", "ruleset_source_type": "Repository",
				"parameters": {"required_approving_review_count": 2, "require_code_owner_review": false}},
			{"type": "required_status_checks", "parameters": {"strict_required_status_checks_policy": false,
				"required_status_checks": [{"context": "test"}, {"context": "lint"}]}},
			{"type": "required_signatures"}, {"type": "required_deployments"}]`},
		{"page", "GET /./rules/branches/main?per_page=1&page=2", nil, 200, `[{"type": "required_status_checks"}]`},
		{"pattern", "GET /./rules/branches/release-1", nil, 200, `[{"type": "update"}]`},
		{"branch that does not exist", "GET /./rules/branches/x%2Fy", nil, 200, `[]`},
	})
	includes(t, `{"ref": {
		"refUpdateRule": {"pattern": "main", "requiredApprovingReviewCount": 2, "requiredStatusCheckContexts": ["test", "lint"],
			"requiresSignatures": true, "requiresLinearHistory": false, "requiresCodeOwnerReviews": false, "allowsDeletions": true, "viewerCanPush": true},
		"rules": {"nodes": [
			{"type": "PULL_REQUEST", "parameters": {"requiredApprovingReviewCount": 2}, "repositoryRuleset": {"enforcement": "ACTIVE"}},
			{"type": "REQUIRED_STATUS_CHECKS", "parameters": {"requiredStatusChecks": [{"context": "test", "integrationId": null}, {"context": "lint"}]}},
			{"type": "REQUIRED_SIGNATURES", "parameters": null}, {"type": "REQUIRED_DEPLOYMENTS"}]}},
		"rulesets": {"nodes": [{"name": "rules", "rules": {"totalCount": 5}}]}}`,
		repository(t, g, `ref(qualifiedName: "main") {
			refUpdateRule { pattern requiredApprovingReviewCount requiredStatusCheckContexts requiresSignatures requiresLinearHistory
				requiresCodeOwnerReviews allowsDeletions viewerCanPush }
			rules(first: 9) { nodes { type parameters { ... on PullRequestParameters { requiredApprovingReviewCount }
				... on RequiredStatusChecksParameters { requiredStatusChecks { context integrationId } } } repositoryRuleset { enforcement } } } }
			rulesets(first: 1) { nodes { name rules(first: 1) { totalCount } } }`))
}

const ruled = `ref(qualifiedName: "main") { refUpdateRule { requiredStatusCheckContexts requiredApprovingReviewCount } rules(first: 5) { totalCount } }`

// Classic protection shows as refUpdateRule to those it is enforced on, as nothing to an administrator, and in REST
// to everyone: the schema calls RefUpdateRule "a ref update rules for a viewer".
// See https://docs.github.com/rest/branches/branches, "Get a branch".
func TestClassicProtection(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.OpenPull(sim.Pull{})
	g.Protect(sim.Protection{Checks: []string{"test"}, Reviews: 1, Strict: true})
	g.AddUser(sim.User{Login: "root", Permission: "admin"})
	g.AddToken(sim.Token{Value: "admin", Login: "root", Kind: sim.ClassicToken})
	g.Check(sim.Check{Pull: 1, Name: "test", State: "success"})
	enforced := `{"data": {"repository": {"ref": {"refUpdateRule": {"requiredStatusCheckContexts": ["test"], "requiredApprovingReviewCount": 1}, "rules": {"totalCount": 0}}}}}`
	includes(t, enforced, queryAs(t, g, sim.DefaultToken, ruled))
	includes(t, `{"data": {"repository": {"ref": {"refUpdateRule": null, "rules": {"totalCount": 0}}}}}`, queryAs(t, g, "admin", ruled))
	includes(t, `{"pullRequest": {"reviewDecision": "REVIEW_REQUIRED", "mergeStateStatus": "BLOCKED", "commits": {"nodes": [{"commit": {"statusCheckRollup": {"contexts": {"nodes": [{"isRequired": true}]}}}}]}}}`,
		repository(t, g, `pullRequest(number: 1) { reviewDecision mergeStateStatus commits(last: 1) { nodes { commit { statusCheckRollup {
			contexts(first: 5) { nodes { ... on CheckRun { isRequired(pullRequestNumber: 1) } } } } } } } }`))
	for _, token := range []string{"admin", sim.DefaultToken} {
		t.Run(token, func(t *testing.T) {
			t.Parallel()
			status, body := as(t, g, token, "GET /./branches/main", nil)
			assert.Equal(t, 200, status)
			includes(t, `{"protected": true, "protection": {"enabled": true, "required_status_checks": {
				"enforcement_level": "non_admins", "contexts": ["test"], "checks": [{"context": "test"}]}}}`, body)
		})
	}
	play(t, g, []exchange{{"not protected", "GET /./branches/change-1", nil, 200, `{"protected": false, "protection": {"enabled": false}}`}})

	everyone := start(t)
	everyone.Protect(sim.Protection{Checks: []string{"test"}, Reviews: 1, ForAdmins: true})
	everyone.AddUser(sim.User{Login: "root", Permission: "admin"})
	everyone.AddToken(sim.Token{Value: "admin", Login: "root", Kind: sim.ClassicToken})
	includes(t, enforced, queryAs(t, everyone, "admin", ruled))
}

// Who may bypass a ruleset finds no refUpdateRule, but the rules themselves.
// See https://github.com/fpicalausa/remove-stale-branches/issues/76.
func TestBypass(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.AddRule(sim.Rule{Type: "required_status_checks", Bypass: []string{"deployer[bot]"}, Parameters: map[string]any{"required_status_checks": []any{map[string]any{"context": "test"}}}})
	g.AddToken(sim.Token{Value: "app", Login: "deployer[bot]"})
	includes(t, `{"data": {"repository": {"ref": {"refUpdateRule": {"requiredStatusCheckContexts": ["test"]}}}}}`, queryAs(t, g, sim.DefaultToken, ruled))
	includes(t, `{"data": {"repository": {"ref": {"refUpdateRule": null, "rules": {"totalCount": 1}}}}}`, queryAs(t, g, "app", ruled))
	play(t, g, []exchange{{"in REST", "GET /./rules/branches/main", nil, 200, `[{"type": "required_status_checks"}]`}})
}

const mergeable = `pullRequest(number: 1) { mergeStateStatus commits(last: 1) { nodes { commit { statusCheckRollup {
	contexts(first: 5) { nodes { ... on CheckRun { isRequired(pullRequestNumber: 1) } } } } } } } }`

// A rule that names an app wants the check from that app; one of the same name by another app is not required, and
// does not let the pull request be merged. GitHub's description of REST calls integration_id "the optional integration ID
// that this status check must originate from".
func TestRequiredCheckOfOneApp(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.OpenPull(sim.Pull{})
	const actions = 15368
	g.AddRule(sim.Rule{Type: "required_status_checks", Parameters: map[string]any{
		"required_status_checks": []any{map[string]any{"context": "test", "integration_id": actions}},
	}})
	g.Check(sim.Check{Pull: 1, Name: "test", State: "success", App: "scanner"})
	includes(t, `{"pullRequest": {"mergeStateStatus": "BLOCKED", "commits": {"nodes": [{"commit": {"statusCheckRollup": {"contexts": {"nodes": [
		{"isRequired": false}]}}}}]}}}`, repository(t, g, mergeable))
	g.Check(sim.Check{Pull: 1, Name: "test", State: "success"})
	includes(t, `{"pullRequest": {"mergeStateStatus": "CLEAN", "commits": {"nodes": [{"commit": {"statusCheckRollup": {"contexts": {"nodes": [
		{"isRequired": false}, {"isRequired": true}]}}}}]}}}`, repository(t, g, mergeable))
	includes(t, `{"ref": {"refUpdateRule": {"requiredStatusCheckContexts": ["test"]}}}`, repository(t, g, ruled))
}
