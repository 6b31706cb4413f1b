package gh_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/event"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// A start is found by its run and comment, in whatever environment, and so is the lock of the run.
func TestFindStart(t *testing.T) {
	t.Parallel()
	here := event.Event{Run: event.Run{ID: 42, Attempt: 1}, Comment: event.Comment{ID: 5}}
	for name, test := range map[string]struct {
		arrange    func(*plan.StartDeployment, *lock.Document)
		deployment bool
		lock       bool
	}{
		"its own":         {func(*plan.StartDeployment, *lock.Document) {}, true, true},
		"earlier attempt": {func(s *plan.StartDeployment, d *lock.Document) { s.Payload.RunAttempt, d.RunAttempt = 2, 2 }, true, true},
		"branch-deploy":   {func(s *plan.StartDeployment, d *lock.Document) { s.Payload.Tool, d.Tool = "", "" }, true, false},
		"another run":     {func(s *plan.StartDeployment, d *lock.Document) { s.Payload.RunID, d.RunID = 43, 43 }, false, false},
		"another comment": {func(s *plan.StartDeployment, _ *lock.Document) { s.Payload.TriggerCommentID = 6 }, false, true},
		"another tool":    {func(s *plan.StartDeployment, _ *lock.Document) { s.Payload.Type = "other" }, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			client := newClient(t, github.Client().Transport, "sim-token")
			made, held := start(github), document("production", 5)
			held.RunID = 42
			test.arrange(&made, &held)
			done, err := client.Do(t.Context(), made, ledger())
			require.NoError(t, err)
			held.Tool = map[bool]string{true: lock.Tool}[held.Tool != ""]
			tip := put(github, held.Target.Branch(), held.Marshal())
			traces, err := client.FindStart(t.Context(), here)
			require.NoError(t, err)
			assert.NotEmpty(t, traces.Repository)
			require.Equal(t, test.deployment, traces.Deployment != nil)
			if test.deployment {
				assert.Equal(t, done.DeploymentID, traces.Deployment.ID)
				assert.Equal(t, "prod/eu #1 50%", traces.Deployment.Environment)
				assert.False(t, traces.Deployment.Ended)
			}
			require.Equal(t, test.lock, traces.Lock != nil)
			if test.lock {
				assert.Equal(t, tip, traces.Lock.Tip)
			}
			traces, err = client.FindDeployment(t.Context(), here)
			require.NoError(t, err)
			assert.Nil(t, traces.Lock)
		})
	}
}

func TestFindStartWithoutPermission(t *testing.T) {
	t.Parallel()
	for scope, want := range map[string]string{"deployments": "`deployments: write`", "contents": "`contents: write`"} {
		t.Run(scope, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			all := map[string]string{"contents": "read", "deployments": "read"}
			delete(all, scope)
			github.AddToken(sim.Token{Value: "poor", Login: sim.ActionsLogin, Permissions: all})
			_, err := newClient(t, github.Client().Transport, "poor").FindStart(t.Context(), event.Event{Run: event.Run{ID: 42}})
			require.Error(t, err)
			assert.Contains(t, gh.Explain(err).Hint, want)
		})
	}
}

// What another job hands over is held against the deployment, and the lock has to be the same one.
func TestConfirmStart(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*plan.Ledger)
		known  bool
		locked bool
	}{
		"the same":                         {func(*plan.Ledger) {}, true, true},
		"another run":                      {func(l *plan.Ledger) { l.RunID = 43 }, false, false},
		"another comment":                  {func(l *plan.Ledger) { l.TriggerID = 6 }, false, false},
		"another commit":                   {func(l *plan.Ledger) { l.Subject.SHA = "1" }, false, false},
		"another environment":              {func(l *plan.Ledger) { l.Subject.Environment = "staging" }, false, false},
		"no such deployment":               {func(l *plan.Ledger) { l.DeploymentID = 1 }, false, false},
		"a rehearsal":                      {func(l *plan.Ledger) { l.DeploymentID, l.Subject.Noop, l.RunID = 0, true, 43 }, true, true},
		"called a rehearsal":               {func(l *plan.Ledger) { l.DeploymentID, l.Subject.Noop = 0, true }, false, false},
		"no deployment":                    {func(l *plan.Ledger) { l.DeploymentID = 0 }, false, false},
		"a rehearsal with a deployment":    {func(l *plan.Ledger) { l.Subject.Noop = true }, false, false},
		"another attempt":                  {func(l *plan.Ledger) { l.RunAttempt = 2 }, false, false},
		"another product":                  {func(l *plan.Ledger) { l.Product = "billing" }, false, false},
		"another version":                  {func(l *plan.Ledger) { l.Version = "9.9.9" }, false, false},
		"a lock that is newer":             {func(l *plan.Ledger) { l.Lock.Tip = "1" }, true, false},
		"no lock":                          {func(l *plan.Ledger) { l.Lock = nil }, true, false},
		"another start comment":            {func(l *plan.Ledger) { l.StartedCommentID++ }, false, false},
		"our own lock":                     {func(l *plan.Ledger) { l.Foreign = false }, true, true},
		"our own, of a run that took none": {func(l *plan.Ledger) { l.Foreign, l.DeploymentID, l.Subject.Noop, l.RunID = false, 0, true, 43 }, true, false},
		"our own, taken anew":              {func(l *plan.Ledger) { l.Foreign, l.Lock.Tip = false, "1" }, true, false},
		"our own, at an unknown commit":    {func(l *plan.Ledger) { l.Foreign, l.Lock.Tip = false, "" }, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			client := newClient(t, github.Client().Transport, "sim-token")
			made := start(github)
			done, err := client.Do(t.Context(), made, ledger())
			require.NoError(t, err)
			l := ledger()
			l.DeploymentID, l.Subject.SHA, l.Foreign = done.DeploymentID, made.SHA, true
			l.Lock = &plan.Lock{Branch: production, Tip: put(github, production, document("production", 5).Marshal())}
			test.change(&l)
			confirmed, known, err := client.ConfirmStart(t.Context(), l)
			require.NoError(t, err)
			assert.Equal(t, test.known, known)
			assert.Equal(t, test.locked, known && confirmed.Lock != nil)
		})
	}
}
