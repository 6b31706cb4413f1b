package track_test

import (
	"encoding/json"
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

// metrics is Datadog as it takes deployments, with a sink.
func metrics(t *testing.T, service string, to track.Endpoint) (*sim.Receiver, *track.Datadog) {
	t.Helper()
	server := sim.NewDatadogReceiver(at)
	to.URL, to.Agent, to.Transport = "https://api.datadoghq.com", "lockstep/test", sim.Network{"api.datadoghq.com": server}
	d, err := track.NewDatadog(to, track.DatadogOptions{APIKey: sim.DatadogKey, Service: service})
	require.NoError(t, err)
	return server, d
}

// counted tells of an event, and returns what Datadog took.
func counted(t *testing.T, service string, e track.Event) sim.Message {
	t.Helper()
	server, d := metrics(t, service, track.Endpoint{})
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

// Datadog wants a beginning; where nobody knows it, or clocks differ, it is the end.
func TestDatadogTimes(t *testing.T) {
	t.Parallel()
	for name, started := range map[string]time.Time{"unknown": {}, "later": at().Add(time.Hour), "the same": at().Add(90 * time.Second)} {
		e := full(config.Completed)
		e.Times.Started = started
		assert.Contains(t, string(counted(t, "", e).Body), `"started_at":1795255290000,"finished_at":1795255290000`, name)
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
		to    track.Endpoint
		event track.Event
		want  bool
	}{
		{track.Endpoint{}, full(config.Completed), true},
		{track.Endpoint{}, rollback(), true},
		{track.Endpoint{}, full(config.Failed), false},
		{track.Endpoint{}, full(config.Aborted), false},
		{track.Endpoint{}, full(config.Pending), false},
		{track.Endpoint{}, full(config.Started), false},
		{track.Endpoint{}, full(track.Blocked), false},
		{track.Endpoint{}, built(config.Completed), false},
		{track.Endpoint{Events: []string{"deployment.rolled_back"}}, rollback(), true},
		{track.Endpoint{Events: []string{"deployment.rolled_back"}}, full(config.Completed), false},
		{track.Endpoint{Events: []string{"deployment.failed"}}, full(config.Failed), false},
		{track.Endpoint{Environments: []string{"production"}}, full(config.Completed), true},
		{track.Endpoint{Environments: []string{"staging"}}, full(config.Completed), false},
	} {
		server, d := metrics(t, "", test.to)
		assert.Equal(t, test.want, d.Wants(test.event), "%v %v", test.to, test.event.Types())
		track.Fanout(t.Context(), []track.Named{d}, test.event)
		assert.Equal(t, test.want, len(server.Requests()) == 1, "%v %v", test.to, test.event.Types())
	}
}

// A deployment that comes again is the same one; an answer that says so late is one.
func TestDatadogComesAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, d := metrics(t, "", track.Endpoint{})
		server.Fail(sim.Fault{Status: 502, After: true})
		require.NoError(t, d.Send(t.Context(), full(config.Completed)))
		assert.Len(t, server.Requests(), 2)
		assert.Len(t, server.Messages(), 1)
		assert.Empty(t, server.Violations())
	})
	for status, body := range map[int]string{200: `{"data":{"id":"x","type":"dora_deployment"}}`, 202: ""} {
		d, err := track.NewDatadog(track.Endpoint{URL: "https://api.us3.datadoghq.com/", Transport: answering(status, body)}, track.DatadogOptions{APIKey: hookKey})
		require.NoError(t, err)
		require.NoError(t, d.Send(t.Context(), full(config.Completed)))
	}
	refusing := answering(403, `{"errors":["Forbidden by `+hookKey+`"]}`)
	d, err := track.NewDatadog(track.Endpoint{URL: "https://api.us3.datadoghq.com/", Transport: refusing}, track.DatadogOptions{APIKey: hookKey})
	require.NoError(t, err)
	assert.Equal(t, "Forbidden by ***", failure(t, d.Send(t.Context(), full(config.Completed))).Message)
	assert.Equal(t, []string{"POST https://api.us3.datadoghq.com/api/v2/dora/deployment"}, refusing.urls)
	assert.Equal(t, hookKey, refusing.heads[0].Get("DD-API-KEY"))
}

func TestDatadogThatCannotWork(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"", "hush\nhush", "hush\x7f"} {
		_, err := track.NewDatadog(track.Endpoint{Name: "team", URL: "https://api.datadoghq.com"}, track.DatadogOptions{APIKey: key})
		require.EqualError(t, err, `set up sink "team": its key is empty, or has a line break or a control character`)
	}
}

// Texts from outside are values of JSON and nothing else.
func TestDatadogIsHarmless(t *testing.T) {
	t.Parallel()
	for _, odd := range []string{hostile, strings.Repeat("x", 10_000), "\x00\u202e"} {
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
	}
}
