package dora_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/dora"
	"github.com/lockstep-action/lockstep/internal/releases"
)

// spans are five lengths of time that are the same.
func spans(length time.Duration) dora.Spans {
	return dora.Spans{All: []time.Duration{length, length, length, length, length}}
}

// The scale of DORA's Quick Check.
func TestLevelsOfTimes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		length time.Duration
		want   int
	}{
		"nothing":              {0, 6},
		"just under an hour":   {time.Hour - time.Second, 6},
		"an hour":              {time.Hour, 5},
		"just under a day":     {day - time.Second, 5},
		"a day":                {day, 4},
		"a week":               {7 * day, 4},
		"more than a week":     {7*day + time.Second, 3},
		"a month":              {30 * day, 3},
		"more than a month":    {30*day + time.Second, 2},
		"six months":           {182 * day, 2},
		"more than six months": {182*day + time.Second, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, spans(test.length).Level())
		})
	}
	assert.Zero(t, dora.Spans{All: spans(day).All[:4]}.Level(), "four values have no level")
}

func TestLevelsOfFrequency(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		count, days, want int
	}{
		"two a day":           {20, 10, 6},
		"nearly two a day":    {19, 10, 5},
		"one a day":           {10, 10, 5},
		"nearly one a day":    {9, 10, 4},
		"one a week":          {10, 70, 4},
		"less":                {10, 71, 3},
		"one a month":         {10, 300, 3},
		"less than that":      {10, 301, 2},
		"one in six months":   {10, 1820, 2},
		"hardly ever":         {10, 1821, 1},
		"too few for a level": {4, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := dora.Frequency{Deployments: test.count, Window: time.Duration(test.days) * day}
			assert.Equal(t, test.want, f.Level())
		})
	}
}

func TestPercentiles(t *testing.T) {
	t.Parallel()
	s := dora.Spans{All: []time.Duration{time.Second, 3 * time.Second, 10 * time.Second, 20 * 365 * day}}
	median, known := s.At(dora.Median)
	assert.True(t, known)
	assert.Equal(t, 6*time.Second, median, "cut to the second")
	high, _ := s.At(dora.P90)
	assert.Equal(t, 14*365*day+3*time.Second, high, "between the two nearest values, also where they are far apart")
	_, known = dora.Spans{}.At(dora.Median)
	assert.False(t, known)
}

func TestLength(t *testing.T) {
	t.Parallel()
	for want, length := range map[string]time.Duration{
		"0s": 0, "59s": 59 * time.Second, "1m": time.Minute, "5m 7s": 5*time.Minute + 7*time.Second, "3h": 3*time.Hour + 59*time.Second,
		"3h 59m": 4*time.Hour - time.Second, "1d": day + 59*time.Minute, "400d 2h": 400*day + 2*time.Hour,
	} {
		assert.Equal(t, want, dora.Length(length))
	}
}

func TestRootCause(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                    "",
		"root cause: unknown":                 "",
		"root cause: abc":                     "", // too short to be one
		"It is down.\nroot cause: ABCDEF0 ok": "abcdef0",
		"Root cause: `abcdef0`":               "abcdef0",
		"root_cause: 0123456789abcdef0123456789abcdef01234567":               "0123456789abcdef0123456789abcdef01234567",
		"**Root cause:** abcdef0":                                            "abcdef0",
		"**Root cause**: `abcdef0`":                                          "abcdef0",
		"Root cause: https://github.com/acme/shop/commit/abcdef0":            "abcdef0",
		"Root cause: acme/shop@abcdef0":                                      "abcdef0",
		"Root cause: [abcdef0](https://github.com/acme/shop/commit/abcdef0)": "abcdef0",
		"Root cause: see abcdef0":                                            "",
		"root cause:\nabcdef0":                                               "",
		"uproot cause: abcdef0":                                              "",
		"root cause: abcdef0g":                                               "",
	} {
		assert.Equal(t, want, dora.RootCause(text), "%q", text)
	}
}

// The time that a report is about has its beginning, and not its end.
func TestWindow(t *testing.T) {
	t.Parallel()
	s := dora.Settings{At: noon(), Days: 7}
	success := func(at time.Time) releases.Release {
		return releases.Release{Result: releases.Succeeded, Kind: releases.Rollback, StartedAt: at, SucceededAt: at}
	}
	for name, test := range map[string]struct {
		at   time.Time
		want int
	}{
		"begins":       {s.From(), 1},
		"before":       {s.From().Add(-time.Second), 0},
		"ends":         {noon(), 0},
		"just inside":  {noon().Add(-time.Second), 1},
		"of no length": {noon().Add(-time.Hour), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := dora.Of(s, []dora.Series{{Releases: []releases.Release{success(test.at)}}}, nil)
			assert.Equal(t, test.want, r.Environments[0].Frequency.Deployments)
			assert.Equal(t, test.want, r.Environments[0].Duration.N(), "a length of nothing counts")
		})
	}
}

// A window that is cut is shorter, and the number a day is that of the rest.
func TestCut(t *testing.T) {
	t.Parallel()
	s := dora.Settings{At: noon(), Days: 90}
	at := noon().Add(-day)
	all := []releases.Release{{Result: releases.Succeeded, Kind: releases.Forward, StartedAt: at, SucceededAt: at}}
	r := dora.Of(s, []dora.Series{{Environment: "a", Cut: noon().Add(-10 * day), Releases: all}, {Environment: "b", Cut: noon().Add(-91 * day), Releases: all}}, nil)
	cut, whole := r.Environments[0], r.Environments[1]
	assert.InDelta(t, 0.1, cut.Frequency.PerDay(), 1e-9)
	assert.Contains(t, r.NotesOf(cut), "The report begins on 2026-11-21: earlier deployments were not read, because there are too many.")
	assert.InDelta(t, 1.0/90, whole.Frequency.PerDay(), 1e-9)
	assert.Empty(t, r.NotesOf(whole))
}

// Who reads the report sees which rules were in use.
func TestNotes(t *testing.T) {
	t.Parallel()
	without := dora.Of(dora.Settings{At: noon(), Days: 90}, nil, nil)
	assert.Equal(t, []dora.Rule{dora.FailedLater, dora.RolledBack}, without.Rules)
	assert.Contains(t, without.Notes(), "Incidents do not count: the input incident_labels is empty.")
	with := dora.Of(dora.Settings{At: noon(), Days: 90, Incidents: true, Unread: noon().Add(-day)}, nil, nil)
	assert.Equal(t, []dora.Rule{dora.FailedLater, dora.RolledBack, dora.HadIncident}, with.Rules)
	assert.Contains(t, with.Notes(), "Issues that were opened before 2026-11-30 12:00 were not read, because there are too many.")
}
