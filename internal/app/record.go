package app

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/runner"
	"github.com/lockstep-action/lockstep/internal/track"
)

// withRecord adds the event of what was begun or recorded. A file has room for what an output has none for.
func (t *tracker) withRecord(r Result) Result {
	state, recorded := recordedState(r)
	if !recorded {
		return r
	}
	e := t.newEvent(state, *r.Ledger)
	text, err := e.Record()
	if err != nil {
		t.runner.Log().Error("the record could not be written", "error", err.Error())
		return r
	}
	r.Record = string(text)
	name := "lockstep-record-" + e.ID + ".json"
	switch err := t.runner.WriteTemporary(name, text); {
	case err == nil:
		r.RecordFile = name
	case !errors.Is(err, runner.ErrNoTemporary):
		t.runner.Log().Warn("the file of the record could not be written", "error", err.Error())
	}
	return r
}

func recordedState(r Result) (plan.RecordEvent, bool) {
	if r.Ledger.Subject.Noop {
		return plan.RecordEvent{}, false
	}
	status := r.Config.Status
	switch reason := r.Decision.Reason; {
	case reason == deploy.DeploymentReady:
		return plan.RecordEvent{Status: config.Started}, true
	case reason == deploy.FinishCompleted:
		return plan.Ended(status), r.Ledger.Phase == plan.Closed
	case reason == deploy.TrackRecorded && status.Terminal():
		return plan.Ended(status), true
	case reason == deploy.TrackRecorded:
		return plan.RecordEvent{Status: status}, true
	}
	return plan.RecordEvent{}, false
}

func recordOf(r Result, status config.Status, occurred time.Time) message.Record {
	l := r.Ledger
	shown := message.Record{Subject: l.Subject, DeploymentID: l.DeploymentID}
	if l.Subject.Noop {
		return shown
	}
	shown.Product, shown.Version, shown.Status, shown.Checks = l.Product, l.Version, status, len(l.Checks)
	if !l.End.Build {
		shown.Change = string(change(*l))
	}
	if status.Terminal() {
		shown.Ended = occurred
	}
	for _, one := range l.End.Artifacts {
		shown.Artifacts = append(shown.Artifacts, one.Location)
	}
	shown.Receipt = strings.ReplaceAll(r.Tracking.Status, "_", " ")
	if receipt := r.Tracking.receipt(); receipt != nil {
		shown.ReceiptURL = receiptURL(*receipt, l.End)
		for _, rule := range receipt.ReportOnly {
			shown.ReportOnly = append(shown.ReportOnly, message.Rule(rule))
		}
	}
	return shown
}

func receiptURL(receipt track.Receipt, end plan.EndSettings) string {
	kind := track.Deployment
	if end.Build {
		kind = track.Build
	}
	return track.VersionerPage(end.Tracking.APIURL, end.Tracking.UIURL, kind, receipt)
}

func (t *tracker) newEvent(record plan.RecordEvent, l plan.Ledger) track.Event {
	e := track.NewEvent(t.result.Request, l, record, t.occurred(record.Status))
	if l.End.Build {
		e.Kind, e.Environment = track.Build, ""
	}
	if l.End.IncludeEmail {
		e.Actor.PublicEmail = e.Actor.Email
	}
	e.SCM.PullTitle, e.Change, e.Warnings = l.PullTitle, change(l), t.warnings()
	for _, one := range l.End.Artifacts {
		e.Artifacts = append(e.Artifacts, track.Artifact{Type: one.Type, Location: one.Location})
	}
	if live := l.Subject.Live; live != nil {
		e.Previous = track.Previous{SHA: live.SHA, Version: live.Version}
	}
	if len(l.End.Metadata) > 0 {
		if err := json.Unmarshal(l.End.Metadata, &e.Metadata); err != nil {
			t.runner.Log().Error("the metadata of events cannot be read", "error", err.Error())
		}
	}
	return e.Identified()
}

func change(l plan.Ledger) track.Change {
	live := l.Subject.Live
	switch {
	case l.Subject.Stable:
		return track.Rollback
	case live == nil || !live.Counted:
		return track.UnknownChange
	case live.SHA == l.Subject.SHA:
		return track.Redeploy
	case live.Ahead == 0 && live.Behind > 0:
		return track.Rollback
	}
	return track.Forward
}

func (t *tracker) warnings() []string {
	const most = 20 // events have little room
	var all []string
	for _, finding := range t.result.Decision.Warnings() {
		all = append(all, message.ShortBody(finding.Text))
	}
	if receipt := t.known().receipt(); receipt != nil {
		for _, rule := range receipt.ReportOnly {
			all = append(all, rule.Name+": "+rule.Message)
		}
	}
	return all[:min(len(all), most)]
}
