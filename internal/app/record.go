package app

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/runner"
	"github.com/lockstep-action/lockstep/internal/track"
)

// tracking is what is known of events so far; several are sent at the same time.
type tracking struct {
	mu      sync.Mutex
	times   map[config.Status]time.Time
	receipt *track.Receipt // what the tracking endpoint says of the newest event that it took
	refusal *track.Refusal // nil while it refuses nothing
}

// occurred is when a state came about: the same moment for everybody who is told.
func (h *tracking) occurred(s config.Status, now func() time.Time) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.times == nil {
		h.times = map[config.Status]time.Time{}
	}
	if h.times[s].IsZero() {
		h.times[s] = now()
	}
	return h.times[s]
}

func (h *tracking) received(r track.Receipt) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.receipt = &r
}

func (h *tracking) refused(r *track.Refusal) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refusal = r
}

// answers are what the tracking endpoint has said, nil for nothing.
func (h *tracking) answers() (*track.Receipt, *track.Refusal) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.receipt, h.refusal
}

// rules are those of the tracking endpoint that are not in force yet and would refuse.
func (h *tracking) rules() []track.Rule {
	if receipt, _ := h.answers(); receipt != nil {
		return receipt.ReportOnly
	}
	return nil
}

// block is why a deployment was not allowed to start: in the tracking endpoint's words where it refused.
func (r *run) block(f deploy.Finding) track.Block {
	_, refusal := r.session.heard.answers()
	if refusal != nil && f.Code == deploy.TrackingBlocked {
		return refusal.Block()
	}
	return track.Block{Source: f.Gate, Code: string(f.Code), Message: f.Text}
}

// warnings are what people were warned of when the deployment was let through.
func (r *run) warnings() []string {
	const most = 20 // events have little room
	var all []string
	for _, finding := range r.decision.Warnings() {
		all = append(all, message.ShortBody(finding.Text))
	}
	for _, rule := range r.session.heard.rules() {
		all = append(all, rule.Name+": "+rule.Message)
	}
	return all[:min(len(all), most)]
}

func artifacts(end plan.EndSettings) []track.Artifact {
	var all []track.Artifact
	for _, one := range end.Artifacts {
		all = append(all, track.Artifact{Type: one.Type, Location: one.Location})
	}
	return all
}

// recorded says in one line what the tracking endpoint took.
func recorded(e track.Event) string {
	if e.Kind == track.Build {
		return fmt.Sprintf("Build tracked: %s@%s (%s)", e.Product, e.Version, e.State)
	}
	return fmt.Sprintf("Deployment tracked: %s@%s → %s (%s)", e.Product, e.Version, e.Environment, e.State)
}

// receiptURL is the tracking endpoint's page of what it took, "" when unknown.
func (r *run) receiptURL(receipt track.Receipt) string {
	end, kind := r.session.ledger.End, track.Deployment
	if end.Build {
		kind = track.Build
	}
	return track.VersionerPage(end.Tracking.APIURL, end.Tracking.UIURL, kind, receipt)
}

// describeRecord gives out the event of what was begun or recorded.
func (r *run) describeRecord() {
	announced, recorded := r.recordedState()
	if !recorded {
		return
	}
	e := r.event(announced, r.session.ledger)
	text, err := e.Record()
	if err != nil {
		r.runner.Log().Error("the record could not be written", "error", err.Error())
		return
	}
	r.outputs.set("record", string(text))
	r.keepRecord(e.ID, text)
}

// recordedState is the state that the run has recorded, if it has.
func (r *run) recordedState() (plan.RecordEvent, bool) {
	if r.session == nil || r.session.ledger.Subject.Noop {
		return plan.RecordEvent{}, false
	}
	switch r.decision.Reason {
	case deploy.DeploymentReady:
		return plan.RecordEvent{Status: config.Started}, true
	case deploy.FinishCompleted:
		return plan.Ended(r.config.Status), r.session.ledger.Phase == plan.Closed
	case deploy.TrackRecorded:
		if r.config.Status.Terminal() {
			return plan.Ended(r.config.Status), true
		}
		return plan.RecordEvent{Status: r.config.Status}, true
	default:
		return plan.RecordEvent{}, false
	}
}

// keepRecord writes the record into a file as well, which has room for what an output has none for.
func (r *run) keepRecord(id string, text []byte) {
	name := "lockstep-record-" + id + ".json"
	switch err := r.runner.WriteTemporary(name, text); {
	case err == nil:
		r.outputs.set("record_file", name)
	case !errors.Is(err, runner.ErrNoTemporary):
		r.runner.Log().Warn("the file of the record could not be written", "error", err.Error())
	}
}

// recordOf is what the run's page shows of a state.
func (r *run) recordOf(status config.Status, l plan.Ledger) message.Record {
	shown := message.Record{Subject: l.Subject, DeploymentID: l.DeploymentID}
	if l.Subject.Noop {
		return shown
	}
	shown.Product, shown.Version, shown.Status, shown.Checks = l.Product, l.Version, status, len(l.Checks)
	if !l.End.Build {
		shown.Change = string(change(l))
	}
	if status.Terminal() {
		shown.Ended = r.session.heard.occurred(status, r.deps.Now)
	}
	for _, one := range l.End.Artifacts {
		shown.Artifacts = append(shown.Artifacts, one.Location)
	}
	r.addReceipt(&shown)
	return shown
}

// addReceipt adds what the tracking endpoint said.
func (r *run) addReceipt(shown *message.Record) {
	status, _ := r.outputs.get("tracking_status")
	shown.Receipt = strings.ReplaceAll(status, "_", " ")
	receipt, _ := r.session.heard.answers()
	if receipt == nil {
		return
	}
	shown.ReceiptURL = r.receiptURL(*receipt)
	for _, rule := range receipt.ReportOnly {
		shown.ReportOnly = append(shown.ReportOnly, message.Rule(rule))
	}
}

// summarizeEnd shows on the run's page how a deployment ended.
func (r *run) summarizeEnd(s config.Status) {
	if r.session.ledger.Subject.Noop {
		return
	}
	r.summarize(message.RecordSummary(r.recordOf(plan.Ended(s).Status, r.session.ledger), deploy.Decision{}))
}
