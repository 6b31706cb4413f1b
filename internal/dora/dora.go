// Package dora computes the DORA metrics from what was released.
//
// It is pure. What counts for nothing, and what is not known, is counted as well: a report never shows less than it says.
package dora

import (
	"slices"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/releases"
)

// Settings say what a report is about.
type Settings struct {
	At        time.Time      // when everything was read, by GitHub's clock
	Days      int            // how far it looks back
	Zone      *time.Location // of days and weeks, nil for UTC
	Incidents bool           // whether incidents were asked for
	Unread    time.Time      // incidents opened before were not read, because there are too many; zero where all were
}

// From returns when the time begins that the report is about.
func (s Settings) From() time.Time { return s.At.Add(-time.Duration(s.Days) * day) }

// Pulls returns the pull requests that a report will be about, each value once.
func Pulls(s Settings, all []Series) []*releases.Pull {
	var pulls []*releases.Pull
	seen := map[*releases.Pull]bool{nil: true}
	for _, series := range all {
		for _, one := range series.Releases {
			for _, change := range one.Changes {
				if !seen[change.Pull] && !one.SucceededAt.Before(s.From()) {
					seen[change.Pull], pulls = true, append(pulls, change.Pull)
				}
			}
		}
	}
	return pulls
}

// Series is what was released to one environment.
type Series struct {
	Environment string
	Cut         time.Time          // deployments before were not read, because there are too many; zero where all were
	Releases    []releases.Release // newest first
}

// Rule is one of the rules by which a deployment counts as failed.
type Rule string

// The rules.
const (
	FailedLater Rule = "failure_after_success" // a status of failure follows its success
	RolledBack  Rule = "rollback"              // the next deployment is a rollback
	HadIncident Rule = "incident"              // an issue about an incident was opened while it ran, or names it
)

// Report has the metrics of each environment.
type Report struct {
	Settings

	Rules        []Rule // that were in use
	Environments []Environment
}

// Environment has the metrics of one environment.
type Environment struct {
	Name string
	From time.Time // when the time begins that is known, which is later than the report's where it was cut
	Cut  time.Time // the same where it was cut, else zero
	None bool      // GitHub has no deployment to it, now or before

	Frequency Frequency
	Lead      Spans // from the first commit of a change to the success of the deployment that brought it
	Coding    Spans // from the first commit to the pull request
	Review    Spans // from the pull request to its merge
	Deploy    Spans // from the merge to the success
	Failed    Share // deployments that needed someone at once
	Recovery  Spans // from the failure until it was over
	Open      int   // failures that are not over
	Rework    Share // rollbacks
	Attempts  Share // attempts that failed. It is not a DORA metric
	Duration  Spans // from the start of a deployment to its success

	Weeks     []Week // oldest first
	Counts    Counts
	Unknown   []Gap   // why it is not known of some deployments what they brought
	Attempted []*Mark // every deployment of the time, oldest first
}

// Frequency says how often something is deployed.
type Frequency struct {
	Deployments int           // that succeeded, without redeploys: the N of the other metrics
	Window      time.Duration // in which they did
	WeekDays    Known         // the median of days with a deployment in a whole week, times two
	WholeWeeks  int           // that the median is about
}

// Known is a number that may not be known.
type Known struct {
	Value int
	OK    bool
}

// Share is a part of a number of deployments.
type Share struct{ Count, Of int }

// Week is one week, from Monday, in the zone of the report.
type Week struct {
	Name        string // as in ISO 8601, such as 2026-W36
	From        time.Time
	Partial     bool // not all of it is inside of the time that the report is about
	Deployments int
	Days        int // with a deployment
	Lead        Spans
}

// Counts are what the metrics rest on, and what they leave out.
type Counts struct {
	First, Forward, Rollbacks, Redeploys int // of the deployments that succeeded
	Failed, Aborted, Abandoned, Running  int // of those that did not
	Timeless                             int // succeeded, and it is not known when
	Pulls, Commits                       int // changes: pull requests, and commits without one
	BeforeMerge                          int // pull requests that were deployed before they were merged
	Incidents                            int // of the deployments that count
	Earlier                              int // incidents of deployments before that time
	Unplaced                             int // incidents that belong to no deployment here
}

// Gap is a reason for which something is unknown.
type Gap struct {
	Reason string
	Count  int
}

// Mark is one attempt with what the report makes of it.
type Mark struct {
	releases.Release

	At       time.Time
	Failures []Rule // by which it counts as failed, nil for none
}

// Of computes a report.
func Of(s Settings, all []Series, incidents []releases.Incident) Report {
	if s.Zone == nil {
		s.Zone = time.UTC
	}
	r := Report{Settings: s, Rules: []Rule{FailedLater, RolledBack}}
	if s.Incidents {
		r.Rules = append(r.Rules, HadIncident)
	}
	for _, one := range all {
		c := newCounter(r, one)
		c.blame(incidents)
		c.count()
		r.Environments = append(r.Environments, c.done())
	}
	return r
}

const day = 24 * time.Hour

// life is a success with those that deployed the same files after it: it runs until the next one that is no redeploy.
type life struct {
	*releases.Release

	failed    time.Time
	incidents []releases.Incident
	rules     []Rule
}

// counter works out one environment.
type counter struct {
	report    Report
	series    Series
	successes []*releases.Release         // in the order in which they succeeded
	lives     []*life                     // oldest first
	of        map[*releases.Release]*life // the life that a success begins or goes on with
	out       Environment
}

func newCounter(r Report, s Series) *counter {
	c := &counter{report: r, series: s, of: map[*releases.Release]*life{}, out: Environment{Name: s.Environment, From: r.From(), None: len(s.Releases) == 0}}
	if s.Cut.After(r.From()) {
		c.out.From, c.out.Cut = s.Cut, s.Cut
	}
	for i := range slices.Backward(s.Releases) {
		if one := &s.Releases[i]; one.Result == releases.Succeeded && !one.SucceededAt.IsZero() {
			c.successes = append(c.successes, one)
		}
	}
	slices.SortStableFunc(c.successes, func(a, b *releases.Release) int { return a.SucceededAt.Compare(b.SucceededAt) })
	for _, one := range c.successes {
		if one.Kind != releases.Redeploy {
			c.lives = append(c.lives, &life{Release: one})
		}
		if len(c.lives) > 0 {
			c.of[one] = c.lives[len(c.lives)-1]
		}
	}
	return c
}

// inside reports whether a time belongs to what the report is about.
func (c *counter) inside(t time.Time) bool { return !t.Before(c.out.From) && t.Before(c.report.At) }

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
	statuses := slices.Clone(r.Statuses)
	slices.Reverse(statuses)
	slices.SortStableFunc(statuses, func(a, b deploy.Status) int { return a.CreatedAt.Value.Compare(b.CreatedAt.Value) })
	succeeded := false
	for _, one := range statuses {
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

// count adds up what is inside.
func (c *counter) count() {
	for i := range slices.Backward(c.series.Releases) {
		one := &c.series.Releases[i]
		mark := &Mark{Release: *one, At: endOf(*one)}
		if !c.inside(mark.At) {
			continue
		}
		if l := c.of[one]; l != nil && l.Release == one {
			mark.Failures = l.rules
		}
		if one.Result == releases.Succeeded {
			c.success(*one)
		}
		c.outcome(*one)
		c.out.Attempted = append(c.out.Attempted, mark)
	}
	slices.SortStableFunc(c.out.Attempted, func(a, b *Mark) int { return a.At.Compare(b.At) })
	for i, l := range c.lives {
		if c.inside(l.SucceededAt) {
			c.out.Frequency.Deployments++
			c.recover(i)
		}
	}
}

// endOf is the time by which a deployment belongs to a report.
func endOf(r releases.Release) time.Time {
	switch {
	case !r.SucceededAt.IsZero():
		return r.SucceededAt
	case !r.FailedAt.IsZero():
		return r.FailedAt
	}
	return r.CreatedAt
}

// outcome counts how an attempt ended.
func (c *counter) outcome(r releases.Release) {
	n := &c.out.Counts
	switch r.Result {
	case releases.Succeeded:
		if r.SucceededAt.IsZero() {
			n.Timeless++
			return
		}
		c.out.Attempts.Of++
		n.succeeded(r.Kind)
	case releases.Failed:
		n.Failed++
		c.out.Attempts.Count++
		c.out.Attempts.Of++
	case releases.Aborted:
		n.Aborted++
	case releases.Abandoned:
		n.Abandoned++
	case releases.Running:
		n.Running++
	}
}

func (n *Counts) succeeded(kind releases.Kind) {
	switch kind {
	case releases.First:
		n.First++
	case releases.Rollback:
		n.Rollbacks++
	case releases.Redeploy:
		n.Redeploys++
	case releases.Forward:
		n.Forward++
	}
}

// success adds up what a deployment brought, and how long it took.
func (c *counter) success(r releases.Release) {
	if r.SucceededAt.IsZero() {
		return
	}
	c.out.Duration.add(r.StartedAt, r.SucceededAt)
	if r.Unknown != "" {
		c.unknown(r.Unknown)
		return
	}
	c.out.Lead.changes(r)
	for _, change := range r.Changes {
		if change.Pull != nil {
			c.parts(*change.Pull, r.SucceededAt)
		} else {
			c.out.Counts.Commits++
		}
	}
}

// parts adds up the parts of the way of a pull request.
func (c *counter) parts(p releases.Pull, succeeded time.Time) {
	c.out.Counts.Pulls++
	c.out.Coding.add(p.FirstCommitAt, p.CreatedAt)
	if p.MergedAt.IsZero() || p.MergedAt.After(succeeded) {
		c.out.Counts.BeforeMerge++
	} else {
		c.out.Deploy.add(p.MergedAt, succeeded)
	}
	if !p.MergedAt.IsZero() {
		c.out.Review.add(p.CreatedAt, p.MergedAt)
	}
}

func (c *counter) unknown(reason string) {
	for i := range c.out.Unknown {
		if c.out.Unknown[i].Reason == reason {
			c.out.Unknown[i].Count++
			return
		}
	}
	c.out.Unknown = append(c.out.Unknown, Gap{reason, 1})
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

// done returns the environment with what follows from the counts.
func (c *counter) done() Environment {
	n := c.out.Frequency.Deployments
	c.out.Frequency.Window = c.report.At.Sub(c.out.From)
	c.out.Failed.Of, c.out.Rework = n, Share{c.out.Counts.Rollbacks, n}
	c.weeks()
	for _, spans := range []*Spans{&c.out.Lead, &c.out.Coding, &c.out.Review, &c.out.Deploy, &c.out.Recovery, &c.out.Duration} {
		slices.Sort(spans.All)
	}
	return c.out
}
