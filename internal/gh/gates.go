package gh

import (
	"cmp"
	"context"
	"time"

	"github.com/google/go-github/v60/github"
	"github.com/shurcooL/githubv4"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/wait"
)

// gatesNode is what the gates look at apart from the pull request itself. It is a second field of the
// query: what fails in it does not hide the pull request.
type gatesNode struct {
	State             string
	IsDraft           bool
	IsCrossRepository bool
	MergeStateStatus  string
	ReviewDecision    *string
	Reviews           struct{ TotalCount int } `graphql:"reviews(states: APPROVED, first: 1)"`
	Opinions          *opinionConnection       `graphql:"latestOpinionatedReviews(last: 100, writersOnly: true)"`
	Recent            struct {
		Nodes []struct{ Commit struct{ Oid string } }
	} `graphql:"recent: commits(last: 100)"`
	HeadRepository *struct{ NameWithOwner string }
	HeadRef        *struct {
		Compare *struct{ AheadBy int } `graphql:"compare(headRef: $stableName)"`
	}
	BaseRefName string
	BaseRef     *struct {
		RefUpdateRule *struct{ RequiredStatusCheckContexts []*string }
		Rules         *ruleConnection `graphql:"rules(first: 100)"`
	}
	Commits struct {
		Nodes []struct{ Commit checkedCommitNode }
	} `graphql:"commits(last: 1)"`
}

// opinionConnection is the newest opinion of each reviewer with write access, oldest first.
type opinionConnection struct {
	Nodes []struct {
		State  string
		Commit *struct{ Oid string }
		Author *struct {
			Typename string `graphql:"__typename"`
			Login    string
		}
	}
	PageInfo struct{ HasPreviousPage bool }
}

func (c *opinionConnection) convert(author string) deploy.Reviews {
	found := deploy.Reviews{Author: author}
	if c == nil {
		return found
	}
	found.Cut = c.PageInfo.HasPreviousPage
	for _, one := range c.Nodes {
		by := value(one.Author)
		found.Opinions = append(found.Opinions, deploy.Opinion{
			Author: by.Login, IsUser: by.Typename == "User", State: one.State, Commit: value(one.Commit).Oid,
		})
	}
	return found
}

func (n *gatesNode) approvals() []deploy.Approval {
	var found []deploy.Approval
	for _, one := range value(n.Opinions).Nodes {
		if one.State == deploy.Approved {
			commit := value(one.Commit).Oid
			found = append(found, deploy.Approval{Commit: commit, Since: n.since(commit)})
		}
	}
	return found
}

// since counts the commits of the pull request that are newer than one of its newest.
func (n *gatesNode) since(commit string) deploy.Known[int] {
	for i, one := range n.Recent.Nodes {
		if commit != "" && one.Commit.Oid == commit {
			return deploy.Know(len(n.Recent.Nodes) - 1 - i)
		}
	}
	return deploy.Known[int]{}
}

func (n *gatesNode) addTo(pull *deploy.PullRequest, stable string) {
	pull.State, pull.Draft, pull.MergeState = n.State, n.IsDraft, n.MergeStateStatus
	pull.Approvals, pull.Approved = n.Reviews.TotalCount, n.approvals()
	pull.ReviewDecision = value(n.ReviewDecision)
	pull.Reviews = n.Opinions.convert(pull.Reviews.Author)
	pull.HeadRepo = value(n.HeadRepository).NameWithOwner
	pull.BehindStable = n.behindStable()
	if n.BaseRefName == stable {
		pull.BehindBase = pull.BehindStable
	}
	pull.Checks = n.checks()
	pull.Checks.Expected = n.expected()
	if commit := n.newest(); commit != nil && commit.Oid == pull.Head.SHA {
		pull.Head.SeenAt = commit.seenAt()
	}
}

// behindStable counts what the stable branch has over the head. The head's own branch is asked, by
// the stable branch's name, since that is known before anything is read; the branch of a fork
// would compare itself with the fork's branches.
func (n *gatesNode) behindStable() deploy.Known[int] {
	if n.IsCrossRepository || n.HeadRef == nil || n.HeadRef.Compare == nil {
		return deploy.Known[int]{}
	}
	return deploy.Know(n.HeadRef.Compare.AheadBy)
}

// computeTime is how long GitHub may take to compute the merge state, once it was asked for.
const computeTime = time.Second

// awaitMergeability asks once more for a merge state that GitHub had not computed yet. Where that fails it stays unknown.
func (r *reader) awaitMergeability(ctx context.Context, number int, pull *deploy.PullRequest) {
	if pull.MergeState != deploy.MergeUnknown || pull.State != "OPEN" || wait.For(ctx, computeTime) != nil {
		return
	}
	type computed struct {
		PullRequest *struct{ MergeStateStatus string } `graphql:"pullRequest(number: $pull)"`
	}
	variables := map[string]any{"pull": githubv4.Int(number)} //nolint:gosec // GitHub numbers pull requests in 32 bits
	answer, err := queryRepository[computed](ctx, r.repository, variables)
	if err != nil {
		r.log.Debug("merge state is not known", "error", err.Error())
		return
	}
	pull.MergeState = cmp.Or(value(answer.PullRequest).MergeStateStatus, deploy.MergeUnknown)
}

// measure asks for the distances that the query did not give: those of forks, and to a base that is not the
// stable branch.
func (r *reader) measure(ctx context.Context, pull *deploy.PullRequest, stable string) error {
	var err error
	if !pull.BehindStable.OK {
		if pull.BehindStable, err = r.behind(ctx, stable, pull.Head.SHA); err != nil {
			return err
		}
	}
	if pull.BaseRef == stable {
		pull.BehindBase = pull.BehindStable
	}
	if !pull.BehindBase.OK {
		pull.BehindBase, err = r.behind(ctx, pull.BaseRef, pull.Head.SHA)
	}
	return err
}

func (r *reader) behind(ctx context.Context, branch, sha string) (deploy.Known[int], error) {
	comparison, _, err := r.rest.Repositories.CompareCommits(ctx, r.owner, r.name, branch, sha, &github.ListOptions{PerPage: 1})
	if err = counted(comparison, err); err != nil {
		return deploy.Known[int]{}, doing{"compare the branch with its base", "contents: read"}.failed(err)
	}
	return deploy.Know(comparison.GetBehindBy()), nil
}

const errNotCounted = constant("the answer does not say how many commits there are")

func counted(comparison *github.CommitsComparison, err error) error {
	if err == nil && (comparison == nil || comparison.AheadBy == nil || comparison.BehindBy == nil) {
		return errNotCounted
	}
	return err
}

func value[T any](pointer *T) T {
	if pointer == nil {
		return *new(T)
	}
	return *pointer
}

func known[T any](pointer *T) deploy.Known[T] {
	if pointer == nil {
		return deploy.Known[T]{}
	}
	return deploy.Know(*pointer)
}
