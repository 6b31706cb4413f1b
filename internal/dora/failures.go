package dora

import (
	"slices"
	"time"

	"github.com/lockstep-action/lockstep/internal/releases"
)

// life is a success with those that deployed the same files after it: it runs until the next one that is no redeploy.
type life struct {
	*releases.Release

	failed    time.Time
	incidents []releases.Incident
	rules     []Rule
}

// blame finds the deployments that failed.
func (c *counter) blame(incidents []releases.Incident) {
	for _, one := range c.successes {
		at, found := failedLater(*one)
		if l := c.of[one]; found && l != nil && (l.failed.IsZero() || at.Before(l.failed)) {
			l.failed = at
		}
	}
	for _, incident := range incidents {
		c.place(incident)
	}
	for i, l := range c.lives {
		if !l.failed.IsZero() {
			l.rules = append(l.rules, FailedLater)
		}
		if i+1 < len(c.lives) && c.lives[i+1].Kind == releases.Rollback {
			l.rules = append(l.rules, RolledBack)
		}
		if len(l.incidents) > 0 {
			l.rules = append(l.rules, HadIncident)
		}
	}
}

// place finds the deployment that an incident belongs to: the one that its text names, or else the one that ran when it
// was opened.
func (c *counter) place(incident releases.Incident) {
	if !c.report.Incidents || !c.inside(incident.OpenedAt) {
		return
	}
	cause := RootCause(incident.Body)
	for _, one := range slices.Backward(c.successes) {
		l := c.of[one]
		if l == nil || one.SucceededAt.After(incident.OpenedAt) || cause != "" && !named(one.SHA, cause) {
			continue
		}
		l.incidents = append(l.incidents, incident)
		if c.inside(l.SucceededAt) {
			c.out.Counts.Incidents++
		} else {
			c.out.Counts.Earlier++
		}
		return
	}
	c.out.Counts.Unplaced++
}

// failedLater returns when a deployment failed first after it had succeeded.
func failedLater(r releases.Release) (at time.Time, found bool) {
	succeeded := false
	for _, one := range releases.InOrder(r.Statuses) {
		switch {
		case !one.CreatedAt.OK:
		case one.State == "SUCCESS":
			succeeded = true
		case succeeded && (one.State == "FAILURE" || one.State == "ERROR"):
			return one.CreatedAt.Value, true
		}
	}
	return time.Time{}, false
}

// recover adds up how long it took until a failure was over: until its incidents were closed, or else until the next
// deployment.
func (c *counter) recover(index int) {
	l := c.lives[index]
	if len(l.rules) == 0 {
		return
	}
	c.out.Failed.Count++
	from, until := l.SucceededAt, time.Time{}
	if !l.failed.IsZero() {
		from = l.failed
	}
	for _, incident := range l.incidents {
		if incident.ClosedAt.IsZero() {
			c.out.Open++
			return
		}
		until = later(until, incident.ClosedAt)
	}
	switch {
	case len(l.incidents) > 0:
	case index+1 < len(c.lives):
		until = c.lives[index+1].SucceededAt
	default:
		c.out.Open++
		return
	}
	c.out.Recovery.add(from, until)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
