package page_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/event"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/page"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// noon is a Tuesday.
func noon() time.Time { return time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC) }

func ago(length time.Duration) time.Time { return noon().Add(-length) }

func asked() deploy.Request {
	return deploy.Request{Event: event.Event{Owner: "acme", Repository: "shop", Run: event.Run{ServerURL: "https://github.com"}}}
}

func ruled(t *testing.T, text string) config.Config {
	t.Helper()
	read, err := policy.Read(text)
	require.NoError(t, err)
	c, err := config.Config{}.Under(read)
	require.NoError(t, err)
	return c
}

func deployment(state string, before time.Duration) deploy.Deployment {
	d := deploy.Deployment{
		SHA: "4f2a9c1000000000000000000000000000000000", State: state, Own: true, Actor: "alice", CreatedAt: ago(before), LogURL: "https://github.com/run",
		Statuses: []deploy.Status{{State: state, CreatedAt: deploy.Know(ago(before - time.Minute))}},
	}
	if state == deploy.Active {
		d.Succeeded, d.SucceededAt = true, deploy.Know(ago(before-time.Minute))
	}
	return d
}

func only(t *testing.T, c config.Config, row deploy.BoardRow) page.Row {
	t.Helper()
	row.Environment = "production"
	shown := page.Of(asked(), c, deploy.Board{At: noon(), Rows: []deploy.BoardRow{row}})
	require.Len(t, shown.Rows, 1)
	return shown.Rows[0]
}

func TestOf(t *testing.T) {
	t.Parallel()
	good, failed := deployment(deploy.Active, 3*time.Hour), deployment("FAILURE", time.Hour)
	good.Version, good.Pull, good.Commit = "v1.4.2", 38, &deploy.Commit{URL: "https://github.com/acme/shop/commit/4f2a9c1"}
	row := deploy.BoardRow{
		Environment: "production", URL: "https://shop.example.com", State: deploy.LastFailed, Running: &good, Newest: &failed,
		Deployments: []deploy.Deployment{failed, good},
	}
	shown := page.Of(asked(), config.Config{}, deploy.Board{At: noon(), Rows: []deploy.BoardRow{row}, LeftOut: []string{"a", "b"}}).Noted("I could not read `a\\_b`.")
	commit := page.Commit{SHA: good.SHA, Address: good.Commit.URL, Version: "v1.4.2", Pull: 38}
	assert.Equal(t, page.Page{
		Repository: "acme/shop", Address: "https://github.com/acme/shop", At: noon(), Notes: []string{"2 environments left out: there are too many.", "I could not read a_b."},
		Rows: []page.Row{{
			Environment: "production", Address: "https://shop.example.com", State: page.Bad, Words: "last attempt failed", Runs: commit,
			Since: good.SucceededAt.Value, By: "alice", Link: "https://github.com/run",
			Deployments: []page.Deployment{
				{At: ago(59 * time.Minute), State: page.Bad, Words: "failed", Commit: page.Commit{SHA: failed.SHA}, By: "alice", Link: "https://github.com/run"},
				{At: ago(179 * time.Minute), State: page.Good, Words: "succeeded", Commit: commit, By: "alice", Link: "https://github.com/run"},
			},
		}},
	}, shown)
}

// Every state of a board, and every outcome, has a sign and words of its own.
func TestStates(t *testing.T) {
	t.Parallel()
	active, back := deployment(deploy.Active, time.Hour), deployment(deploy.Active, time.Hour)
	back.Rollback = &deploy.Rollback{}
	running, waiting, failed, lost := deployment("IN_PROGRESS", time.Hour), deployment("QUEUED", time.Hour), deployment("FAILURE", time.Hour), deployment("ABANDONED", time.Hour)
	aborted, checking := deployment("FAILURE", time.Hour), deployment("IN_PROGRESS", time.Hour)
	aborted.Statuses[0].Description, checking.Statuses[0].Description = "aborted: cancelled", deploy.CheckingHealth
	for name, test := range map[string]struct {
		state  deploy.BoardState
		newest *deploy.Deployment
		want   page.State
		words  string
	}{
		"runs":        {deploy.Runs, &active, page.Good, "runs"},
		"rolled back": {deploy.RolledBack, &back, page.Back, "rolled back"},
		"deploying":   {deploy.Deploying, &running, page.Going, "deploying"},
		"waiting":     {deploy.Deploying, &waiting, page.Going, "waiting"},
		"checking":    {deploy.CheckingState, &checking, page.Going, "checking health"},
		"failed":      {deploy.LastFailed, &failed, page.Bad, "last attempt failed"},
		"aborted":     {deploy.LastFailed, &aborted, page.Bad, "last attempt aborted"},
		"lost":        {deploy.LastFailed, &lost, page.Bad, "last attempt lost"},
		"nothing yet": {deploy.NothingYet, nil, page.Nothing, "nothing yet"},
		"taken down":  {deploy.TakenDown, nil, page.Nothing, "taken down"},
		"unknown":     {deploy.StateUnknown, nil, page.Ended, "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shown := only(t, config.Config{}, deploy.BoardRow{State: test.state, Newest: test.newest})
			assert.Equal(t, test.want, shown.State)
			assert.Equal(t, test.words, shown.Words)
		})
	}
}

// What is not known is not nothing.
func TestUntold(t *testing.T) {
	t.Parallel()
	failed := deployment("FAILURE", time.Hour)
	for name, row := range map[string]deploy.BoardRow{
		"all that were read failed": {State: deploy.LastFailed, Newest: &failed, Untold: true},
		"unread":                    {State: deploy.StateUnknown, Problem: &deploy.Problem{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shown := only(t, config.Config{}, row)
			assert.True(t, shown.Untold)
			assert.Contains(t, page.HTML(page.Page{At: noon(), Rows: []page.Row{shown}}), `data-label="Runs"><div>unknown</div>`)
		})
	}
	assert.False(t, only(t, config.Config{}, deploy.BoardRow{State: deploy.NothingYet}).Untold)
}

func TestLocks(t *testing.T) {
	t.Parallel()
	owned := lock.Document{CreatedBy: "carol", CreatedAt: ago(time.Hour), Sticky: true, Reason: "measuring"}
	until, passing := owned, owned
	until.ExpiresAt, passing.Sticky = noon().Add(4*time.Hour), false
	for name, test := range map[string]struct {
		state deploy.LockState
		want  page.Bar
	}{
		"no end":           {deploy.LockState{Status: deploy.Held, Lock: deploy.Lock{Document: owned}}, page.Bar{From: ago(time.Hour), Text: "carol: measuring"}},
		"end":              {deploy.LockState{Status: deploy.Held, Lock: deploy.Lock{Document: until}}, page.Bar{From: ago(time.Hour), Until: until.ExpiresAt, Text: "carol, until 1 Dec 2026 16:00 UTC: measuring"}},
		"all environments": {deploy.LockState{Status: deploy.Held, Target: lock.Target{Global: true}, Lock: deploy.Lock{Document: owned}}, page.Bar{From: ago(time.Hour), Text: "carol, all environments: measuring"}},
		"deploying":        {deploy.LockState{Status: deploy.Held, Lock: deploy.Lock{Document: passing}}, page.Bar{From: ago(time.Hour), Until: noon(), Text: "carol, deploying: measuring"}},
		"stale":            {deploy.LockState{Status: deploy.Stale, Lock: deploy.Lock{Document: owned}}, page.Bar{From: ago(time.Hour), Until: noon(), Text: "carol, stale: measuring"}},
		"unknown":          {deploy.LockState{Status: deploy.Corrupt}, page.Bar{Text: "owner unknown"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, &test.want, only(t, config.Config{}, deploy.BoardRow{Lock: &test.state}).Lock)
		})
	}
}

func TestFreezes(t *testing.T) {
	t.Parallel()
	const begin = "version: 1\ntime_zone: Europe/Berlin\nenvironments:\n  production:\n    production: true\nfreezes:\n"
	utc := func(day, hour int) time.Time { return time.Date(2026, 12, day, hour, 0, 0, 0, time.UTC) }
	for name, test := range map[string]struct {
		rules string
		want  []page.Bar
	}{
		"the next one, although it is far off": {"  - {name: holidays, from: 2026-12-23 18:00, until: 2027-01-04 08:00}\n", []page.Bar{
			{From: utc(23, 17), Until: utc(35, 7), Text: "holidays, from 23 Dec 2026 17:00 UTC (18:00 Europe/Berlin), until 4 Jan 2027 07:00 UTC (08:00 Europe/Berlin)"},
		}},
		"last weekend, and the next": {"  - {name: weekend, from: fri 16:00, until: mon 08:00, reason: no one is on call}\n", []page.Bar{
			{From: utc(-3, 15), Until: utc(0, 7), Text: "weekend: no one is on call, until 30 Nov 2026 07:00 UTC (08:00 Europe/Berlin)"},
			{From: utc(4, 15), Until: utc(7, 7), Text: "weekend: no one is on call, from 4 Dec 2026 15:00 UTC (16:00 Europe/Berlin), until 7 Dec 2026 07:00 UTC (08:00 Europe/Berlin)"},
		}},
		"over": {"  - {name: past, from: 2026-11-29 00:00, until: 2026-11-30 00:00}\n", []page.Bar{
			{From: utc(-2, 23), Until: utc(-1, 23), Text: "past, until 29 Nov 2026 23:00 UTC (30 Nov 2026 00:00 Europe/Berlin)"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := ruled(t, begin+test.rules)
			shown := only(t, c, deploy.BoardRow{Freeze: &deploy.BoardFreeze{}})
			assert.Equal(t, test.want, shown.Freezes)
			assert.Empty(t, only(t, c, deploy.BoardRow{}).Freezes, "GitHub does not say what time it is")
		})
	}
	endless := only(t, ruled(t, begin+"  - {name: a, from: \"00:00\", until: \"12:00\"}\n  - {name: b, from: \"12:00\", until: \"00:00\"}\n"), deploy.BoardRow{Freeze: &deploy.BoardFreeze{}})
	require.Len(t, endless.Freezes, 1)
	assert.Zero(t, endless.Freezes[0].Until)
	daily := only(t, ruled(t, begin+"  - {name: night, from: \"18:00\", until: \"08:00\"}\n"), deploy.BoardRow{Freeze: &deploy.BoardFreeze{}})
	assert.Len(t, daily.Freezes, 8, "a week and a sixth of it")
}
