package dora

import (
	"fmt"
	"slices"
	"time"

	"github.com/lockstep-action/lockstep/internal/releases"
)

// weeks adds up the weeks, those without a deployment as well.
func (c *counter) weeks() {
	zone := c.report.Zone
	for from := monday(c.out.From.In(zone)); from.Before(c.report.At); from = from.AddDate(0, 0, 7) {
		until := from.AddDate(0, 0, 7)
		year, number := from.ISOWeek()
		week := Week{Name: fmt.Sprintf("%d-W%02d", year, number), From: from, Partial: from.Before(c.out.From) || until.After(c.report.At)}
		days := map[int]bool{}
		for _, l := range c.lives {
			at := l.SucceededAt
			if !c.inside(at) || at.Before(from) || !at.Before(until) {
				continue
			}
			week.Deployments++
			days[at.In(zone).YearDay()] = true
			week.Lead.changes(*l.Release)
		}
		week.Days = len(days)
		slices.Sort(week.Lead.All)
		c.out.Weeks = append(c.out.Weeks, week)
	}
	c.out.Frequency.wholeWeeks(c.out.Weeks)
}

// monday returns the beginning of a week.
func monday(t time.Time) time.Time {
	back := (int(t.Weekday()) + 6) % 7
	return time.Date(t.Year(), t.Month(), t.Day()-back, 0, 0, 0, 0, t.Location())
}

func (f *Frequency) wholeWeeks(weeks []Week) {
	var days []time.Duration // so many nanoseconds: lengths of time are sorted elsewhere
	for _, week := range weeks {
		if !week.Partial {
			days = append(days, time.Duration(week.Days))
		}
	}
	f.WholeWeeks = len(days)
	if len(days) > 0 {
		slices.Sort(days)
		f.WeekDays = Known{int(days[(len(days)-1)/2] + days[len(days)/2]), true}
	}
}

// changes adds the lead time of what a deployment brought.
func (s *Spans) changes(r releases.Release) {
	if r.Kind != releases.Forward || r.Unknown != "" {
		return
	}
	for _, change := range r.Changes {
		if change.Pull != nil {
			s.add(change.Pull.FirstCommitAt, r.SucceededAt)
		} else {
			s.add(change.AuthoredAt, r.SucceededAt)
		}
	}
}
