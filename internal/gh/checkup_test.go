package gh_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/doctor"
	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestWorkflowFiles(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	client := newClient(t, github.Client().Transport, "sim-token")
	files, problem := client.WorkflowFiles(t.Context(), github.Head("main"))
	require.Nil(t, problem)
	assert.Empty(t, files, "there is no such directory")

	github.Push(sim.Commit{Branch: "main", Files: map[string]string{
		".github/workflows/deploy.yml": "on: push", ".github/workflows/b.yaml": "jobs: {}", ".github/workflows/notes.md": "no workflow",
		".github/workflows/deep/c.yml": "not looked at by GitHub", ".github/workflows/binary.yml": "\xff\x00",
	}})
	files, problem = client.WorkflowFiles(t.Context(), "HEAD")
	require.Nil(t, problem)
	assert.Equal(t, []checkup.File{{Path: ".github/workflows/b.yaml", Text: "jobs: {}"}, {Path: ".github/workflows/deploy.yml", Text: "on: push"}}, files)

	github.AddToken(sim.Token{Value: "poor", Login: sim.ActionsLogin, Permissions: map[string]string{}})
	_, problem = newClient(t, github.Client().Transport, "poor").WorkflowFiles(t.Context(), "HEAD")
	require.NotNil(t, problem)
	assert.Contains(t, problem.Hint, "`contents: read`")
}

func everything(github *sim.GitHub) checkup.Needs {
	return checkup.Needs{
		Commit: github.Head("main"), Run: github.AddRun(sim.WorkflowRun{Name: "deploy", Event: "issue_comment", Status: "in_progress", RunAttempt: 1}),
		Deploy: deploy.Needs{StableBranch: "main", Rules: true, Environments: []string{"staging"}},
		Labels: []string{"live", "needs review/ok"},
		Files:  []string{"a", "b"}, Locks: []string{"prod/eu-branch-deploy-lock", "x"},
		Permissions: []string{"contents: write", "deployments: write", "actions: read", "checks: read", "statuses: read", "statuses: write", "pull-requests: write"},
	}
}

func TestCheckup(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.Push(sim.Commit{Branch: "main", Files: map[string]string{"a": "text"}})
	github.AddEnvironment("production", "REQUIRED_REVIEWERS", "WAIT_TIMER")
	github.AddLabel("needs review/ok")
	github.AddRule(sim.Rule{Type: "deletion", Branch: "prod/*"})
	github.AddRule(sim.Rule{Type: "creation", Branch: "prod/*"})
	github.Deploy(sim.DeploymentSpec{Environment: "staging", Ref: "main", SHA: github.Head("main"), Creator: "alice", State: "success"})
	refs, deployments := github.Head("lockstep-doctor"), len(github.Deployments(""))

	facts := newClient(t, github.Client().Transport, "sim-token").Checkup(t.Context(), everything(github))
	assert.Empty(t, facts.Unavailable)
	assert.Equal(t, "staging", facts.Deploy.Deployments["staging"][0].Environment)
	assert.Equal(t, []checkup.Environment{{Name: "production", Rules: []string{"REQUIRED_REVIEWERS", "WAIT_TIMER"}}, {Name: "staging"}}, facts.Environments)
	assert.False(t, facts.Unlisted)
	assert.False(t, facts.Private)
	assert.Equal(t, map[string]bool{"live": false, "needs review/ok": true}, facts.Labels)
	assert.Equal(t, map[string]*string{"a": new("text"), "b": nil}, facts.Files)
	assert.Equal(t, map[string][]string{"prod/eu-branch-deploy-lock": {"deletion", "creation"}, "x": nil}, facts.LockRules)
	require.Len(t, facts.Token, 6, "nothing but a comment shows that comments may be written")
	for _, grant := range facts.Token {
		assert.True(t, grant.Allowed, grant.Permission)
		assert.Nil(t, grant.Problem, grant.Permission)
	}
	assert.Equal(t, refs, github.Head("lockstep-doctor"), "nothing was created")
	assert.Len(t, github.Deployments(""), deployments)
}

// A token that may do nothing is told so by every part; one permission is no other.
func TestCheckupOfAPoorToken(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.AddToken(sim.Token{Value: "poor", Login: sim.ActionsLogin, Permissions: map[string]string{"checks": "read", "contents": "read"}})
	facts := newClient(t, github.Client().Transport, "poor").Checkup(t.Context(), everything(github))
	allowed := map[string]bool{}
	for _, grant := range facts.Token {
		allowed[grant.Permission] = grant.Allowed
		assert.Nil(t, grant.Problem)
	}
	assert.Equal(t, map[string]bool{
		"contents: write": false, "deployments: write": false, "actions: read": false, "checks: read": true, "statuses: read": false, "statuses: write": false,
	}, allowed)
	assert.NotContains(t, facts.Unavailable, checkup.TemplatesPart)
	assert.Contains(t, facts.Deploy.Unavailable, deploy.DeploymentsPart+"staging")
}

// Where GitHub fails nothing is concluded, neither about the token nor about the rest.
func TestCheckupWithoutAnswers(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	for _, path := range []string{"/graphql", "/repos/acme/shop/*/*/*", "/repos/acme/shop/*/*", "/repos/acme/shop/deployments", "/repos/acme/shop/*/*/*/*"} {
		github.Fail(sim.Fault{Path: path, Status: 404, Times: 1000})
	}
	facts := newClient(t, github.Client().Transport, "sim-token").Checkup(t.Context(), everything(github))
	for _, part := range []checkup.Part{checkup.DeploymentsPart, checkup.EnvironmentsPart, checkup.LabelsPart, checkup.TemplatesPart, checkup.LockRulesPart} {
		assert.Contains(t, facts.Unavailable, part)
	}
}

// Only GitHub's clear word about a token counts as one. Whatever else it answers leaves the permission unknown.
func TestTokenTrials(t *testing.T) {
	t.Parallel()
	type verdict struct{ allowed, personal, known bool }
	allowed, refused, unknown := verdict{true, false, true}, verdict{false, false, true}, verdict{}
	for name, test := range map[string]struct {
		fault sim.Fault
		want  verdict
		hint  string
	}{
		"no such commit":         {sim.Fault{Status: 422, Body: `{"message":"Object does not exist"}`}, allowed, ""},
		"rules of a ruleset":     {sim.Fault{Status: 422, Body: `{"message":"Repository rule violations found"}`}, allowed, ""},
		"workflow's token":       {sim.Fault{Status: 403, Body: `{"message":"Resource not accessible by integration"}`}, refused, ""},
		"personal token":         {sim.Fault{Status: 403, Body: `{"message":"Resource not accessible by personal access token"}`}, verdict{false, true, true}, ""},
		"archived":               {sim.Fault{Status: 403, Body: `{"message":"Repository was archived so is read-only."}`}, unknown, ""},
		"single sign-on":         {sim.Fault{Status: 403, Body: `{"message":"Resource protected by organization SAML enforcement."}`}, unknown, ""},
		"hidden":                 {sim.Fault{Status: 404, Body: `{"message":"Not Found"}`}, unknown, "Either it does not exist"},
		"conflict":               {sim.Fault{Status: 409, Body: `{"message":"Conflict"}`}, unknown, "Fix what GitHub reports"},
		"rate limit":             {sim.Fault{Status: 403, Body: `{"message":"You have exceeded a secondary rate limit."}`, Header: map[string]string{"Retry-After": "3600"}}, unknown, "rate limit is used up"},
		"out of order":           {sim.Fault{Status: 500}, unknown, "Run the command again"},
		"connection that is cut": {sim.Fault{Cut: true}, unknown, "Run the command again"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			test.fault.Method, test.fault.Path = "POST", "/repos/acme/shop/git/refs"
			github.Fail(test.fault)
			needs := checkup.Needs{Commit: github.Head("main"), Permissions: []string{"contents: write"}}
			facts := newClient(t, github.Client().Transport, "sim-token").Checkup(t.Context(), needs)
			require.Len(t, facts.Token, 1)
			got := facts.Token[0]
			assert.Equal(t, test.want, verdict{got.Allowed, got.Personal, got.Problem == nil})
			if got.Problem != nil {
				assert.Contains(t, got.Problem.Hint, test.hint)
				assert.NotContains(t, got.Problem.Hint, "Add `", "no permission is missing")
			}
		})
	}
}

// Every permission that commands need is tried out, apart from those that show by themselves: the comment is
// written with one, and the files are read with the other.
func TestTrialsOfAllNeeds(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	wanted := doctor.Setup{Running: &config.Config{StableBranch: "main"}, Deploys: true}.Needs("HEAD", everything(github).Run)
	facts := newClient(t, github.Client().Transport, "sim-token").Checkup(t.Context(), wanted)
	var tried []string
	for _, grant := range facts.Token {
		tried = append(tried, grant.Permission)
	}
	assert.ElementsMatch(t, wanted.Permissions, append(tried, "pull-requests: write"))
}

// When the time is over, whatever is not known by then is said to be unknown.
func TestCheckupInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		github := newGitHub(t)
		needs := everything(github)
		github.Fail(sim.Fault{Times: -1, Hang: true})
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		begin := time.Now()
		client := newClient(t, github.Client().Transport, "sim-token")
		facts := client.Checkup(ctx, needs)
		_, problem := client.WorkflowFiles(ctx, "HEAD")
		assert.Equal(t, 3*time.Second, time.Since(begin))
		require.NotNil(t, problem)
		assert.Contains(t, problem.Text, "no time left")
		for _, part := range []checkup.Part{checkup.DeploymentsPart, checkup.EnvironmentsPart, checkup.LabelsPart, checkup.TemplatesPart, checkup.LockRulesPart} {
			assert.Contains(t, facts.Unavailable[part].Text, "no time left", part)
		}
		for _, grant := range facts.Token {
			require.NotNil(t, grant.Problem)
			assert.Contains(t, grant.Problem.Text, "no time left")
		}
	})
}
