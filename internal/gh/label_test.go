package gh_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/sim"
)

func labelsOf(t *testing.T, github *sim.GitHub) []string {
	t.Helper()
	request := requestTo(t, "/repos/acme/shop/issues/7/labels?per_page=100")
	var names []string
	for _, label := range answerTo[[]struct{ Name string }](t, github, request) {
		names = append(names, label.Name)
	}
	return names
}

func TestLabels(t *testing.T) {
	t.Parallel()
	odd := []string{"needs review", "a/b", "100%", "%2F", "🚀 ü", "a?b#c", ".", "..", "../..", "v1.0", "+1", "a;b,c"}
	for _, name := range odd {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			github.Label(7, "kept")
			for range 2 {
				_, err := do(t, github, plan.AddLabels{Pull: 7, Names: []string{name, "other"}})
				require.NoError(t, err)
			}
			assert.Equal(t, []string{"kept", name, "other"}, labelsOf(t, github))
			for range 2 {
				_, err := do(t, github, plan.RemoveLabel{Pull: 7, Name: name})
				require.NoError(t, err, "%s: one that is missing is as good as removed")
			}
			assert.Equal(t, []string{"kept", "other"}, labelsOf(t, github))
		})
	}
}

func TestLabelsWithoutPermission(t *testing.T) {
	t.Parallel()
	for name, effect := range map[string]plan.Effect{"add": plan.AddLabels{Pull: 7, Names: []string{"new"}}, "remove": plan.RemoveLabel{Pull: 7, Name: "old"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			github.AddToken(sim.Token{Value: "poor", Login: sim.ActionsLogin, Permissions: map[string]string{"pull-requests": "read"}})
			github.Label(7, "old")
			_, err := newClient(t, github.Client().Transport, "poor").Do(t.Context(), effect, ledger())
			require.ErrorContains(t, err, "set the labels")
			assert.Contains(t, gh.Explain(err).Hint, "`pull-requests: write`")
			assert.True(t, gh.Denied(err))
			assert.Equal(t, []string{"old"}, labelsOf(t, github))
		})
	}
}

// A token that may write pull requests puts labels on them that exist, and creates none.
func TestLabelsThatDoNotExist(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.AddLabel("Known")
	github.AddToken(sim.Token{Value: "six", Login: sim.ActionsLogin, Permissions: map[string]string{"pull-requests": "write"}})
	client := newClient(t, github.Client().Transport, "six")
	_, err := client.Do(t.Context(), plan.AddLabels{Pull: 7, Names: []string{"known"}}, ledger())
	require.NoError(t, err)
	_, err = client.Do(t.Context(), plan.AddLabels{Pull: 7, Names: []string{"known", "new"}}, ledger())
	require.ErrorContains(t, err, "permission to create labels")
	assert.Contains(t, gh.Explain(err).Hint, "`gh label create`")
	assert.Equal(t, []string{"known"}, labelsOf(t, github))
}

// Both can be done twice: an answer that is lost costs nothing.
func TestLabelsWhoseAnswerWasLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		github := newGitHub(t)
		github.Label(7, "old")
		github.Fail(sim.Fault{Path: "/repos/*/*/issues/*/labels", After: true})
		github.Fail(sim.Fault{Path: "/repos/*/*/issues/*/labels/*", After: true})
		_, err := do(t, github, plan.AddLabels{Pull: 7, Names: []string{"new"}})
		require.NoError(t, err)
		_, err = do(t, github, plan.RemoveLabel{Pull: 7, Name: "old"})
		require.NoError(t, err)
		assert.Equal(t, []string{"new"}, labelsOf(t, github))
	})
}
