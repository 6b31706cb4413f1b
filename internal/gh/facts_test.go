package gh_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/sim"
)

func needs() deploy.Needs {
	return deploy.Needs{Actor: "alice", Pull: 7, StableBranch: "main", Environments: []string{"development", `stag"ing {}`}}
}

// The document that other programs may send is the one that Facts sends.
func TestFactsDocument(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	sent := &listener{next: github.Client().Transport}
	client := newClient(t, sent, "sim-token")
	_, err := client.Facts(t.Context(), needs())
	require.NoError(t, err)
	document, err := gh.FactsDocument(t.Context(), "acme", "shop", needs())
	require.NoError(t, err)
	assert.Equal(t, []gh.Document{document}, sent.documents)
	assert.Contains(t, document.Query, "pullRequest(number: $pull)")
}

// listener keeps the GraphQL documents on their way.
type listener struct {
	documents []gh.Document
	next      http.RoundTripper
}

func (l *listener) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/graphql") {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		var document gh.Document
		if err := json.Unmarshal(body, &document); err != nil {
			return nil, err
		}
		l.documents = append(l.documents, document)
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	return l.next.RoundTrip(r)
}

func TestFacts(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	head := github.Head("feature/a b")
	github.Deploy(sim.DeploymentSpec{Environment: "development", SHA: github.Head("main"), Ref: "main", Creator: "robot", State: "failure"})
	github.Deploy(sim.DeploymentSpec{
		Environment: "development", SHA: head, Ref: "feature/a b", Creator: "alice", State: "success",
		Payload: map[string]string{"type": "branch-deploy"},
	})
	client := newClient(t, github.Client().Transport, "sim-token")

	facts, err := client.Facts(t.Context(), needs())
	require.NoError(t, err)
	assert.Empty(t, facts.Unavailable)
	assert.Equal(t, deploy.Actor{Login: "alice", Permission: "write", Role: "maintain"}, facts.Actor)
	assert.NotEmpty(t, facts.Pull.ID)
	assert.NotEmpty(t, facts.Pull.Head.TreeSHA)
	assert.Equal(t, head, facts.Pull.Head.SHA)
	assert.Equal(t, "feature/a b", facts.Pull.HeadRef)
	assert.True(t, facts.Pull.HeadExists)
	assert.False(t, facts.Pull.CrossRepo)
	assert.Equal(t, "main", facts.Pull.BaseRef)
	assert.Equal(t, "Title", facts.Pull.Title)
	assert.Equal(t, github.Head("main"), facts.Stable.Head.SHA)
	assert.NotEmpty(t, facts.Stable.Head.TreeSHA)
	assert.False(t, facts.ReadAt.IsZero())
	assert.Positive(t, facts.RateLimit.Remaining)
	require.Len(t, facts.Deployments["development"], 1, "the newest one counts")
	newest := facts.Deployments["development"][0]
	assert.Equal(t, head, newest.SHA)
	assert.Equal(t, "ACTIVE", newest.State)
	assert.True(t, newest.Own)
	assert.Empty(t, facts.Deployments[`stag"ing {}`])
	assert.Len(t, github.Requests(), 2, "one query, and one request for the permission")

	history := needs()
	history.Scope = deploy.UntilOwn
	facts, err = client.Facts(t.Context(), history)
	require.NoError(t, err)
	require.Len(t, facts.Deployments["development"], 2)
	assert.True(t, facts.Deployments["development"][0].Succeeded)
	older := facts.Deployments["development"][1]
	assert.False(t, older.Own)
	assert.False(t, older.Succeeded)
	assert.Equal(t, "FAILURE", older.State)
}

func TestFactsOfAFork(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.OpenPull(sim.Pull{Number: 8, Author: "eve", Head: "main", HeadRepository: "deleted"})
	facts, err := newClient(t, github.Client().Transport, "sim-token").Facts(t.Context(), deploy.Needs{Pull: 8})
	require.NoError(t, err)
	assert.True(t, facts.Pull.CrossRepo)
	assert.Empty(t, facts.Stable)
}

func TestFactsWithoutBranches(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.DeleteBranch("feature/a b")
	facts, err := newClient(t, github.Client().Transport, "sim-token").Facts(t.Context(), deploy.Needs{Pull: 7, StableBranch: "gone"})
	require.NoError(t, err)
	assert.False(t, facts.Pull.HeadExists)
	assert.NotEmpty(t, facts.Pull.Head.SHA, "the commit is known even then")
	assert.Empty(t, facts.Stable.Head.SHA)
}

func TestUnreadParts(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.AddToken(sim.Token{Value: "poor", Login: "github-actions[bot]", Permissions: map[string]string{"contents": "read", "pull-requests": "read"}})
	facts, err := newClient(t, github.Client().Transport, "poor").Facts(t.Context(), needs())
	require.NoError(t, err)
	assert.Equal(t, "alice", facts.Actor.Login)
	assert.NotEmpty(t, facts.Pull.Head.SHA)
	problem, unread := facts.Unavailable[deploy.DeploymentsPart+"development"]
	require.True(t, unread, "%v", facts.Unavailable)
	assert.Contains(t, problem.Hint, "`deployments: read`")
}

func TestUnreadActor(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.Fail(sim.Fault{Path: "/repos/*/*/collaborators/*/permission", Status: 404, Body: `{"message":"app is not a user"}`})
	facts, err := newClient(t, github.Client().Transport, "sim-token").Facts(t.Context(), needs())
	require.NoError(t, err)
	assert.Equal(t, "alice is an app: GitHub knows no permission of it, and apps cannot run commands.", facts.Unavailable[deploy.ActorPart].Text)
}

func TestNoSuchPullRequest(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	facts, err := newClient(t, github.Client().Transport, "sim-token").Facts(t.Context(), deploy.Needs{Pull: 99, StableBranch: "main"})
	require.NoError(t, err)
	assert.Contains(t, facts.Unavailable, deploy.PullPart)
	assert.NotEmpty(t, facts.Stable.Head.SHA, "the rest was read")
}

func TestNoSuchRepository(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	client, err := gh.New(gh.Options{Token: "sim-token", Owner: "acme", Repository: "other", Transport: github.Client().Transport, Now: now})
	require.NoError(t, err)
	_, err = client.Facts(t.Context(), deploy.Needs{Pull: 7})
	require.Error(t, err)
	assert.Contains(t, gh.Explain(err).Text, "could not read the pull request")
}

// Where only our own deployments count, they are looked for behind any number of others.
func TestOwnDeploymentBehindManyOthers(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	head := github.Head("feature/a b")
	github.Deploy(sim.DeploymentSpec{Environment: "development", SHA: head, Ref: head, Creator: "alice", State: "success", Payload: `{"type":"branch-deploy"}`})
	for range 130 {
		github.JobDeployment("development", github.Head("main"))
	}
	client := newClient(t, github.Client().Transport, "sim-token")
	facts, err := client.Facts(t.Context(), deploy.Needs{Environments: []string{"development"}, Scope: deploy.UntilOwn})
	require.NoError(t, err)
	all := facts.Deployments["development"]
	require.Len(t, all, 131)
	assert.True(t, all[130].Own)
	assert.Equal(t, head, all[130].SHA)

	facts, err = client.Facts(t.Context(), deploy.Needs{Environments: []string{"development"}})
	require.NoError(t, err)
	assert.Len(t, facts.Deployments["development"], 1, "the newest one is enough otherwise")
}

// However many environments come earlier, the query costs no more points, and little more where our own
// deployments have to be found.
func TestCostOfTheQuery(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		environments int
		scope        deploy.Scope
		times        bool
		most         int
	}{
		"one":                 {1, deploy.Newest, false, 1},
		"three":               {3, deploy.Newest, false, 1},
		"ten":                 {10, deploy.Newest, false, 1},
		"fifty":               {50, deploy.Newest, false, 1},
		"fifty with times":    {50, deploy.Newest, true, 1},
		"ten with ours":       {10, deploy.UntilOwn, false, 1},
		"fifty and ours":      {50, deploy.UntilOwn, false, 4},
		"ten verified":        {10, deploy.SinceItsRun, false, 3},
		"ten verified, times": {10, deploy.SinceItsRun, true, 3},
		"fifty verified":      {50, deploy.SinceItsRun, false, 11},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			asked := needs()
			asked.Times = test.times
			asked.Scope, asked.Gates, asked.Fresh, asked.Rules, asked.Live, asked.Environments = test.scope, true, true, true, "production", nil
			for i := range test.environments {
				asked.Environments = append(asked.Environments, fmt.Sprintf("environment-%d", i))
			}
			_, err := newClient(t, github.Client().Transport, "sim-token").Facts(t.Context(), asked)
			require.NoError(t, err)
			for _, request := range github.Requests() {
				assert.LessOrEqual(t, request.Points, test.most)
			}
		})
	}
}

// A status may move a deployment, or spell its environment otherwise.
func TestMovedDeployment(t *testing.T) {
	t.Parallel()
	for environment, isMoved := range map[string]bool{"development": true, "Production": false} {
		github := newGitHub(t)
		made := github.Deploy(sim.DeploymentSpec{Environment: environment, SHA: github.Head("main"), Creator: "alice"})
		github.SetDeploymentStatus(made, sim.Status{State: "success", Environment: "production"})
		asked := needs()
		asked.Environments, asked.Scope = []string{"production"}, deploy.SinceItsRun
		facts, err := newClient(t, github.Client().Transport, "sim-token").Facts(t.Context(), asked)
		require.NoError(t, err)
		require.Len(t, facts.Deployments["production"], 1)
		assert.Equal(t, isMoved, facts.Deployments["production"][0].Moved, environment)
	}
}

// What is known of a deployment comes from GitHub: a new field has to be read.
func TestEveryFieldOfADeployment(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.Deploy(sim.DeploymentSpec{
		Environment: "development", SHA: github.Head("main"), Ref: "main", Creator: "alice", State: "success",
		Payload: plan.Payload{
			Type: deploy.OwnPayloadType, Tool: plan.Tool, RunID: 77, RunAttempt: 1, Version: "1.4.0", Pull: 3, Actor: "alice",
			Rollback: &plan.Rollback{From: "bad", To: "good"},
		},
	})
	elsewhere := map[string]string{"LogURL": "the status has none", "Unreadable": "the payload can be read", "Moved": "it is where it was made for"}
	history := needs()
	history.Live, history.History = "development", true
	facts, err := newClient(t, github.Client().Transport, "sim-token").Facts(t.Context(), history)
	require.NoError(t, err)
	require.Len(t, facts.Live, 1)
	assert.Equal(t, &deploy.Rollback{From: "bad", To: "good"}, facts.Live[0].Rollback)
	require.Len(t, facts.Live[0].Statuses, 1)
	assert.True(t, facts.Live[0].Statuses[0].CreatedAt.OK)
	read := reflect.ValueOf(facts.Live[0])
	for field, value := range read.Fields() {
		t.Run(field.Name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, elsewhere[field.Name] != "", value.IsZero(), elsewhere[field.Name])
		})
	}
}
