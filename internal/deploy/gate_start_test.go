package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// A command starts once in each attempt of its run, whatever another job of it has left behind.
func TestSingleStart(t *testing.T) {
	t.Parallel()
	r := deploytest.Asking(command.Deploy, "production")
	here := deploy.RunID{ID: r.Event.Run.ID, Attempt: r.Event.Run.Attempt}
	made := func(change func(*deploy.Deployment)) func(*situation) {
		d := deploy.Deployment{State: "ERROR", CreatedBy: deploy.CreatedByRun{Run: here, Comment: r.Event.Comment.ID}}
		change(&d)
		return func(s *situation) { s.facts.Live = []deploy.Deployment{{State: deploy.Active}, d} }
	}
	locked := func(change func(*situation, *lock.Document)) func(*situation) {
		return func(s *situation) {
			held := lock.Document{Target: lock.Target{Environment: "production"}, CreatedBy: s.request.Event.Actor, RunID: here.ID, RunAttempt: here.Attempt}
			change(s, &held)
			branch := held.Target.Branch()
			s.facts.Locks = map[string]deploy.Lock{branch: {Branch: branch, Document: held, Run: deploy.RunGoing}}
		}
	}
	again := func(s *situation) { s.request.Pinned = s.facts.Pull.Head.SHA }
	for name, test := range map[string]struct {
		arrange func(*situation)
		refused bool
	}{
		"deployed":        {made(func(*deploy.Deployment) {}), true},
		"another attempt": {made(func(d *deploy.Deployment) { d.CreatedBy.Run.Attempt++ }), false},
		"another run":     {made(func(d *deploy.Deployment) { d.CreatedBy.Run.ID++ }), false},
		"another comment": {made(func(d *deploy.Deployment) { d.CreatedBy.Comment++ }), false},
		"tracked":         {made(func(d *deploy.Deployment) { d.CreatedBy.Comment = 0 }), false},
		"locked":          {locked(func(*situation, *lock.Document) {}), true},
		"locked to stay":  {locked(func(_ *situation, d *lock.Document) { d.Sticky = true }), true},
		"second look": {locked(func(s *situation, d *lock.Document) {
			again(s)
			d.Job = "deploy"
			s.request.Event.Run.Job = d.Job
		}), false},
		"second look, another job": {locked(func(s *situation, d *lock.Document) {
			again(s)
			d.Job = "another"
		}), true},
		"second look, another runner": {locked(func(s *situation, d *lock.Document) {
			again(s)
			d.Job = "deploy on one"
			s.request.Event.Run.Job, s.request.Event.Run.Runner = "deploy", "two"
		}), true},
	} {
		for _, kind := range []command.Kind{command.Deploy, command.Noop} {
			t.Run(kind.String()+", "+name, func(t *testing.T) {
				t.Parallel()
				s := situation{request: deploytest.Asking(kind, "production"), config: deploytest.Settings(), facts: deploytest.Facts()}
				test.arrange(&s)
				d := s.decide()
				if !test.refused {
					assert.Equal(t, deploy.Proceed, d.Verdict, "%v", d.Blocking())
					return
				}
				assert.Equal(t, []string{"single start"}, deploytest.Blocked(d))
				assert.Equal(t, deploy.LockConflict, d.Reason)
				assert.Equal(t, "This command was already started by another job of the same run.", deploytest.Said(t, d, "single start").Text)
			})
		}
	}
}
