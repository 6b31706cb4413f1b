package app

import (
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

// withRecord returns the result with the event of what was begun or recorded. A file has room for what an output has
// none for.
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

// recordedState is the state that the run has recorded, if it has.
func recordedState(r Result) (plan.RecordEvent, bool) {
	if r.Ledger.Subject.Noop {
		return plan.RecordEvent{}, false
	}
	switch r.Decision.Reason {
	case deploy.DeploymentReady:
		return plan.RecordEvent{Status: config.Started}, true
	case deploy.FinishCompleted:
		return plan.Ended(r.Config.Status), r.Ledger.Phase == plan.Closed
	case deploy.TrackRecorded:
		if r.Config.Status.Terminal() {
			return plan.Ended(r.Config.Status), true
		}
		return plan.RecordEvent{Status: r.Config.Status}, true
	default:
		return plan.RecordEvent{}, false
	}
}

// recordOf is what the run's page shows of a state that came about then.
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

// receiptURL is the tracking endpoint's page of what it took, "" when unknown.
func receiptURL(receipt track.Receipt, end plan.EndSettings) string {
	kind := track.Deployment
	if end.Build {
		kind = track.Build
	}
	return track.VersionerPage(end.Tracking.APIURL, end.Tracking.UIURL, kind, receipt)
}
