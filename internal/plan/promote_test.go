package plan_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// promotion decides on what a schedule starts, after changes.
func promotion(change func(*deploytest.Trial)) (deploy.Decision, plan.Ledger, []plan.Step) {
	trial := deploytest.Promotion()
	trial.Config.Versioner = config.Versioner{APIKey: apiKey, APIURL: "https://api.versioner.io"}
	change(&trial)
	d := deploy.Decide(trial.Request, trial.Config, trial.Facts)
	l := plan.NewLedger(trial.Request, trial.Config, d, trial.Facts)
	return d, l, plan.For(trial.Request, trial.Config, d, l)
}

// A promotion writes to no conversation, neither at its start nor at its end, and nothing starts before the lock.
func TestForPromotion(t *testing.T) {
	t.Parallel()
	d, l, steps := promotion(func(*deploytest.Trial) {})
	require.Equal(t, deploy.Proceed, d.Verdict)
	var kinds []string
	for _, step := range steps {
		kinds = append(kinds, step.Effect.String())
	}
	assert.Equal(t, []string{
		"take the lock production-branch-deploy-lock", "count the commits since the last deployment", "tell the tracking endpoint: started",
		"create the deployment of 1111111 to production", "set the deployment's status: in_progress",
	}, kinds)
	for i, step := range steps[2:] {
		assert.True(t, step.Must, kinds[i+2])
		assert.False(t, step.Concurrent, kinds[i+2])
	}
	take, _ := steps[0].Effect.(plan.TakeLock)
	require.NotNil(t, take.Recheck)
	assert.Equal(t, []string{"dev", "staging"}, take.Recheck.Environments, "the second look sees what runs before")
	assert.Equal(t, "production", take.Recheck.Live, "and what runs there")
	assert.NotContains(t, take.Content, "/pull/0")
	created, _ := steps[3].Effect.(plan.StartDeployment)
	assert.Equal(t, 11, created.Payload.Pull)
	assert.Zero(t, created.Payload.TriggerCommentID)

	l.DeploymentID = 42
	for _, step := range append(plan.End(l, config.Completed), plan.Tell(l, message.Ending{Status: config.Completed, At: at()})...) {
		for _, word := range []string{"comment", "react", "label"} {
			assert.NotContains(t, step.Effect.String(), word, "there is no conversation")
		}
	}
	for _, step := range plan.KeepEnd(l, 2) {
		assert.NotContains(t, step.Effect.String(), "comment")
	}
}

// Where nothing is promoted, nothing is done and no one is told.
func TestForNoPromotion(t *testing.T) {
	t.Parallel()
	d, _, steps := promotion(func(t *deploytest.Trial) { t.Facts.Merged.InDefault = false })
	assert.Equal(t, deploy.NothingToPromote, d.Reason)
	assert.Empty(t, steps)
}
