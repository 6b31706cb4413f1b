package app

import (
	"encoding/json"

	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/track"
)

// newEvent is what a plan records, with all that is known of it.
func (t *tracker) newEvent(record plan.RecordEvent, l plan.Ledger) track.Event {
	e := track.NewEvent(newRequest(t.event), l, record, t.occurred(record.Status))
	if l.End.Build {
		e.Kind, e.Environment = track.Build, ""
	}
	if l.End.IncludeEmail {
		e.Actor.PublicEmail = e.Actor.Email
	}
	e.SCM.PullTitle, e.Artifacts, e.Change, e.Warnings = l.PullTitle, artifacts(l.End), change(l), t.warnings()
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

// change is what a deployment does to its environment, as far as the commits were counted.
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

// warnings are what people were warned of when the deployment was let through.
func (t *tracker) warnings() []string {
	const most = 20 // events have little room
	var all []string
	for _, finding := range t.decision.Warnings() {
		all = append(all, message.ShortBody(finding.Text))
	}
	if receipt := t.known().receipt(); receipt != nil {
		for _, rule := range receipt.ReportOnly {
			all = append(all, rule.Name+": "+rule.Message)
		}
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
