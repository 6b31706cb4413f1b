package deploy

import (
	"fmt"

	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// approvalsGate wants as many approvals of the commit as the rules file says. GitHub's own reviews are another gate.
func approvalsGate() Gate {
	return Gate{
		Name: "approvals", Rule: policy.ReviewsRule, Ways: changingWays(), Check: checkApprovals,
		Needs: func(k *Case, n *Needs) {
			if k.wantedReviews().Count > 0 {
				k.needApprovals(n)
				k.needReviewers(n, k.wantedReviews())
			}
		},
		Parts: func(k *Case) []Part {
			if k.wantedReviews().Count == 0 {
				return nil
			}
			return k.approvalParts()
		},
		Code: func(*Case, Part) Reason { return ApprovalRequired },
	}
}

// wantedReviews are the reviews that the rules file asks for, zero where it asks this request for none.
func (k *Case) wantedReviews() policy.Reviews {
	if !k.changes() {
		return policy.Reviews{}
	}
	return k.Config.Resolved.Rules.Reviews.Value
}

func checkApprovals(k *Case) Finding {
	wants := k.wantedReviews()
	if wants.Count == 0 {
		return pass("the rules file asks for no number of approvals")
	}
	t := k.tally(wants)
	if t.met() {
		return pass(fmt.Sprintf("%s of %s", Plural(t.have, "approval"), markdown.Code(Short(t.commit))))
	}
	finding := block(ApprovalRequired, t.sentence(markdown.Code(k.Target.Environment)), t.advice())
	finding.Details = t.table()
	return finding
}

// needReviewers asks which of those who approved are members of the teams that may.
func (k *Case) needReviewers(n *Needs, wants policy.Reviews) {
	if len(wants.From) == 0 {
		return
	}
	t := k.tally(wants)
	for _, row := range t.rows {
		if t.doubts(row.opinion) == "" {
			k.needMembers(n, memberships(wants.From, Actor{Login: row.opinion.Author})...)
		}
	}
}
