package gh_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestMeasure(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	for range 3 {
		github.Push(sim.Commit{Branch: "main", Author: "alice"})
	}
	seen := &recorder{next: github.Client().Transport}
	effect := plan.CountCommits{Base: github.Head("main"), Head: github.Head("feature/a b")}
	done, err := newClient(t, seen, "sim-token").Do(t.Context(), effect, ledger())
	require.NoError(t, err)
	assert.Equal(t, plan.Done{Ahead: 1, Behind: 3}, done)
	require.Len(t, seen.all(), 1)
	query := seen.all()[0].URL.Query()
	assert.Equal(t, "2", query.Get("page"), "only the first page lists the changed files")
	assert.Equal(t, "1", query.Get("per_page"))
}

func TestMeasureFromAnUnknownCommit(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	_, err := do(t, github, plan.CountCommits{Base: "0123456789012345678901234567890123456789", Head: github.Head("main")})
	require.ErrorContains(t, err, "count the commits")
	assert.Contains(t, gh.Explain(err).Hint, "`contents: read`")
}
