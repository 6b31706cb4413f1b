package plan_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/policy"
)

func failedHealth() *deploy.Health {
	return &deploy.Health{Results: []deploy.HealthResult{
		{URL: "https://app.example.com/health", Answers: []string{"503", "503"}, Result: deploy.Unhealthy},
	}}
}

func TestWithHealth(t *testing.T) {
	t.Parallel()
	well := &deploy.Health{Results: []deploy.HealthResult{{Result: deploy.Healthy}}}
	for name, test := range map[string]struct {
		health   *deploy.Health
		job, end config.Status
	}{
		"not checked":       {nil, config.Completed, config.Completed},
		"nothing to check":  {&deploy.Health{}, config.Completed, config.Completed},
		"well":              {well, config.Completed, config.Completed},
		"failed":            {failedHealth(), config.Completed, config.Failed},
		"stopped":           {&deploy.Health{Stopped: true}, config.Completed, config.Aborted},
		"the job failed":    {&deploy.Health{Stopped: true}, config.Failed, config.Failed},
		"the job was ended": {failedHealth(), config.Aborted, config.Aborted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.end, plan.Ledger{Health: test.health}.WithHealth(test.job))
		})
	}
}

func TestEndsWithHealth(t *testing.T) {
	t.Parallel()
	assert.True(t, plan.Ledger{}.EndsWithHealth(config.Completed))
	assert.False(t, plan.Ledger{}.EndsWithHealth(config.Failed))
	assert.False(t, plan.Ledger{}.EndsWithHealth(config.Aborted))
	assert.False(t, plan.Ledger{Tracked: true}.EndsWithHealth(config.Completed))
	assert.False(t, plan.Ledger{Subject: message.Subject{Noop: true}}.EndsWithHealth(config.Completed))
}

// What failed is said wherever the end is.
func TestEndOfFailedHealth(t *testing.T) {
	t.Parallel()
	const why = "health check failed: app.example.com/health answered 503, 2 times"
	l := plan.Ledger{DeploymentID: 7, Health: failedHealth(), Subject: message.Subject{Environment: "production", SHA: "abc"}}
	l.End.CommitStatus = "lockstep/deploy/production"
	var said []string
	for _, step := range plan.End(l, config.Failed) {
		if e, isStatus := step.Effect.(plan.SetStatus); isStatus {
			said = append(said, e.State+" "+e.Description)
		}
		if e, isStatus := step.Effect.(plan.SetCommitStatus); isStatus {
			said = append(said, e.State+" "+e.Description)
		}
	}
	assert.Equal(t, []string{"failure " + why, "failure The deployment to production did not succeed: " + why}, said)
	assert.Equal(t, plan.RecordEvent{Status: config.Failed, Message: why}, l.Ended(config.Failed))
	l.Health = &deploy.Health{Stopped: true}
	assert.Equal(t, plan.RecordEvent{Status: config.Aborted, Message: "the job was cancelled during the health check"}, l.Ended(config.Aborted))
}

// What is checked is saved for the post step, and never handed over: neither what a job writes into it is read.
func TestHealthIsNotHandedOver(t *testing.T) {
	t.Parallel()
	l := plan.Ledger{Phase: plan.Ready, HealthChecks: []policy.HealthCheck{{URL: "https://app.example.com/health?key=hidden"}}, Health: failedHealth()}
	saved, err := l.Marshal()
	require.NoError(t, err)
	assert.Contains(t, saved, "hidden")
	read, err := plan.ReadLedger(saved)
	require.NoError(t, err)
	assert.Equal(t, l, read)
	handed, err := l.Handoff()
	require.NoError(t, err)
	got, err := plan.ReadHandoff(handed)
	require.NoError(t, err)
	assert.Equal(t, plan.Ledger{Phase: plan.Ready}, got)
}
