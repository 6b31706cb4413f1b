package track

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
)

// PagerDuty tells those on call, through version 2 of PagerDuty's Events API: of what was deployed,
// as a change, and of what failed, as an alert that the next success ends.
type PagerDuty struct {
	*receiver
	options PagerDutyOptions
}

// PagerDutyOptions are what PagerDuty needs beside its endpoint, whose address has no path.
type PagerDutyOptions struct {
	RoutingKey string // of an integration of a service: a secret, which travels in the body
	Severity   string // of the alert on a deployment that failed: critical, error, warning or info; "" for no alerts
}

// NewPagerDuty returns a sink that gets deployments that were completed and, with a severity, those
// that failed.
func NewPagerDuty(to Endpoint, o PagerDutyOptions) (*PagerDuty, error) {
	const length = 32
	common, err := newReceiver("pagerduty", to, o.RoutingKey)
	switch {
	case err != nil:
		return nil, err
	case len(o.RoutingKey) != length:
		return nil, common.to.impossible(fmt.Errorf("its routing key has %d characters instead of %d", len(o.RoutingKey), length))
	case strings.HasPrefix(o.RoutingKey, "R"):
		return nil, common.to.impossible(errors.New("its routing key is that of a ruleset, which takes no changes"))
	case !slices.Contains([]string{"", "critical", "error", "warning", "info"}, o.Severity):
		return nil, common.to.impossible(fmt.Errorf("its severity %q is none", o.Severity))
	}
	return &PagerDuty{receiver: common, options: o}, nil
}

// Wants reports whether the sink is there for the event, and has words for it.
func (p *PagerDuty) Wants(e Event) bool { return len(p.actions(e)) > 0 }

// The actions, of which an event can be several.
const (
	pagerDutyTrigger = "trigger"
	pagerDutyResolve = "resolve"
	pagerDutyChange  = "change"
)

// actions lists what is done about an event. Whoever is told of failures is told of their end as
// well, whatever else is wanted; where there is no alert to end, PagerDuty does nothing. The end comes
// first, because it must not depend on the change.
func (p *PagerDuty) actions(e Event) []string {
	alerts := p.options.Severity != "" && p.to.gets("deployment.failed", e.Environment)
	var actions []string
	switch {
	case e.kind() == Build:
	case e.State == config.Failed && alerts:
		actions = append(actions, pagerDutyTrigger)
	case e.State == config.Completed && alerts:
		actions = append(actions, pagerDutyResolve)
	}
	if e.kind() == Deployment && e.State == config.Completed && p.receiver.Wants(e) {
		actions = append(actions, pagerDutyChange)
	}
	return actions
}

// Send delivers each of the actions.
func (p *PagerDuty) Send(ctx context.Context, e Event) error {
	var posts []post
	for _, action := range p.actions(e) {
		path := "/v2/enqueue"
		if action == pagerDutyChange {
			path = "/v2/change/enqueue"
		}
		address := strings.TrimSuffix(p.to.URL, "/") + path
		one, err := p.letter(address, e.messageID(action), newPagerDutyMessage(e, action, p.options))
		if err != nil {
			return err
		}
		posts = append(posts, one)
	}
	return p.courier.deliver(ctx, e, posts...)
}
