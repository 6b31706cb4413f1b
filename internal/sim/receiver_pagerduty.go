package sim

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// How to reach the receiver of PagerDuty's events, in either of its service regions.
const (
	PagerDutyURL   = "https://events.pagerduty.com"
	PagerDutyEUURL = "https://events.eu.pagerduty.com"
	PagerDutyKey   = "rehearsal0of0pagerduty0events0v2"
)

// The two things that can be sent there.
const (
	pagerDutyAlerts  = "/v2/enqueue"
	pagerDutyChanges = "/v2/change/enqueue"
)

// PagerDuty's limits. Those of texts are in characters, that of a body is in bytes.
const (
	pagerDutyBodyLimit    = 512 << 10
	pagerDutyKeyLength    = 32
	pagerDutySummaryLimit = 1024
	pagerDutyDedupLimit   = 255
)

// NewPagerDutyReceiver returns a receiver at [PagerDutyURL] of version 2 of PagerDuty's Events API, with
// one service whose integration has the key [PagerDutyKey]. The text of a message is what is done,
// about what, and its summary.
func NewPagerDutyReceiver(now func() time.Time) *Receiver {
	return newReceiver(protocol{
		addresses: []string{PagerDutyURL + pagerDutyAlerts, PagerDutyURL + pagerDutyChanges, PagerDutyEUURL + pagerDutyAlerts, PagerDutyEUURL + pagerDutyChanges},
		inspect:   inspectPagerDuty,
		accept:    always(reply(http.StatusAccepted, object{"status": "success", "message": "Event processed"})),
		refuse: func(status int, why string) answer {
			return reply(status, object{"status": "invalid event", "message": "Event object is invalid", "errors": []any{why}})
		},
	}, now)
}

func inspectPagerDuty(i *inspection) {
	i.isJSON(http.StatusBadRequest)
	if len(i.body) > pagerDutyBodyLimit {
		i.wrong(http.StatusBadRequest, "the body has %d bytes, and %d are allowed", len(i.body), pagerDutyBodyLimit)
	}
	fields := i.object()
	if fields == nil {
		return
	}
	isChange := i.request.URL.EscapedPath() == pagerDutyChanges
	i.hasRoutingKey(textOf(fields, "routing_key"))
	if isChange {
		i.pagerDutyChange(fields)
	} else {
		i.pagerDutyAlert(fields)
	}
	for n, link := range objectsIn(fields["links"]) {
		i.members(fmt.Sprintf("links.%d", n), link, []member{{"href", true, isAddress}, {"text", false, isText}})
	}
	payload, _ := fields["payload"].(object)
	said := []string{i.message.Type, textOf(fields, "dedup_key"), textOf(payload, "summary")}
	i.message.Text = strings.Join(strings.Fields(strings.Join(said, " ")), " ")
}

// hasRoutingKey wants the key of the service. What is wrong with another one is said without it.
func (i *inspection) hasRoutingKey(key string) {
	switch {
	case len(key) != pagerDutyKeyLength:
		i.wrong(http.StatusBadRequest, "Length of 'routing_key' is incorrect (should be %d characters)", pagerDutyKeyLength)
	case key != PagerDutyKey:
		i.wrong(http.StatusBadRequest, "Invalid routing key")
	}
}

func (i *inspection) pagerDutyChange(fields object) {
	i.message.Type = "change"
	i.members("", fields, []member{{"routing_key", true, isWord}, {"payload", true, isObject}, {"links", false, isList}})
	payload, _ := fields["payload"].(object)
	i.members("payload", payload, []member{
		{"summary", true, isWithin(pagerDutySummaryLimit)}, {"source", false, isWord}, {"timestamp", false, isMoment}, {"custom_details", false, isObject},
	})
}

func (i *inspection) pagerDutyAlert(fields object) {
	i.message.Type = textOf(fields, "event_action")
	isNew := i.message.Type == "trigger"
	i.members("", fields, []member{
		{"routing_key", true, isWord},
		{"event_action", true, isOneOf("trigger", "acknowledge", "resolve")},
		{"dedup_key", !isNew, isWithin(pagerDutyDedupLimit)},
		{"payload", isNew, isObject},
		{"client", false, isText},
		{"client_url", false, isAddress},
		{"links", false, isList},
		{"images", false, isList},
	})
	if fields["payload"] == nil {
		return
	}
	payload, _ := fields["payload"].(object)
	i.members("payload", payload, []member{
		{"summary", true, isWithin(pagerDutySummaryLimit)},
		{"source", true, isWord},
		{"severity", true, isOneOf("critical", "error", "warning", "info")},
		{"timestamp", false, isMoment},
		{"component", false, isText},
		{"group", false, isText},
		{"class", false, isText},
		{"custom_details", false, isObject},
	})
}
