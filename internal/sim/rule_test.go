package sim_test

import (
	"testing"

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
