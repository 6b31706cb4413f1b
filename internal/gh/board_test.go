package gh_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/sim"
)

func boardOf(environments ...string) deploy.Needs {
	return deploy.Needs{Board: deploy.NeedsOfBoard{Environments: environments}}
}

// ours deploys the head of main to an environment, as a run of ours does.
func ours(github *sim.GitHub, environment, state string, run int64) {
	github.Deploy(sim.DeploymentSpec{
		Environment: environment, SHA: github.Head("main"), Ref: "main", Creator: sim.ActionsLogin, State: state,
		Payload: plan.Payload{Type: deploy.OwnPayloadType, Tool: plan.Tool, RunID: run, RunAttempt: 1, Version: "v1.4.0", Pull: 7, Actor: "alice"},
	})
}

// All environments are read in one query: ten deployments of each, with their statuses.
func TestBoard(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	for range 12 {
		ours(github, "staging", "success", 77)
	}
	ours(github, "Production", "failure", 77)
	facts := read(t, github, boardOf("staging", "production", "qa"))
	assert.Empty(t, facts.Unavailable)
	assert.Equal(t, []deploy.Part{deploy.DeploymentsPart + "production", deploy.DeploymentsPart + "qa", deploy.DeploymentsPart + "staging"}, marked(facts.Read))
	assert.Len(t, github.Requests(), 1)

	assert.Empty(t, facts.Deployments["qa"])
	staging := facts.Deployments["staging"]
	require.Len(t, staging, deploy.BoardDepth)
	assert.False(t, staging[9].First, "there are older ones")
	assert.Equal(t, deploy.Active, staging[0].State)
	assert.Equal(t, deploy.Inactive, staging[1].State)
	assert.True(t, staging[1].Succeeded, "the statuses tell")
	assert.Equal(t, []string{"INACTIVE", "SUCCESS"}, []string{staging[1].Statuses[0].State, staging[1].Statuses[1].State})
	assert.True(t, staging[1].SucceededAt.OK)
	assert.Equal(t, "v1.4.0 7 alice", fmt.Sprint(staging[0].Version, " ", staging[0].Pull, " ", staging[0].Actor))
	assert.Equal(t, github.Head("main"), staging[0].Commit.SHA)

	failed := facts.Deployments["production"]
	require.Len(t, failed, 1)
	assert.Equal(t, "FAILURE", failed[0].Statuses[0].State)
	assert.True(t, failed[0].First)
}

// Fifty environments are six points, whatever their deployments count for.
func TestCostOfABoard(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	asked := needs()
	asked.Gates, asked.Fresh, asked.Rules, asked.Times, asked.Scope, asked.Environments = true, true, true, true, deploy.UntilOwn, nil
	for i := range deploy.MostOnBoard {
		name := fmt.Sprintf("environment-%d", i)
		asked.Board.Environments, asked.Environments = append(asked.Board.Environments, name), append(asked.Environments, name)
		asked.Board.Rehearsals = append(asked.Board.Rehearsals, deploy.StatusOf{Commit: github.Head("main"), Context: deploy.NoopContext(name)})
	}
	facts, err := newClient(t, github.Client().Transport, "sim-token").Facts(t.Context(), asked)
	require.NoError(t, err)
	assert.Empty(t, facts.Unavailable)
	for _, request := range github.Requests() {
		assert.LessOrEqual(t, request.Points, 6)
	}
}

// Of a deployment that is under way it is found out whether its run is: of the newest one of each environment, and of all
// that are shown of a single one.
func TestLostRunsOfABoard(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	ended, going := github.AddRun(sim.WorkflowRun{Status: "completed", Conclusion: "failure"}), github.AddRun(sim.WorkflowRun{Status: "in_progress"})
	ours(github, "staging", "in_progress", ended)
	ours(github, "staging", "in_progress", going)
	ours(github, "qa", "in_progress", ended)
	facts := read(t, github, boardOf("staging", "qa"))
	states := func(environment string) (all []deploy.DeploymentOutcome) {
		for _, one := range facts.Deployments[environment] {
			all = append(all, one.Outcome())
		}
		return all
	}
	assert.Equal(t, []deploy.DeploymentOutcome{deploy.OutcomeUnderWay, deploy.OutcomeUnderWay}, states("staging"))
	assert.Equal(t, []deploy.DeploymentOutcome{deploy.OutcomeLost}, states("qa"))
	facts = read(t, github, boardOf("staging"))
	assert.Equal(t, []deploy.DeploymentOutcome{deploy.OutcomeUnderWay, deploy.OutcomeLost}, states("staging"))
}

// Where only our own deployments count for the order, they are looked for behind those of others.
func TestBoardUntilOwn(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	ours(github, "staging", "success", 77)
	for range 30 {
		github.JobDeployment("staging", github.Head("main"))
	}
	needs := boardOf("staging", "production")
	needs.Environments = []string{"staging"}
	assert.Len(t, read(t, github, needs).Deployments["staging"], deploy.BoardDepth)
	needs.Scope = deploy.UntilOwn
	all := read(t, github, needs).Deployments["staging"]
	require.Greater(t, len(all), 30)
	assert.True(t, all[30].Own)
}

func TestBoardThatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		path    []any
		missing deploy.Part
	}{
		"an environment": {[]any{"repository", "b1"}, deploy.DeploymentsPart + "qa"},
		"a commit":       {[]any{"repository", "b0", "nodes", 0, "commit"}, deploy.DeploymentsPart + "staging"},
		"statuses":       {[]any{"repository", "b0", "nodes", 0, "statuses"}, deploy.DeploymentsPart + "staging"},
		"rehearsals":     {[]any{"repository", "rehearsals"}, deploy.RehearsalPart},
		"a context":      {[]any{"repository", "rehearsals", "status", "context0"}, deploy.RehearsalPart},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			ours(github, "staging", "success", 77)
			github.Check(sim.Check{Pull: 7, Name: noopContext, State: "success", CommitStatus: true, Creator: sim.ActionsLogin})
			needs := boardOf("staging", "qa")
			needs.Board.Rehearsals = []deploy.StatusOf{{Commit: github.Head("feature/a b"), Context: noopContext}}
			facts, err := withTeams(t, failingField{github.Client().Transport, test.path}).Facts(t.Context(), needs)
			require.NoError(t, err)
			assert.Equal(t, []deploy.Part{test.missing}, marked(facts.Unavailable))
			assert.NotContains(t, marked(facts.Read), test.missing)
			assert.Len(t, facts.Read, 2, "the others were read")
		})
	}
}

// A token without deployments hides the whole repository: the rest is read without them.
func TestBoardBehindHiddenDeployments(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.AddToken(sim.Token{Value: "poor", Login: sim.ActionsLogin, Permissions: map[string]string{"contents": "read", "pull-requests": "read"}})
	needs := boardOf("staging", "qa")
	needs.Pull, needs.Environments = 7, []string{"staging"}
	facts, err := newClient(t, github.Client().Transport, "poor").Facts(t.Context(), needs)
	require.NoError(t, err)
	assert.Equal(t, []deploy.Part{deploy.PullPart}, marked(facts.Read))
	assert.Equal(t, []deploy.Part{deploy.DeploymentsPart + "qa", deploy.DeploymentsPart + "staging"}, marked(facts.Unavailable))
	assert.Contains(t, facts.Unavailable[deploy.DeploymentsPart+"qa"].Hint, "`deployments: read`")
}

// Each environment has the newest commit status of its own context.
func TestRehearsalsOfABoard(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	head := github.Head("feature/a b")
	production, staging := deploy.StatusOf{Commit: head, Context: noopContext}, deploy.StatusOf{Commit: head, Context: deploy.NoopContext("staging")}
	needs := deploy.Needs{Board: deploy.NeedsOfBoard{Rehearsals: []deploy.StatusOf{production, staging}}}
	none := read(t, github, needs)
	assert.Equal(t, map[deploy.StatusOf]deploy.Rehearsal{production: {StatusOf: production}, staging: {StatusOf: staging}}, none.Board.Rehearsals)
	assert.True(t, none.Read[deploy.RehearsalPart])

	github.Check(sim.Check{Pull: 7, Name: noopContext, State: "failure", CommitStatus: true, Creator: sim.ActionsLogin})
	github.Check(sim.Check{Pull: 7, Name: noopContext, State: "success", CommitStatus: true, Creator: "alice"})
	found := read(t, github, needs).Board.Rehearsals
	assert.Equal(t, deploy.Rehearsal{StatusOf: production, State: "SUCCESS", Creator: "alice"}, found[production])
	assert.Empty(t, found[staging].State)

	for i := range needs.Board.Rehearsals {
		needs.Board.Rehearsals[i].Commit = strings.Repeat("0", 40)
	}
	gone := read(t, github, needs)
	assert.Empty(t, gone.Board.Rehearsals)
	assert.False(t, gone.Read[deploy.RehearsalPart], "a commit that is not there says nothing")
}

// Each comparison is made once, and fails on its own.
func TestComparisonsOfABoard(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	base := github.Head("main")
	github.Push(sim.Commit{Branch: "feature/a b", Files: map[string]string{"db/1.sql": "select 1"}})
	good := deploy.Comparison{Base: base, Head: github.Head("feature/a b")}
	denied := deploy.Comparison{Base: good.Head, Head: base}
	github.Fail(sim.Fault{Path: "/repos/*/*/compare/" + denied.Base + "..." + denied.Head, Status: 403})
	found := read(t, github, deploy.Needs{Board: deploy.NeedsOfBoard{Comparisons: []deploy.Comparison{good, denied}}}).Board.Compared
	assert.Equal(t, []string{"a", "db/1.sql"}, found[good].Changes.Files)
	assert.Nil(t, found[good].Problem)
	require.NotNil(t, found[denied].Problem)
	assert.Contains(t, found[denied].Problem.Text, "compare the commit with what runs in the environment")
}
