package docs

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/track"
)

// signingSecret signs the message on the page.
const signingSecret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=" //nolint:gosec // the sample's

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
	answer := "ok"
	if r.URL.Path == "/deployment-events/" || r.URL.Path == "/build-events/" {
		answer = `{"id":"8c1f6a52"}`
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
}

// told is the event of a deployment to production, with what is usually known of one.
func told(m *maker, state config.Status) track.Event {
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
	e.Changes = s.Live.Changes
	var err error
	e.Metadata, _, err = track.ParseMetadata(`{"region":"eu"}`)
	m.must(err)
	return e.Identified()
}

// tellable is one event of each kind.
func tellable(m *maker) []track.Event {
	var all []track.Event
	states := []config.Status{config.Pending, config.Started, config.Completed, config.Failed, config.Aborted}
	for _, state := range append(states, track.Blocked) {
		all = append(all, told(m, state))
	}
	back := told(m, config.Completed)
	back.Change = track.Rollback
	lifted := told(m, config.Started)
	lifted.Override = &plan.Override{Rules: []string{"after"}, Reason: "the shop is down", By: "alice"}
	all = append(all, back, lifted)
	for _, state := range states {
		build := told(m, state)
		build.Kind, build.Environment, build.GitHub.DeploymentID = track.Build, "", 0
		all = append(all, build.Identified())
	}
	return all
}

// receiverTable sends each event to each receiver, as it is set up when an input says no more than its
// address or its key, and shows what arrives. When an event comes is written by hand.
func receiverTable(m *maker, b block) string {
	var rows [][]string
	for _, e := range tellable(m) {
		row := []string{strings.Join(names(e.Types()), ", "), atVersioner(m, e)}
		for _, one := range track.Types() {
			row = append(row, arrived(m, one.Name, e))
		}
		rows = append(rows, append(row, kept(m, b, row[0], lastColumn(b), 1)...))
	}
	head := []string{"Event", "Versioner"}
	for _, one := range track.Types() {
		head = append(head, one.Title)
	}
	return table(append(head, "When"), rows)
}

// lastColumn is where the last column of a table is, however many there are.
func lastColumn(b block) int {
	last := 0
	for _, row := range b.rows() {
		last = len(row) - 1
	}
	return last
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

func atVersioner(m *maker, e track.Event) string {
	var to wire
	messages := deliver(m, track.NewVersioner("https://api.versioner.io", "sk_key", track.Options{Agent: "lockstep", Transport: &to, Now: afterwards}), &to, e)
	if len(messages) == 0 {
		return untold
	}
	var body struct{ Status string }
	m.must(json.Unmarshal(messages[0], &body))
	return markdown.Cell(body.Status)
}

// arrived shows what arrives at a receiver of a type.
func arrived(m *maker, name string, e track.Event) string {
	var to wire
	messages := deliver(m, set(m, name, &to), &to, e)
	switch {
	case name == "pagerduty":
		return atPagerDuty(m, e)
	case len(messages) == 0:
		return untold
	case name == "webhook":
		m.check(to.headers[0].Get("Webhook-Signature") != "", "the webhook's message is not signed")
		m.check(len(messages) == len(e.Types()), "want one message for each of %v, got %d", e.Types(), len(messages))
	case name == "slack":
		var body struct{ Text string }
		m.must(json.Unmarshal(messages[0], &body))
		sign, _, _ := strings.Cut(body.Text, " ")
		return sign
	case name == "cdevents":
		return cdeventTypes(m, to.headers)
	}
	return "✓"
}

// set sets a receiver of a type up, with settings as names and values in turn.
func set(m *maker, name string, to *wire, settings ...string) track.Named {
	values := map[string]string{config.AddressSetting: "https://hooks.shop.example/deployments", "secret": strings.Repeat("0", 32)}
	for _, one := range track.SinkTypes() {
		for _, setting := range one.Settings {
			if one.Name == name && setting.Default != "" {
				values[setting.Name] = setting.Default
			}
		}
	}
	if name == "webhook" {
		values["secret"] = signingSecret
	}
	for i := 0; i < len(settings); i += 2 {
		values[settings[i]] = settings[i+1]
	}
	receiver, err := track.New(config.Sink{Type: name, Settings: values}, track.Options{Agent: "lockstep/1.0.0", Transport: to, Now: afterwards})
	m.must(err)
	return receiver
}

func cdeventTypes(m *maker, headers []http.Header) string {
	var types []string
	for _, header := range headers {
		name, version, found := strings.Cut(strings.TrimPrefix(header.Get("Ce-Type"), "dev.cdevents."), ".0.")
		m.require(found, "%s %s", name, version)
		types = append(types, markdown.Cell(name))
	}
	return strings.Join(types, ", ")
}

// atPagerDuty shows in brackets what arrives with pagerduty_alert_on_failure only.
func atPagerDuty(m *maker, e track.Event) string {
	quiet := pages(m, "", e)
	var shown []string
	for _, action := range pages(m, "error", e) {
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
func pages(m *maker, severity string, e track.Event) []string {
	var actions []string
	for _, message := range toPagerDuty(m, severity, e) {
		var body struct {
			Action string `json:"event_action"`
		}
		m.must(json.Unmarshal(message, &body))
		actions = append(actions, cmp.Or(body.Action, "change"))
	}
	return actions
}

func toPagerDuty(m *maker, severity string, e track.Event) [][]byte {
	var to wire
	settings := []string{"alert_on_failure", "false"}
	if severity != "" {
		settings = []string{"alert_on_failure", "true", "severity", severity}
	}
	return deliver(m, set(m, "pagerduty", &to, settings...), &to, e)
}

func toDatadog(m *maker, e track.Event) [][]byte {
	var to wire
	return deliver(m, set(m, "datadog", &to), &to, e)
}

// deliver sends an event and returns what arrived.
func deliver(m *maker, sink track.Named, to *wire, e track.Event) [][]byte {
	for _, result := range track.Fanout(context.Background(), []track.Named{sink}, e) {
		m.must(result.Err)
	}
	return to.bodies
}

// posted is what the signed webhook sends of an event.
func posted(m *maker, e track.Event) (*wire, [][]byte) {
	var to wire
	return &to, deliver(m, set(m, "webhook", &to), &to, e)
}

// webhookSample shows one message to the webhook: its headers, and its body with line breaks.
func webhookSample(m *maker, _ block) string {
	to, messages := posted(m, told(m, config.Completed))
	var text bytes.Buffer
	text.WriteString("\n```http\nPOST /deployments\n")
	for _, name := range []string{"Content-Type", "Idempotency-Key", "Webhook-Id", "Webhook-Timestamp", "Webhook-Signature", "X-Signature-256"} {
		m.require(to.headers[0].Get(name) != "", "the header %s is missing", name)
		text.WriteString(name + ": " + to.headers[0].Get(name) + "\n")
	}
	text.WriteString("```\n\n```json\n")
	m.must(json.Indent(&text, messages[0], "", "  "))
	text.WriteString("\n```\n\n")
	return text.String()
}

// frozen is what is said to a command that the tracking endpoint refuses.
func frozen(m *maker) string {
	a := newTrial(m, "Branch")
	a.request = asking(understood(m, a, ".deploy to production"))
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

// sinkKeyTable is written by hand, except that the action accepts these keys of an entry for these types
// and no others.
func sinkKeyTable(m *maker, b block) string {
	var rows [][]string
	for _, row := range b.rows() {
		var types []string
		for _, kind := range sinkTypes() {
			if slices.Contains(keysOf(m, kind), plain(row[0])) {
				types = append(types, markdown.Cell(kind))
			}
		}
		shown := strings.Join(types, ", ")
		if len(types) == len(sinkTypes()) {
			shown = "all"
		}
		rows = append(rows, []string{row[0], shown, column(row, 2)})
	}
	for _, key := range sinkKeys(m) {
		m.check(strings.Contains(b.text, "| "+markdown.Cell(key)+" |"), "the key %s is missing", key)
	}
	return table([]string{"Key", "Of type", "What it says"}, rows)
}

// sinkTypes are the types that an entry of sinks can have.
func sinkTypes() []string {
	var names []string
	for _, one := range track.SinkTypes() {
		names = append(names, one.Name)
	}
	return names
}

// sinkKeys are the keys of all types.
func sinkKeys(m *maker) []string {
	var all []string
	for _, kind := range sinkTypes() {
		all = append(all, keysOf(m, kind)...)
	}
	return all
}

// keysOf reads the keys of a type out of what is said to one that is unknown.
func keysOf(m *maker, kind string) []string {
	_, err := tryOut(map[string]string{"sinks": `[{"type":"` + kind + `","?":""}]`})
	m.require(err != nil, "an unknown key is accepted")
	_, accepted, found := strings.Cut(err.Error(), "; it has ")
	m.require(found, "no list of keys in: %v", err)
	return strings.Split(accepted, ", ")
}
