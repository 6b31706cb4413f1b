package plan_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// noticed are settings with a receiver of notices.
func noticed(c config.Config) config.Config {
	c.Sinks = []config.Sink{{Type: config.WebhookSink, Name: "hook"}}
	return c
}

// Receivers learn of a start when it is complete, and of no rehearsal.
func TestNotifyStart(t *testing.T) {
	t.Parallel()
	steps := show(decide(asking(command.Deploy), noticed(settings()), facts()).plan())
	assert.Equal(t, []string{"status in_progress, must", "notify started, concurrent"}, steps[len(steps)-2:])
	assert.NotContains(t, show(decide(asking(command.Noop), noticed(settings()), facts()).plan()), "notify started, concurrent")
	assert.NotContains(t, show(decide(asking(command.Deploy), settings(), facts()).plan()), "notify started, concurrent")
}

// A deployment that may not start is told with its reason; rehearsals, commands about locks and people
// without rights are not reported.
func TestNotifyBlocked(t *testing.T) {
	t.Parallel()
	f, stranger := facts(), facts()
	f.Deployments = nil
	stranger.Actor.Permission = "none"
	const told = "notify blocked deployment_order_failed, concurrent"
	assert.Contains(t, show(decide(asking(command.Deploy), noticed(settings()), f).plan()), told)
	assert.NotContains(t, show(decide(asking(command.Noop), noticed(settings()), f).plan()), told)
	assert.NotContains(t, show(decide(asking(command.Deploy), settings(), f).plan()), told)
	assert.Len(t, decide(asking(command.Deploy), noticed(settings()), stranger).plan(), 2, "an answer and a reaction")
	nowhere := asking(command.Deploy)
	nowhere.Command.Environment, nowhere.Command.KnownEnvironment = "", false
	assert.Len(t, decide(nowhere, noticed(settings()), facts()).plan(), 2, "it is unknown what it is about")
	r, c := tracking(noticed(settings()), config.Started)
	assertPlan(t, []string{told}, decide(r, c, f).plan())
}

func TestNotifyEnd(t *testing.T) {
	t.Parallel()
	for status, want := range map[config.Status]string{
		config.Completed: "notify completed, concurrent", config.Failed: "notify failed, concurrent", config.Aborted: "notify aborted, concurrent", "": "notify aborted, concurrent",
	} {
		t.Run(fmt.Sprintf("%q", status), func(t *testing.T) {
			t.Parallel()
			l := ready(asking(command.Deploy), noticed(settings()))
			assert.Contains(t, show(finish(l, status, at())), want, status)
			l.Notified = true
			assert.Contains(t, show(plan.Abandon(l, plan.Interrupted())), "notify aborted, concurrent")
			assert.Contains(t, show(endTracked(l, status)), strings.TrimSuffix(want, ", concurrent"), "%s: after the status, whose id it bears", status)
		})
	}
	l := ready(asking(command.Deploy), settings())
	l.MarkStarted(plan.NotifySinks{Status: config.Started})
	assert.True(t, l.Notified)
	l.Notified = false
	l.MarkStarted(plan.NotifySinks{Blocked: &deploy.Finding{}})
	l.MarkStarted(plan.NotifySinks{Status: config.Failed})
	assert.False(t, l.Notified, "there is no start to take back")
}

// A tracked step tells each of its states; a build has no GitHub deployment.
func TestNotifyTracked(t *testing.T) {
	t.Parallel()
	both := noticed(tracked())
	for status, want := range map[config.Status][]string{
		config.Pending:   {"announce pending, must", "notify pending, concurrent"},
		config.Started:   {"announce started, must", "notify started, concurrent"},
		config.Completed: {"announce completed", "notify completed, concurrent"},
		config.Failed:    {"announce failed", "notify failed, concurrent"},
	} {
		t.Run(fmt.Sprintf("%q", status), func(t *testing.T) {
			t.Parallel()
			r, c := tracking(both, status)
			c.Track.EventType = "build"
			d := decide(r, c, deploy.Facts{ReadAt: at()})
			require.Equal(t, deploy.Proceed, d.decision.Verdict)
			assertPlan(t, want, d.plan(), status)
		})
	}
	r, c := tracking(both, config.Started)
	d := decide(r, c, facts())
	assertPlan(t, []string{
		"announce started, must", "create deployment of 1111111111111111111111111111111111111111 to production, must, permitted",
		"status in_progress, must, permitted", "notify started, concurrent",
	}, d.plan())
	assert.Equal(t, []string{"status success, permitted", "announce completed", "notify completed, concurrent"}, show(endTracked(d.ledger, config.Completed)))
}

// What could not be told is kept for the end of the job, as far as the saved state has room, and told
// before the end is.
func TestOutbox(t *testing.T) {
	t.Parallel()
	c := noticed(settings())
	l := ready(asking(command.Deploy), c)
	parcel := func(sink string, size int) plan.PendingEvent {
		return plan.PendingEvent{Sink: sink, Event: json.RawMessage(`"` + strings.Repeat("x", size-2) + `"`)}
	}
	l.MarkDone(plan.NotifySinks{Status: config.Started}, plan.Done{})
	assert.Empty(t, l.Outbox)
	l.MarkDone(plan.NotifySinks{Status: config.Started}, plan.Done{Undelivered: &plan.Outbox{Events: []plan.PendingEvent{parcel("a", 10), parcel("b", 17<<10), parcel("c", 20)}}})
	l.MarkDone(plan.NotifySinks{Status: config.Pending}, plan.Done{Undelivered: &plan.Outbox{Events: []plan.PendingEvent{parcel("d", 16<<10)}}})
	require.Equal(t, []plan.PendingEvent{parcel("a", 10)}, l.Outbox)

	text, err := l.Marshal()
	require.NoError(t, err)
	read, err := plan.ReadLedger(text)
	require.NoError(t, err)
	assert.Equal(t, l.Outbox, read.Outbox)
	read.MarkDone(plan.NotifySinks{Status: config.Completed}, plan.Done{Undelivered: &plan.Outbox{Events: []plan.PendingEvent{parcel("a", 10)}}})
	assert.Empty(t, read.Outbox, "there is no further attempt after the end")
}
