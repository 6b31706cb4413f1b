package arch

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/track"
)

// signingSecret signs the messages of these tests.
const signingSecret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

// wire takes every request and keeps it.
type wire struct {
	headers []http.Header
	bodies  [][]byte
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	w.headers, w.bodies = append(w.headers, r.Header.Clone()), append(w.bodies, body)
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("ok")), Request: r}, nil
}

// told is the event of a deployment to production, with what is usually known of one.
func told(t *testing.T, state config.Status) track.Event {
	t.Helper()
	r := asking(command.Command{Kind: command.Deploy, Environment: "production"})
	r.Event.Run.Number, r.Event.Run.Workflow, r.Event.Run.Job = 45, "deploy", "deploy"
	r.Event.Triggering, r.Event.Ref = "octocat", "refs/heads/main"
	s := sampleSubject()
	s.Environment, s.EnvironmentURL = "production", "https://shop.example"
	ledger := plan.Ledger{
		DeploymentID: 1893021, EndStatusID: 5120776, Product: "shop", Version: "1.4.0", Branch: s.Ref, Subject: s,
		Checks: []plan.Check{{Name: "test", Result: "success", Required: true}},
	}
	e := track.NewEvent(r, ledger, plan.RecordEvent{Status: state}, afterwards())
	e.Artifacts = []track.Artifact{{Type: "oci", Location: "ghcr.io/acme/shop:1.4.0"}}
	e.Change, e.Previous.SHA, e.SCM.PullTitle = track.Forward, stableSHA, "Bigger cache"
	var err error
	e.Metadata, _, err = track.ParseMetadata(`{"region":"eu"}`)
	require.NoError(t, err)
	return e.Identified()
}

// tellable is one event of each kind.
func tellable(t *testing.T) []track.Event {
	t.Helper()
	var all []track.Event
	states := []config.Status{config.Pending, config.Started, config.Completed, config.Failed, config.Aborted}
	for _, state := range append(states, track.Blocked) {
		all = append(all, told(t, state))
	}
	back := told(t, config.Completed)
	back.Change = track.Rollback
	all = append(all, back)
	for _, state := range states {
		build := told(t, state)
		build.Kind, build.Environment, build.GitHub.DeploymentID = track.Build, "", 0
		all = append(all, build.Identified())
	}
	return all
}

// receiverTable sends each event to each receiver, as it is set up when an input says no more than its
// address or its key, and shows what arrives. When an event comes is written by hand.
func receiverTable(t *testing.T, b block) string {
	t.Helper()
	var rows [][]string
	for _, e := range tellable(t) {
		row := []string{strings.Join(names(e.Types()), ", ")}
		for _, arrived := range []func(*testing.T, track.Event) string{atVersioner, atWebhook, atSlack, atCDEvents, atPagerDuty, atDatadog} {
			row = append(row, arrived(t, e))
		}
		rows = append(rows, append(row, kept(t, b, row[0], len(row), 1)...))
	}
	return table([]string{"Event", "Versioner", "Webhook", "Slack", "CDEvents", "PagerDuty", "Datadog", "When"}, rows)
}

// names shows words as code.
func names(words []string) []string {
	shown := make([]string, len(words))
	for i, word := range words {
		shown[i] = markdown.Cell(word)
	}
	return shown
}

const untold = "–"

func atVersioner(t *testing.T, e track.Event) string {
	t.Helper()
	var to wire
	messages := deliver(t, track.NewVersioner("https://api.versioner.io", "sk_key", "lockstep", &to), &to, e)
	if len(messages) == 0 {
		return untold
	}
	var body struct{ Status string }
	require.NoError(t, json.Unmarshal(messages[0], &body))
	return markdown.Cell(body.Status)
}

func atWebhook(t *testing.T, e track.Event) string {
	t.Helper()
	to, messages := posted(t, e)
	if len(messages) == 0 {
		return untold
	}
	assert.NotEmpty(t, to.headers[0].Get("Webhook-Signature"))
	assert.Len(t, messages, len(e.Types()), "one message for each type")
	return "✓"
}

func atSlack(t *testing.T, e track.Event) string {
	t.Helper()
	var to wire
	slack, err := track.NewSlack(endpoint(&to), "")
	require.NoError(t, err)
	messages := deliver(t, slack, &to, e)
	if len(messages) == 0 {
		return untold
	}
	require.Len(t, messages, 1)
	var body struct{ Text string }
	require.NoError(t, json.Unmarshal(messages[0], &body))
	sign, _, _ := strings.Cut(body.Text, " ")
	return sign
}

func atCDEvents(t *testing.T, e track.Event) string {
	t.Helper()
	var to wire
	cdevents, err := track.NewCDEvents(endpoint(&to), track.CDEventsOptions{})
	require.NoError(t, err)
	deliver(t, cdevents, &to, e)
	var types []string
	for _, header := range to.headers {
		name, version, found := strings.Cut(strings.TrimPrefix(header.Get("Ce-Type"), "dev.cdevents."), ".0.")
		require.True(t, found, "%s %s", name, version)
		types = append(types, markdown.Cell(name))
	}
	if len(types) == 0 {
		return untold
	}
	return strings.Join(types, ", ")
}

// atPagerDuty shows in brackets what arrives with pagerduty_alert_on_failure only.
func atPagerDuty(t *testing.T, e track.Event) string {
	t.Helper()
	quiet := pages(t, "", e)
	var shown []string
	for _, action := range pages(t, "error", e) {
		cell := markdown.Cell(action)
		if !slices.Contains(quiet, action) {
			cell = "(" + cell + ")"
		}
		shown = append(shown, cell)
	}
	if len(shown) == 0 {
		return untold
	}
	return strings.Join(shown, ", ")
}

// pages lists what PagerDuty is asked to do about an event; a message without an action is a change.
func pages(t *testing.T, severity string, e track.Event) []string {
	t.Helper()
	var actions []string
	for _, message := range toPagerDuty(t, severity, e) {
		var body struct {
			Action string `json:"event_action"`
		}
		require.NoError(t, json.Unmarshal(message, &body))
		actions = append(actions, cmp.Or(body.Action, "change"))
	}
	return actions
}

func toPagerDuty(t *testing.T, severity string, e track.Event) [][]byte {
	t.Helper()
	var to wire
	pagerduty, err := track.NewPagerDuty(endpoint(&to), track.PagerDutyOptions{RoutingKey: strings.Repeat("0", 32), Severity: severity})
	require.NoError(t, err)
	return deliver(t, pagerduty, &to, e)
}

func atDatadog(t *testing.T, e track.Event) string {
	t.Helper()
	if len(toDatadog(t, e)) == 0 {
		return untold
	}
	return "✓"
}

func toDatadog(t *testing.T, e track.Event) [][]byte {
	t.Helper()
	var to wire
	datadog, err := track.NewDatadog(endpoint(&to), track.DatadogOptions{APIKey: "key"})
	require.NoError(t, err)
	return deliver(t, datadog, &to, e)
}

// foreignKeys are the keys of messages whose form is not ours.
func foreignKeys(t *testing.T) []string {
	t.Helper()
	var keys []string
	for _, message := range slices.Concat(toPagerDuty(t, "error", told(t, config.Failed)), toDatadog(t, told(t, config.Completed))) {
		for _, path := range paths(t, message) {
			keys = append(keys, path[strings.LastIndex(path, ".")+1:])
		}
	}
	require.NotEmpty(t, keys)
	return keys
}

func endpoint(to *wire) track.Endpoint {
	return track.Endpoint{URL: "https://hooks.shop.example/deployments", Agent: "lockstep/1.0.0", Transport: to}
}

// deliver sends an event and returns what arrived.
func deliver(t *testing.T, sink track.Named, to *wire, e track.Event) [][]byte {
	t.Helper()
	for _, result := range track.Fanout(t.Context(), []track.Named{sink}, e) {
		require.NoError(t, result.Err)
	}
	return to.bodies
}

// posted is what the signed webhook sends of an event.
func posted(t *testing.T, e track.Event) (*wire, [][]byte) {
	t.Helper()
	var to wire
	webhook, err := track.NewWebhook(endpoint(&to), track.WebhookOptions{Secrets: signingSecret, Now: afterwards})
	require.NoError(t, err)
	return &to, deliver(t, webhook, &to, e)
}

// webhookSample shows one message to the webhook: its headers, and its body with line breaks.
func webhookSample(t *testing.T, _ block) string {
	t.Helper()
	to, messages := posted(t, told(t, config.Completed))
	var text bytes.Buffer
	text.WriteString("\n```http\nPOST /deployments\n")
	for _, name := range []string{"Content-Type", "Idempotency-Key", "Webhook-Id", "Webhook-Timestamp", "Webhook-Signature", "X-Signature-256"} {
		require.NotEmpty(t, to.headers[0].Get(name), name)
		text.WriteString(name + ": " + to.headers[0].Get(name) + "\n")
	}
	text.WriteString("```\n\n```json\n")
	require.NoError(t, json.Indent(&text, messages[0], "", "  "))
	text.WriteString("\n```\n\n")
	return text.String()
}

// frozen is what is said to a command that the tracking endpoint refuses.
func frozen(t *testing.T) string {
	t.Helper()
	a := newTrial(t, "Branch")
	a.request = asking(understood(t, a, ".deploy to production"))
	refusal := track.Refusal{
		State: config.Started, Status: http.StatusLocked, Code: "NO_DEPLOY_WINDOW", Rule: "Weekend freeze",
		Message: "Production is frozen until Monday", RetryAfter: "2026-11-23T06:00:00Z",
	}
	problem, d := refusal.Problem(), a.decide()
	d.Verdict, d.Reason = deploy.Refuse, deploy.TrackingBlocked
	d.Findings = append(d.Findings, deploy.Finding{
		Gate: "tracking", Level: deploy.Block, Code: deploy.TrackingBlocked, Text: problem.Text, Hint: problem.Hint,
	})
	return message.Refused(a.request, a.settings, d)
}

// The message on the page has the keys of one that the action sends.
func TestWebhookSampleIsComplete(t *testing.T) {
	t.Parallel()
	fence := regexp.MustCompile("(?s)```json\n(\\{\n  \"type\".*?)```")
	shown := fence.FindStringSubmatch(trackingPage(t))
	require.NotNil(t, shown)
	story, err := rehearse.ParseStory(t.Name(), []byte(`
user octocat write
push faster-checkout Faster checkout
pull 1 octocat faster-checkout Faster checkout
check test faster-checkout success
deployed production main octocat success
pass 1m
comment octocat 1 .deploy to production
want output continue true
job success 1m
-- with --
mode: comment
product: shop
version: 1.4.0
environment_urls: production|https://shop.example
metadata: {"region":"eu"}
artifacts: oci=ghcr.io/acme/shop:1.4.0
webhook_url: https://hooks.example.com/deployments
webhook_secret: whsec_cmVoZWFyc2FsLW9mLXNpZ25lZC13ZWJob29rcw==
`))
	require.NoError(t, err)
	var body []byte
	require.NoError(t, rehearse.Run(t.Context(), story, rehearse.Options{
		Schema: schema(t),
		After: func(p *rehearse.Session) {
			if messages := p.Webhook.Messages(); len(messages) > 0 {
				body = messages[len(messages)-1].Body
			}
		},
	}))
	require.NotEmpty(t, body, "the webhook was told")
	assert.Equal(t, paths(t, body), paths(t, []byte(shown[1])))
}

// paths lists the keys of a JSON object with those inside, in their order.
func paths(t *testing.T, text []byte) []string {
	t.Helper()
	var members map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(text, &members))
	var all []string
	for _, key := range order(t, string(text)) {
		all = append(all, key)
		if !bytes.HasPrefix(bytes.TrimSpace(members[key]), []byte("{")) {
			continue
		}
		for _, inner := range paths(t, members[key]) {
			all = append(all, key+"."+inner)
		}
	}
	return all
}

// eventKeys are the keys of an event.
func eventKeys(t *testing.T) []string {
	t.Helper()
	text, err := told(t, config.Completed).Record()
	require.NoError(t, err)
	var keys []string
	for _, path := range paths(t, text) {
		keys = append(keys, path[strings.LastIndex(path, ".")+1:])
	}
	return keys
}

// metadataKeys are the keys that Versioner gets beside the fields that it has.
func metadataKeys(t *testing.T) []string {
	t.Helper()
	e := told(t, config.Completed)
	e.Previous.Version = "1.3.0"
	var to wire
	messages := deliver(t, track.NewVersioner("https://api.versioner.io", "sk_key", "lockstep", &to), &to, e)
	require.Len(t, messages, 1)
	var body struct {
		Metadata json.RawMessage `json:"extra_metadata"`
	}
	require.NoError(t, json.Unmarshal(messages[0], &body))
	return order(t, string(body.Metadata))
}

func trackingPage(t *testing.T) string {
	t.Helper()
	return read(t, filepath.Join(root, "docs", "tracking.md"))
}

// verification is a message to the function on the page that looks at signatures.
type verification struct {
	Secret string
	Header http.Header
	Body   []byte
	Now    time.Time
}

// The function on the page tells messages that the action signed from all others.
func TestVerificationOfSignatures(t *testing.T) {
	t.Parallel()
	to, messages := posted(t, told(t, config.Completed))
	genuine := func(change func(*verification)) verification {
		v := verification{Secret: signingSecret, Header: to.headers[0].Clone(), Body: messages[0], Now: afterwards()}
		change(&v)
		return v
	}
	late := func(by time.Duration) func(*verification) {
		return func(v *verification) { v.Now = v.Now.Add(by) }
	}
	said := verify(t, []verification{
		genuine(func(*verification) {}),
		genuine(late(4 * time.Minute)),
		genuine(func(v *verification) {
			v.Header.Set("Webhook-Signature", "v1,b2xk "+v.Header.Get("Webhook-Signature"))
		}),
		genuine(late(6 * time.Minute)),
		genuine(late(-6 * time.Minute)),
		genuine(func(v *verification) { v.Body = append(bytes.Clone(v.Body), ' ') }),
		genuine(func(v *verification) { v.Secret = "whsec_YW5vdGhlciBzZWNyZXQgb2YgMzIgYnl0ZXMgb3Igc28=" }),
		genuine(func(v *verification) { v.Header.Set("Webhook-Id", "another") }),
		genuine(func(v *verification) { v.Header.Del("Webhook-Timestamp") }),
		genuine(func(v *verification) { v.Header.Del("Webhook-Signature") }),
	})
	assert.Equal(t, []bool{true, true, true, false, false, false, false, false, false, false}, said)
	assert.Contains(t, trackingPage(t), "is signed with `"+signingSecret+"`", "the message on the page can be checked")
}

// verify runs the function on the page.
func verify(t *testing.T, cases []verification) []bool {
	t.Helper()
	shown := regexp.MustCompile("(?s)```go\n(.*?)```").FindStringSubmatch(trackingPage(t))
	require.NotNil(t, shown, "the page shows a function")
	const program = `
func main() {
	var cases []struct {
		Secret string
		Header http.Header
		Body   []byte
		Now    time.Time
	}
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		panic(err)
	}
	var said []bool
	for _, c := range cases {
		said = append(said, verify(c.Secret, c.Header, c.Body, c.Now))
	}
	json.NewEncoder(os.Stdout).Encode(said)
}
`
	imports := `package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

`
	path := filepath.Join(t.TempDir(), "main.go")
	require.NoError(t, os.WriteFile(path, []byte(imports+shown[1]+program), 0o600))
	input, err := json.Marshal(cases)
	require.NoError(t, err)
	run := exec.CommandContext(t.Context(), "go", "run", path)
	run.Stdin = bytes.NewReader(input)
	var problems bytes.Buffer
	run.Stderr = &problems
	output, err := run.Output()
	require.NoError(t, err, problems.String())
	var said []bool
	require.NoError(t, json.Unmarshal(output, &said))
	return said
}

// What a workflow of the documentation gives to our action is taken by it, apart from what only a runner
// can evaluate.
func TestInputsOfDocumentedWorkflows(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, w := range workflows(t) {
		for name, job := range w.Jobs {
			for _, step := range job.calls() {
				given := inputs(w.workflow, step)
				_, err := tryOut(given)
				require.NoError(t, err, "%s: %s", w.page, name)
				checked += len(given)
			}
		}
	}
	assert.Positive(t, checked)
}

// sinkKeyTable is written by hand, except that the action accepts these keys of an entry for these types
// and no others.
func sinkKeyTable(t *testing.T, b block) string {
	t.Helper()
	var rows [][]string
	for _, row := range b.rows() {
		var types []string
		for _, kind := range sinkTypes() {
			if slices.Contains(keysOf(t, kind), plain(row[0])) {
				types = append(types, markdown.Cell(kind))
			}
		}
		rows = append(rows, []string{row[0], strings.Join(types, ", "), column(row, 2)})
	}
	for _, key := range sinkKeys(t) {
		assert.Contains(t, b.text, "| "+markdown.Cell(key)+" |", "a key is missing")
	}
	return table([]string{"Key", "Of type", "What it says"}, rows)
}

// sinkTypes are the types that an entry of sinks can have.
func sinkTypes() []string { return []string{"webhook", "slack", "cdevents", "pagerduty", "datadog"} }

// sinkKeys are the keys of all types.
func sinkKeys(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, kind := range sinkTypes() {
		all = append(all, keysOf(t, kind)...)
	}
	return all
}

// keysOf reads the keys of a type out of what is said to one that is unknown.
func keysOf(t *testing.T, kind string) []string {
	t.Helper()
	_, err := tryOut(map[string]string{"sinks": `[{"type":"` + kind + `","?":""}]`})
	require.Error(t, err)
	_, accepted, found := strings.Cut(err.Error(), "accepted are ")
	require.True(t, found, err.Error())
	return strings.Split(accepted, ", ")
}
