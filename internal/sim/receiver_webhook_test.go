package sim_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

const webhookBody = `{"type":"deployment.completed","timestamp":"2026-11-20T11:06:00Z","data":{"product":"shop"}}`

// webhook is a message that is signed with the right secret.
func webhook(t *testing.T, id, body string) message {
	t.Helper()
	return message{url: sim.WebhookURL, body: body}.with(map[string]string{
		"Content-Type": "application/json", "Webhook-Id": id, "Idempotency-Key": strconv.Quote(id),
	}).signed(t, sim.WebhookSecret, now())
}

// signed signs a message at a moment.
func (m message) signed(t *testing.T, secret string, at time.Time) message {
	t.Helper()
	stamp := strconv.FormatInt(at.Unix(), 10)
	return m.with(map[string]string{
		"Webhook-Timestamp": stamp,
		"Webhook-Signature": "v1," + base64.StdEncoding.EncodeToString(mac(t, secret, m.header["Webhook-Id"]+"."+stamp+"."+m.body)),
		"X-Signature-256":   "sha256=" + hex.EncodeToString(mac(t, secret, m.body)),
	})
}

func mac(t *testing.T, secret, text string) []byte {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	require.NoError(t, err)
	sum := hmac.New(sha256.New, key)
	_, err = sum.Write([]byte(text))
	require.NoError(t, err)
	return sum.Sum(nil)
}

// The secret is one that Standard Webhooks allows, and the tests sign as its vectors say.
func TestWebhookSecret(t *testing.T) {
	t.Parallel()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(sim.WebhookSecret, "whsec_"))
	require.NoError(t, err)
	assert.True(t, len(key) >= 24 && len(key) <= 64, "%d bytes", len(key))
	const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
	m := message{body: webhookBody, header: map[string]string{"Webhook-Id": "4f7f2c1e-2c07-5a55-9a39-0f1b6f0c9a11"}}.signed(t, secret, time.Unix(1795172760, 0))
	assert.Equal(t, "v1,GhSG8+aoMJ6oqHBy1nUfiNUtKb3pfsLBbX43HJST1Bw=", m.header["Webhook-Signature"])
	assert.Equal(t, "sha256=2917b84e93f3cb1600320873f71fddbb46be98a4ee35b54545070a4e8d8bbe19", m.header["X-Signature-256"])
}

func TestWebhookTypes(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"deployment.pending", "deployment.started", "deployment.completed", "deployment.failed", "deployment.aborted", "deployment.blocked",
		"deployment.rolled_back", "deployment.overridden", "build.pending", "build.started", "build.completed", "build.failed", "build.aborted",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := sim.NewWebhookReceiver(now)
			status, said := deliver(t, r, webhook(t, "id-1", strings.Replace(webhookBody, "deployment.completed", name, 1)))
			assert.Equal(t, 204, status, said)
			require.Len(t, r.Messages(), 1)
			assert.Equal(t, "id-1 "+name, r.Messages()[0].ID+" "+r.Messages()[0].Type)
			assert.Empty(t, r.Violations())
		})
	}
}

// While secrets change, a receiver looks for one signature that it can check.
func TestWebhookSecretsChange(t *testing.T) {
	t.Parallel()
	const next = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
	known := webhook(t, "id-1", webhookBody)
	unknown := known.signed(t, next, now())
	both := unknown.with(map[string]string{"Webhook-Signature": unknown.header["Webhook-Signature"] + " " + known.header["Webhook-Signature"]})
	r := sim.NewWebhookReceiver(now)
	status, said := deliver(t, r, both)
	assert.Equal(t, 204, status, said)
	assert.Empty(t, r.Violations())
	refusesAll(t, sim.NewWebhookReceiver, map[string]misfit{
		"neither": {unknown, 401, "not by the secret"},
		"simple one is wrong": {
			known.with(map[string]string{"X-Signature-256": unknown.header["X-Signature-256"]}), 401, "X-Signature-256 is not by the secret",
		},
	})
}

func TestWebhookViolations(t *testing.T) {
	t.Parallel()
	good := webhook(t, "id-1", webhookBody)
	header := func(name, value string) message { return good.with(map[string]string{name: value}) }
	body := func(old, replacement string) message {
		return webhook(t, "id-1", strings.Replace(webhookBody, old, replacement, 1))
	}
	changed := good
	changed.body = strings.Replace(webhookBody, "shop", "shoq", 1)
	refusesAll(t, sim.NewWebhookReceiver, map[string]misfit{
		"no content type":    {header("Content-Type", ""), 415, `content type ""`},
		"another":            {header("Content-Type", "text/plain"), 415, `content type "text/plain"`},
		"another charset":    {header("Content-Type", "application/json; charset=latin1"), 415, "latin1"},
		"no id":              {header("Webhook-Id", ""), 400, `webhook-id is ""`},
		"dots in the id":     {webhook(t, "a.b", webhookBody), 400, `webhook-id is "a.b"`},
		"no key":             {header("Idempotency-Key", ""), 400, "Idempotency-Key"},
		"key without quotes": {header("Idempotency-Key", "id-1"), 400, "Idempotency-Key"},
		"no time":            {header("Webhook-Timestamp", ""), 401, `webhook-timestamp is ""`},
		"time as text":       {header("Webhook-Timestamp", "2026-11-20T11:06:00Z"), 401, "webhook-timestamp"},
		"too old":            {good.signed(t, sim.WebhookSecret, now().Add(-6*time.Minute)), 401, "webhook-timestamp"},
		"too young":          {good.signed(t, sim.WebhookSecret, now().Add(6*time.Minute)), 401, "webhook-timestamp"},
		"other time":         {header("Webhook-Timestamp", strconv.FormatInt(now().Unix()-1, 10)), 401, "not by the secret"},
		"no signature":       {header("Webhook-Signature", ""), 401, "not by the secret"},
		"no version":         {header("Webhook-Signature", good.header["Webhook-Signature"][3:]), 401, "not v1"},
		"other version":      {header("Webhook-Signature", "v2"+good.header["Webhook-Signature"][2:]), 401, "not v1"},
		"no base64":          {header("Webhook-Signature", "v1,???"), 401, "not v1"},
		"short":              {header("Webhook-Signature", "v1,AAAA"), 401, "not v1"},
		"one of two":         {header("Webhook-Signature", good.header["Webhook-Signature"]+" v1,AAAA"), 401, "not v1"},
		"changed body":       {changed, 401, "not by the secret"},
		"no simple one":      {header("X-Signature-256", ""), 401, `X-Signature-256 ""`},
		"large letters":      {header("X-Signature-256", "sha256="+strings.ToUpper(good.header["X-Signature-256"][7:])), 401, "X-Signature-256"},
		"no prefix":          {header("X-Signature-256", good.header["X-Signature-256"][7:]), 401, "X-Signature-256"},
		"unknown field":      {body(`"data"`, `"more":1,"data"`), 400, `unknown field "more"`},
		"unknown type":       {body("deployment.completed", "deployment.success"), 400, "type deployment.success"},
		"no type":            {body(`"type":"deployment.completed",`, ""), 400, "type <nil>"},
		"no moment":          {body("2026-11-20T11:06:00Z", "today"), 400, "timestamp today"},
		"another zone":       {body("11:06:00Z", "12:06:00+01:00"), 400, "timestamp"},
		"no data":            {body(`{"product":"shop"}`, "null"), 400, "data is no object"},
		"blanks":             {body(`":`, `": `), 400, "not compact"},
		"blanks at the end":  {webhook(t, "id-1", webhookBody+"\n"), 400, "not compact"},
	})
	r := sim.NewWebhookReceiver(now)
	status, _ := deliver(t, r, webhook(t, "id-1", `{"type":1,"data":[]}`))
	assert.Equal(t, 400, status)
	assert.Len(t, r.Violations(), 3, "everything that is wrong is told")
}
