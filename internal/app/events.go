package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/track"
	"github.com/lockstep-action/lockstep/internal/wait"
)

// gate is the tracking endpoint that is asked before a start, nil for none.
func (r *run) gate() *track.Versioner {
	if !r.config.Tracks() {
		return nil
	}
	v := r.config.Versioner
	return track.NewVersioner(v.APIURL, v.APIKey, r.agent(), r.deps.Transport)
}

func (r *run) agent() string { return "lockstep/" + r.deps.Version }

// notices lists who only wants to know.
func (r *run) notices() ([]track.Named, error) {
	var all []track.Named
	for _, sink := range r.config.Sinks {
		one, err := r.notice(sink, r.config.AllowInsecureHTTP)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func (r *run) notice(s config.Sink, allowHTTP bool) (track.Named, error) {
	to := track.Endpoint{
		Name: s.Name, URL: s.URL, Agent: r.agent(), Events: s.Events, Environments: s.Environments,
		AllowHTTP: allowHTTP, Transport: r.deps.Transport,
	}
	switch s.Type {
	case config.WebhookSink:
		return track.NewWebhook(to, track.WebhookOptions{
			Secrets: s.Secret, SignatureHeader: s.SignatureHeader, Headers: s.Headers, Now: r.deps.Now,
		})
	case config.SlackSink:
		return track.NewSlack(to, mention(s.Mention))
	case config.CDEventsSink:
		return track.NewCDEvents(to, track.CDEventsOptions{Token: s.Secret, Mode: track.CDEventsMode(s.Mode), ArtifactID: s.ArtifactID})
	case config.PagerDutySink:
		return track.NewPagerDuty(to, track.PagerDutyOptions{RoutingKey: s.Secret, Severity: s.AlertSeverity()})
	case config.DatadogSink:
		return track.NewDatadog(to, track.DatadogOptions{APIKey: s.Secret, Service: s.Service})
	}
	return nil, errors.New("set up sink " + s.Name + ": its type is unknown")
}

// reopenReceiver sets up a receiver as the start has settled it, with its address and secrets from the inputs; nil if
// they are not there.
func (r *run) reopenReceiver(settled config.Sink, allowHTTP bool) track.Named {
	same := func(given config.Sink) bool { return given.Name == settled.Name && given.Type == settled.Type }
	at := slices.IndexFunc(r.config.Sinks, same)
	if at < 0 {
		r.runner.Warning("The receiver " + markdown.Code(settled.Name) + " gets no notice: this step has no address or key for it. " +
			"Give it the input " + markdown.Code(setupInput(settled)) + " of the step that started the deployment.")
		return nil
	}
	one, err := r.notice(settled.WithSecretsOf(r.config.Sinks[at]), allowHTTP)
	if err != nil {
		r.runner.Warning(err.Error())
		return nil
	}
	return one
}

// setupInput is the input that sets a receiver up.
func setupInput(s config.Sink) string {
	if s.Name != string(s.Type) {
		return "sinks"
	}
	return map[config.SinkType]string{
		config.WebhookSink: "webhook_url", config.SlackSink: "slack_webhook_url", config.CDEventsSink: "cdevents_url",
		config.PagerDutySink: "pagerduty_routing_key", config.DatadogSink: "datadog_api_key",
	}[s.Type]
}

// metadata are what the start has settled that events say in addition.
func (r *run) metadata(l plan.Ledger) track.Metadata {
	var settled track.Metadata
	if len(l.End.Metadata) == 0 {
		return settled
	}
	if err := json.Unmarshal(l.End.Metadata, &settled); err != nil {
		r.runner.Log().Error("the metadata of events cannot be read", "error", err.Error())
	}
	return settled
}

// mention writes somebody as Slack does: @here and @channel, the number of a user or of a group.
func mention(who string) string {
	switch {
	case who == "":
		return ""
	case strings.HasPrefix(who, "@"):
		return "<!" + who[1:] + ">"
	case strings.HasPrefix(who, "S"):
		return "<!subteam^" + who + ">"
	}
	return "<@" + who + ">"
}

// event is what a plan tells, with all that is known of it.
func (r *run) event(a plan.RecordEvent, l plan.Ledger) track.Event {
	e := track.NewEvent(r.request, l, a, r.session.heard.occurred(a.Status, r.deps.Now))
	if l.End.Build {
		e.Kind, e.Environment = track.Build, ""
	}
	if l.End.IncludeEmail {
		e.Actor.PublicEmail = e.Actor.Email
	}
	e.SCM.PullTitle, e.Artifacts = l.PullTitle, artifacts(l.End)
	e.Change, e.Metadata = change(l), r.metadata(l)
	e.Warnings = r.warnings()
	if live := l.Subject.Live; live != nil {
		e.Previous = track.Previous{SHA: live.SHA, Version: live.Version}
	}
	return e.Identified()
}

// change tells what a deployment does to its environment, as far as the commits were counted.
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

// announce asks the tracking endpoint. A start that it forbids or cannot record stops the run;
// fail_on_api_error: false lets it be out of order, versioner_gate: false takes its refusals for advice.
func (r *run) announce(ctx context.Context, a plan.RecordEvent, l plan.Ledger) error {
	if a.Orphan != nil {
		return r.announceLost(ctx, a, l)
	}
	e := r.event(a, l)
	r.outputs.set("event_id", e.ID)
	receipt, err := r.recordAt(ctx, e)
	refusal, refused := errors.AsType[*track.Refusal](err)
	switch {
	case err == nil:
		r.outputs.first("tracking_status", "recorded")
		r.describeReceipt(e, receipt)
		return nil
	case refused && !a.Status.Terminal():
		r.session.heard.refused(refusal)
		r.outputs.set("block_code", refusal.Code)
		r.outputs.set("retry_after", refusal.RetryAfter)
		if r.config.Versioner.Gate {
			r.outputs.set("tracking_status", "blocked")
			return err
		}
		r.outputs.first("tracking_status", "not_recorded")
		r.say(r.runner.Warning, err)
		return nil
	}
	r.outputs.first("tracking_status", "not_recorded")
	if a.Status == config.Aborted && l.Phase == plan.Starting {
		err = notAborted(err)
	}
	if l.End.FailOnError == config.FailNever {
		r.say(r.runner.Warning, err)
		return nil
	}
	return err
}

// notAborted says what it means that the tracking endpoint does not learn that a start was called off.
func notAborted(err error) error {
	problem := explain(err)
	problem.Text = "The tracking endpoint could not be told that this start was called off. " + problem.Text
	problem.Hint = "It may take the deployment for one that still runs, and refuse the next start: correct its record in the tracking service."
	return &problemError{problem: problem, cause: err}
}

// recordAt records an event at the tracking endpoint, if its key is there.
func (r *run) recordAt(ctx context.Context, e track.Event) (track.Receipt, error) {
	if r.session.gate == nil {
		return track.Receipt{}, &problemError{problem: deploy.Problem{
			Text: "The event was not recorded at the tracking endpoint: this step has no key for it.",
			Hint: "Give it the input `versioner_api_key` of the step that started the deployment.",
		}}
	}
	return r.session.gate.Record(ctx, e)
}

// announceLost tells the tracking endpoint the end of a deployment whose own run cannot.
func (r *run) announceLost(ctx context.Context, a plan.RecordEvent, l plan.Ledger) error {
	e := track.NewEvent(r.request, l, a, r.deps.Now())
	e.Product, e.Version, e.SCM.SHA = a.Orphan.Product, a.Orphan.Version, a.Orphan.SHA
	e.GitHub.RunID, e.GitHub.RunAttempt, e.GitHub.RunNumber = a.Orphan.Run.ID, a.Orphan.Run.Attempt, 0
	e.GitHub.RunURL = fmt.Sprintf("%s/%s/actions/runs/%d", e.SCM.ServerURL, e.SCM.Repository, a.Orphan.Run.ID)
	e.GitHub.DeploymentID, e.Times.Started, e.Checks = 0, time.Time{}, nil
	_, err := r.recordAt(ctx, e.Identified())
	return err
}

// describeReceipt gives out what the tracking endpoint says of what it recorded. Rules that are not in
// force yet would have refused; people should know before they are.
func (r *run) describeReceipt(e track.Event, receipt track.Receipt) {
	r.session.heard.received(receipt)
	r.runner.Notice(recorded(e))
	if receipt.Presumed {
		r.runner.Warning("The tracking endpoint's answer to the start was lost, and its next one said that a deployment is running. " +
			"That deployment began with this start, so I take the start for recorded.")
	}
	names := map[string]string{
		"tracking_id": receipt.ID, "tracking_url": r.receiptURL(receipt),
		"version_id": receipt.VersionID, "product_id": receipt.ProductID, "environment_id": receipt.EnvironmentID,
	}
	if r.session.ledger.End.Build {
		names["build_id"] = receipt.ID
	}
	for name, id := range names {
		if id != "" {
			r.outputs.set(name, id)
		}
	}
	if count := len(receipt.ReportOnly); count > 0 {
		r.outputs.set("report_only_warnings", strconv.Itoa(count))
	}
	for _, rule := range receipt.ReportOnly {
		r.runner.Warning("A rule of the tracking endpoint that is not in force yet would refuse this: " + markdown.Code(rule.Name) + ": " + markdown.Code(rule.Message) + ".")
	}
}

// notify tells those who only want to know, all at the same time. Whom it does not reach costs one
// warning, and is told once more when the job ends.
func (r *run) notify(ctx context.Context, n plan.NotifySinks, l plan.Ledger) plan.Done {
	e := r.event(plan.RecordEvent{Status: n.Status, Message: n.Message}, l)
	if n.Blocked != nil {
		e.State = track.Blocked
		e.Block = r.block(*n.Blocked)
		e = e.Identified()
	}
	r.outputs.first("event_id", e.ID)
	receivers, hint := r.session.notices, ""
	switch {
	case r.retriesAtEnd(e):
		const patience = 5 * time.Second // nobody's deployment waits longer for what can be told later
		within, cancel := wait.Limit(ctx, patience, fmt.Errorf("no delivery within %s", patience))
		defer cancel()
		ctx, hint = within, " Lockstep will retry when the job ends."
	case e.State.Terminal():
		receivers = r.withBacklog(l.Outbox)
	}
	undelivered := r.tell(ctx, receivers, e, hint)
	if len(undelivered) == 0 {
		return plan.Done{}
	}
	return plan.Done{Undelivered: &plan.Outbox{Events: undelivered}}
}

// retriesAtEnd reports whether a later part of the action tries again to tell what cannot be told now.
func (r *run) retriesAtEnd(e track.Event) bool {
	ends := r.config.Mode != config.TrackIt || r.config.Track.FinishOnPost
	return ends && (e.State == config.Started || e.State == config.Pending)
}

// withBacklog are those who only want to know, each of whom learns first what could not be told before: the
// same event with the same id.
func (r *run) withBacklog(outbox []plan.PendingEvent) []track.Named {
	missed := map[string][]track.Event{}
	for _, parcel := range outbox {
		var e track.Event
		if err := json.Unmarshal(parcel.Event, &e); err != nil {
			r.runner.Log().Error("an event that was kept cannot be read", "receiver", parcel.Sink, "error", err.Error())
			continue
		}
		missed[parcel.Sink] = append(missed[parcel.Sink], e)
	}
	receivers := make([]track.Named, len(r.session.notices))
	for i, one := range r.session.notices {
		receivers[i] = track.Redeliver(one, missed[one.Name()])
	}
	return receivers
}

// tell sends an event to each of the receivers, and packs it for those whom it does not reach. The hint says
// what becomes of that.
func (r *run) tell(ctx context.Context, receivers []track.Named, e track.Event, hint string) []plan.PendingEvent {
	var undelivered []plan.PendingEvent
	e.Actor.Email = "" // nobody else is told, so it need not be kept
	packed, err := json.Marshal(e)
	for _, result := range track.Fanout(ctx, receivers, e) {
		if result.Err == nil {
			continue
		}
		problem := result.Problem()
		r.runner.Warning(problem.Text + " " + problem.Hint + hint)
		if err == nil {
			undelivered = append(undelivered, plan.PendingEvent{Sink: result.Name, Event: packed})
		}
	}
	return undelivered
}
