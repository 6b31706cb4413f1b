package track

import (
	"net/url"
	"time"

	"github.com/google/uuid"
)

// PagerDuty's limits, in characters; those of details and links are ours, so that no message is too long.
const (
	maxPagerDutySummary = 1024
	maxPagerDutyKey     = 255
	maxPagerDutyDetail  = 1024
	maxPagerDutyLink    = 1024
)

// pagerDutyMessage is the body of a change or of an alert.
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

func newPagerDutyMessage(e Event, action string, o PagerDutyOptions) pagerDutyMessage {
	m := pagerDutyMessage{RoutingKey: o.RoutingKey}
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
		m.Payload.Severity = o.Severity
	}
	m.Links = pagerDutyLinks(e)
	return m
}

// pagerDutyKey names the alert: there is one for a product in an environment, so that the next success
// finds it. Escaped names cannot pass for others, and each of their bytes is a character.
func (e Event) pagerDutyKey() string {
	key := e.SCM.page() + "/" + url.PathEscape(e.Product) + "/" + url.PathEscape(e.Environment)
	if len(key) > maxPagerDutyKey {
		return uuid.NewSHA1(uuid.NameSpaceURL, []byte(key)).String()
	}
	return key
}

// pagerDutyDetails are the facts, as far as they are known.
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

// pagerDutyLinks are the pages that help, without those that no browser opens.
func pagerDutyLinks(e Event) []pagerDutyLink {
	var links []pagerDutyLink
	for _, link := range []pagerDutyLink{
		{e.GitHub.RunURL, "Workflow run"}, {e.SCM.pullURL(), "Pull request"}, {e.SCM.commitURL(), "Commit"}, {e.EnvironmentURL, "Environment"},
	} {
		address, err := url.Parse(link.Address)
		web := err == nil && address.Host != "" && (address.Scheme == "https" || address.Scheme == "http")
		if web && len(address.String()) <= maxPagerDutyLink {
			links = append(links, pagerDutyLink{address.String(), link.Text})
		}
	}
	return links
}
