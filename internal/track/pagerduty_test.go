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

// onCall is PagerDuty as it takes events, with a sink that raises alerts of a severity.
func onCall(t *testing.T, severity string, to track.Endpoint) (*sim.Receiver, *track.PagerDuty) {
	t.Helper()
	server := sim.NewPagerDutyReceiver(at)
	to.URL, to.Agent, to.Transport = sim.PagerDutyURL+"/", "lockstep/test", sim.Network{"events.pagerduty.com": server}
	p, err := track.NewPagerDuty(to, track.PagerDutyOptions{RoutingKey: sim.PagerDutyKey, Severity: severity})
	require.NoError(t, err)
	return server, p
}

// paged tells of events, and lists what PagerDuty took.
func paged(t *testing.T, severity string, to track.Endpoint, events ...track.Event) []sim.Message {
	t.Helper()
	server, p := onCall(t, severity, to)
	for _, e := range events {
		require.NoError(t, p.Send(t.Context(), e))
	}
	require.Empty(t, server.Violations())
	return server.Messages()
}

func kindsOf(messages []sim.Message) []string {
	var kinds []string
	for _, message := range messages {
		kinds = append(kinds, message.Type)
	}
	return kinds
}

const pagerDutyLinks = `"links":[
	{"href":"https://github.com/acme/shop/actions/runs/123","text":"Workflow run"},
	{"href":"https://github.com/acme/shop/pull/12","text":"Pull request"},
	{"href":"https://github.com/acme/shop/commit/` + deployedSHA + `","text":"Commit"},
	{"href":"https://shop.example","text":"Environment"}]`

const pagerDutyDetails = `"product":"shop","version":"v1.2.3","environment":"production","commit":"` + deployedSHA + `","deployed_by":"octocat","pull_request":"Sell more"`

func TestPagerDutyMessages(t *testing.T) {
	t.Parallel()
	const common = `"source":"https://github.com/acme/shop","timestamp":"2026-11-21T10:01:30Z","custom_details":{` + pagerDutyDetails
	const key = `"routing_key":"` + sim.PagerDutyKey + `"`
	messages := paged(t, "critical", track.Endpoint{}, full(config.Failed), full(config.Completed), rollback())
	require.Equal(t, []string{"trigger", "resolve", "change", "resolve", "change"}, kindsOf(messages))
	assert.JSONEq(t, `{`+key+`,"event_action":"trigger","dedup_key":"https://github.com/acme/shop/shop/production","payload":{
		"summary":"Deployment of shop to production has failed (v1.2.3 by octocat)","severity":"critical",`+common+`,"error":"the job did not succeed"}},`+pagerDutyLinks+`}`,
		string(messages[0].Body))
	assert.JSONEq(t, `{`+key+`,"event_action":"resolve","dedup_key":"https://github.com/acme/shop/shop/production"}`, string(messages[1].Body))
	assert.JSONEq(t, `{`+key+`,"payload":{"summary":"Deployment of shop to production is done (v1.2.3 by octocat)",`+common+`}},`+pagerDutyLinks+`}`, string(messages[2].Body))
	assert.Contains(t, string(messages[4].Body), "is done: a rollback")
	ids := map[string]bool{}
	for _, message := range messages[:3] {
		assert.Equal(t, "lockstep/test", message.Header.Get("User-Agent"))
		ids[message.Header.Get("Idempotency-Key")] = true
	}
	assert.Len(t, ids, 3, "two messages about one event are not the same")
}

// Little is known of some deployments, and nothing is made up.
func TestPagerDutyMessageOfLittle(t *testing.T) {
	t.Parallel()
	e := track.Event{Product: "shop", Environment: "qa", State: config.Completed, EnvironmentURL: "javascript:alert(1)"}
	e.SCM.ServerURL, e.SCM.Repository, e.Times.Occurred = "https://github.com", "acme/shop", at()
	messages := paged(t, "", track.Endpoint{}, e)
	require.Len(t, messages, 1)
	assert.JSONEq(t, `{"routing_key":"`+sim.PagerDutyKey+`","payload":{"summary":"Deployment of shop to qa is done","source":"https://github.com/acme/shop",
		"timestamp":"2026-11-21T10:00:00Z","custom_details":{"product":"shop","environment":"qa"}}}`, string(messages[0].Body))
}

// Who is told of what, by severity and by chosen events.
func TestPagerDutyActions(t *testing.T) {
	t.Parallel()
	completed, failed, back := full(config.Completed), full(config.Failed), rollback()
	for name, test := range map[string]struct {
		severity string
		to       track.Endpoint
		event    track.Event
		want     []string
	}{
		"a change":                         {"", track.Endpoint{}, completed, []string{"change"}},
		"no alert":                         {"", track.Endpoint{}, failed, nil},
		"an alert":                         {"info", track.Endpoint{}, failed, []string{"trigger"}},
		"its end":                          {"warning", track.Endpoint{}, completed, []string{"resolve", "change"}},
		"a rollback":                       {"error", track.Endpoint{}, back, []string{"resolve", "change"}},
		"alerts alone":                     {"error", track.Endpoint{Events: []string{"deployment.failed"}}, failed, []string{"trigger"}},
		"ends of alerts alone":             {"error", track.Endpoint{Events: []string{"deployment.failed"}}, completed, []string{"resolve"}},
		"failures that nobody chose":       {"error", track.Endpoint{Events: []string{"deployment.completed"}}, failed, nil},
		"no alerts, no ends":               {"error", track.Endpoint{Events: []string{"deployment.completed"}}, completed, []string{"change"}},
		"rollbacks alone":                  {"", track.Endpoint{Events: []string{"deployment.rolled_back"}}, back, []string{"change"}},
		"no rollback":                      {"", track.Endpoint{Events: []string{"deployment.rolled_back"}}, completed, nil},
		"failures without alerts":          {"", track.Endpoint{Events: []string{"deployment.failed"}}, completed, nil},
		"an environment":                   {"error", track.Endpoint{Environments: []string{"production"}}, failed, []string{"trigger"}},
		"another environment":              {"error", track.Endpoint{Environments: []string{"staging"}}, failed, nil},
		"another environment, which is up": {"error", track.Endpoint{Environments: []string{"staging"}}, completed, nil},
		"pending":                          {"error", track.Endpoint{}, full(config.Pending), nil},
		"started":                          {"error", track.Endpoint{}, full(config.Started), nil},
		"aborted":                          {"error", track.Endpoint{}, full(config.Aborted), nil},
		"blocked":                          {"error", track.Endpoint{}, full(track.Blocked), nil},
		"a build":                          {"error", track.Endpoint{}, built(config.Completed), nil},
		"a broken build":                   {"error", track.Endpoint{}, built(config.Failed), nil},
	} {
		_, p := onCall(t, test.severity, test.to)
		assert.Equal(t, len(test.want) > 0, p.Wants(test.event), name)
		assert.Equal(t, test.want, kindsOf(paged(t, test.severity, test.to, test.event)), name)
	}
}

// One alert is for one product in one environment, however they are called.
func TestPagerDutyKeys(t *testing.T) {
	t.Parallel()
	keyOf := func(product, environment string) string {
		e := full(config.Failed)
		e.Product, e.Environment = product, environment
		var m struct {
			Key string `json:"dedup_key"`
		}
		require.NoError(t, json.Unmarshal(paged(t, "error", track.Endpoint{}, e)[0].Body, &m))
		assert.LessOrEqual(t, len(m.Key), 255)
		return m.Key
	}
	const page = "https://github.com/acme/shop/"
	assert.Equal(t, page+"shop/prod", keyOf("shop", "prod"))
	assert.Equal(t, page+"a%2Fb/c", keyOf("a/b", "c"))
	assert.Equal(t, page+"a/b%2Fc", keyOf("a", "b/c"))
	long := strings.Repeat("x", 255-len(page)-len("shop/"))
	assert.Equal(t, page+"shop/"+long, keyOf("shop", long), "exactly the limit")
	assert.Len(t, keyOf("shop", long+"x"), 36)
	assert.NotEqual(t, keyOf("shop", long+"x"), keyOf("shop", long+"y"))
	assert.Equal(t, page+"shop/caf%C3%A9", keyOf("shop", "café"), "its bytes are its characters")
}

// Whatever stands in an event, PagerDuty takes it, and its summary has one line.
func TestPagerDutyLimits(t *testing.T) {
	t.Parallel()
	for _, odd := range []string{hostile, strings.Repeat("x", 100_000), strings.Repeat("😀", 5000), "\x00\x1b[31m\u202e\xff", strings.Repeat("<&>", 50_000)} {
		e := full(config.Failed)
		e.Product, e.Version, e.Environment, e.EnvironmentURL, e.Error = odd, odd, odd, "https://shop.example/"+odd, odd
		e.SCM.PullTitle, e.SCM.SHA, e.Actor.Login, e.GitHub.RunURL = odd, odd, odd, odd
		for _, message := range paged(t, "error", track.Endpoint{}, e) {
			var m struct{ Payload struct{ Summary string } }
			require.NoError(t, json.Unmarshal(message.Body, &m))
			assert.NotContains(t, m.Payload.Summary, "\n")
		}
	}
	e := full(config.Completed)
	summary := func() string {
		var m struct{ Payload struct{ Summary string } }
		require.NoError(t, json.Unmarshal(paged(t, "", track.Endpoint{}, e)[0].Body, &m))
		return m.Payload.Summary
	}
	e.Product = strings.Repeat("x", 1024-len("Deployment of  to production is done (v1.2.3 by octocat)"))
	assert.NotContains(t, summary(), "…", "exactly the limit")
	e.Product += "x"
	assert.True(t, strings.HasSuffix(summary(), "octoca…"), summary())
}

// The end of an alert does not depend on the change, but the change on the end: PagerDuty is one.
func TestPagerDutyStopsAtTheFirstThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := inTurn(says(202, ""), says(429, "", "Retry-After", "3"), says(202, ""), says(400, `{"status":"invalid event","message":"no","errors":["wrong","long"]}`))
		p, err := track.NewPagerDuty(track.Endpoint{URL: "https://events.eu.pagerduty.com", Transport: server}, track.PagerDutyOptions{RoutingKey: hookKey, Severity: "error"})
		require.NoError(t, err)
		require.NoError(t, p.Send(t.Context(), full(config.Completed)))
		failed := failure(t, p.Send(t.Context(), full(config.Completed)))
		assert.Equal(t, "no: wrong; long", failed.Message)
		const alerts, changes = "POST https://events.eu.pagerduty.com/v2/enqueue", "POST https://events.eu.pagerduty.com/v2/change/enqueue"
		assert.Equal(t, []string{alerts, changes, changes, alerts}, server.urls)
		assert.Equal(t, 3*time.Second, server.waits()[1])
		assert.Equal(t, server.bodies[1], server.bodies[2])
	})
}

// The key goes to PagerDuty and nowhere else.
func TestPagerDutyKeyStaysInside(t *testing.T) {
	t.Parallel()
	_, p := onCall(t, "error", track.Endpoint{Name: "team"})
	assert.Equal(t, "team", p.Name())
	packed, err := json.Marshal(full(config.Failed))
	require.NoError(t, err)
	assert.NotContains(t, string(packed), sim.PagerDutyKey, "what is kept of an event that was not taken")
	body := fmt.Sprintf(`{"status":"invalid event","message":"%[1]s","errors":["%[1]s"]}`, hookKey)
	refusing, err := track.NewPagerDuty(track.Endpoint{URL: sim.PagerDutyURL, Transport: answering(400, body)}, track.PagerDutyOptions{RoutingKey: hookKey})
	require.NoError(t, err)
	assert.Equal(t, "***: ***", failure(t, refusing.Send(t.Context(), full(config.Completed))).Message)
}

func TestPagerDutyThatCannotWork(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"":                         "its routing key has 0 characters instead of 32",
		hookKey[1:]:                "its routing key has 31 characters instead of 32",
		"R" + hookKey[1:]:          "its routing key is that of a ruleset, which takes no changes",
		strings.Repeat("hush", 10): "its routing key has 40 characters instead of 32",
		hookKey:                    "",
	} {
		_, err := track.NewPagerDuty(track.Endpoint{Name: "team", URL: sim.PagerDutyURL}, track.PagerDutyOptions{RoutingKey: key, Severity: "error"})
		if want == "" {
			require.NoError(t, err)
			continue
		}
		require.EqualError(t, err, `set up sink "team": `+want)
	}
	_, err := track.NewPagerDuty(track.Endpoint{URL: sim.PagerDutyURL}, track.PagerDutyOptions{RoutingKey: hookKey, Severity: "high"})
	require.EqualError(t, err, `set up sink "pagerduty": its severity "high" is none`)
}
