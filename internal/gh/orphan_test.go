package gh_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// GitHub knows whether a run has ended; where it does not say, the deployment is left alone.
func TestFactsOfOrphans(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		run    int64 // that GitHub knows
		status string
		fault  sim.Fault
		state  string // of the deployment
		want   deploy.RunState
		asked  int
	}{
		"going":    {42, "in_progress", sim.Fault{Path: "/none"}, "in_progress", deploy.RunGoing, 1},
		"ended":    {42, "completed", sim.Fault{Path: "/none"}, "in_progress", deploy.RunEnded, 1},
		"denied":   {42, "completed", sim.Fault{Path: "/repos/*/*/actions/runs/*", Status: 403, Times: -1}, "in_progress", deploy.RunUnknown, 1},
		"missing":  {41, "completed", sim.Fault{Path: "/none"}, "in_progress", deploy.RunEnded, 1},
		"finished": {42, "completed", sim.Fault{Path: "/none"}, "failure", deploy.RunUnknown, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			github.AddRun(sim.WorkflowRun{ID: test.run, Status: test.status})
			client, l := newClient(t, github.Client().Transport, "sim-token"), ledger()
			done, err := client.Do(t.Context(), start(github), l)
			require.NoError(t, err)
			github.SetDeploymentState(done.DeploymentID, test.state)
			github.Fail(test.fault)
			github.ResetRequests()
			facts, err := client.Facts(t.Context(), deploy.Needs{Live: "prod/eu #1 50%", Run: deploy.RunID{ID: 43, Attempt: 1}})
			require.NoError(t, err)
			require.Len(t, facts.Live, 1)
			assert.Equal(t, test.want, facts.Live[0].CreatedBy.State)
			assert.Equal(t, name == "going" || name == "ended", facts.Live[0].CreatedBy.Exists)
			assert.Equal(t, deploy.RunID{ID: 42, Attempt: 1}, facts.Live[0].CreatedBy.Run)
			assert.Len(t, github.Requests(), 1+test.asked)
		})
	}
}

func TestCloseOrphan(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	client, l := newClient(t, github.Client().Transport, "sim-token"), ledger()
	for _, run := range []int64{41, 42} {
		effect := start(github)
		effect.Payload.RunID = run
		_, err := client.Do(t.Context(), effect, l)
		require.NoError(t, err)
	}
	maker := deploy.CreatedByRun{Run: deploy.RunID{ID: 42, Attempt: 1}, Comment: 5, Product: "shop"}
	for range 2 {
		_, err := client.Do(t.Context(), plan.CloseOrphan{Environment: "prod/eu #1 50%", CreatedBy: maker}, l)
		require.NoError(t, err)
	}
	all := github.Deployments("")
	require.Len(t, all[0].Statuses, 1, "ended once")
	assert.Equal(t, "error", all[0].Statuses[0].State)
	assert.Contains(t, all[0].Statuses[0].Description, "its run ended")
	assert.Empty(t, all[1].Statuses, "the other run's is left alone")

	github.SetDeploymentState(all[1].ID, "success")
	maker.Run.ID = 41
	_, err := client.Do(t.Context(), plan.CloseOrphan{Environment: "prod/eu #1 50%", CreatedBy: maker}, l)
	require.NoError(t, err)
	assert.Equal(t, "success", github.Deployments("")[1].Statuses[0].State, "it has an end already")
}
