package app

import (
	"errors"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/track"
)

// receivers are those of events.
type receivers struct {
	gate    *track.Versioner // may refuse a start, nil for none
	notices []track.Named    // receive notices, and cannot refuse
}

func (a *App) agent() string { return "lockstep/" + a.deps.Version }

// gate is the tracking endpoint that the inputs name, nil for none.
func (a *App) gate(c config.Config) *track.Versioner {
	if !c.Tracks() {
		return nil
	}
	return track.NewVersioner(c.Versioner.APIURL, c.Versioner.APIKey, a.agent(), a.deps.Transport)
}

// openReceivers sets up the receivers that the inputs name.
func (a *App) openReceivers(c config.Config) (receivers, error) {
	all := receivers{gate: a.gate(c)}
	for _, sink := range c.Sinks {
		one, err := a.notice(sink, a.endpoint(c, sink))
		if err != nil {
			return receivers{}, err
		}
		all.notices = append(all.notices, one)
	}
	return all, nil
}

// probers are the receivers that can be set up, the tracking endpoint first.
func (a *App) probers(c config.Config) []track.Prober {
	var all []track.Prober
	if gate := a.gate(c); gate != nil {
		all = append(all, gate)
	}
	for _, sink := range c.Sinks {
		if one, err := a.notice(sink, a.endpoint(c, sink)); err == nil {
			all = append(all, one)
		}
	}
	return all
}

// reopenReceivers sets up the receivers that the start has settled. The inputs add nothing but addresses and secrets;
// a receiver whose are not there gets nothing.
func (a *App) reopenReceivers(c config.Config, l plan.Ledger) receivers {
	var all receivers
	c.AllowInsecureHTTP = l.End.AllowHTTP
	if l.Tracks() {
		c.Versioner.APIURL = l.End.Tracking.APIURL
		all.gate = a.gate(c)
	}
	for _, settled := range l.End.Receivers {
		at := slices.IndexFunc(c.Sinks, func(given config.Sink) bool { return given.Name == settled.Name && given.Type == settled.Type })
		if at < 0 {
			a.runner.Warning("The receiver " + markdown.Code(settled.Name) + " gets no event of the end: this step has no address or key for it. " +
				"Give it the input " + markdown.Code(setupInput(settled)) + " of the step that started the deployment.")
			continue
		}
		sink := settled.WithSecretsOf(c.Sinks[at])
		one, err := a.notice(sink, a.endpoint(c, sink))
		if err != nil {
			a.runner.Warning(err.Error())
			continue
		}
		all.notices = append(all.notices, one)
	}
	return all
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

func (a *App) endpoint(c config.Config, s config.Sink) track.Endpoint {
	return track.Endpoint{
		Name: s.Name, URL: s.URL, Agent: a.agent(), Events: s.Events, Environments: s.Environments,
		AllowHTTP: c.AllowInsecureHTTP, Transport: a.deps.Transport,
	}
}

func (a *App) notice(s config.Sink, to track.Endpoint) (track.Named, error) {
	switch s.Type {
	case config.WebhookSink:
		return track.NewWebhook(to, track.WebhookOptions{
			Secrets: s.Secret, SignatureHeader: s.SignatureHeader, Headers: s.Headers, Now: a.deps.Now,
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

// mention writes who is mentioned as Slack does: @here and @channel, the id of a user or of a user group.
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
