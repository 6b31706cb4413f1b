package gh_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
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

// later returns a simulation whose clock goes forward, and reads with that clock.
func later(t *testing.T) (*sim.GitHub, *sim.Clock) {
	t.Helper()
	github, clock := newGitHub(t), sim.NewClock(1)
	github.UseClock(clock)
	return github, clock
}

// It is read back to the success before the time that is asked for, which later ones are compared with.
func TestHistoriesGoBackToTheBase(t *testing.T) {
	t.Parallel()
	github, clock := later(t)
	for range 60 {
		github.Push(sim.Commit{Message: "Old", Author: "alice"})
		ours(github, "production", "success", 70)
		clock.Advance(time.Hour)
	}
	clock.Advance(90 * 24 * time.Hour)
	github.Push(sim.Commit{Message: "New", Author: "alice", Files: map[string]string{"new": "1"}})
	ours(github, "production", "failure", 71)
	ours(github, "production", "success", 72)
	read, lines := histories(t, github, "production")
	assert.Equal(t, []string{"production forward New (alice)", "production", "production redeploy"}, lines[:3])
	assert.Len(t, read[0].Deployments, 50)
	assert.Len(t, read[0].Compared(), 2)
	assert.Zero(t, read[0].Cut)
	assert.Len(t, github.Requests(), 2, "one page of deployments, one of commits")
	assert.Len(t, read[0].Commits, 2+24, "since a day before that success")
}

// What was rolled back before that time is no news when it comes again.
func TestHistoriesKnowWhatWasRolledBackBefore(t *testing.T) {
	t.Parallel()
	github, clock := later(t)
	first := github.Head("main")
	ours(github, "production", "success", 70)
	clock.Advance(time.Hour)
	github.Push(sim.Commit{Message: "Bad", Author: "alice", Files: map[string]string{"bad": "1"}})
	ours(github, "production", "success", 71)
	clock.Advance(time.Hour)
	github.Deploy(sim.DeploymentSpec{
		Environment: "production", SHA: first, State: "success",
		Payload: plan.Payload{Type: deploy.OwnPayloadType, Tool: plan.Tool, RunID: 72, RunAttempt: 1, Rollback: &plan.Rollback{From: github.Head("main"), To: first}},
	})
	clock.Advance(91 * 24 * time.Hour)
	github.Push(sim.Commit{Message: "New", Author: "alice", Files: map[string]string{"new": "1"}})
	ours(github, "production", "success", 73)
	_, lines := histories(t, github, "production")
	assert.Equal(t, []string{"production forward New (alice)", "production rollback", "production forward Bad (alice)", "production first"}, lines)
}

func TestHistoriesThatLackSomething(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		play func(*sim.GitHub)
		want []string
	}{
		"a commit that is gone": {
			func(github *sim.GitHub) {
				head := github.PushToPull(7, sim.Commit{Message: "Lost", Author: "alice"})
				github.Deploy(sim.DeploymentSpec{Environment: "production", SHA: head, State: "success"})
				github.Forget(head)
			},
			[]string{"production forward the commit no longer exists", "production first"},
		},
		"too many commits of a branch": {
			func(github *sim.GitHub) {
				for range 51 {
					github.PushToPull(7, sim.Commit{Message: "One of many", Author: "alice"})
				}
				github.Deploy(sim.DeploymentSpec{Environment: "production", SHA: github.PullHead(7), State: "success"})
			},
			[]string{"production forward the commit has more than 50 commits that the default branch lacks", "production first"},
		},
		"many statuses": {
			func(github *sim.GitHub) {
				github.Push(sim.Commit{Message: "Slow", Author: "alice", Files: map[string]string{"slow": "1"}})
				id := github.Deploy(sim.DeploymentSpec{Environment: "production", State: "success"})
				for range 40 {
					github.SetDeploymentState(id, "in_progress")
				}
			},
			[]string{"production forward Slow (alice)", "production first"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			ours(github, "production", "success", 70)
			test.play(github)
			_, lines := histories(t, github, "production")
			assert.Equal(t, test.want, lines)
		})
	}
}

// Each page costs a point: of 50 deployments, of 50 commits, and of the first commits of 100 pull requests.
func TestCostOfHistories(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	for range 120 {
		github.Push(sim.Commit{Message: "One", Author: "alice"})
		ours(github, "production", "success", 70)
		ours(github, "staging", "success", 71)
	}
	for i := range 20 {
		number := github.OpenPull(sim.Pull{Number: 100 + i, Author: "alice", Head: "feature/a b"})
		github.Deploy(sim.DeploymentSpec{Environment: "production", SHA: github.PushToPull(number, sim.Commit{Message: "Two", Author: "alice"}), State: "success"})
	}
	read, _ := histories(t, github, "production", "staging")
	points, requests := 0, github.Requests()
	for _, request := range requests {
		points += request.Points
	}
	assert.Len(t, requests, 3+3+3+2)
	assert.LessOrEqual(t, points, 3+3+3+2*10)
	assert.Len(t, read[0].Off, 20)
	var pulls []*releases.Pull
	for i := range 150 {
		pulls = append(pulls, &releases.Pull{Number: 100 + i%20})
	}
	require.NoError(t, newClient(t, github.Client().Transport, "sim-token").AddFirstCommits(t.Context(), pulls))
	assert.Len(t, github.Requests(), len(requests)+2)
	for _, request := range github.Requests()[len(requests):] {
		assert.LessOrEqual(t, request.Points, 1)
	}
}

// At most 2,000 deployments of an environment are read, and it is known since when.
func TestHistoriesAreCut(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	for range 2010 {
		ours(github, "production", "failure", 70)
	}
	read, _ := histories(t, github, "production")
	assert.Len(t, read[0].Deployments, 2000)
	assert.False(t, read[0].Cut.IsZero())
}

func TestHistoriesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for missing, want := range map[string]string{
		"deployments": "read the deployments to `production`", "contents": "contents: read", "pull-requests": "pull-requests: read",
	} {
		t.Run(missing, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			ours(github, "production", "success", 70)
			permissions := map[string]string{"deployments": "read", "contents": "read", "pull-requests": "read", "metadata": "read"}
			delete(permissions, missing)
			github.AddToken(sim.Token{Value: "limited", Login: sim.ActionsLogin, Permissions: permissions})
			_, err := newClient(t, github.Client().Transport, "limited").Histories(t.Context(), []string{"production"}, time.Hour)
			require.Error(t, err)
			problem := gh.Explain(err)
			assert.Contains(t, problem.Text+" "+problem.Hint, want)
		})
	}
}

// An error inside of a comparison is not what GitHub says of a commit that it cannot compare: without its pull requests a
// commit would count as one that has none.
func TestComparisonsThatAreIncomplete(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	ours(github, "production", "success", 70)
	github.Deploy(sim.DeploymentSpec{Environment: "production", SHA: github.PullHead(7), State: "success"})
	read, lines := histories(t, github, "production")
	require.Equal(t, []string{"production forward Title (alice)", "production first"}, lines)
	github.RefuseField(sim.FieldRefusal{Field: "Commit.associatedPullRequests", Type: "INTERNAL", Message: "Something went wrong", Skip: len(read[0].Commits)})
	_, err := newClient(t, github.Client().Transport, "sim-token").Histories(t.Context(), []string{"production"}, 90*24*time.Hour)
	require.ErrorContains(t, err, "Something went wrong")
}
