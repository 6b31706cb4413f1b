package gh_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/sim"
)

func now() time.Time { return time.Now() }

func ledger() plan.Ledger {
	return plan.Ledger{
		RunID: 42, RunAttempt: 1, TriggerID: 5, Product: "shop",
		Subject: message.Subject{Environment: "prod/eu #1 50%", StartedAt: time.Now()},
	}
}

func start(github *sim.GitHub) plan.StartDeployment {
	return plan.StartDeployment{
		Environment: "prod/eu #1 50%", Ref: "feature/a b", SHA: github.Head("feature/a b"), RequiredContexts: []string{},
		Payload: plan.Payload{Type: deploy.OwnPayloadType, Tool: plan.Tool, RunID: 42, RunAttempt: 1, TriggerCommentID: 5, Product: "shop"},
	}
}

func inProgress() plan.SetStatus {
	return plan.SetStatus{
		State: "in_progress", Environment: "prod/eu #1 50%", EnvironmentURL: "https://shop.example.com",
		LogURL: "https://github.com/acme/shop/actions/runs/42", Description: strings.Repeat("ü", 200),
	}
}

func TestDeployment(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	client, l := newClient(t, github.Client().Transport, "sim-token"), ledger()
	done, err := client.Do(t.Context(), start(github), l)
	require.NoError(t, err)
	l.DeploymentID = done.DeploymentID
	_, err = client.Do(t.Context(), inProgress(), l)
	require.NoError(t, err)

	made := github.Deployments("prod/eu #1 50%")
	require.Len(t, made, 1)
	assert.Equal(t, done.DeploymentID, made[0].ID)
	assert.JSONEq(t, `{"type":"branch-deploy","sha":"","params":null,"parsed_params":null,"github_run_id":42,"github_run_attempt":1,
		"initial_comment_id":5,"initial_reaction_id":null,"timestamp":"","commit_verified":false,"actor":"","stable_branch_used":false,
		"tool":"lockstep","product":"shop"}`, string(made[0].Payload))
	status := made[0].Statuses[0]
	assert.Equal(t, "in_progress", status.State)
	assert.Equal(t, "https://shop.example.com", status.EnvironmentURL)
	assert.Equal(t, strings.Repeat("ü", 140), status.Description, "a longer one is refused by GitHub")
}

func TestDeploymentOfAnotherCommit(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	effect := start(github)
	github.Push(sim.Commit{Branch: "feature/a b", Message: "two", Author: "alice", Files: map[string]string{"a": "2"}})
	done, err := newClient(t, github.Client().Transport, "sim-token").Do(t.Context(), effect, ledger())
	mismatch, ok := errorAs[*gh.MismatchError](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, gh.MismatchError{DeploymentID: done.DeploymentID, Want: effect.SHA, Got: github.Head("feature/a b")}, *mismatch)
	assert.NotZero(t, done.DeploymentID, "it was created and must be ended")
}

// A repeated attempt finds what the first one made.
func TestRedo(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	client, l := newClient(t, github.Client().Transport, "sim-token"), ledger()
	for range 3 {
		done, err := client.Redo(t.Context(), start(github), l)
		require.NoError(t, err)
		l.DeploymentID = done.DeploymentID
		_, err = client.Redo(t.Context(), inProgress(), l)
		require.NoError(t, err)
		_, err = client.Redo(t.Context(), plan.Comment{Pull: 7, Marker: "<!-- one -->", Body: "Hello <!-- one -->"}, l)
		require.NoError(t, err)
	}
	made := github.Deployments("")
	require.Len(t, made, 1)
	assert.Len(t, made[0].Statuses, 1)
	assert.Len(t, github.Comments(7), 1)
}

func TestRedoOfALook(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	client := newClient(t, github.Client().Transport, "sim-token")
	facts, err := client.Facts(t.Context(), needs())
	require.NoError(t, err)
	looks := needs()
	comment := plan.Comment{Pull: 7, PullID: facts.Pull.ID, Marker: "<!-- one -->", Body: "Hello <!-- one -->", Recheck: &looks}
	first, err := client.Do(t.Context(), comment, ledger())
	require.NoError(t, err)
	github.Push(sim.Commit{Branch: "feature/a b", Message: "two", Author: "alice", Files: map[string]string{"a": "2"}})
	again, err := client.Redo(t.Context(), comment, ledger())
	require.NoError(t, err)

	assert.Equal(t, first.CommentID, again.CommentID)
	assert.Len(t, github.Comments(7), 1)
	assert.Equal(t, facts.Pull.Head.SHA, first.Facts.Pull.Head.SHA)
	assert.Equal(t, github.Head("feature/a b"), again.Facts.Pull.Head.SHA)
	assert.Contains(t, first.Facts.Deployments, "development")
}

// A deployment whose number was lost with the answer is found by its payload.
func TestStatusOfALostDeployment(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	client, l := newClient(t, github.Client().Transport, "sim-token"), ledger()
	_, err := client.Do(t.Context(), inProgress(), l)
	require.NoError(t, err, "nothing was started: there is nothing to set")
	assert.Empty(t, github.Requests())

	_, err = client.Do(t.Context(), start(github), l)
	require.NoError(t, err)
	foreign := start(github)
	foreign.Payload.RunID = 43
	_, err = client.Do(t.Context(), foreign, l)
	require.NoError(t, err)
	l.Attempted = true
	for _, do := range []func() error{
		func() error { _, err := client.Do(t.Context(), inProgress(), l); return err },
		func() error { _, err := client.Redo(t.Context(), inProgress(), l); return err },
	} {
		require.NoError(t, do())
	}
	made := github.Deployments("")
	assert.Empty(t, made[0].Statuses, "the other run's deployment is left alone")
	assert.Len(t, made[1].Statuses, 1)
}

// One that was created a moment ago may not be in the list yet.
func TestStatusOfADeploymentThatIsNotShownYet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		github := newGitHub(t)
		client, l := newClient(t, github.Client().Transport, "sim-token"), ledger()
		_, err := client.Do(t.Context(), start(github), l)
		require.NoError(t, err)
		github.Lag(time.Second)
		l.Attempted = true
		_, err = client.Do(t.Context(), inProgress(), l)
		require.NoError(t, err)
		assert.Len(t, github.Deployments("")[0].Statuses, 1)
	})
}

func TestReactions(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	id := github.Comment(7, "alice", ".deploy")
	client := newClient(t, github.Client().Transport, "sim-token")
	done, err := client.Do(t.Context(), plan.React{CommentID: id, Content: "eyes"}, ledger())
	require.NoError(t, err)
	again, err := client.Redo(t.Context(), plan.React{CommentID: id, Content: "eyes"}, ledger())
	require.NoError(t, err)
	assert.Equal(t, done.ReactionID, again.ReactionID)
	for range 2 {
		_, err = client.Redo(t.Context(), plan.Unreact{CommentID: id, ReactionID: done.ReactionID}, ledger())
		require.NoError(t, err, "taking back twice is as good as once")
	}
	assert.Empty(t, github.Comments(7)[0].Reactions)
}

func TestOpenDeployment(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	client, l := newClient(t, github.Client().Transport, "sim-token"), ledger()
	id, err := client.OpenDeployment(t.Context(), l, config.Completed)
	require.NoError(t, err)
	assert.Zero(t, id)

	done, err := client.Do(t.Context(), start(github), l)
	require.NoError(t, err)
	id, err = client.OpenDeployment(t.Context(), l, config.Started)
	require.NoError(t, err)
	assert.Equal(t, done.DeploymentID, id)

	l.DeploymentID = id
	finished := inProgress()
	finished.State = "success"
	_, err = client.Do(t.Context(), finished, l)
	require.NoError(t, err)
	id, err = client.OpenDeployment(t.Context(), l, config.Started)
	require.NoError(t, err)
	assert.Zero(t, id, "what is finished is not started again")
	id, err = client.OpenDeployment(t.Context(), l, config.Failed)
	require.NoError(t, err)
	assert.Equal(t, done.DeploymentID, id)

	other := l
	other.Product = "cart"
	id, err = client.OpenDeployment(t.Context(), other, config.Completed)
	require.NoError(t, err)
	assert.Zero(t, id)
}

func TestAnnouncementsAreNotForGitHub(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	_, err := newClient(t, github.Client().Transport, "sim-token").Do(t.Context(), plan.RecordEvent{}, ledger())
	require.ErrorContains(t, err, "no effect on GitHub")
}
