package sim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// Rule is a rule of a ruleset. Branch is a pattern as for [path.Match], the default branch
// when empty. Type and Parameters are those of the REST interface, such as pull_request or
// required_status_checks; parameters that GitHub always shows are filled in.
type Rule struct {
	Branch     string
	Type       string
	Parameters map[string]any
	Bypass     []string // logins for which it does not hold
}

// rulesetNumber is the id of the one ruleset that holds all rules.
const rulesetNumber = 4242

// AddRule adds a rule.
func (g *GitHub) AddRule(r Rule) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r.Branch = cmp.Or(r.Branch, g.repository.DefaultBranch)
	parameters := defaultParameters(r.Type)
	if parameters == nil && r.Parameters != nil {
		parameters = map[string]any{}
	}
	maps.Copy(parameters, r.Parameters)
	r.Parameters = parameters
	g.rules = append(g.rules, r)
}

// RequireReviews makes pull requests to the default branch need approvals.
func (g *GitHub) RequireReviews(count int) {
	g.AddRule(Rule{Type: "pull_request", Parameters: map[string]any{"required_approving_review_count": count}})
}

// RequireChecks makes pull requests to the default branch need these checks.
func (g *GitHub) RequireChecks(names ...string) {
	g.AddRule(Rule{Type: "required_status_checks", Parameters: map[string]any{"required_status_checks": contextsOf(names)}})
}

func contextsOf(names []string) []any {
	list := []any{}
	for _, name := range names {
		list = append(list, map[string]any{"context": name})
	}
	return list
}

// defaultParameters are the parameters that GitHub shows for a type of rule, nil for none.
func defaultParameters(kind string) map[string]any {
	switch kind {
	case "pull_request":
		return map[string]any{
			"dismiss_stale_reviews_on_push": false, "require_code_owner_review": false, "require_last_push_approval": false,
			"required_approving_review_count": 1, "required_review_thread_resolution": false,
		}
	case "required_status_checks":
		return map[string]any{"required_status_checks": []any{}, "strict_required_status_checks_policy": false}
	case "required_deployments":
		return map[string]any{"required_deployment_environments": []any{}}
	case "update":
		return map[string]any{"update_allows_fetch_and_merge": false}
	}
	return nil
}

func (g *GitHub) rulesOf(branch string) []Rule {
	return slices.DeleteFunc(slices.Clone(g.rules), func(r Rule) bool {
		matched, err := path.Match(r.Branch, branch)
		return err != nil || !matched
	})
}

// parameters decodes the parameters of all rules of one type that hold for a branch.
func parameters[T any](g *GitHub, branch, kind string) []T {
	var list []T
	for _, rule := range g.rulesOf(branch) {
		var decoded T
		if rule.Type == kind && json.Unmarshal(encode(rule.Parameters), &decoded) == nil {
			list = append(list, decoded)
		}
	}
	return list
}

type pullRule struct {
	Count       int  `json:"required_approving_review_count"`
	DismissPush bool `json:"dismiss_stale_reviews_on_push"`
	CodeOwner   bool `json:"require_code_owner_review"`
	Threads     bool `json:"required_review_thread_resolution"`
	LastPush    bool `json:"require_last_push_approval"`
}

type checksRule struct {
	Strict bool            `json:"strict_required_status_checks_policy"`
	Checks []requiredCheck `json:"required_status_checks"`
}

type requiredCheck struct {
	Context     string `json:"context"`
	Integration int    `json:"integration_id"` // the app that has to report it, 0 for any
}

func (g *GitHub) requiredReviews(branch string) int {
	most := 0
	if classic := g.protection(branch); classic != nil {
		most = classic.Reviews
	}
	for _, rule := range parameters[pullRule](g, branch, "pull_request") {
		most = max(most, rule.Count)
	}
	return most
}

func (g *GitHub) dismissesStale(branch string) bool {
	return slices.ContainsFunc(parameters[pullRule](g, branch, "pull_request"), func(r pullRule) bool { return r.DismissPush })
}

func (g *GitHub) requiredChecks(branch string) []requiredCheck {
	var required []requiredCheck
	if classic := g.protection(branch); classic != nil {
		for _, name := range classic.Checks {
			required = append(required, requiredCheck{Context: name})
		}
	}
	for _, rule := range parameters[checksRule](g, branch, "required_status_checks") {
		required = append(required, rule.Checks...)
	}
	return required
}

// isFor reports whether a check is the required one. A rule that names an app wants the check of that app only.
func (r requiredCheck) isFor(c *check) bool {
	return r.Context == c.Name && (r.Integration == 0 || r.Integration == appNumber(c.App))
}

// strict reports whether heads must be up to date with the branch before merging.
func (g *GitHub) strict(branch string) bool {
	classic := g.protection(branch)
	return classic != nil && classic.Strict || slices.ContainsFunc(parameters[checksRule](g, branch, "required_status_checks"), func(r checksRule) bool { return r.Strict })
}

func ruleRoutes() []route {
	return []route{{
		method: "GET", path: "/repos/{owner}/{repo}/rules/branches/{branch}", handle: (*GitHub).listRules,
	}}
}

func (g *GitHub) listRules(c *call) answer {
	return listed(c, g.rulesOf(c.params["branch"]), func(r Rule) any {
		shown := object{
			"type": r.Type, "ruleset_id": rulesetNumber, "ruleset_source": g.repository.FullName(), "ruleset_source_type": "Repository",
		}
		if r.Parameters != nil {
			shown["parameters"] = r.Parameters
		}
		return shown
	})
}

// refUpdateRule sums up what is enforced on the one who asks: nil where that is nothing, as for administrators
// and for those who may bypass the rules.
func (g *GitHub) refUpdateRule(c *call, name string) *graph.Object {
	branch := strings.TrimPrefix(name, "refs/heads/")
	rules := slices.DeleteFunc(g.rulesOf(branch), func(r Rule) bool { return slices.Contains(r.Bypass, c.token.Login) })
	if len(rules) == 0 && !g.protection(branch).holdsFor(g.user(c.token.Login)) {
		return nil
	}
	has := func(kind string) bool {
		return slices.ContainsFunc(rules, func(r Rule) bool { return r.Type == kind })
	}
	reviews := parameters[pullRule](g, branch, "pull_request")
	return &graph.Object{Type: "RefUpdateRule", Fields: graph.Fields{
		"pattern": branch, "allowsDeletions": !has("deletion"), "allowsForcePushes": !has("non_fast_forward"),
		"blocksCreations": has("creation"), "requiredApprovingReviewCount": g.requiredReviews(branch),
		"requiredStatusCheckContexts":    contextNames(g.requiredChecks(branch)),
		"requiresCodeOwnerReviews":       slices.ContainsFunc(reviews, func(r pullRule) bool { return r.CodeOwner }),
		"requiresConversationResolution": slices.ContainsFunc(reviews, func(r pullRule) bool { return r.Threads }),
		"requiresLinearHistory":          has("required_linear_history"), "requiresSignatures": has("required_signatures"),
		"viewerAllowedToDismissReviews": false, "viewerCanPush": !has("update"),
	}}
}

func contextNames(required []requiredCheck) []any {
	names := []any{}
	for _, one := range required {
		names = append(names, one.Context)
	}
	return names
}

func (g *GitHub) resolveRules(c *call, name string) graph.Resolver {
	return func(args graph.Args) (any, error) {
		return g.ruleConnection(c, g.rulesOf(strings.TrimPrefix(name, "refs/heads/")))(args)
	}
}

func (g *GitHub) ruleConnection(c *call, rules []Rule) graph.Resolver {
	return graph.Connection("RepositoryRuleConnection", len(rules), func(i int) any {
		return &graph.Object{Type: "RepositoryRule", Fields: graph.Fields{
			"id": nodeID("RRU", fmt.Sprint(i)), "type": strings.ToUpper(rules[i].Type),
			"parameters":        ruleParameters(rules[i]),
			"repositoryRuleset": graph.Lazy(func() any { return g.rulesetObject(c) }),
		}}
	}, nil)
}

// ruleParameters covers the two types of rules that a deployment can depend on.
func ruleParameters(r Rule) *graph.Object {
	switch r.Type {
	case "pull_request":
		var p pullRule
		_ = json.Unmarshal(encode(r.Parameters), &p) // parameters of a foreign form read as zero
		return &graph.Object{Type: "PullRequestParameters", Fields: graph.Fields{
			"requiredApprovingReviewCount": p.Count, "dismissStaleReviewsOnPush": p.DismissPush, "requireCodeOwnerReview": p.CodeOwner,
			"requireLastPushApproval": p.LastPush, "requiredReviewThreadResolution": p.Threads,
		}}
	case "required_status_checks":
		var p checksRule
		_ = json.Unmarshal(encode(r.Parameters), &p) // parameters of a foreign form read as zero
		checks := []any{}
		for _, one := range p.Checks {
			checks = append(checks, &graph.Object{Type: "StatusCheckConfiguration", Fields: graph.Fields{
				"context": one.Context, "integrationId": integration(one.Integration),
			}})
		}
		return &graph.Object{Type: "RequiredStatusChecksParameters", Fields: graph.Fields{
			"strictRequiredStatusChecksPolicy": p.Strict, "requiredStatusChecks": checks, "doNotEnforceOnCreate": false,
		}}
	}
	return nil
}

func integration(id int) any {
	if id == 0 {
		return nil
	}
	return id
}

func (g *GitHub) rulesetObject(c *call) *graph.Object {
	return &graph.Object{Type: "RepositoryRuleset", Fields: graph.Fields{
		"id": nodeID("RRS", fmt.Sprint(rulesetNumber)), "databaseId": rulesetNumber, "name": "rules", "enforcement": "ACTIVE",
		"target": "BRANCH", "createdAt": g.created, "updatedAt": g.created,
		"source": graph.Lazy(func() any { return g.repositoryObject(c) }),
		"rules":  g.ruleConnection(c, g.rules),
	}}
}

func (g *GitHub) resolveRulesets(c *call) graph.Resolver {
	return func(args graph.Args) (any, error) {
		return graph.Connection("RepositoryRulesetConnection", min(1, len(g.rules)), func(int) any { return g.rulesetObject(c) }, nil)(args)
	}
}
