package track

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/lockstep-action/lockstep/internal/config"
)

// pagerDuty informs those on call, through version 2 of PagerDuty's Events API: what was deployed is a change,
// and what failed is an alert that the next success ends.
func pagerDuty() Type {
	return Type{
		SinkType: config.SinkType{
			Name: "pagerduty", Required: "secret", Warnings: pagerDutyWarnings,
			Settings: []config.Setting{
				{
					Name: "secret", Input: "pagerduty_routing_key", Secret: true, FromEnv: true, Read: readRoutingKey,
					Description: "PagerDuty integration key; empty for none",
				},
				{
					Name: "alert_on_failure", Input: "pagerduty_alert_on_failure", Default: "false", Flag: true,
					Description: "Raise a PagerDuty alert when a deployment fails; the next success resolves the alert",
				},
				{
					Name: "severity", Input: "pagerduty_severity", Default: "error", Read: config.OneOf("critical", "error", "warning", "info"),
					Description: "Severity of PagerDuty alerts: `critical`, `error`, `warning` or `info`",
				},
				{
					Name: config.AddressSetting, Input: "pagerduty_url", Default: "https://events.pagerduty.com", FromEnv: true, Read: readPagerDutyURL,
					Description: "Base URL of PagerDuty's Events API; `https://events.eu.pagerduty.com` for the EU region",
				},
			},
		},
		Title: "PagerDuty", requests: pagerDutyRequests,
	}
}

var routingKey = regexp.MustCompile(`^[A-Za-z0-9]{32}$`)

// readRoutingKey wants the key of a service. Keys of rulesets look alike, but accept no changes.
func readRoutingKey(value string) (string, error) {
	switch {
	case strings.HasPrefix(value, "R"):
		return "", errors.New("a key that begins with R belongs to a ruleset or an event orchestration, which takes no change events; " +
			"use the integration key of a service, for its Events API v2")
	case !routingKey.MatchString(value):
		return "", errors.New("must be the integration key of a service: 32 letters and digits")
	}
	return value, nil
}

func readPagerDutyURL(value string) (string, error) {
	base, err := config.ReadBase(value)
	if err == nil && strings.HasSuffix(base, "/enqueue") {
		err = errors.New("must not contain a path such as /v2/enqueue, which is added for each event")
	}
	return base, err
}

func pagerDutyWarnings(s config.Sink) []string {
	switch wanted := s.Settings["alert_on_failure"] == "true"; {
	case !wanted || !chose(s, "deployment.failed") && silent(s) != nil:
		return silent(s)
	case !chose(s, "deployment.failed"):
		return []string{fmt.Sprintf("The sink %q raises no alerts: its events do not name deployment.failed.", s.Name)}
	}
	return nil
}

// The actions, of which an event can be several.
const (
	pagerDutyTrigger = "trigger"
	pagerDutyResolve = "resolve"
	pagerDutyChange  = "change"
)

// pagerDutyActions informs a receiver of failures of their end as well; where there is no alert to end, PagerDuty does
// nothing. The end comes first, because it must not depend on the change.
func (r *receiver) pagerDutyActions(e Event) []string {
	alerts := r.setting("alert_on_failure") == "true" && r.gets("deployment.failed", e.Environment)
	var actions []string
	switch {
	case e.kind() == Build:
		return nil
	case e.State == config.Failed && alerts:
		actions = append(actions, pagerDutyTrigger)
	case e.State == config.Completed && alerts:
		actions = append(actions, pagerDutyResolve)
	}
	if e.State == config.Completed && len(r.types(e)) > 0 {
		actions = append(actions, pagerDutyChange)
	}
	return actions
}

func pagerDutyRequests(r *receiver, e Event) []request {
	var all []request
	for _, action := range r.pagerDutyActions(e) {
		path := "/v2/enqueue"
		if action == pagerDutyChange {
			path = "/v2/change/enqueue"
		}
		all = append(all, request{path: path, id: e.messageID(action), message: r.pagerDutyMessage(e, action)})
	}
	return all
}

// PagerDuty's limits, in characters; those of details and links are ours, and keep every message short enough.
const (
	maxPagerDutySummary = 1024
	maxPagerDutyKey     = 255
	maxPagerDutyDetail  = 1024
	maxPagerDutyLink    = 1024
)

type pagerDutyMessage struct {
	RoutingKey string            `json:"routing_key"`
	Action     string            `json:"event_action,omitempty"` // not of a change
	Key        string            `json:"dedup_key,omitempty"`    // not of a change
	Payload    *pagerDutyPayload `json:"payload,omitempty"`      // not of the end of an alert
	Links      []pagerDutyLink   `json:"links,omitempty"`
}

type pagerDutyPayload struct {
	Summary   string            `json:"summary"`
	Source    string            `json:"source"`
	Severity  string            `json:"severity,omitempty"` // not of a change
	Timestamp time.Time         `json:"timestamp"`
	Details   map[string]string `json:"custom_details"`
}

type pagerDutyLink struct {
	Address string `json:"href"`
	Text    string `json:"text"`
}

func (r *receiver) pagerDutyMessage(e Event, action string) pagerDutyMessage {
	m := pagerDutyMessage{RoutingKey: r.setting("secret")}
	if action != pagerDutyChange {
		m.Action, m.Key = action, e.pagerDutyKey()
	}
	if action == pagerDutyResolve {
		return m
	}
	_, words := happened(e)
	m.Payload = &pagerDutyPayload{
		Summary: oneLine(words+details(e), maxPagerDutySummary), Source: e.SCM.page(),
		Timestamp: moment(e.Times.Occurred), Details: pagerDutyDetails(e),
	}
	if action == pagerDutyTrigger {
		m.Payload.Severity = r.setting("severity")
	}
	m.Links = pagerDutyLinks(e)
	return m
}

// pagerDutyKey names the alert: there is one for a product in an environment, which the next success
// finds. Escaped names cannot pass for others, and each of their bytes is a character.
func (e Event) pagerDutyKey() string {
	key := e.SCM.page() + "/" + url.PathEscape(e.Product) + "/" + url.PathEscape(e.Environment)
	if len(key) > maxPagerDutyKey {
		return uuid.NewSHA1(uuid.NameSpaceURL, []byte(key)).String()
	}
	return key
}

func pagerDutyDetails(e Event) map[string]string {
	known := map[string]string{}
	for name, value := range map[string]string{
		"product": e.Product, "version": e.Version, "environment": e.Environment, "commit": e.SCM.SHA,
		"deployed_by": e.Actor.Login, "pull_request": e.SCM.PullTitle, "error": e.Error,
	} {
		if value != "" {
			known[name] = oneLine(value, maxPagerDutyDetail)
		}
	}
	return known
}

func pagerDutyLinks(e Event) []pagerDutyLink {
	var links []pagerDutyLink
	for _, page := range pages(e, maxPagerDutyLink) {
		links = append(links, pagerDutyLink{page.value, page.name})
	}
	return links
}
