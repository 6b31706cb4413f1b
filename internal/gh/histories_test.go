package gh_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/releases"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// histories reads what reports need, and says in a line for each release what it was and what it brought.
func histories(t *testing.T, github *sim.GitHub, environments ...string) (read []releases.History, lines []string) {
	t.Helper()
	read, err := newClient(t, github.Client().Transport, "sim-token").Histories(t.Context(), environments, 90*24*time.Hour)
	require.NoError(t, err)
	for _, h := range read {
		for _, release := range releases.Of(h) {
			words := []string{h.Environment, string(release.Kind)}
			for _, change := range release.Changes {
				words = append(words, fmt.Sprintf("%s (%s)", change.Title, change.Author))
			}
			lines = append(lines, strings.TrimSpace(strings.Join(append(words, release.Unknown), " ")))
		}
	}
	return read, lines
}

// A pull request is deployed before the merge; then its squash is deployed, which is the same.
func TestHistories(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	ours(github, "production", "success", 77)
	github.Deploy(sim.DeploymentSpec{Environment: "production", SHA: github.PullHead(7), State: "success"})
	github.MergePullBy(7, sim.SquashMerge)
	ours(github, "production", "success", 78)
	github.Push(sim.Commit{Message: "Direct\n\nmore", Author: "alice", Files: map[string]string{"b": "2"}})
	ours(github, "production", "success", 79)
	ours(github, "staging", "failure", 80)
	read, lines := histories(t, github, "production", "staging")
	assert.Equal(t, []string{"production forward Direct (alice)", "production redeploy", "production forward Title (alice)", "production first", "staging"}, lines)
	assert.Equal(t, "Title", read[0].Off[github.PullHead(7)].Commits[0].Pull.Title)

	pull := read[0].Commits[slices.IndexFunc(read[0].Commits, func(c releases.Commit) bool { return c.Pull != nil })].Pull
	assert.Zero(t, pull.FirstCommitAt)
	require.NoError(t, newClient(t, github.Client().Transport, "sim-token").AddFirstCommits(t.Context(), []*releases.Pull{pull}))
	assert.False(t, pull.FirstCommitAt.IsZero())
}
