package gh_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// withOrigins asks for what a verified order needs.
func withOrigins(environments ...string) deploy.Needs {
	return deploy.Needs{Environments: environments, Scope: deploy.SinceItsRun, Origins: true}
}

// deployedBy records a success of ours that names a run.
func deployedBy(github *sim.GitHub, environment string, run int64) {
	github.Deploy(sim.DeploymentSpec{
		Environment: environment, SHA: github.Head("main"), Ref: "main", Creator: "github-actions[bot]", State: "success",
		Payload: fmt.Sprintf(`{"type": "branch-deploy", "tool": "lockstep", "github_run_id": %d, "github_run_attempt": 1}`, run),
	})
}

// What GitHub says of a run is handed on, and where the event leaves it open, whether its commit is of the default branch.
func TestOrigins(t *testing.T) {
	t.Parallel()
	const file = ".github/workflows/deploy.yml"
	for name, test := range map[string]struct {
		run   sim.WorkflowRun
		want  deploy.Origin
		asked int
	}{
		"comment":       {sim.WorkflowRun{Event: "issue_comment"}, deploy.Origin{}, 2},
		"schedule":      {sim.WorkflowRun{Event: "schedule"}, deploy.Origin{}, 2},
		"pull request":  {sim.WorkflowRun{Event: "pull_request", HeadBranch: "feature/a b"}, deploy.Origin{}, 2},
		"push":          {sim.WorkflowRun{Event: "push"}, deploy.Origin{Contained: true}, 3},
		"push of older": {sim.WorkflowRun{Event: "push", HeadSHA: "older"}, deploy.Origin{Contained: true}, 3},
		"pushed branch": {sim.WorkflowRun{Event: "push", HeadBranch: "feature/a b"}, deploy.Origin{}, 3},
		"tag":           {sim.WorkflowRun{Event: "push", HeadBranch: "main", HeadSHA: "the branch"}, deploy.Origin{}, 3},
		"dispatch":      {sim.WorkflowRun{Event: "workflow_dispatch", HeadBranch: "feature/a b"}, deploy.Origin{}, 3},
		"release":       {sim.WorkflowRun{Event: "release", HeadBranch: "v1", HeadSHA: "main"}, deploy.Origin{Contained: true}, 3},
		"second":        {sim.WorkflowRun{Event: "issue_comment", RunAttempt: 2, Status: "completed"}, deploy.Origin{}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			older := github.Head("main")
			github.Push(sim.Commit{Branch: "main", Message: "More", Files: map[string]string{"more.txt": "more"}})
			switch test.run.HeadSHA {
			case "the branch":
				test.run.HeadSHA = github.Head("feature/a b")
			case "main":
				test.run.HeadSHA = github.Head("main")
			case "older":
				test.run.HeadSHA = older
			}
			test.run.ID, test.run.Path = 42, file
			github.AddRun(test.run)
			deployedBy(github, "staging", 42)
			github.ResetRequests()
			facts := read(t, github, withOrigins("staging"))
			made := github.Runs()[0]
			test.want.Run, test.want.Exists, test.want.File, test.want.Event = 42, true, file, test.run.Event
			test.want.Attempt, test.want.Going = deploy.Know(made.RunAttempt), made.Status == "in_progress"
			test.want.CreatedAt, test.want.UpdatedAt = deploy.Know(made.CreatedAt), deploy.Know(made.UpdatedAt)
			assert.Equal(t, []deploy.Origin{test.want}, facts.Origins)
			assert.True(t, facts.Read[deploy.OriginsPart])
			assert.True(t, facts.Deployments["staging"][0].First)
			assert.Len(t, github.Requests(), test.asked)
		})
	}
}

// A run is looked up once, and only where it may vouch for something.
func TestOriginsThatAreLookedUp(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arrange func(*sim.GitHub)
		want    []int64
	}{
		"nothing":       {func(*sim.GitHub) {}, nil},
		"another tool":  {func(g *sim.GitHub) { g.JobDeployment("staging", g.Head("main")) }, nil},
		"no run":        {func(g *sim.GitHub) { deployedBy(g, "staging", 0) }, nil},
		"negative":      {func(g *sim.GitHub) { deployedBy(g, "staging", -42) }, nil},
		"one for two":   {func(g *sim.GitHub) { deployedBy(g, "dev", 42); deployedBy(g, "staging", 42) }, []int64{42}},
		"one for each":  {func(g *sim.GitHub) { deployedBy(g, "dev", 42); deployedBy(g, "staging", 43) }, []int64{42, 43}},
		"newest only":   {func(g *sim.GitHub) { deployedBy(g, "staging", 42); deployedBy(g, "staging", 43) }, []int64{43}},
		"not a success": {func(g *sim.GitHub) { g.SetDeploymentState(madeBy42(g), "failure") }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			for _, run := range []int64{42, 43} {
				github.AddRun(sim.WorkflowRun{ID: run, Event: "issue_comment"})
			}
			test.arrange(github)
			github.ResetRequests()
			facts := read(t, github, withOrigins("dev", "staging"))
			var found []int64
			for _, origin := range facts.Origins {
				found = append(found, origin.Run)
			}
			assert.Equal(t, test.want, found)
			assert.True(t, facts.Read[deploy.OriginsPart])
			assert.Len(t, github.Requests(), 1+len(test.want))
		})
	}
}

func madeBy42(github *sim.GitHub) int64 {
	deployedBy(github, "staging", 42)
	return github.Deployments("staging")[0].ID
}

// What cannot be looked up is no part that was read, and a run that there is not vouches for nothing.
func TestOriginsThatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	const run = "/repos/*/*/actions/runs/*"
	for name, test := range map[string]struct {
		fault sim.Fault
		want  string // of the problem
		hint  string
	}{
		"denied":  {sim.Fault{Path: run, Status: 403, Body: `{"message": "Resource not accessible by integration"}`, Times: -1}, "I could not find out which runs made the deployments.", "`actions: read`"},
		"missing": {sim.Fault{Path: run, Status: 404, Times: -1}, "", ""},
		"broken":  {sim.Fault{Path: run, Status: 500, Times: -1}, "I could not find out which runs made the deployments.", ""},
		"other":   {sim.Fault{Path: run, Status: 200, Body: "{}", Times: -1}, "I could not find out which runs made the deployments.", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				github := newGitHub(t)
				github.AddRun(sim.WorkflowRun{ID: 42, Event: "issue_comment"})
				deployedBy(github, "staging", 42)
				github.Fail(test.fault)
				facts := read(t, github, withOrigins("staging"))
				assert.Equal(t, []deploy.Origin{{Run: 42}}, facts.Origins)
				problem, missing := facts.Missing(deploy.OriginsPart)
				assert.Equal(t, test.want != "", missing)
				assert.Contains(t, problem.Text, test.want)
				assert.Contains(t, problem.Hint, test.hint)
			})
		})
	}
}

// A comparison that fails leaves the part unread.
func TestOriginsThatCouldNotBeCompared(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.AddRun(sim.WorkflowRun{ID: 42, Event: "push"})
	deployedBy(github, "staging", 42)
	github.RefuseField(sim.FieldRefusal{Field: "Ref.compare"})
	facts := read(t, github, withOrigins("staging"))
	problem, missing := facts.Missing(deploy.OriginsPart)
	require.True(t, missing)
	assert.Contains(t, problem.Text, "I could not find out whether the run of a deployment is of the default branch.")
	assert.False(t, facts.Origins[0].Contained)
}

// Only the last deployment of an environment is its first one, and only where the list has come to its end.
func TestFirstDeployment(t *testing.T) {
	t.Parallel()
	for _, count := range []int{1, 20, 21} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			for range count {
				deployedBy(github, "staging", 42)
			}
			all := read(t, github, withOrigins("staging")).Deployments["staging"]
			require.Len(t, all, min(count, 20))
			for i, one := range all {
				assert.Equal(t, i == count-1, one.First)
			}
		})
	}
}
