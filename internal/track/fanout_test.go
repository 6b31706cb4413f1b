package track_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

// notice is a sink with a server of its own.
func notice(t *testing.T, name string, server http.RoundTripper, events ...string) track.Named {
	t.Helper()
	s := sink("webhook", nil)
	s.Name, s.Events = name, events
	return to(t, s, server)
}

// Each sink is sent to at once, and its trouble is its own.
func TestFanout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		servers := []*endpoint{
			inTurn(hangs), answering(200, ""), inTurn(breaks(refusedConnection())), answering(404, "not here"),
			inTurn(says(429, "", "Retry-After", "12"), says(200, "")), inTurn(slow(30*time.Second, says(200, ""))), answering(200, ""),
		}
		var sinks []track.Named
		for i, server := range servers {
			sinks = append(sinks, notice(t, fmt.Sprintf("sink %d", i), server))
		}
		results := track.Fanout(t.Context(), sinks, full(config.Completed))
		assert.Equal(t, 20*time.Second, time.Since(begun), "the slowest has its limit, and no more")
		var delivered []bool
		for i, result := range results {
			assert.Equal(t, sinks[i].Name(), result.Name)
			assert.Equal(t, result.Delivered, result.Err == nil)
			assert.Equal(t, begun, servers[i].times[0], "%s waits for no other", result.Name)
			delivered = append(delivered, result.Delivered)
		}
		assert.Equal(t, []bool{false, true, false, false, true, false, true}, delivered)
		require.EqualError(t, results[0].Err, `sink "sink 0": tracking endpoint gave no answer: no delivery within 20s`)
		require.EqualError(t, results[2].Err, `sink "sink 2": tracking endpoint gave no answer: connection refused`)
		require.EqualError(t, results[3].Err, `sink "sink 3": tracking endpoint answered HTTP 404: not here`)
	})
}

func TestFanoutWithoutSinks(t *testing.T) {
	t.Parallel()
	assert.Empty(t, track.Fanout(t.Context(), nil, full(config.Started)))
}

// A sink gets what it wants, and what it does not want is no failure.
func TestFanoutFilters(t *testing.T) {
	t.Parallel()
	wants, ignores := answering(200, ""), answering(200, "")
	results := track.Fanout(t.Context(), []track.Named{
		notice(t, "ignores", ignores, "deployment.failed"), notice(t, "wants", wants, "deployment.started"),
	}, full(config.Started))
	assert.Equal(t, []track.Result{{Name: "ignores"}, {Name: "wants", Delivered: true}}, results)
	assert.Empty(t, ignores.times)
	assert.Len(t, wants.times, 1)
}

func TestFanoutIsCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		begun := time.Now()
		results := track.Fanout(ctx, []track.Named{notice(t, "a", inTurn(hangs)), notice(t, "b", answering(200, ""))}, full(config.Started))
		require.ErrorIs(t, results[0].Err, context.Canceled)
		require.NoError(t, results[1].Err)
		assert.Equal(t, time.Second, time.Since(begun))
	})
}

// A gate can be one of several receivers: its refusal is reported as such.
func TestFanoutWithVersioner(t *testing.T) {
	t.Parallel()
	v := track.NewVersioner(base, key, options(answering(423, `{"detail":{"message":"Not now","code":"NO_DEPLOY_WINDOW"}}`)))
	results := track.Fanout(t.Context(), []track.Named{v}, announced(config.Completed))
	assert.Equal(t, "NO_DEPLOY_WINDOW", refusal(t, results[0].Err).Code)
	assert.Contains(t, results[0].Problem().Text, "The tracking endpoint did not take the end of this deployment")
	assert.Equal(t, []track.Result{{Name: "versioner"}}, track.Fanout(t.Context(), []track.Named{v}, announced(track.Blocked)), "it has no word for this")
}

// Results are logged and shown as they are.
func TestFanoutResultsKeepSecrets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, secret := range hookSecrets() {
			for _, answer := range []func(*http.Request) (*http.Response, error){says(403, secret), says(500, secret), breaks(errors.New(secret))} {
				for i, sink := range notices(t, hookURL, inTurn(answer)) {
					if !sends(secret, sink) {
						continue
					}
					result := track.Fanout(t.Context(), []track.Named{sink}, single(sink))[0]
					require.Error(t, result.Err, i)
					shown := fmt.Sprintf("%+v %s %+v", result, result.Err, result.Problem())
					assert.NotContains(t, shown, secret)
				}
			}
		}
	})
}

func TestResultProblem(t *testing.T) {
	t.Parallel()
	const unharmed = "The deployment continues."
	for _, test := range []struct {
		err        error
		text, hint string
	}{
		{&track.Failure{Message: "connection refused"}, "`team` gave no answer to the event: `connection refused`.", unharmed},
		{&track.Failure{Status: 503}, "`team` rejected the event (HTTP 503): `Service Unavailable`.", unharmed},
		{&track.Failure{Status: 401, Message: "no"}, "`team` rejected the event (HTTP 401): `no`.", unharmed + " Check the secret or token for this receiver."},
		{&track.Failure{Status: 403, Message: "no"}, "`team` rejected the event (HTTP 403): `no`.", unharmed + " Check the secret or token for this receiver."},
		{&track.Failure{Status: 404, Message: "no"}, "`team` rejected the event (HTTP 404): `no`.", unharmed + " Check the address of this receiver."},
		{&track.Failure{Status: 410, Message: "no"}, "`team` rejected the event (HTTP 410): `no`.", unharmed + " Check the address of this receiver."},
		{&track.Failure{Status: 302, Message: "no"}, "`team` rejected the event (HTTP 302): `no`.", unharmed + " Check the address of this receiver."},
		{context.Canceled, "The event was not sent to `team`: `context canceled`.", unharmed},
	} {
		t.Run(test.text, func(t *testing.T) {
			t.Parallel()
			p := track.Result{Name: "team", Err: test.err}.Problem()
			assert.Equal(t, test.text, p.Text)
			assert.Equal(t, test.hint, p.Hint)
		})
	}
	assertHarmless(t, track.Result{Name: hostile, Err: &track.Failure{Status: 500, Message: hostile}}.Problem())
	assertHarmless(t, track.Result{Name: hostile, Err: &track.Failure{Message: hostile}}.Problem())
	assertHarmless(t, track.Result{Name: hostile, Err: errors.New(hostile)}.Problem())
}

// A receiver first gets what it missed, and the rest also when that failed again.
func TestRedeliver(t *testing.T) {
	t.Parallel()
	missed, now := announced(config.Started), announced(config.Completed)
	told := func(server *endpoint, missed []track.Event, events ...string) track.Result {
		return track.Fanout(t.Context(), []track.Named{track.Redeliver(notice(t, "one", server, events...), missed)}, now)[0]
	}
	server := inTurn(says(404, ""), says(200, ""))
	result := told(server, []track.Event{missed})
	require.Len(t, server.bodies, 2)
	assert.Contains(t, server.bodies[0], `"type":"deployment.started"`)
	assert.Contains(t, server.bodies[1], `"type":"deployment.completed"`)
	assert.False(t, result.Delivered)
	assert.Contains(t, result.Problem().Text, "HTTP 404")

	server = answering(200, "")
	assert.True(t, told(server, []track.Event{missed}, "deployment.started").Delivered)
	assert.Len(t, server.bodies, 1, "the end does not concern it")

	server = answering(200, "")
	assert.False(t, told(server, nil, "deployment.started").Delivered, "nothing concerns it")
	assert.Empty(t, server.bodies)
}
