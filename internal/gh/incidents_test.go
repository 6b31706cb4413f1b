package gh_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// incidents reads the issues of the last week.
func incidents(t *testing.T, github *sim.GitHub, clock *sim.Clock, labels ...string) gh.Incidents {
	t.Helper()
	found, err := newClient(t, github.Client().Transport, "sim-token").Incidents(t.Context(), labels, clock.Now().Add(-7*24*time.Hour))
	require.NoError(t, err)
	return found
}

// An issue counts once, by when it was opened; that an old one was closed lately is no matter.
func TestIncidents(t *testing.T) {
	t.Parallel()
	github, clock := later(t)
	old := github.OpenIssue(sim.Issue{Labels: []string{"incident"}})
	clock.Advance(8 * 24 * time.Hour)
	github.EditIssue(old, func(i *sim.Issue) { i.Closed = true })
	both := github.OpenIssue(sim.Issue{Title: "Down", Body: "root cause: 4f2a9c1", Labels: []string{"incident", "outage"}})
	github.OpenIssue(sim.Issue{Labels: []string{"question"}})
	clock.Advance(time.Hour)
	one := github.OpenIssue(sim.Issue{Labels: []string{"outage"}})
	clock.Advance(time.Hour)
	github.EditIssue(both, func(i *sim.Issue) { i.Closed = true })
	found := incidents(t, github, clock, "incident", "Outage", "no such")
	require.Len(t, found.All, 2)
	assert.Equal(t, []int{both, one}, []int{found.All[0].Number, found.All[1].Number})
	assert.Equal(t, "root cause: 4f2a9c1", found.All[0].Body)
	assert.Equal(t, 2*time.Hour, found.All[0].ClosedAt.Sub(found.All[0].OpenedAt).Round(time.Minute))
	assert.Zero(t, found.All[1].ClosedAt)
	assert.Zero(t, found.Unread)
	assert.Equal(t, []string{"no such"}, found.Absent)
	assert.Equal(t, "The repository has no label `no such`: no issue can have it.", found.Absence().Text)
}

// Where there are too many, it is known since when they were read.
func TestTooManyIncidents(t *testing.T) {
	t.Parallel()
	github, clock := later(t)
	var opened []time.Time
	for i := range 520 {
		github.OpenIssue(sim.Issue{Title: fmt.Sprint(i), Labels: []string{"incident"}})
		opened = append(opened, clock.Now())
		clock.Advance(time.Minute)
	}
	found := incidents(t, github, clock, "incident")
	assert.Len(t, found.All, 500)
	assert.WithinDuration(t, opened[20], found.Unread, time.Second)
	assert.Nil(t, found.Absence())
}
