package gh_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// named is a change without what every one has.
func named(changes []deploy.Change) []string {
	var all []string
	for _, one := range changes {
		all = append(all, fmt.Sprintf("%d %s by %s", one.Pull, one.Title, one.Author))
	}
	return all
}

func TestListChanges(t *testing.T) {
	t.Parallel()
	const pull = "7 Title by alice"
	merged := func(method sim.MergeMethod) func(*sim.GitHub) string {
		return func(g *sim.GitHub) string {
			g.PushToPull(7, sim.Commit{Message: "two"})
			return g.MergePullBy(7, method)
		}
	}
	for name, test := range map[string]struct {
		head    func(*sim.GitHub) string
		commits int
		pulls   int
		want    []string
	}{
		"the pull request itself": {func(g *sim.GitHub) string { return g.PushToPull(7, sim.Commit{Message: "two"}) }, 2, 1, []string{pull}},
		"thirty commits": {func(g *sim.GitHub) string {
			for range 29 {
				g.PushToPull(7, sim.Commit{Message: "more"})
			}
			return g.Head("feature/a b")
		}, 30, 1, []string{pull}},
		"a merge commit": {merged(sim.MergeCommits), 3, 1, []string{pull}},
		"a squash merge": {merged(sim.SquashMerge), 1, 1, []string{pull}},
		"a rebase":       {merged(sim.RebaseMerge), 2, 1, []string{pull}},
		"no pull request": {func(g *sim.GitHub) string {
			g.Push(sim.Commit{Branch: "main", Author: "alice", Message: "Fix\n\nthe rest"})
			return g.Push(sim.Commit{Branch: "main", Author: "alice", Message: strings.Repeat("x", 200)})
		}, 2, 0, []string{"0 " + strings.Repeat("x", 120) + "… by alice", "0 Fix by alice"}},
		"a branch kept current": {func(g *sim.GitHub) string {
			g.Push(sim.Commit{Branch: "main", Author: "alice", Message: "Fix"})
			g.MergePullBy(7, sim.MergeCommits)
			return g.Push(sim.Commit{Branch: "main", Author: "alice", Message: "Later"})
		}, 4, 1, []string{"0 Later by alice", pull, "0 Fix by alice"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			base := github.Head("main")
			head := test.head(github)
			for _, back := range []bool{false, true} { // no one may have said that it goes back, or that it does not
				done, err := do(t, github, plan.CountCommits{Base: base, Head: head, Lists: true, Back: back})
				require.NoError(t, err)
				assert.Equal(t, test.commits, done.Ahead)
				require.NotNil(t, done.Changes)
				assert.Equal(t, test.want, named(done.Changes.Changes))
				assert.Equal(t, deploy.Changelog{Commits: test.commits, Pulls: test.pulls, Changes: done.Changes.Changes}, *done.Changes)
			}
			done, err := do(t, github, plan.CountCommits{Base: head, Head: base, Lists: true, Back: true})
			require.NoError(t, err)
			assert.Equal(t, test.commits, done.Behind)
			assert.Equal(t, test.want, named(done.Changes.Changes))
			assert.True(t, done.Changes.Removed)

			// The default branch goes back without saying so, after what it has got was deployed.
			require.NoError(t, github.MoveBranch("alice", "main", base))
			before := len(github.Requests())
			done, err = do(t, github, plan.CountCommits{Base: head, Head: base, Lists: true})
			require.NoError(t, err)
			assert.Equal(t, test.commits, done.Behind)
			assert.Len(t, done.Changes.Changes, len(test.want))
			assert.Equal(t, test.commits, done.Changes.Commits)
			assert.Zero(t, done.Changes.Unknown)
			assert.True(t, done.Changes.Removed)
			assert.Len(t, github.Requests(), before+2)

			// Of another commit than its head it is known only how many there are.
			github.Push(sim.Commit{Branch: "main", Author: "alice", Message: "Other", Files: map[string]string{"other": "1"}})
			done, err = do(t, github, plan.CountCommits{Base: head, Head: base, Lists: true})
			require.NoError(t, err)
			assert.Equal(t, deploy.Changelog{Removed: true, Commits: test.commits, Unknown: test.commits}, *done.Changes)
		})
	}
}

// Where both have commits of their own, the direction says which are listed.
func TestListChangesOfBranchesThatPart(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.Push(sim.Commit{Branch: "main", Author: "alice", Message: "Fix"})
	for back, want := range map[bool]string{false: "7 Title by alice", true: "0 Fix by alice"} {
		done, err := do(t, github, plan.CountCommits{Base: github.Head("main"), Head: github.Head("feature/a b"), Lists: true, Back: back})
		require.NoError(t, err)
		assert.Equal(t, []string{want}, named(done.Changes.Changes))
		assert.Equal(t, []int{1, 1}, []int{done.Ahead, done.Behind})
	}
}

// A comparison shows 250 commits. The others are counted.
func TestListManyChanges(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	base := github.Head("main")
	for i := range 260 {
		github.Push(sim.Commit{Branch: "main", Author: "alice", Message: fmt.Sprint("Fix ", i)})
	}
	seen := &recorder{next: github.Client().Transport}
	done, err := newClient(t, seen, "sim-token").Do(t.Context(), plan.CountCommits{Base: base, Head: github.Head("main"), Lists: true}, ledger())
	require.NoError(t, err)
	assert.Len(t, seen.all(), 2)
	assert.Equal(t, "Fix 259", done.Changes.Changes[0].Title)
	assert.Equal(t, deploy.Changelog{Commits: 260, Changes: done.Changes.Changes, More: 200, Unknown: 10}, *done.Changes)
	assert.Len(t, done.Changes.Changes, deploy.MaxChanges)
}

const twoCommits = `{"ahead_by":2,"behind_by":0,"commits":[{"sha":"1111111111111111111111111111111111111111","commit":{"message":"one"}},` +
	`{"sha":"2222222222222222222222222222222222222222","commit":{"message":"two","author":{"name":"Ada"}}}]}`

func originOf(oid, pulls string) string {
	return `{"oid":"` + strings.Repeat(oid, 40) + `","associatedPullRequests":` + pulls + `}`
}

// Whatever GitHub answers, the commits are counted, and what it does not say is unknown.
func TestListChangesWithStrangeAnswers(t *testing.T) {
	t.Parallel()
	none := `{"nodes":[]}`
	one := originOf("1", none)
	for name, test := range map[string]struct {
		comparison, origins string
		unknown             int
		want                []string
		problem             string
	}{
		"complete":                    {twoCommits, `{"data":{"repository":{"c0":` + originOf("2", none) + `,"c1":` + one + `}}}`, 0, []string{"0 two by Ada", "0 one by "}, ""},
		"no author":                   {twoCommits, `{"data":{"repository":{"c0":` + originOf("2", `{"nodes":[{"number":3,"title":"T","url":"","mergedAt":null,"author":null}]}`) + `,"c1":` + one + `}}}`, 0, []string{"3 T by ", "0 one by "}, ""},
		"a commit is gone":            {twoCommits, `{"data":{"repository":{"c0":null,"c1":` + one + `}}}`, 1, []string{"0 one by "}, ""},
		"another object":              {twoCommits, `{"data":{"repository":{"c0":{},"c1":` + one + `}}}`, 1, []string{"0 one by "}, ""},
		"another commit":              {twoCommits, `{"data":{"repository":{"c0":` + originOf("3", none) + `,"c1":` + one + `}}}`, 1, []string{"0 one by "}, ""},
		"null in the list":            {twoCommits, `{"data":{"repository":{"c0":` + originOf("2", `{"nodes":[null]}`) + `,"c1":` + one + `}}}`, 1, []string{"0 one by "}, ""},
		"no number":                   {twoCommits, `{"data":{"repository":{"c0":` + originOf("2", `{"nodes":[{"number":0,"title":"T","url":"","mergedAt":null,"author":null}]}`) + `,"c1":` + one + `}}}`, 1, []string{"0 one by "}, ""},
		"an error for one":            {twoCommits, `{"data":{"repository":{"c0":` + originOf("2", "null") + `,"c1":` + one + `}},"errors":[{"type":"FORBIDDEN","path":["repository","c0"],"message":"no"}]}`, 1, []string{"0 one by "}, "FORBIDDEN no"},
		"no repository":               {twoCommits, `{"data":{"repository":null}}`, 2, nil, "no such repository"},
		"no data":                     {twoCommits, `{"data":null,"errors":[{"type":"FORBIDDEN","message":"no"}]}`, 2, nil, "FORBIDDEN no"},
		"an alias is missing":         {twoCommits, `{"data":{"repository":{"c1":` + one + `}}}`, 2, nil, "the answer lacks"},
		"no commits":                  {`{"ahead_by":2,"behind_by":0}`, "", 2, nil, "no commits"},
		"commits without names":       {`{"ahead_by":2,"behind_by":0,"commits":[null,{"sha":"x) { y"}]}`, "", 2, nil, "no commits"},
		"more commits than it counts": {strings.Replace(twoCommits, `"ahead_by":2`, `"ahead_by":1`, 1), `{"data":{"repository":{"c0":` + originOf("2", none) + `,"c1":` + one + `}}}`, 0, []string{"0 two by Ada", "0 one by "}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := unfilled(t, &answers{list: []answering{answer(http.StatusOK, test.comparison), answer(http.StatusOK, test.origins)}})
			done, err := client.Do(t.Context(), plan.CountCommits{Base: "a", Head: "b", Lists: true}, ledger())
			if test.problem == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, test.problem)
				assert.Contains(t, gh.Explain(err).Text, "pull requests of the commits")
			}
			assert.Positive(t, done.Ahead)
			require.NotNil(t, done.Changes)
			assert.Equal(t, test.unknown, done.Changes.Unknown)
			assert.Equal(t, test.want, named(done.Changes.Changes))
		})
	}
}

// A change may be too large to be shown. The numbers do not depend on it.
func TestListChangesThatCannotBeShown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		first, second answering
		want          plan.Done
		problem       string
	}{
		"too large":        {answer(http.StatusUnprocessableEntity, `{"message":"this diff is taking too long to generate"}`), answer(http.StatusOK, `{"ahead_by":2,"behind_by":1}`), plan.Done{Ahead: 2, Behind: 1}, "find the pull requests"},
		"a commit is gone": {answer(http.StatusNotFound, `{"message":"Not Found"}`), answer(http.StatusNotFound, `{"message":"Not Found"}`), plan.Done{}, "count the commits"},
		"no answer":        {hanging, answer(http.StatusOK, `{"ahead_by":2,"behind_by":1}`), plan.Done{Ahead: 2, Behind: 1}, "no answer within 5s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := newClient(t, &answers{list: []answering{test.first, test.second}}, "x")
				done, err := client.Do(t.Context(), plan.CountCommits{Base: "a", Head: "b", Lists: true}, ledger())
				require.ErrorContains(t, err, test.problem)
				assert.Equal(t, test.want, done)
			})
		})
	}
}

// No deployment waits long for what only informs.
func TestListChangesWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, &answers{list: []answering{answer(http.StatusOK, twoCommits), hanging}}, "x")
		begun := time.Now()
		done, err := client.Do(t.Context(), plan.CountCommits{Base: "a", Head: "b", Lists: true}, ledger())
		require.ErrorContains(t, err, "no answer within 5s")
		assert.Equal(t, "The deployment goes on without the list.", gh.Explain(err).Hint)
		assert.Equal(t, 5*time.Second, time.Since(begun))
		assert.Equal(t, plan.Done{Ahead: 2, Changes: &deploy.Changelog{Commits: 2, Unknown: 2}}, done)
	})
}
