package gh

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/shurcooL/githubv4"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

type checkedCommitNode struct {
	ID                string
	Oid               string
	StatusCheckRollup *struct {
		State    string
		Contexts checkConnection `graphql:"contexts(first: 100)"`
	}
	CheckSuites *suiteConnection `graphql:"checkSuites(first: 100)"`
}

type suiteConnection struct {
	Nodes    []*suiteNode
	PageInfo pageInfo
}

type suiteNode struct {
	ID          string
	Status      string
	Conclusion  *string
	CreatedAt   time.Time
	App         *struct{ Slug string }
	WorkflowRun *struct {
		DatabaseID *int64
		Event      string
		Workflow   struct{ ID, Name string }
	}
}

func (n checkedCommitNode) seenAt() *time.Time {
	var first *time.Time
	for _, suite := range value(n.CheckSuites).Nodes {
		if suite != nil && (first == nil || suite.CreatedAt.Before(*first)) {
			first = &suite.CreatedAt
		}
	}
	return first
}

// actionsApp makes a suite for each run of a workflow, also where the token may not see the run.
const actionsApp = "github-actions"

func (c *suiteConnection) convert() []deploy.CheckSuite {
	var suites []deploy.CheckSuite
	for _, node := range value(c).Nodes {
		if node == nil {
			suites = append(suites, deploy.CheckSuite{Actions: true, Name: "GitHub Actions"})
			continue
		}
		run := value(node.WorkflowRun)
		suites = append(suites, deploy.CheckSuite{
			NodeID: node.ID, Actions: value(node.App).Slug == actionsApp, Name: run.Workflow.Name, Workflow: run.Workflow.ID,
			Run: known(run.DatabaseID), Event: run.Event, Complete: node.Status == "COMPLETED", Conclusion: value(node.Conclusion),
		})
	}
	return suites
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
			ID  string
			App *struct {
				DatabaseID *int64
				Slug       string
			}
			WorkflowRun *struct {
				DatabaseID *int64
				Event      string
				Workflow   struct{ ID string }
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
		SHA: commit.Oid, Reported: commit.StatusCheckRollup != nil, State: value(commit.StatusCheckRollup).State,
		Nodes: convertChecks(value(commit.StatusCheckRollup).Contexts.Nodes), Suites: commit.CheckSuites.convert(),
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
		App: known(value(suite.App).DatabaseID), AppSlug: value(suite.App).Slug, Suite: suite.ID,
		Workflow: workflow.Workflow.ID, Run: known(workflow.DatabaseID), Event: workflow.Event,
	}
}

func (n *checkNode) status() deploy.Check {
	status := n.Status
	return deploy.Check{
		Kind: deploy.CommitStatus, Name: status.Context, Value: status.State, Required: status.IsRequired,
		NodeID: status.StatusID, At: known(status.CreatedAt),
	}
}

// moreChecks reads the pages behind the first ones, which have to belong to the same commit and come to an end.
func (r *reader) moreChecks(ctx context.Context, pull int, n *gatesNode, facts *deploy.Facts) error {
	commit, checks := n.newest(), &facts.Pull.Checks
	if commit == nil {
		return nil
	}
	more := morePages{reader: r, commit: commit, facts: facts}
	number := githubv4.Int(pull) //nolint:gosec // GitHub numbers pull requests in 32 bits
	contexts, err := more.read(value(commit.StatusCheckRollup).Contexts.PageInfo, func(cursor string) (commitPage, pageInfo, error) {
		page, err := readPage[contextsPage](ctx, more, cursor, map[string]any{"pull": number})
		if page.StatusCheckRollup == nil { // withdrawn meanwhile: no longer a page of this list
			return commitPage{}, pageInfo{}, err
		}
		found := page.StatusCheckRollup.Contexts
		checks.Nodes = append(checks.Nodes, convertChecks(found.Nodes)...)
		return page.commitPage, found.PageInfo, err
	})
	suites, suitesErr := more.read(value(commit.CheckSuites).PageInfo, func(cursor string) (commitPage, pageInfo, error) {
		page, err := readPage[suitesPage](ctx, more, cursor, map[string]any{})
		if page.CheckSuites == nil {
			return commitPage{}, pageInfo{}, err
		}
		checks.Suites = append(checks.Suites, page.CheckSuites.convert()...)
		return page.commitPage, page.CheckSuites.PageInfo, err
	})
	checks.Problem = cmp.Or(checks.Problem, contexts, suites)
	return doing{"read all checks of the commit", "checks: read"}.failed(cmp.Or(err, suitesErr))
}

type morePages struct {
	*reader
	commit *checkedCommitNode
	facts  *deploy.Facts
}

type commitPage struct{ ID, Oid string }

type contextsPage struct {
	commitPage
	StatusCheckRollup *struct {
		Contexts checkConnection `graphql:"contexts(first: 100, after: $cursor)"`
	}
}

type suitesPage struct {
	commitPage
	CheckSuites *suiteConnection `graphql:"checkSuites(first: 100, after: $cursor)"`
}

// read follows a list to its end. It returns what is wrong with the list, "" for nothing.
func (m morePages) read(page pageInfo, next func(cursor string) (commitPage, pageInfo, error)) (string, error) {
	seen := map[string]bool{}
	for page.HasNextPage {
		cursor := value(page.EndCursor)
		if cursor == "" || seen[cursor] {
			return "GitHub's list of checks does not come to an end", nil
		}
		seen[cursor] = true
		commit, following, err := next(cursor)
		if err != nil {
			return "", err
		}
		if commit.Oid != m.commit.Oid || commit.ID != m.commit.ID {
			return "GitHub's list of checks changed while it was read", nil
		}
		page = following
	}
	return "", nil
}

// readPage reads a page. An error on the run of a check hides that run only.
func readPage[T any](ctx context.Context, m morePages, cursor string, variables map[string]any) (T, error) {
	var document struct {
		Node *onCommit[T] `graphql:"node(id: $commit)"`
	}
	variables["commit"], variables["cursor"] = githubv4.ID(m.commit.ID), githubv4.String(cursor)
	problems, err := m.graph.queryParts(ctx, &document, variables)
	hidden := func(problem *GraphError) bool { return problem.on(runField) }
	if at := slices.IndexFunc(problems, hidden); at >= 0 {
		m.facts.MarkUnavailable(deploy.RunsPart, Explain(readingRuns().failed(problems[at])))
	}
	return value(document.Node).Commit, strict(slices.DeleteFunc(problems, hidden), err)
}
