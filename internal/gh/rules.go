package gh

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// ruledNode is a branch with the rules that apply to it.
type ruledNode struct {
	Rules *ruleConnection `graphql:"rules(first: 100)"`
}

type ruleConnection struct {
	Nodes []*ruleNode
}

// ruleNode is a rule with the parameters that matter here.
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

// contexts lists the checks that the rules require.
func (c *ruleConnection) contexts() []string {
	var names []string
	for _, rule := range c.nodes() {
		if rule.Parameters == nil {
			continue
		}
		for _, check := range rule.Parameters.Checks.RequiredStatusChecks {
			names = append(names, check.Context)
		}
	}
	return names
}

func (c *ruleConnection) nodes() []*ruleNode {
	var nodes []*ruleNode
	if c == nil {
		return nil
	}
	for _, node := range c.Nodes {
		if node != nil {
			nodes = append(nodes, node)
		}
	}
	return nodes
}

// convert names types and parameters as the REST description of rulesets does.
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
		return nil
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
