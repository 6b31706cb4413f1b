package dora

import (
	"cmp"
	"slices"
	"time"

	"github.com/lockstep-action/lockstep/internal/releases"
)

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
	c := &counter{
		report: r, series: s, successes: releases.Successes(s.Releases), of: map[*releases.Release]*life{},
		out: Environment{Name: s.Environment, From: r.From(), None: len(s.Releases) == 0},
	}
	if s.Cut.After(r.From()) {
		c.out.From, c.out.Cut = s.Cut, s.Cut
	}
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
func endOf(r releases.Release) time.Time { return cmp.Or(r.SucceededAt, r.FailedAt, r.CreatedAt) }

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
