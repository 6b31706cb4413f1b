package page

import (
	"cmp"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// Of returns the page of a board: for the repository of the request, under settings that have the rules of the file.
func Of(r deploy.Request, c config.Config, b deploy.Board) Page {
	p := Page{At: b.At}
	p.Repository, p.Address = repositoryOf(r)
	if c.Policy != nil {
		p.Zone = c.Policy.Zone
	}
	for _, row := range b.Rows {
		p.Rows = append(p.Rows, rowOf(row))
	}
	s := p.scale()
	for i, row := range b.Rows {
		if row.Freeze != nil { // the time is known by GitHub's clock, and there are freezes
			p.Rows[i].Freezes = freezes(c.For(row.Environment).Resolved.Rules, s, p)
		}
		if row.Lock != nil {
			p.Rows[i].Lock = lockBar(*row.Lock, p)
		}
	}
	if left := len(b.LeftOut); left > 0 {
		p.Notes = append(p.Notes, deploy.Plural(left, "environment")+" left out: there are too many.")
	}
	return p
}

// repositoryOf returns the name of the repository, and its address, "" for unknown.
func repositoryOf(r deploy.Request) (repository, address string) {
	repository = r.Event.Owner + "/" + r.Event.Repository
	if server := r.Event.Run.ServerURL; server != "" {
		address = server + "/" + repository
	}
	return repository, address
}

// Noted returns the page with what readers should know: sentences in Markdown.
func (p Page) Noted(sentences ...string) Page {
	for _, one := range sentences {
		p.Notes = append(p.Notes, plain(one))
	}
	return p
}

func rowOf(row deploy.BoardRow) Row {
	shown := Row{Environment: row.Environment, Address: row.URL, Untold: row.Problem != nil || row.Untold && row.Running == nil}
	shown.State, shown.Words = stateOf(row)
	if running := row.Running; running != nil {
		shown.Runs, shown.Since, shown.By = commitOf(*running), running.SucceededAt.Value, running.By()
	}
	if row.Newest != nil && shown.State != Good {
		shown.Link = row.Newest.LogURL
	}
	for _, d := range row.Deployments {
		one := Deployment{At: d.EndedAt().Value, Until: d.ReplacedAt().Value, Commit: commitOf(d), By: d.By(), Link: d.LogURL}
		if one.At.IsZero() {
			one.At = d.CreatedAt
		}
		one.State, one.Words = outcomeOf(d)
		shown.Deployments = append(shown.Deployments, one)
	}
	return shown
}

func commitOf(d deploy.Deployment) Commit {
	of := Commit{SHA: d.SHA, Version: d.Named(), Pull: d.Pull}
	if d.Commit != nil {
		of.Address = d.Commit.URL
	}
	return of
}

func stateOf(row deploy.BoardRow) (State, string) {
	switch row.State {
	case deploy.Runs:
		return Good, "runs"
	case deploy.RolledBack:
		return Back, "rolled back"
	case deploy.LastFailed:
		_, words := outcomeOf(*row.Newest)
		return Bad, "last attempt " + words
	case deploy.Deploying, deploy.CheckingState:
		_, words := outcomeOf(*row.Newest)
		return Going, words
	case deploy.NothingYet:
		return Nothing, "nothing yet"
	case deploy.TakenDown:
		return Nothing, "taken down"
	case deploy.StateUnknown:
	}
	return Ended, "unknown"
}

func outcomeOf(d deploy.Deployment) (State, string) {
	switch outcome := d.Outcome(); {
	case outcome == deploy.OutcomeSuccess && d.Rollback != nil:
		return Back, "rolled back"
	case outcome == deploy.OutcomeSuccess:
		return Good, outcome.Words()
	case outcome == deploy.OutcomeFailure, outcome == deploy.OutcomeAborted:
		return Bad, outcome.Words()
	case outcome.InFlight():
		return Going, outcome.Words()
	default: // lost, or unknown
		return Ended, outcome.Words()
	}
}

func lockBar(state deploy.LockState, p Page) *Bar {
	doc := state.Lock.Document
	bar := &Bar{From: doc.CreatedAt, Until: doc.ExpiresAt, Text: cmp.Or(doc.CreatedBy, "someone")}
	if state.Status == deploy.Corrupt {
		bar.Text = "owner unknown"
	}
	if state.Target.Global {
		bar.Text += ", all environments"
	}
	switch {
	case state.Status == deploy.Stale:
		bar.Text, bar.Until = bar.Text+", stale", p.At
	case state.Status == deploy.Corrupt:
	case !doc.Sticky:
		bar.Text, bar.Until = bar.Text+", deploying", p.At
	case !doc.ExpiresAt.IsZero():
		bar.Text += ", until " + p.clock(doc.ExpiresAt)
	}
	if doc.Reason != "" {
		bar.Text += ": " + doc.Reason
	}
	return bar
}

// mostFreezes is how many freezes of one environment are drawn.
const mostFreezes = 100

// freezes returns those that the timeline shows, and at least the next one.
func freezes(rules *policy.Rules, s scale, p Page) []Bar {
	if rules == nil {
		return nil
	}
	var all []Bar
	at, ahead := s.from, false // whether one of them has not ended
	for len(all) < mostFreezes {
		frozen, begin, found := freezeFrom(rules, at)
		if !found || ahead && begin.After(s.until) {
			break
		}
		all = append(all, freezeBar(frozen, begin, p))
		if at = frozen.Until; at.IsZero() {
			break
		}
		ahead = ahead || at.After(p.At)
	}
	return all
}

// freezeFrom returns the freeze that is in effect at a time, or else the next one, and from when on.
func freezeFrom(rules *policy.Rules, at time.Time) (policy.Frozen, time.Time, bool) {
	if frozen, is := policy.FrozenAt(rules.Freezes, rules.Zone, at); is {
		return frozen, at, true
	}
	_, begin, found := policy.NextFreeze(rules.Freezes, rules.Zone, at, 366*day)
	frozen, is := policy.FrozenAt(rules.Freezes, rules.Zone, begin)
	return frozen, begin, found && is
}

func freezeBar(frozen policy.Frozen, from time.Time, p Page) Bar {
	bar := Bar{From: from.UTC(), Until: frozen.Until.UTC(), Text: frozen.Freeze.Name}
	if frozen.Freeze.Reason != "" {
		bar.Text = strings.TrimPrefix(bar.Text+": ", ": ") + frozen.Freeze.Reason
	}
	if from.After(p.At) {
		bar.Text += ", from " + p.clock(from)
	}
	if !frozen.Until.IsZero() {
		bar.Text += ", until " + p.clock(frozen.Until)
	}
	return bar
}

// plain takes the signs of Markdown out of a sentence of ours.
func plain(sentence string) string {
	return strings.NewReplacer("`", "", "**", "", `\`, "", "\u200d", "", "&lt;", "<", "&amp;", "&").Replace(sentence)
}
