package track_test

import (
	"fmt"
	"sync"
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
	r.Event.Pull, r.Event.Triggering, l.DeploymentID, l.Subject.Stable = 12, "hubot", 42, true
	l.Subject.Ref, l.Subject.EnvironmentURL = "topic", "https://shop.example"
	zone := time.FixedZone("east", 3600)
	e := track.NewEvent(r, l, plan.RecordEvent{Status: config.Failed, Message: "the job failed"}, at().Add(time.Minute).In(zone))
	assert.Equal(t, track.Event{
		ID: e.ID, Kind: track.Deployment, State: config.Failed, Product: "shop", Version: "v1.2.3",
		Environment: "production", EnvironmentURL: "https://shop.example",
		SCM: track.SCM{ServerURL: "https://github.com", Repository: "acme/shop", SHA: deployedSHA, Ref: "topic", Branch: "main", Pull: 12},
		GitHub: track.GitHub{
			DeploymentID: 42, RunID: 123, RunNumber: 45, RunAttempt: 1, RunURL: "https://github.com/acme/shop/actions/runs/123",
			Workflow: "Deploy", Job: "deploy", EventName: "push", Ref: "refs/heads/main",
		},
		Actor: track.Actor{Login: "octocat", Name: "Ada", Email: "ada@example.com", Triggering: "hubot"},
		Times: track.Times{Occurred: at().Add(time.Minute), Started: at(), Completed: at().Add(time.Minute)},
		Error: "the job failed",
	}, e)
	for status, ends := range map[config.Status]bool{
		config.Pending: false, config.Started: false, config.Completed: true, config.Failed: true, config.Aborted: true,
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, !ends, announced(status).Times.Completed.IsZero(), status)
		})
	}
}

func TestEventID(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "591f0574-dac9-5a94-aae7-e5830c4f3a63", announced(config.Started).ID,
		"https://github.com/acme/shop#run/123/1/deploy/shop/production/v1.2.3/deployment.started")
	e := announced(config.Completed)
	e.GitHub.DeploymentID, e.GitHub.StatusID = 42, 7
	assert.Equal(t, "5f2528b4-b0d6-5e72-bb1c-1ed25a614652", e.Identified().ID, "https://github.com/acme/shop#deployment/42/status/7")
}

// A status names the event by itself; the run that tells of it does not matter then.
func TestEventIDOfAStatus(t *testing.T) {
	t.Parallel()
	e := announced(config.Completed)
	e.GitHub.DeploymentID, e.GitHub.StatusID = 42, 7
	first := e.Identified().ID
	e.GitHub.RunAttempt, e.Version = 2, "another"
	assert.Equal(t, first, e.Identified().ID)
	e.GitHub.StatusID = 8
	assert.NotEqual(t, first, e.Identified().ID)
	e.GitHub.DeploymentID, e.GitHub.RunAttempt, e.Version = 0, 1, "v1.2.3"
	assert.Equal(t, announced(config.Completed).ID, e.Identified().ID, "a status alone names nothing")
}

func TestChainID(t *testing.T) {
	t.Parallel()
	first, next := announced(config.Started), announced(config.Completed)
	assert.Empty(t, first.ChainID())
	first.GitHub.DeploymentID, next.GitHub.DeploymentID, next.GitHub.StatusID = 42, 42, 7
	assert.Equal(t, "43c28d68-26e8-59af-b1ab-a2cd6eaec01d", first.ChainID(), "https://github.com/acme/shop#deployment/42")
	assert.Equal(t, first.ChainID(), next.ChainID())
	next.GitHub.DeploymentID = 43
	assert.NotEqual(t, first.ChainID(), next.ChainID())
}

func TestTypes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		event track.Event
		want  []string
	}{
		{track.Event{State: config.Pending}, []string{"deployment.pending"}},
		{track.Event{Kind: track.Deployment, State: config.Started}, []string{"deployment.started"}},
		{track.Event{State: config.Started, Override: &plan.Override{}}, []string{"deployment.started", "deployment.overridden"}},
		{track.Event{State: config.Completed, Override: &plan.Override{}}, []string{"deployment.completed"}},
		{track.Event{State: track.Blocked, Override: &plan.Override{}}, []string{"deployment.blocked"}},
		{track.Event{State: config.Completed, Change: track.Forward}, []string{"deployment.completed"}},
		{track.Event{State: config.Completed, Change: track.Rollback}, []string{"deployment.completed", "deployment.rolled_back"}},
		{track.Event{State: config.Failed, Change: track.Rollback}, []string{"deployment.failed"}},
		{track.Event{State: config.Aborted}, []string{"deployment.aborted"}},
		{track.Event{State: track.Blocked}, []string{"deployment.blocked"}},
		{track.Event{Kind: track.Build, State: config.Completed, Change: track.Rollback}, []string{"build.completed"}},
	} {
		t.Run(fmt.Sprint(test.want), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, test.event.Types(), "%+v", test.event)
		})
	}
}

// Receivers tell repeated deliveries from new events by the id.
func TestEventIDSaysWhatTheEventIsAbout(t *testing.T) {
	t.Parallel()
	r, l := push()
	a := plan.RecordEvent{Status: config.Started}
	first := track.NewEvent(r, l, a, at()).ID

	changed := l
	changed.DeploymentID, changed.Subject.Actor = 42, "else"
	assert.Equal(t, first, track.NewEvent(r, changed, a, at().Add(time.Hour)).ID, "made again later, with more known by then")

	var seen sync.Map
	seen.Store(first, "the first")
	for name, change := range map[string]func(*deploy.Request, *plan.Ledger, *plan.RecordEvent){
		"server": func(r *deploy.Request, _ *plan.Ledger, _ *plan.RecordEvent) {
			r.Event.Run.ServerURL = "https://ghe.example"
		},
		"owner":       func(r *deploy.Request, _ *plan.Ledger, _ *plan.RecordEvent) { r.Event.Owner = "emca" },
		"repository":  func(r *deploy.Request, _ *plan.Ledger, _ *plan.RecordEvent) { r.Event.Repository = "store" },
		"run":         func(r *deploy.Request, _ *plan.Ledger, _ *plan.RecordEvent) { r.Event.Run.ID = 124 },
		"attempt":     func(r *deploy.Request, _ *plan.Ledger, _ *plan.RecordEvent) { r.Event.Run.Attempt = 2 },
		"job":         func(r *deploy.Request, _ *plan.Ledger, _ *plan.RecordEvent) { r.Event.Run.Job = "finish" },
		"product":     func(_ *deploy.Request, l *plan.Ledger, _ *plan.RecordEvent) { l.Product = "store" },
		"environment": func(_ *deploy.Request, l *plan.Ledger, _ *plan.RecordEvent) { l.Subject.Environment = "dev" },
		"version":     func(_ *deploy.Request, l *plan.Ledger, _ *plan.RecordEvent) { l.Version = "v1.2.4" },
		"state":       func(_ *deploy.Request, _ *plan.Ledger, a *plan.RecordEvent) { a.Status = config.Aborted },
		"block":       func(_ *deploy.Request, _ *plan.Ledger, a *plan.RecordEvent) { a.Status = track.Blocked },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, l := push()
			a := plan.RecordEvent{Status: config.Started}
			change(&r, &l, &a)
			id := track.NewEvent(r, l, a, at()).ID
			other, known := seen.LoadOrStore(id, name)
			assert.False(t, known, "another %s is another event than %s", name, other)
		})
	}
	build := announced(config.Started)
	build.Kind = track.Build
	_, known := seen.LoadOrStore(build.Identified().ID, "a build")
	assert.False(t, known, "a build is another event than a deployment")
}
