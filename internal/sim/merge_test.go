package sim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

const associated = `associatedPullRequests(first: 5) { nodes { number state mergedAt author { login } headRefOid baseRefName mergeCommit { oid }
	latestOpinionatedReviews(first: 5, writersOnly: true) { nodes { author { login } state commit { oid } } } } }`

// A commit names the pull request that brought it in, however that was merged: see
// https://docs.github.com/graphql/reference/objects#commit, and for rebased commits korthout/backport-action#399.
func TestPullOfACommit(t *testing.T) {
	t.Parallel()
	for method, parents := range map[sim.MergeMethod]int{sim.MergeCommits: 2, sim.SquashMerge: 1, sim.RebaseMerge: 1} {
		t.Run(string(method), func(t *testing.T) {
			t.Parallel()
			g := reviewed(t)
			g.PushToPull(1, sim.Commit{Message: "More", Author: "alice", Files: map[string]string{"more.txt": "more"}})
			head := g.PullHead(1)
			g.Review(1, "bob", "APPROVED")
			g.Push(sim.Commit{Message: "Elsewhere", Files: map[string]string{"elsewhere.txt": "x"}})
			before := g.Head("main")
			merged := g.MergePullBy(1, method)
			require.NotEmpty(t, merged)
			assert.Equal(t, merged, g.Head("main"))
			want := `{"associatedPullRequests": {"nodes": [{"number": 1, "state": "MERGED", "mergedAt": "~20", "author": {"login": "octocat"}, "headRefOid": "` + head + `",
				"baseRefName": "main", "mergeCommit": {"oid": "` + merged + `"}, "latestOpinionatedReviews": {"nodes": [{"author": {"login": "bob"}, "state": "APPROVED", "commit": {"oid": "` + head + `"}}]}}]}}`
			got := repository(t, g, `object(oid: "`+merged+`") { ... on Commit { parents(first: 5) { totalCount } `+associated+` } }
				ref(qualifiedName: "refs/heads/main") { target { ... on Commit { `+associated+` } } }
				before: object(oid: "`+before+`") { ... on Commit { associatedPullRequests(first: 5) { nodes { number } } } }
				pullRequest(number: 1) { baseRefOid changedFiles }`)
			includes(t, want, at(got, "object"))
			includes(t, want, at(got, "ref", "target"))
			includes(t, fmt.Sprintf(`{"object": {"parents": {"totalCount": %d}}, "before": {"associatedPullRequests": {"nodes": []}},
				"pullRequest": {"baseRefOid": %q, "changedFiles": 2}}`, parents, before), got)
			text, _ := g.File("main", "more.txt")
			assert.Equal(t, "more", text)
		})
	}
}

// A rebase copies each commit with its author, and every copy names the pull request.
func TestRebaseMerge(t *testing.T) {
	t.Parallel()
	g := reviewed(t)
	g.PushToPull(1, sim.Commit{Message: "More", Author: "alice", Files: map[string]string{"more.txt": "more"}})
	g.Push(sim.Commit{Message: "Elsewhere", Author: "carol"})
	merged := g.MergePullBy(1, sim.RebaseMerge)
	includes(t, `{"object": {"message": "More", "author": {"user": {"login": "alice"}}, "committer": {"user": {"login": "octocat"}}, "parents": {"nodes": [
		{"message": "Change change-1", "associatedPullRequests": {"nodes": [{"number": 1}]}, "parents": {"nodes": [{"message": "Elsewhere"}]}}]}}}`,
		repository(t, g, `object(oid: "`+merged+`") { ... on Commit { message author { user { login } } committer { user { login } } parents(first: 1) { nodes {
			message associatedPullRequests(first: 5) { nodes { number } } parents(first: 1) { nodes { message } } } } } }`))
}

// A conflict stops every method.
func TestMergeConflicts(t *testing.T) {
	t.Parallel()
	for _, method := range []sim.MergeMethod{sim.MergeCommits, sim.SquashMerge, sim.RebaseMerge} {
		t.Run(string(method), func(t *testing.T) {
			t.Parallel()
			g := reviewed(t)
			g.Push(sim.Commit{Files: map[string]string{"change-1.txt": "mine"}})
			assert.Empty(t, g.MergePullBy(1, method))
			assert.Equal(t, "OPEN", g.PullState(1))
		})
	}
}

// Of a commit that the default branch lacks, open pull requests are named, and no closed ones: see
// https://docs.github.com/rest/commits/commits#list-pull-requests-associated-with-a-commit.
func TestOpenPullsOfACommit(t *testing.T) {
	t.Parallel()
	g := start(t)
	head := g.Push(sim.Commit{Branch: "one", Files: map[string]string{"one.txt": "1"}})
	g.Push(sim.Commit{Branch: "base"})
	g.OpenPull(sim.Pull{Head: "one"})
	g.OpenPull(sim.Pull{Head: "one", Base: "base"})
	list := func() any {
		return at(repository(t, g, `object(oid: "`+head+`") { ... on Commit { associatedPullRequests(first: 5) { nodes { number state } } } }`), "object", "associatedPullRequests", "nodes")
	}
	includes(t, `[{"number": 1, "state": "OPEN"}, {"number": 2, "state": "OPEN"}]`, list())
	g.ClosePull(2)
	includes(t, `[{"number": 1}]`, list())
	g.MergePull(1)
	includes(t, `[{"number": 1, "state": "MERGED"}]`, list())
}

// Files of a comparison and of a pull request, https://docs.github.com/rest/pulls/pulls#list-pull-requests-files: both since the
// merge base, with renames.
func TestChangedFiles(t *testing.T) {
	t.Parallel()
	g := start(t)
	const lines = "one\ntwo\nthree\nfour\n"
	g.Push(sim.Commit{Files: map[string]string{"db/a.sql": lines, "gone.txt": "gone", "kept.txt": "1", "other.txt": lines}})
	base := g.Push(sim.Commit{Branch: "work", Files: map[string]string{"db/b.sql": lines + "five\n", "kept.txt": "2", "new.txt": "n"}, Removes: []string{"db/a.sql", "gone.txt"}})
	g.Push(sim.Commit{Files: map[string]string{"elsewhere.txt": "x"}})
	g.OpenPull(sim.Pull{Head: "work"})
	const files = `[{"filename": "db/b.sql", "status": "renamed", "previous_filename": "db/a.sql"}, {"filename": "gone.txt", "status": "removed"},
		{"filename": "kept.txt", "status": "modified"}, {"filename": "new.txt", "status": "added"}]`
	play(t, g, []exchange{
		{"comparison", "GET /./compare/main..." + base, nil, 200, `{"status": "diverged", "files": ` + files + `}`},
		{"pull request", "GET /./pulls/1/files?per_page=100", nil, 200, files},
		{"second page", "GET /./pulls/1/files?per_page=3&page=2", nil, 200, `[{"filename": "new.txt"}]`},
		{"no such pull request", "GET /./pulls/9/files", nil, 404, ""},
		{"unknown base", "GET /./compare/" + strings.Repeat("1", 40) + "..." + base, nil, 404, `{"message": "Not Found"}`},
	})
	includes(t, `{"pullRequest": {"files": {"nodes": [{"path": "db/b.sql", "changeType": "RENAMED"}, {"path": "gone.txt", "changeType": "DELETED"},
		{"path": "kept.txt", "changeType": "MODIFIED"}, {"path": "new.txt", "changeType": "ADDED"}]}}}`,
		repository(t, g, `pullRequest(number: 1) { files(first: 100) { nodes { path changeType } } }`))
	for route, permission := range map[string]string{"GET /./pulls/1/files": "contents", "GET /./compare/main..." + base: "pull-requests"} {
		status, _ := asUser(t, g, map[string]string{permission: "read"}, route, nil)
		assert.Equal(t, 403, status, route)
	}
}

// No more than 3000 files of a pull request can be listed.
func TestManyChangedFiles(t *testing.T) {
	t.Parallel()
	g := start(t)
	files := map[string]string{}
	for i := range 3001 {
		files[fmt.Sprint(i)] = fmt.Sprint(i)
	}
	g.Push(sim.Commit{Branch: "work", Files: files})
	g.OpenPull(sim.Pull{Head: "work"})
	_, last := ask(t, g, "GET /./pulls/1/files?per_page=100&page=30", nil)
	assert.Len(t, last, 100)
	_, beyond := ask(t, g, "GET /./pulls/1/files?per_page=100&page=31", nil)
	assert.Empty(t, beyond)
}

// Histories that share nothing cannot be compared: slapperwan/gh4a#544 quotes the answer.
func TestCompareWithoutAncestor(t *testing.T) {
	t.Parallel()
	g := start(t)
	_, tree := ask(t, g, "POST /./git/trees", map[string]any{"tree": []any{map[string]any{"path": "a", "mode": "100644", "type": "blob", "content": "a"}}})
	_, root := ask(t, g, "POST /./git/commits", map[string]any{"message": "Root", "tree": at(tree, "sha"), "parents": []any{}})
	oid, _ := at(root, "sha").(string)
	play(t, g, []exchange{{"refused", "GET /./compare/main..." + oid, nil, 404, `{"message": "~No common ancestor between main and "}`}})
}
