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
	names  []string
	err    error
}

// protection reads which checks the classic protection of a branch asks for.
func (r *reader) protection(ctx context.Context, branch string) required {
	var answer struct {
		Protection struct {
			RequiredStatusChecks struct {
				Contexts []string `json:"contexts"`
			} `json:"required_status_checks"`
		} `json:"protection"`
	}
	_, err := r.rest.send(ctx, http.MethodGet, r.path("branches/%s", segment(branch)), nil, &answer)
	return required{branch: branch, names: answer.Protection.RequiredStatusChecks.Contexts, err: err}
}

// ruledChecks reads which checks the rulesets ask for.
func (r *reader) ruledChecks(ctx context.Context, branch string) ([]string, error) {
	var names []string
	for page := 1; page != 0; {
		var rules []struct {
			Parameters struct {
				Checks []struct {
					Context string `json:"context"`
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
				names = append(names, check.Context)
			}
		}
		if response.NextPage <= page {
			return names, nil
		}
		page = response.NextPage
	}
	return names, nil
}

// addRequired adds the required checks that GraphQL did not tell. Facts that GraphQL alone is complete on are marked
// as read already.
func (r *reader) addRequired(ctx context.Context, facts *deploy.Facts, stable required) {
	classic := stable
	if base := facts.Pull.BaseRef; base != "" && base != stable.branch {
		classic = r.protection(ctx, base)
	}
	expect := func(names []string, err error) bool {
		if err != nil {
			facts.MarkUnavailable(deploy.RequiredPart, Explain(readingRequired().failed(err)))
			return false
		}
		facts.Pull.Checks.Expected = union(facts.Pull.Checks.Expected, names)
		return true
	}
	_, refused := facts.Unavailable[deploy.RequiredPart]
	switch {
	case classic.err != nil && facts.Read[deploy.RequiredPart]:
	case !expect(classic.names, classic.err), refused && !expect(r.ruledChecks(ctx, classic.branch)):
	default:
		delete(facts.Unavailable, deploy.RequiredPart)
		facts.MarkRead(deploy.RequiredPart)
	}
}

func union(names, others []string) []string {
	for _, name := range others {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// toldByGraphQL reports whether GraphQL alone tells everything that the base requires: its rules are enforced on
// the token.
func (n *gatesNode) toldByGraphQL() bool {
	base := value(value(n).BaseRef)
	return base.RefUpdateRule != nil && base.Rules != nil
}

func (n *gatesNode) expected() []string {
	base := value(n.BaseRef)
	var names []string
	for _, name := range value(base.RefUpdateRule).RequiredStatusCheckContexts {
		if name != nil {
			names = union(names, []string{*name})
		}
	}
	return union(names, base.Rules.contexts())
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
			RequiredStatusChecks             []struct{ Context string }
		} `graphql:"... on RequiredStatusChecksParameters"`
	}
}

func (c *ruleConnection) contexts() []string {
	var names []string
	for _, rule := range c.nodes() {
		for _, check := range value(rule.Parameters).Checks.RequiredStatusChecks {
			names = append(names, check.Context)
		}
	}
	return names
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
