package gh_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// The opinions of a pull request are those of people with write access, with the commit that each is of.
func TestOpinions(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.AddUser(sim.User{Login: "bob", Permission: "write"})
	github.AddUser(sim.User{Login: "mia", Permission: "read"})
	for _, login := range []string{"bob", "mia"} {
		github.Review(7, login, "APPROVED")
	}
	head := github.PullHead(7)
	bob := deploy.Opinion{Author: "bob", IsUser: true, State: "APPROVED", Commit: head}
	client := newClient(t, github.Client().Transport, "sim-token")
	for name, needs := range map[string]deploy.Needs{
		"head":  {Pull: 7, StableBranch: "main", Gates: true},
		"alone": {Opinions: 7},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts, err := client.Facts(t.Context(), needs)
			require.NoError(t, err)
			assert.True(t, facts.Read[deploy.OpinionsPart])
			assert.Equal(t, []deploy.Opinion{bob}, facts.Pull.Reviews.Opinions)
			assert.NotEmpty(t, facts.Pull.Reviews.Author)
			assert.False(t, facts.Pull.Reviews.Cut)
		})
	}
}

// The merged pull request of a commit is read with what it was, and an unknown commit is not read.
func TestMergedCommit(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.AddUser(sim.User{Login: "bob", Permission: "write"})
	github.Review(7, "bob", "APPROVED")
	head, base := github.PullHead(7), github.Head("main")
	merge := github.MergePull(7)
	client := newClient(t, github.Client().Transport, "sim-token")
	facts, err := client.Facts(t.Context(), deploy.Needs{Merged: deploy.MergedNeed{SHA: merge, Branch: "main"}})
	require.NoError(t, err)
	assert.Equal(t, []deploy.Part{deploy.MergedPart}, marked(facts.Read))
	require.Len(t, facts.Merged.Pulls, 1)
	pull := facts.Merged.Pulls[0]
	assert.Equal(t, []deploy.Opinion{{Author: "bob", IsUser: true, State: "APPROVED", Commit: head}}, pull.Opinions)
	pull.Reviews = deploy.Reviews{}
	assert.Equal(t, deploy.CommitPull{Number: 7, Base: "main", Head: head, Merged: true, MergeCommit: merge}, pull)
	facts.Merged.Pulls = nil
	assert.Equal(t, merge, facts.Merged.Commit.SHA)
	assert.NotEmpty(t, facts.Merged.Commit.TreeSHA)
	facts.Merged.Commit = deploy.Commit{}
	assert.Equal(t, deploy.MergedCommit{SHA: merge, Parents: []string{base, head}, Contained: true, Default: "main", InDefault: true}, facts.Merged)

	other := github.Push(sim.Commit{Branch: "other", Message: "Other", Author: "alice"})
	facts, err = client.Facts(t.Context(), deploy.Needs{Merged: deploy.MergedNeed{SHA: other, Branch: "main"}})
	require.NoError(t, err)
	assert.False(t, facts.Merged.Contained)
	assert.False(t, facts.Merged.InDefault)
	assert.Empty(t, facts.Merged.Pulls)

	facts, err = client.Facts(t.Context(), deploy.Needs{Merged: deploy.MergedNeed{SHA: "9999999999999999999999999999999999999999", Branch: "main"}})
	require.NoError(t, err)
	assert.Empty(t, facts.Read)
}
