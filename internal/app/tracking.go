package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/runner"
	"github.com/lockstep-action/lockstep/internal/track"
	"github.com/lockstep-action/lockstep/internal/wait"
)

// tracker sends events, several at the same time, and keeps what became of them.
type tracker struct {
	*App
	to     receivers
	result *Result // of the run
	now    func() time.Time

	mu    sync.Mutex // for what became of the events in the result, and times
	times map[config.Status]time.Time
}

// retries reports whether a later part of the action tries again to deliver what cannot be delivered now.
func (t *tracker) retries() bool {
	return t.result.Config.Mode != config.TrackIt || t.result.Config.Track.FinishOnPost
}

func (t *tracker) do(ctx context.Context, effect plan.Effect, l plan.Ledger) (plan.Done, error) {
	if notice, isNotice := effect.(plan.NotifySinks); isNotice {
		return t.notify(ctx, notice, l), nil
	}
	record, _ := effect.(plan.RecordEvent)
	if record.Orphan != nil {
		return plan.Done{}, t.recordOrphan(ctx, record, l)
	}
	return plan.Done{}, t.record(ctx, record, l)
}

// occurred is when a state came about: the same moment for every receiver. An end came about when GitHub got its status, also
// for another process that tells it once more. GitHub's times are whole seconds: it is counted from the second of the start.
func (t *tracker) occurred(s config.Status, l plan.Ledger) time.Time {
	started, at := l.Subject.StartedAt, t.now()
	if s.Terminal() && !l.EndedAt.IsZero() {
		at = l.EndedAt.Add(started.Sub(started.Truncate(time.Second)))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.times == nil {
		t.times = map[config.Status]time.Time{}
	}
	if t.times[s].IsZero() {
		t.times[s] = at
	}
	return t.times[s]
}

func (t *tracker) note(change func(*Tracking)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.result.Tracking)
}

func (t *tracker) known() Tracking {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.result.Tracking
}

func (t *tracker) send(ctx context.Context, e track.Event) (track.Receipt, error) {
	if t.to.gate == nil {
		return track.Receipt{}, &problemError{problem: deploy.Problem{
			Text: "The event was not recorded at the tracking endpoint: this step has no key for it.",
			Hint: "Give it the input `versioner_api_key` of the step that started the deployment.",
		}}
	}
	clean, err := t.redaction().Event(e)
	if err != nil {
		return track.Receipt{}, err
	}
	return t.to.gate.Record(ctx, clean)
}

// redaction removes the secrets of this step from events. What the start has settled has none.
func (t *tracker) redaction() track.Redaction {
	return track.NewRedaction(t.result.Config.Secrets()...)
}

// record asks the tracking endpoint. A start that it forbids or cannot record stops the run;
// fail_on_api_error: false lets it be out of order, versioner_gate: false takes its refusals for advice.
func (t *tracker) record(ctx context.Context, record plan.RecordEvent, l plan.Ledger) error {
	e := t.newEvent(record, l)
	t.note(func(s *Tracking) { s.EventID = e.ID })
	receipt, err := t.send(ctx, e)
	if err == nil {
		t.received(e, receipt)
		return nil
	}
	if refusal, refused := errors.AsType[*track.Refusal](err); refused && !record.Status.Terminal() {
		return t.refused(refusal)
	}
	t.note(func(s *Tracking) { s.Status = cmp.Or(s.Status, "not_recorded") })
	if record.Status == config.Aborted && l.Phase == plan.Starting {
		err = notAborted(err)
	}
	if l.End.FailOnError == config.FailNever {
		t.say(t.runner.Warning, err)
		return nil
	}
	return err
}

func (t *tracker) refused(refusal *track.Refusal) error {
	if t.result.Config.Versioner.Gate {
		t.note(func(s *Tracking) { s.Refusal, s.Status = refusal, "blocked" })
		return refusal
	}
	t.note(func(s *Tracking) { s.Refusal, s.Status = refusal, cmp.Or(s.Status, "not_recorded") })
	t.say(t.runner.Warning, refusal)
	return nil
}

// notAborted says what it means that the tracking endpoint does not learn that a start was called off.
func notAborted(err error) error {
	problem := explain(err)
	problem.Text = "The tracking endpoint could not be told that this start was called off. " + problem.Text
	problem.Hint = "It may take the deployment for one that still runs, and refuse the next start: correct its record in the tracking service."
	return &problemError{problem: problem, cause: err}
}

func (t *tracker) recordOrphan(ctx context.Context, record plan.RecordEvent, l plan.Ledger) error {
	e := track.NewEvent(t.result.Request, l, record, t.now())
	e.Product, e.Version, e.SCM.SHA = record.Orphan.Product, record.Orphan.Version, record.Orphan.SHA
	e.GitHub.RunID, e.GitHub.RunAttempt, e.GitHub.RunNumber = record.Orphan.Run.ID, record.Orphan.Run.Attempt, 0
	e.GitHub.RunURL = fmt.Sprintf("%s/%s/actions/runs/%d", e.SCM.ServerURL, e.SCM.Repository, record.Orphan.Run.ID)
	e.GitHub.DeploymentID, e.Times.Started, e.Checks = 0, time.Time{}, nil
	_, err := t.send(ctx, e.Identified())
	return err
}

// received keeps what the tracking endpoint says of what it recorded. People should know of rules before they are in
// force.
func (t *tracker) received(e track.Event, receipt track.Receipt) {
	t.note(func(s *Tracking) {
		s.Status, s.Receipts = cmp.Or(s.Status, "recorded"), append(s.Receipts, receipt)
	})
	t.runner.Notice(recorded(e))
	if receipt.Presumed {
		t.runner.Warning("The tracking endpoint's answer to the start was lost, and its next one said that a deployment is running. " +
			"That deployment began with this start, so I take the start for recorded.")
	}
	for _, rule := range receipt.ReportOnly {
		t.runner.Warning("A rule of the tracking endpoint that is not in force yet would refuse this: " + markdown.Code(rule.Name) + ": " + markdown.Code(rule.Message) + ".")
	}
}

func recorded(e track.Event) string {
	if e.Kind == track.Build {
		return fmt.Sprintf("Build tracked: %s@%s (%s)", e.Product, e.Version, e.State)
	}
	return fmt.Sprintf("Deployment tracked: %s@%s → %s (%s)", e.Product, e.Version, e.Environment, e.State)
}

// notify sends a notice to every receiver. One that cannot be delivered is sent once more when the job ends.
func (t *tracker) notify(ctx context.Context, n plan.NotifySinks, l plan.Ledger) plan.Done {
	e := t.newEvent(plan.RecordEvent{Status: n.Status, Message: n.Message}, l)
	if n.Blocked != nil {
		e.State, e.Block = track.Blocked, t.block(*n.Blocked)
		e = e.Identified()
	}
	t.note(func(s *Tracking) { s.EventID = cmp.Or(s.EventID, e.ID) })
	receivers, hint := t.to.notices, ""
	switch {
	case t.retries() && (e.State == config.Started || e.State == config.Pending):
		const patience = 5 * time.Second // no deployment waits longer for what can be sent later
		within, cancel := wait.Limit(ctx, patience, fmt.Errorf("no delivery within %s", patience))
		defer cancel()
		ctx, hint = within, " Lockstep will retry when the job ends."
	case e.State.Terminal():
		receivers = t.withBacklog(l)
	}
	undelivered := t.deliver(ctx, receivers, e, hint)
	if len(undelivered) == 0 {
		return plan.Done{}
	}
	return plan.Done{Undelivered: &plan.Outbox{Events: undelivered}}
}

func (t *tracker) block(f deploy.Finding) track.Block {
	if refusal := t.known().Refusal; refusal != nil && f.Code == deploy.TrackingBlocked {
		return refusal.Block()
	}
	return track.Block{Source: f.Gate, Code: string(f.Code), Message: f.Text}
}

// withBacklog are the receivers of notices, each of which gets first what could not be delivered before.
func (t *tracker) withBacklog(l plan.Ledger) []track.Named {
	missed := map[string][]track.Event{}
	for _, pending := range l.Outbox {
		e, err := t.unpacked(pending, l)
		if err != nil {
			t.runner.Log().Error("an event that was kept cannot be read", "receiver", pending.Sink, "error", err.Error())
			continue
		}
		missed[pending.Sink] = append(missed[pending.Sink], e)
	}
	receivers := make([]track.Named, len(t.to.notices))
	for i, one := range t.to.notices {
		receivers[i] = track.Redeliver(one, missed[one.Name()])
	}
	return receivers
}

// unpacked is an event that was kept, as it was before.
func (t *tracker) unpacked(pending plan.PendingEvent, l plan.Ledger) (track.Event, error) {
	var e track.Event
	if err := json.Unmarshal(pending.Event, &e); err != nil {
		return e, err
	}
	if l.Subject.Live != nil {
		e.Changes = l.Subject.Live.Changes
	}
	return t.redaction().Event(e)
}

// deliver sends an event, and packs it for receivers that it does not reach. The hint says what becomes of that.
func (t *tracker) deliver(ctx context.Context, receivers []track.Named, e track.Event, hint string) []plan.PendingEvent {
	var undelivered []plan.PendingEvent
	e.Actor.Email = "" // no receiver of notices gets it, so it need not be kept
	e, err := t.redaction().Event(e)
	if err != nil {
		t.runner.Log().Error("the event could not be sent", "error", err.Error())
		return nil
	}
	kept := e
	kept.Changes = nil // the ledger has it
	packed, err := json.Marshal(kept)
	for _, result := range track.Fanout(ctx, receivers, e) {
		if result.Err == nil {
			continue
		}
		problem := result.Problem()
		t.runner.Warning(problem.Text + " " + problem.Hint + hint)
		if err == nil {
			undelivered = append(undelivered, plan.PendingEvent{Sink: result.Name, Event: packed})
		}
	}
	return undelivered
}

// withRecord adds the event of what was begun or recorded. A file has room for what an output has none for.
func (t *tracker) withRecord(r Result) Result {
	state, recorded := recordedState(r)
	if !recorded {
		return r
	}
	e := t.newEvent(state, *r.Ledger)
	clean, err := t.redaction().Event(e)
	text, failed := clean.Record()
	if err = cmp.Or(err, failed); err != nil {
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
	case reason == deploy.FinishCompleted, reason == deploy.ResultCompleted, reason == deploy.ResultNonSuccess, reason == deploy.HealthCheckFailed:
		return r.Ledger.Ended(status), r.Ledger.Phase == plan.Closed
	case reason == deploy.TrackRecorded && status.Terminal():
		return r.Ledger.Ended(status), true
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
	e := track.NewEvent(t.result.Request, l, record, t.occurred(record.Status, l))
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
		e.Previous, e.Changes = track.Previous{SHA: live.SHA, Version: live.Version}, live.Changes
	}
	if len(l.End.Metadata) > 0 {
		if err := json.Unmarshal(l.End.Metadata, &e.Metadata); err != nil {
			t.runner.Log().Error("the metadata of events cannot be read", "error", err.Error())
		}
	}
	return e.Identified()
}

// change compares with what ran. Someone who asks for the stable branch may bring a newer commit of it.
func change(l plan.Ledger) track.Change {
	live := l.Subject.Live
	switch {
	case l.Subject.Rollback != nil:
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
