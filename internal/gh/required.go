package gh

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// What a branch requires has three sources. GraphQL's refUpdateRule tells what is enforced on the token, and nothing
// to one that may bypass it. REST tells classic protection to every token, in the branch. GraphQL and REST both know
// the rules of rulesets, and GraphQL refuses them to some tokens.

func readingRequired() doing { return doing{"find out which checks are required", "contents: read"} }

// required is what a branch's classic protection asks for.
type required struct {
	branch string
	checks []deploy.Expectation
	err    error
}

// protection reads which checks the classic protection of a branch asks for.
func (r *reader) protection(ctx context.Context, branch string) required {
	var answer struct {
		Protection struct {
			RequiredStatusChecks struct {
				Contexts []string `json:"contexts"`
				Checks   []struct {
					Context string `json:"context"`
					AppID   *int64 `json:"app_id"`
				} `json:"checks"`
			} `json:"required_status_checks"`
		} `json:"protection"`
	}
	_, err := r.rest.send(ctx, http.MethodGet, r.path("branches/%s", segment(branch)), nil, &answer)
	classic := required{branch: branch, err: err}
	for _, name := range answer.Protection.RequiredStatusChecks.Contexts {
		classic.checks = append(classic.checks, deploy.Expectation{Name: name})
	}
	for _, check := range answer.Protection.RequiredStatusChecks.Checks {
		classic.checks = append(classic.checks, expectation(check.Context, check.AppID))
	}
	return classic
}

// ruledChecks reads which checks the rulesets ask for.
func (r *reader) ruledChecks(ctx context.Context, branch string) ([]deploy.Expectation, error) {
	var expected []deploy.Expectation
	for page := 1; ; {
		var rules []struct {
			Parameters struct {
				Checks []struct {
					Context       string `json:"context"`
					IntegrationID *int64 `json:"integration_id"`
				} `json:"required_status_checks"`
			} `json:"parameters"`
		}
		path := r.path("rules/branches/%s?per_page=100&page=%d", segment(branch), page)
		response, err := r.rest.send(ctx, http.MethodGet, path, nil, &rules)
		if _, said := statusAndMessage(err); strings.Contains(said, upgradePlan) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		for _, rule := range rules {
			for _, check := range rule.Parameters.Checks {
				expected = append(expected, expectation(check.Context, check.IntegrationID))
			}
		}
		if response.NextPage <= page {
			return expected, nil
		}
		page = response.NextPage
	}
}

// expectation has no app where GitHub names none: zero, and -1 in older rules, stand for any.
func expectation(name string, app *int64) deploy.Expectation {
	if value(app) <= 0 {
		return deploy.Expectation{Name: name}
	}
	return deploy.Expectation{Name: name, App: known(app)}
}

// addRequired adds the required checks that GraphQL did not tell. Facts that GraphQL alone is complete on are marked
// as read already.
func (r *reader) addRequired(ctx context.Context, facts *deploy.Facts, stable required) {
	classic := stable
	if base := facts.Pull.BaseRef; base != "" && base != stable.branch {
		classic = r.protection(ctx, base)
	}
	expect := func(expected []deploy.Expectation, err error) bool {
		if err != nil {
			facts.MarkUnavailable(deploy.RequiredPart, Explain(readingRequired().failed(err)))
			return false
		}
		facts.Pull.Checks.Expected = union(facts.Pull.Checks.Expected, expected)
		return true
	}
	_, refused := facts.Unavailable[deploy.RequiredPart]
	switch {
	case classic.err != nil && facts.Read[deploy.RequiredPart]:
	case !expect(classic.checks, classic.err), refused && !expect(r.ruledChecks(ctx, classic.branch)):
	default:
		delete(facts.Unavailable, deploy.RequiredPart)
		facts.MarkRead(deploy.RequiredPart)
	}
}

func union(list, others []deploy.Expectation) []deploy.Expectation {
	for _, one := range others {
		if !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	return list
}

// toldByGraphQL reports whether GraphQL alone tells everything that the base requires: its rules are enforced on
// the token.
func (n *gatesNode) toldByGraphQL() bool {
	base := value(value(n).BaseRef)
	return base.RefUpdateRule != nil && base.Rules != nil
}

func (n *gatesNode) expected() []deploy.Expectation {
	base := value(n.BaseRef)
	var expected []deploy.Expectation
	for _, name := range value(base.RefUpdateRule).RequiredStatusCheckContexts {
		if name != nil {
			expected = union(expected, []deploy.Expectation{{Name: *name}})
		}
	}
	return union(expected, base.Rules.checks())
}

type ruledNode struct {
	Rules *ruleConnection `graphql:"rules(first: 100)"`
}

type ruleConnection struct {
	Nodes []*ruleNode
}

type ruleNode struct {
	Type       string
	Parameters *struct {
		Pull struct {
			DismissStaleReviewsOnPush    bool
			RequireCodeOwnerReview       bool
			RequiredApprovingReviewCount int
		} `graphql:"... on PullRequestParameters"`
		Checks struct {
			StrictRequiredStatusChecksPolicy bool
			RequiredStatusChecks             []struct {
				Context       string
				IntegrationID *int64
			}
		} `graphql:"... on RequiredStatusChecksParameters"`
	}
}

func (c *ruleConnection) checks() []deploy.Expectation {
	var expected []deploy.Expectation
	for _, rule := range c.nodes() {
		for _, check := range value(rule.Parameters).Checks.RequiredStatusChecks {
			expected = append(expected, expectation(check.Context, check.IntegrationID))
		}
	}
	return expected
}

func (c *ruleConnection) nodes() []*ruleNode {
	return slices.DeleteFunc(slices.Clone(value(c).Nodes), func(node *ruleNode) bool { return node == nil })
}

func (c *ruleConnection) convert() []deploy.Rule {
	var rules []deploy.Rule
	for _, node := range c.nodes() {
		rules = append(rules, deploy.Rule{Type: strings.ToLower(node.Type), Parameters: node.parameters()})
	}
	return rules
}

func (n *ruleNode) parameters() map[string]any {
	switch {
	case n.Parameters == nil:
	case n.Type == "PULL_REQUEST":
		p := n.Parameters.Pull
		return map[string]any{
			"dismiss_stale_reviews_on_push":   p.DismissStaleReviewsOnPush,
			"require_code_owner_review":       p.RequireCodeOwnerReview,
			"required_approving_review_count": p.RequiredApprovingReviewCount,
		}
	case n.Type == "REQUIRED_STATUS_CHECKS":
		return map[string]any{"strict_required_status_checks_policy": n.Parameters.Checks.StrictRequiredStatusChecksPolicy}
	}
	return nil
}
