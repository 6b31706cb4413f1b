package sim_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// page is a message to PagerDuty, changed in one way; nil leaves it as it is.
func page(t *testing.T, path string, body, payload map[string]any, differently func(body, payload map[string]any)) message {
	t.Helper()
	body["routing_key"], body["payload"] = sim.PagerDutyKey, payload
	body["links"] = []any{map[string]any{"href": "https://github.com/acme/shop", "text": "Shop"}}
	if differently != nil {
		differently(body, payload)
	}
	return message{url: sim.PagerDutyURL + path, body: compact(t, body), header: map[string]string{"Content-Type": "application/json"}}
}

func change(t *testing.T, differently func(body, payload map[string]any)) message {
	t.Helper()
	return page(t, "/v2/change/enqueue", map[string]any{}, map[string]any{
		"summary": "Shop is deployed", "source": "acme", "timestamp": "2026-11-20T11:06:00Z", "custom_details": map[string]any{"version": "1"},
	}, differently)
}

func alert(t *testing.T, differently func(body, payload map[string]any)) message {
	t.Helper()
	return page(t, "/v2/enqueue", map[string]any{"event_action": "trigger", "dedup_key": "shop/production", "client": "x", "client_url": "https://x.example"}, map[string]any{
		"summary": "Shop has failed", "source": "acme", "severity": "error", "timestamp": "2026-11-20T11:06:00Z", "component": "c", "group": "g", "class": "d",
		"custom_details": map[string]any{},
	}, differently)
}

func TestPagerDutyEvents(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		message message
		text    string
	}{
		"change":       {change(t, nil), "change Shop is deployed"},
		"small change": {change(t, func(b, _ map[string]any) { b["payload"] = map[string]any{"summary": "x"}; delete(b, "links") }), "change x"},
		"long change":  {change(t, func(_, p map[string]any) { p["summary"] = strings.Repeat("é", 1024) }), "change " + strings.Repeat("é", 1024)},
		"trigger":      {alert(t, nil), "trigger shop/production Shop has failed"},
		"nameless":     {alert(t, func(b, _ map[string]any) { delete(b, "dedup_key") }), "trigger Shop has failed"},
		"small trigger": {alert(t, func(b, _ map[string]any) {
			b["payload"] = map[string]any{"summary": "x", "source": "y", "severity": "info"}
		}), "trigger shop/production x"},
		"acknowledge": {alert(t, func(b, _ map[string]any) { b["event_action"] = "acknowledge"; delete(b, "payload") }), "acknowledge shop/production"},
		"resolve":     {alert(t, func(b, _ map[string]any) { b["event_action"] = "resolve"; delete(b, "payload") }), "resolve shop/production"},
		"long key": {alert(t, func(b, _ map[string]any) {
			b["dedup_key"] = strings.Repeat("é", 255)
			delete(b, "payload")
			b["event_action"] = "resolve"
		}), "resolve " + strings.Repeat("é", 255)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := sim.NewPagerDutyReceiver(now)
			status, said := deliver(t, r, test.message)
			assert.Equal(t, 202, status, "%s: %s", name, said)
			require.Empty(t, r.Violations(), name)
			assert.Equal(t, test.text, r.Messages()[0].Text, name)
			action, _, _ := strings.Cut(test.text, " ")
			assert.Equal(t, action, r.Messages()[0].Type, name)
		})
	}
}

func TestPagerDutyViolations(t *testing.T) {
	t.Parallel()
	misfits := map[string]misfit{}
	for name, sample := range map[string]func(*testing.T, func(body, payload map[string]any)) message{"change": change, "alert": alert} {
		add := func(what, want string, differently func(body, payload map[string]any)) {
			misfits[name+": "+what] = misfit{sample(t, differently), 400, want}
		}
		const length = "Length of 'routing_key' is incorrect (should be 32 characters)"
		add("no key", length, func(b, _ map[string]any) { delete(b, "routing_key") })
		add("short key", length, func(b, _ map[string]any) { b["routing_key"] = sim.PagerDutyKey[1:] })
		add("long key", length, func(b, _ map[string]any) { b["routing_key"] = sim.PagerDutyKey + "0" })
		add("number as key", length, func(b, _ map[string]any) { b["routing_key"] = 1 })
		add("other key", "Invalid routing key", func(b, _ map[string]any) { b["routing_key"] = "R" + sim.PagerDutyKey[1:] })
		add("no payload", "payload is <nil>", func(b, _ map[string]any) { delete(b, "payload") })
		add("text as payload", "payload is x", func(b, _ map[string]any) { b["payload"] = "x" })
		add("no summary", "payload.summary is <nil>", func(_, p map[string]any) { delete(p, "summary") })
		add("empty summary", "payload.summary is", func(_, p map[string]any) { p["summary"] = "" })
		add("long summary", "payload.summary is", func(_, p map[string]any) { p["summary"] = strings.Repeat("x", 1025) })
		add("number as summary", "payload.summary is 1", func(_, p map[string]any) { p["summary"] = 1 })
		add("empty source", "payload.source is", func(_, p map[string]any) { p["source"] = "" })
		add("no moment", "payload.timestamp is today", func(_, p map[string]any) { p["timestamp"] = "today" })
		add("text as details", "payload.custom_details is x", func(_, p map[string]any) { p["custom_details"] = "x" })
		add("unknown", `body: unknown field "more"`, func(b, _ map[string]any) { b["more"] = 1 })
		add("unknown inside", `payload: unknown field "more"`, func(_, p map[string]any) { p["more"] = 1 })
		add("text as links", "links is x", func(b, _ map[string]any) { b["links"] = "x" })
		add("text as link", "links.0.href is <nil>", func(b, _ map[string]any) { b["links"] = []any{"x"} })
		add("relative link", "links.0.href is /x", func(b, _ map[string]any) { b["links"] = []any{map[string]any{"href": "/x"}} })
		add("number in link", "links.0.text is 1", func(b, _ map[string]any) { b["links"] = []any{map[string]any{"href": "https://x.example", "text": 1}} })
		add("unknown in link", `links.0: unknown field "alt"`, func(b, _ map[string]any) { b["links"] = []any{map[string]any{"href": "https://x.example", "alt": ""}} })
		add("too long", "bytes, and 524288 are allowed", func(_, p map[string]any) { p["custom_details"] = map[string]any{"x": strings.Repeat("x", 512<<10)} })
		form := sample(t, nil).with(map[string]string{"Content-Type": "text/plain"})
		misfits[name+": form"] = misfit{form, 400, "content type"}
	}
	for name, test := range map[string]struct {
		want        string
		differently func(body, payload map[string]any)
	}{
		"no action":            {"event_action is <nil>", func(b, _ map[string]any) { delete(b, "event_action") }},
		"unknown action":       {"event_action is close", func(b, _ map[string]any) { b["event_action"] = "close" }},
		"no source":            {"payload.source is <nil>", func(_, p map[string]any) { delete(p, "source") }},
		"no severity":          {"payload.severity is <nil>", func(_, p map[string]any) { delete(p, "severity") }},
		"unknown severity":     {"payload.severity is high", func(_, p map[string]any) { p["severity"] = "high" }},
		"large severity":       {"payload.severity is Error", func(_, p map[string]any) { p["severity"] = "Error" }},
		"long name":            {"dedup_key is", func(b, _ map[string]any) { b["dedup_key"] = strings.Repeat("x", 256) }},
		"empty name":           {"dedup_key is", func(b, _ map[string]any) { b["dedup_key"] = "" }},
		"nothing to resolve":   {"dedup_key is <nil>", func(b, _ map[string]any) { b["event_action"] = "resolve"; delete(b, "dedup_key") }},
		"nothing acknowledged": {"dedup_key is <nil>", func(b, _ map[string]any) { b["event_action"] = "acknowledge"; delete(b, "dedup_key") }},
		"half a payload":       {"payload.severity is <nil>", func(b, p map[string]any) { b["event_action"] = "resolve"; delete(p, "severity") }},
		"list as component":    {"payload.component is []", func(_, p map[string]any) { p["component"] = []any{} }},
		"client":               {"client_url is /x", func(b, _ map[string]any) { b["client_url"] = "/x" }},
		"text as images":       {"images is x", func(b, _ map[string]any) { b["images"] = "x" }},
	} {
		misfits[name] = misfit{alert(t, test.differently), 400, test.want}
	}
	for _, field := range []string{"event_action", "dedup_key", "client", "images"} {
		misfits[field+" of a change"] = misfit{change(t, func(b, _ map[string]any) { b[field] = "x" }), 400, `unknown field "` + field + `"`}
	}
	for _, field := range []string{"severity", "component", "group", "class"} {
		misfits[field+" of a change"] = misfit{change(t, func(_, p map[string]any) { p[field] = "info" }), 400, `unknown field "` + field + `"`}
	}
	refusesAll(t, sim.NewPagerDutyReceiver, misfits)
}

// What is refused is said as PagerDuty does, and the key of another account is not repeated.
func TestPagerDutyRefusals(t *testing.T) {
	t.Parallel()
	r := sim.NewPagerDutyReceiver(now)
	stranger := strings.Repeat("0", 32)
	status, said := deliver(t, r, alert(t, func(b, _ map[string]any) { b["routing_key"] = stranger }))
	assert.Equal(t, 400, status)
	assert.JSONEq(t, `{"status":"invalid event","message":"Event object is invalid","errors":["Invalid routing key"]}`, said)
	assert.NotContains(t, strings.Join(r.Violations(), "\n"), stranger)
}
