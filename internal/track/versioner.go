package track

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
)

// Versioner sends events to Versioner's API: POST <base>/deployment-events/ and <base>/build-events/.
type Versioner struct{ client client }

const deploymentsPath = "/deployment-events/"

// NewVersioner returns the receiver at an address that was checked with the inputs.
func NewVersioner(baseURL, key string, o Options) *Versioner {
	v := &Versioner{client: client{
		http: noRedirects(o.Transport), address: strings.TrimSuffix(baseURL, "/"), header: header(o.Agent), now: o.Now,
		limits: gateLimits(), redact: redacting(key), classify: classifyGate,
	}}
	v.client.header.Set("Authorization", "Bearer "+key)
	return v
}

// Name is what the receiver is called in the log.
func (v *Versioner) Name() string { return "versioner" }

// Wants reports whether the event is one that the API knows.
func (v *Versioner) Wants(e Event) bool { return e.State != Blocked }

// Send delivers one event, with the same bytes on every attempt.
func (v *Versioner) Send(ctx context.Context, e Event) error {
	_, err := v.Record(ctx, e)
	return err
}

// Record delivers one event, and reads what the API says of what it recorded. An answer that names no record is a
// failure: the address can be wrong, and nothing said yes.
func (v *Versioner) Record(ctx context.Context, e Event) (Receipt, error) {
	path := deploymentsPath
	if e.kind() == Build {
		path = "/build-events/"
	}
	var receipt Receipt
	err := v.client.deliver(ctx, e, request{
		path: path, id: e.ID, message: newVersionerEvent(e),
		accepted: func(answered []byte) (err error) {
			receipt, err = readReceipt(answered, v.client.redact)
			return err
		},
		presumed: func(r *Refusal) { receipt = Receipt{ID: r.conflictID, Presumed: true} },
	})
	return receipt, err
}

func classifyGate(status int, said answer) error {
	switch status {
	case http.StatusConflict, http.StatusLocked, http.StatusPreconditionRequired:
		return &Refusal{
			Status: status, Code: said.code, Rule: said.rule, Message: said.message,
			RetryAfter: said.retryAfter, conflictID: said.conflictID, conflictSince: said.conflictSince, details: said.details,
		}
	}
	return accepted(status, said)
}

// isOwn reports whether the deployment that is in the way of a start is that start, whose answer was lost: it began
// after the first attempt, by the receiver's own clock, and nothing that is said of it differs.
func (d *delivery) isOwn(r *Refusal) bool {
	const second = time.Second // the times of both have whole ones
	if !d.uncertain || d.event.State != config.Started || r.Status != http.StatusConflict || r.conflictSince.IsZero() || d.answered.IsZero() {
		return false
	}
	began := d.answered.Add(-d.client.now().Sub(d.began))
	return !r.conflictSince.Before(began.Add(-second)) && agree(d.body, r.details)
}

// agree reports whether two JSON objects have the same values where both have one of a name.
func agree(sent, said json.RawMessage) bool {
	var ours, theirs map[string]json.RawMessage
	if json.Unmarshal(sent, &ours) != nil || json.Unmarshal(said, &theirs) != nil {
		return false
	}
	for name, value := range theirs {
		if own, both := ours[name]; both && scalar(own) != scalar(value) {
			return false
		}
	}
	return true
}

// Ping finds out whether the API can be reached. It records nothing, and does not try the key.
func (v *Versioner) Ping(ctx context.Context) error {
	return v.client.ping(ctx, deploymentsPath)
}

// Receipt is what Versioner says of an event that it took. Every field may be empty, and comes from outside.
type Receipt struct {
	ID            string // of the deployment or the build
	VersionID     string
	ProductID     string
	EnvironmentID string
	Presumed      bool   // a start was in its own way, because its first delivery was accepted
	ReportOnly    []Rule // rules that would have refused, were they in force
}

// Rule is a rule of the receiver, with what it says.
type Rule struct{ Name, Message string }

// readReceipt reads an answer, which names at least a record; what else is not of the documented form says nothing.
// Secrets are removed from what was read, however they were spelled.
func readReceipt(body []byte, redact *strings.Replacer) (Receipt, error) {
	var said struct {
		ID            json.RawMessage `json:"id"`
		VersionID     json.RawMessage `json:"version_id"`
		ProductID     json.RawMessage `json:"product_id"`
		EnvironmentID json.RawMessage `json:"environment_id"`
		Metadata      json.RawMessage `json:"extra_metadata"`
	}
	switch err := json.Unmarshal(body, &said); {
	case bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")):
		return Receipt{}, errors.New(webPage)
	case err != nil:
		return Receipt{}, errors.New("an answer that is not a JSON object")
	case scalar(said.ID) == "":
		return Receipt{}, errors.New("an answer without the id of a record")
	}
	text := func(raw json.RawMessage) string { return short(redact.Replace(scalar(raw))) }
	return Receipt{
		ID: text(said.ID), VersionID: text(said.VersionID), ProductID: text(said.ProductID), EnvironmentID: text(said.EnvironmentID),
		ReportOnly: readRules(said.Metadata, text),
	}, nil
}

// readRules finds the rules that are not in force and that the event does not satisfy.
func readRules(metadata json.RawMessage, text func(json.RawMessage) string) []Rule {
	var said struct {
		Preflight struct {
			Rules []json.RawMessage `json:"rules_evaluated"`
		} `json:"preflight_status"`
	}
	if json.Unmarshal(metadata, &said) != nil {
		return nil
	}
	var rules []Rule
	for _, raw := range said.Preflight.Rules {
		var one struct {
			Name    json.RawMessage `json:"rule_name"`
			Message json.RawMessage `json:"error_message"`
			Status  json.RawMessage `json:"status"`
			Result  json.RawMessage `json:"evaluation_result"`
		}
		if json.Unmarshal(raw, &one) != nil || scalar(one.Status) != "report_only" || scalar(one.Result) != "failed" {
			continue
		}
		rules = append(rules, Rule{Name: cmp.Or(text(one.Name), "unknown"), Message: cmp.Or(text(one.Message), "no details")})
	}
	return rules
}

// VersionerPage is where people see what Versioner recorded, "" where that is unknown.
func VersionerPage(apiURL, pagesURL string, kind Kind, r Receipt) string {
	pages := strings.TrimSuffix(pagesURL, "/")
	if pages == "" {
		pages = knownPages(apiURL)
	}
	switch {
	case pages == "":
		return ""
	case kind == Build && r.VersionID != "":
		return pages + "/manage/catalog?tab=versions&view=" + url.QueryEscape(r.VersionID)
	case kind != Build && r.ID != "":
		return pages + "/manage/deployments?view=" + url.QueryEscape(r.ID)
	}
	return ""
}

func knownPages(apiURL string) string {
	address, err := url.Parse(apiURL)
	if err != nil {
		return ""
	}
	return map[string]string{
		"api.versioner.io":             "https://app.versioner.io",
		"development-api.versioner.io": "https://dev.versioner.io",
	}[strings.ToLower(address.Hostname())]
}
