package gh

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
	"github.com/shurcooL/githubv4"

	"github.com/lockstep-action/lockstep/internal/deploy"
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
	HeadRepository    *struct{ NameWithOwner string }
	HeadRef           *struct {
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

func (n *gatesNode) addTo(pull *deploy.PullRequest, stable string) {
	pull.State, pull.Draft, pull.MergeState = n.State, n.IsDraft, n.MergeStateStatus
	pull.Approvals = n.Reviews.TotalCount
	pull.ReviewDecision = value(n.ReviewDecision)
	pull.HeadRepo = value(n.HeadRepository).NameWithOwner
	pull.BehindStable = n.behindStable()
	if n.BaseRefName == stable {
		pull.BehindBase = pull.BehindStable
	}
	pull.Checks = n.checks()
	if commit := n.newest(); commit != nil && commit.Oid == pull.Head.SHA {
		pull.Head.SeenAt = commit.seenAt()
	}
	pull.Checks.Expected = n.expected()
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

func (n *gatesNode) expected() []string {
	base := value(n.BaseRef)
	var names []string
	for _, name := range value(base.RefUpdateRule).RequiredStatusCheckContexts {
		if name != nil {
			names = append(names, *name)
		}
	}
	for _, name := range base.Rules.contexts() {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
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

type checkedCommitNode struct {
	ID                string
	Oid               string
	StatusCheckRollup *struct {
		Contexts checkConnection `graphql:"contexts(first: 100)"`
	}
	CheckSuites *struct {
		Nodes []struct{ CreatedAt time.Time }
	} `graphql:"checkSuites(first: 20)"`
}

func (n checkedCommitNode) seenAt() *time.Time {
	var first *time.Time
	for _, suite := range value(n.CheckSuites).Nodes {
		if first == nil || suite.CreatedAt.Before(*first) {
			first = &suite.CreatedAt
		}
	}
	return first
}

func (n *gatesNode) newest() *checkedCommitNode {
	if len(n.Commits.Nodes) == 0 {
		return nil
	}
	return &n.Commits.Nodes[len(n.Commits.Nodes)-1].Commit
}

type checkConnection struct {
	Nodes    []*checkNode
	PageInfo pageInfo
}

// checkNode is a check run or a commit status, told apart by its type's name.
type checkNode struct {
	Typename string `graphql:"__typename"`
	Run      struct {
		ID          string
		DatabaseID  *int64
		Name        string
		Conclusion  *string
		StartedAt   *time.Time
		CompletedAt *time.Time
		IsRequired  bool `graphql:"isRequired(pullRequestNumber: $pull)"`
		CheckSuite  *struct {
			App         *struct{ DatabaseID *int64 }
			WorkflowRun *struct {
				Event    string
				Workflow struct{ ID string }
			}
		}
	} `graphql:"... on CheckRun"`
	Status struct {
		StatusID   string `graphql:"statusId: id"`
		Context    string
		State      string
		CreatedAt  *time.Time
		IsRequired bool `graphql:"statusRequired: isRequired(pullRequestNumber: $pull)"`
	} `graphql:"... on StatusContext"`
}

func (n *gatesNode) checks() deploy.Checks {
	commit := n.newest()
	if commit == nil {
		return deploy.Checks{Problem: "GitHub names no commit of the pull request"}
	}
	return deploy.Checks{
		SHA: commit.Oid, Reported: commit.StatusCheckRollup != nil,
		Nodes: convertChecks(value(commit.StatusCheckRollup).Contexts.Nodes),
	}
}

func convertChecks(nodes []*checkNode) []deploy.Check {
	var checks []deploy.Check
	for _, node := range nodes {
		switch {
		case node == nil:
			checks = append(checks, deploy.Check{})
		case node.Typename == "CheckRun":
			checks = append(checks, node.run())
		default:
			checks = append(checks, node.status())
		}
	}
	return checks
}

func (n *checkNode) run() deploy.Check {
	run := n.Run
	suite := value(run.CheckSuite)
	workflow := value(suite.WorkflowRun)
	return deploy.Check{
		Kind: deploy.CheckRun, Name: run.Name, Value: value(run.Conclusion), Required: run.IsRequired,
		NodeID: run.ID, RunID: known(run.DatabaseID), At: known(cmp.Or(run.StartedAt, run.CompletedAt)),
		App: known(value(suite.App).DatabaseID), Workflow: workflow.Workflow.ID, Event: workflow.Event,
	}
}

func (n *checkNode) status() deploy.Check {
	status := n.Status
	return deploy.Check{
		Kind: deploy.CommitStatus, Name: status.Context, Value: status.State, Required: status.IsRequired,
		NodeID: status.StatusID, At: known(status.CreatedAt),
	}
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

// moreChecks reads the pages behind the first one, which have to belong to the same commit and come to an end.
func (r *reader) moreChecks(ctx context.Context, pull int, n *gatesNode, checks *deploy.Checks) error {
	if !checks.Reported {
		return nil
	}
	commit := n.newest()
	page := commit.StatusCheckRollup.Contexts.PageInfo
	seen := map[string]bool{}
	for page.HasNextPage {
		cursor := value(page.EndCursor)
		if cursor == "" || seen[cursor] {
			checks.Problem = "GitHub's list of checks does not come to an end"
			return nil
		}
		seen[cursor] = true
		next, err := r.nextChecks(ctx, pull, commit.ID, cursor)
		if err != nil {
			return doing{"read all checks of the commit", "checks: read"}.failed(err)
		}
		if next == nil || next.Oid != commit.Oid || next.ID != commit.ID || next.StatusCheckRollup == nil {
			checks.Problem = "GitHub's list of checks changed while it was read"
			return nil
		}
		checks.Nodes = append(checks.Nodes, convertChecks(next.StatusCheckRollup.Contexts.Nodes)...)
		page = next.StatusCheckRollup.Contexts.PageInfo
	}
	return nil
}

type morePage struct {
	ID                string
	Oid               string
	StatusCheckRollup *struct {
		Contexts checkConnection `graphql:"contexts(first: 100, after: $cursor)"`
	}
}

func (r *reader) nextChecks(ctx context.Context, pull int, commit, cursor string) (*morePage, error) {
	var document struct {
		Node *struct {
			Commit morePage `graphql:"... on Commit"`
		} `graphql:"node(id: $commit)"`
	}
	err := r.graph.query(ctx, &document, map[string]any{
		"commit": githubv4.ID(commit), "cursor": githubv4.String(cursor),
		"pull": githubv4.Int(pull), //nolint:gosec // GitHub numbers pull requests in 32 bits
	})
	if err != nil || document.Node == nil {
		return nil, err
	}
	return &document.Node.Commit, nil
}
