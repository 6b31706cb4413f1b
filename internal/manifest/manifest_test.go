package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/manifest"
	"github.com/lockstep-action/lockstep/internal/releases"
)

func failed(hours int, outcome releases.Outcome) releases.Release {
	return releases.Release{Result: outcome, StartedAt: at(hours - 1), FailedAt: at(hours)}
}

func of(r releases.Release, change func(*releases.Release)) releases.Release {
	change(&r)
	return r
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	back := func(r *releases.Release) { r.Kind = releases.Rollback }
	for name, test := range map[string]struct {
		releases []releases.Release // newest first
		want     []manifest.Status
	}{
		"nothing":      {want: []manifest.Status{}},
		"one":          {[]releases.Release{released(10)}, []manifest.Status{manifest.Live}},
		"replaced":     {[]releases.Release{released(11), released(10)}, []manifest.Status{manifest.Live, manifest.Replaced}},
		"went back":    {[]releases.Release{of(released(12), back), released(11), released(10)}, []manifest.Status{manifest.Live, manifest.RolledBack, manifest.Replaced}},
		"taken down":   {[]releases.Release{of(released(11), func(r *releases.Release) { r.State = deploy.Inactive }), released(10)}, []manifest.Status{manifest.TakenDown, manifest.Replaced}},
		"failed later": {[]releases.Release{of(released(11), func(r *releases.Release) { r.FailedAt = at(20) })}, []manifest.Status{manifest.Failed}},
		"failures between": {
			[]releases.Release{failed(14, releases.Running), failed(13, releases.Abandoned), failed(12, releases.Aborted), failed(11, releases.Failed), released(10)},
			[]manifest.Status{manifest.InProgress, manifest.Abandoned, manifest.Aborted, manifest.Failed, manifest.Live},
		},
		"started first, succeeded last": {[]releases.Release{released(10), of(released(12), back)}, []manifest.Status{manifest.Live, manifest.RolledBack}},
		"too old":                       {[]releases.Release{released(11), released(-1)}, []manifest.Status{manifest.Live}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := []manifest.Status{}
			for _, r := range manifest.Of(history(), test.releases, pattern).Releases {
				got = append(got, r.Status)
			}
			assert.Equal(t, test.want, got)
		})
	}
}

// What was not read because there is too much is not there either, and the beginning says so.
func TestCut(t *testing.T) {
	t.Parallel()
	h := history()
	h.Cut = at(11)
	m := manifest.Of(h, []releases.Release{released(12), released(10)}, pattern)
	assert.Len(t, m.Releases, 1)
	assert.Equal(t, "2026-09-01T11:00:00Z", m.Since)
}

func TestUnknownChanges(t *testing.T) {
	t.Parallel()
	first := of(released(10), func(r *releases.Release) { r.Kind = releases.First })
	gap := of(released(11), func(r *releases.Release) { r.Unknown = "the commit no longer exists" })
	more := of(released(12, "a"), func(r *releases.Release) {
		r.More = []releases.Change{{Change: deploy.Change{Pull: 9, Title: "SHOP-9 b"}}}
	})
	m := manifest.Of(history(), []releases.Release{more, gap, first}, pattern)
	assert.Len(t, m.Releases[0].Changes, 2)
	assert.Equal(t, []string{"SHOP-9"}, m.Releases[0].Stories)
	assert.Equal(t, "the commit no longer exists", *m.Releases[1].Unknown)
	assert.Equal(t, "there is no earlier one to compare it with", *m.Releases[2].Unknown)
}
