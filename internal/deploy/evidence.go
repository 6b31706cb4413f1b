package deploy

import "strings"

// Evidence is what the decision on a deployment rests on, as outputs report it; what was not read is left out.
type Evidence struct {
	CommitStatus   ChecksState // output commit_status
	Checks         []Check     // that it comes from
	ReviewDecision string      // output review_decision, "" where no review is required
	Outdated       bool        // output is_outdated
	MergeState     string      // output merge_state_status
	Approvals      int         // output approved_reviews_count
	Admin          bool        // the actor needs no review

	OtherBase bool     // output non_default_target_branch_used
	ExactSHA  string   // output sha_deployment, "" unless exact commits are enabled
	Fork      bool     // output fork: the code comes from another repository
	Head      ForkHead // zero unless forks are allowed
}

// ForkHead tells where the code of a fork is.
type ForkHead struct {
	Ref      string // output fork_ref: the branch
	Label    string // output fork_label, "owner:branch"; "" when the fork is gone
	Checkout string // output fork_checkout, "owner-branch branch": the arguments for a local checkout
	FullName string // output fork_full_name, "owner/name"
}

func (k *Case) evidence() Evidence {
	e := Evidence{OtherBase: k.Pull.BaseRef != "" && k.Pull.BaseRef != k.Config.StableBranch}
	if k.Config.Origin.ExactCommits {
		e.ExactSHA = k.Command.SHA
	}
	e.Fork = k.Pull.CrossRepo && !k.Command.StableBranch
	if e.Fork && k.Config.Origin.Forks {
		e.Head = forkHead(k.Pull)
	}
	if k.DeploysHead() {
		e.CommitStatus, e.Checks = k.Checks.State, k.Checks.Counted
		e.ReviewDecision = k.reviewDecision()
		e.Outdated = len(k.outdatedBy()) > 0
		e.MergeState, e.Approvals, e.Admin = k.Pull.MergeState, k.Pull.Approvals, k.Admin
	}
	return e
}

func forkHead(p PullRequest) ForkHead {
	head := ForkHead{Ref: p.HeadRef, FullName: p.HeadRepo}
	if owner, _, known := strings.Cut(p.HeadRepo, "/"); known {
		head.Label = owner + ":" + p.HeadRef
		head.Checkout = owner + "-" + p.HeadRef + " " + p.HeadRef
	}
	return head
}
