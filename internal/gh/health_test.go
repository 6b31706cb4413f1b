package gh_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// A deployment that runs gets a second status when its health is checked, and that only once.
func TestRedoOfTheStatusOfAHealthCheck(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	client, l := newClient(t, github.Client().Transport, "sim-token"), ledger()
	done, err := client.Do(t.Context(), start(github), l)
	require.NoError(t, err)
	l.DeploymentID = done.DeploymentID
	checking := plan.SetStatus{State: "in_progress", Environment: "prod/eu #1 50%", Description: deploy.CheckingHealth}
	for range 2 {
		_, err = client.Redo(t.Context(), inProgress(), l)
		require.NoError(t, err)
	}
	for range 2 {
		_, err = client.Redo(t.Context(), checking, l)
		require.NoError(t, err)
	}
	assert.Len(t, github.Deployments("")[0].Statuses, 2)
}

// The rules file is read at the commit that a deployment names, whatever came after it.
func TestPolicyAt(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	const path = ".github/lockstep.yml"
	before := github.Push(sim.Commit{Branch: "main", Message: "Rules", Files: map[string]string{path: "version: 1\n"}})
	github.Push(sim.Commit{Branch: "main", Message: "Other rules", Files: map[string]string{path: "version: 2\n"}})
	client := newClient(t, github.Client().Transport, "sim-token")
	text, err := client.PolicyAt(t.Context(), plan.PolicyUsed{Commit: before, Path: path})
	require.NoError(t, err)
	assert.Equal(t, "version: 1\n", text)
	_, err = client.PolicyAt(t.Context(), plan.PolicyUsed{Commit: before, Path: "nowhere.yml"})
	require.Error(t, err)
	assert.Contains(t, gh.Explain(err).Text, "the file is not there")
	_, err = client.PolicyAt(t.Context(), plan.PolicyUsed{Commit: "0000000000000000000000000000000000000000", Path: path})
	require.Error(t, err)
}
