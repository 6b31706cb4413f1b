package deploy

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
)

// Evidence are what a deployment's decision rests on, as the outputs of the action say it. What the
// request does not depend on was not read, and is left out.
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

// evidence tells what the decision rests on.
func evidence(r Request, c config.Config, f Facts) Evidence {
	s := Evidence{OtherBase: f.Pull.BaseRef != "" && f.Pull.BaseRef != c.StableBranch}
	if c.Origin.ExactCommits {
		s.ExactSHA = r.Command.SHA
	}
	s.Fork = f.Pull.CrossRepo && !r.Command.StableBranch
	if s.Fork && c.Origin.Forks {
		s.Head = forkHead(f.Pull)
	}
	if deploysHead(r) {
		weighed := summarize(r, c, f)
		s.CommitStatus, s.Checks = weighed.state, weighed.counted
		s.ReviewDecision = reviewDecision(r, c, f)
		s.Outdated = len(outdatedBy(c, f)) > 0
		s.MergeState, s.Approvals = f.Pull.MergeState, f.Pull.Approvals
		s.Admin = isAdmin(r, c, f)
	}
	return s
}

func forkHead(p PullRequest) ForkHead {
	head := ForkHead{Ref: p.HeadRef, FullName: p.HeadRepo}
	if owner, _, known := strings.Cut(p.HeadRepo, "/"); known {
		head.Label = owner + ":" + p.HeadRef
		head.Checkout = owner + "-" + p.HeadRef + " " + p.HeadRef
	}
	return head
}
