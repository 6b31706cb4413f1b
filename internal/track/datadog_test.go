package track_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/sim"
	"github.com/lockstep-action/lockstep/internal/track"
)

// metrics is Datadog as it takes deployments, with a receiver.
func metrics(t *testing.T, service string, by chosen) (*sim.Receiver, track.Named) {
	t.Helper()
	server := sim.NewDatadogReceiver(at)
	s := sink("datadog", settings{"secret": sim.DatadogKey, "service": service})
	s.Events, s.Environments = by.events, by.environments
	return server, to(t, s, sim.Network{"api.datadoghq.com": server})
}

// counted sends an event, and returns what Datadog accepted.
func counted(t *testing.T, service string, e track.Event) sim.Message {
	t.Helper()
	server, d := metrics(t, service, chosen{})
	require.NoError(t, d.Send(t.Context(), e))
	require.Empty(t, server.Violations())
	require.Len(t, server.Messages(), 1)
	return server.Messages()[0]
}

func TestDatadog(t *testing.T) {
	t.Parallel()
	e := full(config.Completed)
	message := counted(t, "", e)
	assert.JSONEq(t, `{"data":{"attributes":{
		"id":"`+e.ID+`","service":"shop","env":"production","version":"v1.2.3",
		"started_at":1795255200000,"finished_at":1795255290000,
		"git":{"commit_sha":"`+deployedSHA+`","repository_url":"https://github.com/acme/shop"},
		"custom_tags":["change:forward","deployed_by:octocat"]}}}`, string(message.Body))
	assert.Equal(t, "application/json", message.Header.Get("Content-Type"))
	assert.Equal(t, "lockstep/test", message.Header.Get("User-Agent"))
	assert.NotContains(t, string(message.Body), sim.DatadogKey)
	assert.Equal(t, "web-shop v1.2.3 production [change:rollback deployed_by:octocat]", counted(t, "web-shop", rollback()).Text)
}

// Datadog wants a beginning; where it is unknown, or clocks differ, it is the end.
func TestDatadogTimes(t *testing.T) {
	t.Parallel()
	for name, started := range map[string]time.Time{"unknown": {}, "later": at().Add(time.Hour), "the same": at().Add(90 * time.Second)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := full(config.Completed)
			e.Times.Started = started
			assert.Contains(t, string(counted(t, "", e).Body), `"started_at":1795255290000,"finished_at":1795255290000`, name)
		})
	}
	e := full(config.Completed)
	e.Times.Started = at().Add(400 * time.Millisecond)
	assert.Contains(t, string(counted(t, "", e).Body), `"started_at":1795255200400`)
}

// Little is known of some deployments, and nothing is made up.
func TestDatadogOfLittle(t *testing.T) {
	t.Parallel()
	e := track.Event{ID: "0123456789abcdef", Product: "shop", State: config.Completed, Times: track.Times{Completed: at()}}
	assert.JSONEq(t, `{"data":{"attributes":{"id":"0123456789abcdef","service":"shop","started_at":1795255200000,"finished_at":1795255200000,"custom_tags":["change:unknown"]}}}`,
		string(counted(t, "", e).Body))
}

// Only what was deployed counts.
func TestDatadogWants(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		by    chosen
		event track.Event
		want  bool
	}{
		{chosen{}, full(config.Completed), true},
		{chosen{}, rollback(), true},
		{chosen{}, full(config.Failed), false},
		{chosen{}, full(config.Aborted), false},
		{chosen{}, full(config.Pending), false},
		{chosen{}, full(config.Started), false},
		{chosen{}, full(track.Blocked), false},
		{chosen{}, built(config.Completed), false},
		{chosen{events: []string{"deployment.rolled_back"}}, rollback(), true},
		{chosen{events: []string{"deployment.rolled_back"}}, full(config.Completed), false},
		{chosen{events: []string{"deployment.failed"}}, full(config.Failed), false},
		{chosen{environments: []string{"production"}}, full(config.Completed), true},
		{chosen{environments: []string{"staging"}}, full(config.Completed), false},
	} {
		t.Run(fmt.Sprint(test.by, test.event.Types()), func(t *testing.T) {
			t.Parallel()
			server, d := metrics(t, "", test.by)
			assert.Equal(t, test.want, d.Wants(test.event), "%v %v", test.by, test.event.Types())
			track.Fanout(t.Context(), []track.Named{d}, test.event)
			assert.Equal(t, test.want, len(server.Requests()) == 1, "%v %v", test.by, test.event.Types())
		})
	}
}

// A deployment that comes again is the same one; an answer that says so late is one.
func TestDatadogComesAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, d := metrics(t, "", chosen{})
		server.Fail(sim.Fault{Status: 502, After: true})
		require.NoError(t, d.Send(t.Context(), full(config.Completed)))
		assert.Len(t, server.Requests(), 2)
		assert.Len(t, server.Messages(), 1)
		assert.Empty(t, server.Violations())
	})
	for status, body := range map[int]string{200: `{"data":{"id":"x","type":"dora_deployment"}}`, 202: ""} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			require.NoError(t, to(t, sink("datadog", nil), answering(status, body)).Send(t.Context(), full(config.Completed)))
		})
	}
	refusing := answering(403, `{"errors":["Forbidden by `+hookKey+`"]}`)
	d := to(t, sink("datadog", settings{"site": "us3.datadoghq.com"}), refusing)
	assert.Equal(t, "Forbidden by ***", failure(t, d.Send(t.Context(), full(config.Completed))).Message)
	assert.Equal(t, []string{"POST https://api.us3.datadoghq.com/api/v2/dora/deployment"}, refusing.urls)
	assert.Equal(t, hookKey, refusing.heads[0].Get("DD-API-KEY"))
}

func TestInvalidDatadog(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]settings{"line break": {"secret": "hush\nhush"}, "control character": {"secret": "hush\x7f"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, `set up sink "datadog": secret: must be a token of ASCII characters without blanks`, invalid(t, sink("datadog", set)))
		})
	}
	assert.Contains(t, invalid(t, sink("datadog", settings{"site": "ddog-gov.com"})), "the sites for governments have no DORA metrics")
}

// Texts from outside are values of JSON and nothing else.
func TestDatadogIsHarmless(t *testing.T) {
	t.Parallel()
	for _, odd := range []string{hostile, strings.Repeat("x", 10_000), "\x00\u202e"} {
		t.Run(fmt.Sprintf("%.20q", odd), func(t *testing.T) {
			t.Parallel()
			e := full(config.Completed)
			e.Product, e.Version, e.Environment = odd, odd, odd
			var m struct {
				Data struct {
					Attributes struct{ Service, Version, Env string }
				}
			}
			require.NoError(t, json.Unmarshal(counted(t, "", e).Body, &m))
			assert.Equal(t, odd, m.Data.Attributes.Service)
			assert.Equal(t, odd, m.Data.Attributes.Version)
			assert.Equal(t, odd, m.Data.Attributes.Env)
		})
	}
}
