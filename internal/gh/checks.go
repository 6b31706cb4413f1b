package gh

import (
	"cmp"
	"context"
	"time"

	"github.com/shurcooL/githubv4"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

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
