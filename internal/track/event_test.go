package track_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/track"
)

func TestNewEvent(t *testing.T) {
	t.Parallel()
	r, l := push()
	r.Event.Pull, l.DeploymentID, l.Subject.Stable = 12, 42, true
	zone := time.FixedZone("east", 3600)
	e := track.NewEvent(r, l, plan.Announce{Status: config.Failed, Message: "the job failed"}, at().Add(time.Minute).In(zone))
	assert.Equal(t, track.Event{
		ID: e.ID, State: config.Failed, Product: "shop", Version: "v1.2.3", Environment: "production",
		SCM: track.SCM{ServerURL: "https://github.com", Repository: "acme/shop", SHA: deployedSHA, Branch: "main", Pull: 12},
		GitHub: track.GitHub{
			DeploymentID: 42, RunID: 123, RunNumber: 45, RunAttempt: 1, RunURL: "https://github.com/acme/shop/actions/runs/123",
			Workflow: "Deploy", Job: "deploy", EventName: "push", Ref: "refs/heads/main",
		},
		Actor:    track.Actor{Login: "octocat", Name: "Ada", Email: "ada@example.com"},
		Times:    track.Times{Occurred: at().Add(time.Minute), Started: at(), Completed: at().Add(time.Minute)},
		Error:    "the job failed",
		Rollback: true,
	}, e)
	for status, ends := range map[config.Status]bool{
		config.Pending: false, config.Started: false, config.Completed: true, config.Failed: true, config.Aborted: true,
	} {
		assert.Equal(t, !ends, announced(status).Times.Completed.IsZero(), status)
	}
}

func TestEventID(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "591f0574-dac9-5a94-aae7-e5830c4f3a63", announced(config.Started).ID,
		"https://github.com/acme/shop#run/123/1/deploy/shop/production/v1.2.3/deployment.started")
}

// Receivers tell repeated deliveries from new events by the id.
func TestEventIDSaysWhatTheEventIsAbout(t *testing.T) {
	t.Parallel()
	r, l := push()
	a := plan.Announce{Status: config.Started}
	first := track.NewEvent(r, l, a, at()).ID

	changed := l
	changed.DeploymentID, changed.Subject.Actor = 42, "else"
	assert.Equal(t, first, track.NewEvent(r, changed, a, at().Add(time.Hour)).ID, "made again later, with more known by then")

	seen := map[string]string{first: "the first"}
	for name, change := range map[string]func(*deploy.Request, *plan.Ledger, *plan.Announce){
		"server": func(r *deploy.Request, _ *plan.Ledger, _ *plan.Announce) {
			r.Event.Run.ServerURL = "https://ghe.example"
		},
		"owner":       func(r *deploy.Request, _ *plan.Ledger, _ *plan.Announce) { r.Event.Owner = "emca" },
		"repository":  func(r *deploy.Request, _ *plan.Ledger, _ *plan.Announce) { r.Event.Repository = "store" },
		"run":         func(r *deploy.Request, _ *plan.Ledger, _ *plan.Announce) { r.Event.Run.ID = 124 },
		"attempt":     func(r *deploy.Request, _ *plan.Ledger, _ *plan.Announce) { r.Event.Run.Attempt = 2 },
		"job":         func(r *deploy.Request, _ *plan.Ledger, _ *plan.Announce) { r.Event.Run.Job = "finish" },
		"product":     func(_ *deploy.Request, l *plan.Ledger, _ *plan.Announce) { l.Product = "store" },
		"environment": func(_ *deploy.Request, l *plan.Ledger, _ *plan.Announce) { l.Subject.Environment = "dev" },
		"version":     func(_ *deploy.Request, l *plan.Ledger, _ *plan.Announce) { l.Version = "v1.2.4" },
		"state":       func(_ *deploy.Request, _ *plan.Ledger, a *plan.Announce) { a.Status = config.Aborted },
	} {
		r, l := push()
		a := plan.Announce{Status: config.Started}
		change(&r, &l, &a)
		id := track.NewEvent(r, l, a, at()).ID
		assert.Empty(t, seen[id], "another %s is another event than %s", name, seen[id])
		seen[id] = name
	}
}
