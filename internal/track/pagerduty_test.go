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

// chosen are the events and environments of a receiver.
type chosen struct{ events, environments []string }

// onCall is PagerDuty as it takes events, with a receiver that raises alerts of a severity.
func onCall(t *testing.T, severity string, by chosen) (*sim.Receiver, track.Named) {
	t.Helper()
	server := sim.NewPagerDutyReceiver(at)
	s := sink("pagerduty", settings{"secret": sim.PagerDutyKey})
	if severity != "" {
		s.Settings["alert_on_failure"], s.Settings["severity"] = "true", severity
	}
	s.Events, s.Environments = by.events, by.environments
	return server, to(t, s, sim.Network{"events.pagerduty.com": server})
}

// paged sends events, and lists what PagerDuty accepted.
func paged(t *testing.T, severity string, by chosen, events ...track.Event) []sim.Message {
	t.Helper()
	server, p := onCall(t, severity, by)
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
	messages := paged(t, "critical", chosen{}, full(config.Failed), full(config.Completed), rollback())
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
	messages := paged(t, "", chosen{}, e)
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
		by       chosen
		event    track.Event
		want     []string
	}{
		"a change":                         {"", chosen{}, completed, []string{"change"}},
		"no alert":                         {"", chosen{}, failed, nil},
		"an alert":                         {"info", chosen{}, failed, []string{"trigger"}},
		"its end":                          {"warning", chosen{}, completed, []string{"resolve", "change"}},
		"a rollback":                       {"error", chosen{}, back, []string{"resolve", "change"}},
		"alerts alone":                     {"error", chosen{events: []string{"deployment.failed"}}, failed, []string{"trigger"}},
		"ends of alerts alone":             {"error", chosen{events: []string{"deployment.failed"}}, completed, []string{"resolve"}},
		"failures that were not chosen":    {"error", chosen{events: []string{"deployment.completed"}}, failed, nil},
		"no alerts, no ends":               {"error", chosen{events: []string{"deployment.completed"}}, completed, []string{"change"}},
		"rollbacks alone":                  {"", chosen{events: []string{"deployment.rolled_back"}}, back, []string{"change"}},
		"no rollback":                      {"", chosen{events: []string{"deployment.rolled_back"}}, completed, nil},
		"failures without alerts":          {"", chosen{events: []string{"deployment.failed"}}, completed, nil},
		"an environment":                   {"error", chosen{environments: []string{"production"}}, failed, []string{"trigger"}},
		"another environment":              {"error", chosen{environments: []string{"staging"}}, failed, nil},
		"another environment, which is up": {"error", chosen{environments: []string{"staging"}}, completed, nil},
		"pending":                          {"error", chosen{}, full(config.Pending), nil},
		"started":                          {"error", chosen{}, full(config.Started), nil},
		"aborted":                          {"error", chosen{}, full(config.Aborted), nil},
		"blocked":                          {"error", chosen{}, full(track.Blocked), nil},
		"a build":                          {"error", chosen{}, built(config.Completed), nil},
		"a broken build":                   {"error", chosen{}, built(config.Failed), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, p := onCall(t, test.severity, test.by)
			assert.Equal(t, len(test.want) > 0, p.Wants(test.event), name)
			assert.Equal(t, test.want, kindsOf(paged(t, test.severity, test.by, test.event)), name)
		})
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
		require.NoError(t, json.Unmarshal(paged(t, "error", chosen{}, e)[0].Body, &m))
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

// PagerDuty accepts any event, and its summary has one line.
func TestPagerDutyLimits(t *testing.T) {
	t.Parallel()
	for _, odd := range []string{hostile, strings.Repeat("x", 100_000), strings.Repeat("😀", 5000), "\x00\x1b[31m\u202e\xff", strings.Repeat("<&>", 50_000)} {
		t.Run(fmt.Sprintf("%.20q", odd), func(t *testing.T) {
			t.Parallel()
			e := full(config.Failed)
			e.Product, e.Version, e.Environment, e.EnvironmentURL, e.Error = odd, odd, odd, "https://shop.example/"+odd, odd
			e.SCM.PullTitle, e.SCM.SHA, e.Actor.Login, e.GitHub.RunURL = odd, odd, odd, odd
			for _, message := range paged(t, "error", chosen{}, e) {
				var m struct{ Payload struct{ Summary string } }
				require.NoError(t, json.Unmarshal(message.Body, &m))
				assert.NotContains(t, m.Payload.Summary, "\n")
			}
		})
	}
	e := full(config.Completed)
	summary := func() string {
		var m struct{ Payload struct{ Summary string } }
		require.NoError(t, json.Unmarshal(paged(t, "", chosen{}, e)[0].Body, &m))
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
		p := to(t, sink("pagerduty", settings{"url": sim.PagerDutyEUURL, "alert_on_failure": "true"}), server)
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
	packed, err := json.Marshal(full(config.Failed))
	require.NoError(t, err)
	assert.NotContains(t, string(packed), sim.PagerDutyKey, "what is kept of an event that was not accepted")
	body := fmt.Sprintf(`{"status":"invalid event","message":"%[1]s","errors":["%[1]s"]}`, hookKey)
	refusing := to(t, sink("pagerduty", nil), answering(400, body))
	assert.Equal(t, "***: ***", failure(t, refusing.Send(t.Context(), full(config.Completed))).Message)
}

func TestInvalidPagerDuty(t *testing.T) {
	t.Parallel()
	const length = "secret: must be the integration key of a service: 32 letters and digits"
	for want, set := range map[string]settings{
		length:       {"secret": hookKey[1:]},
		length + " ": {"secret": strings.Repeat("hush", 10)},
		"secret: a key that begins with R belongs to":        {"secret": "R" + hookKey[1:]},
		"severity: must be critical, error, warning or info": {"severity": "high"},
		"url: must not contain a path such as /v2/enqueue":   {"url": "https://hush.example/v2/enqueue"},
		"its URL must begin with https://":                   {"url": "http://hush.example"},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			err := invalid(t, sink("pagerduty", set))
			assert.Contains(t, err, `set up sink "pagerduty": `+strings.TrimSpace(want))
			assert.NotContains(t, err, "hush")
		})
	}
}
