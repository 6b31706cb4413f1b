package gh_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
	assert.Equal(t, []doctor.File{{Path: ".github/workflows/b.yaml", Text: "jobs: {}"}, {Path: ".github/workflows/deploy.yml", Text: "on: push"}}, files)

	github.AddToken(sim.Token{Value: "poor", Login: sim.ActionsLogin, Permissions: map[string]string{}})
	_, problem = newClient(t, github.Client().Transport, "poor").WorkflowFiles(t.Context(), "HEAD")
	require.NotNil(t, problem)
	assert.Contains(t, problem.Hint, "`contents: read`")
}

func everything(github *sim.GitHub) doctor.Needs {
	return doctor.Needs{
		Commit: github.Head("main"), Run: 4,
		Deploy:    deploy.Needs{StableBranch: "main", Rules: true, Environments: []string{"staging"}},
		Labels:    []string{"live", "needs review/ok"},
		Templates: []string{"a", "b"}, Locks: []string{"prod/eu-branch-deploy-lock", "x"},
		Permissions: []string{"contents: write", "deployments: write", "actions: read", "checks: read", "statuses: read", "pull-requests: write"},
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
	assert.Empty(t, facts.Unread)
	assert.Equal(t, "staging", facts.Deploy.Deployments["staging"][0].Environment)
	assert.Equal(t, []doctor.Environment{{Name: "production", Rules: []string{"REQUIRED_REVIEWERS", "WAIT_TIMER"}}, {Name: "staging"}}, facts.Environments)
	assert.False(t, facts.Unlisted)
	assert.Equal(t, map[string]bool{"live": false, "needs review/ok": true}, facts.Labels)
	assert.Equal(t, map[string]*string{"a": new("text"), "b": nil}, facts.Templates)
	assert.Equal(t, map[string][]string{"prod/eu-branch-deploy-lock": {"deletion", "creation"}, "x": nil}, facts.LockRules)
	require.Len(t, facts.Token, 5, "nothing but a comment shows that comments may be written")
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
		"contents: write": false, "deployments: write": false, "actions: read": false, "checks: read": true, "statuses: read": false,
	}, allowed)
	assert.NotContains(t, facts.Unread, doctor.TemplatesPart)
	assert.Contains(t, facts.Deploy.Unread, deploy.DeploymentsPart+"staging")
}

// Where GitHub fails nothing is concluded, neither about the token nor about the rest.
func TestCheckupWithoutAnswers(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	for _, path := range []string{"/graphql", "/repos/acme/shop/*/*/*", "/repos/acme/shop/*/*", "/repos/acme/shop/deployments", "/repos/acme/shop/*/*/*/*"} {
		github.Fail(sim.Fault{Path: path, Status: 404, Times: 1000})
	}
	facts := newClient(t, github.Client().Transport, "sim-token").Checkup(t.Context(), everything(github))
	for _, part := range []doctor.Part{doctor.DeploymentsPart, doctor.EnvironmentsPart, doctor.LabelsPart, doctor.TemplatesPart, doctor.LockRulesPart} {
		assert.Contains(t, facts.Unread, part)
	}
}
