package sim_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestPush(t *testing.T) {
	var all []answered
	synctest.Test(t, func(t *testing.T) {
		g := start(t)
		main := g.Head("main")
		authored := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
		time.Sleep(time.Hour)
		head := g.Push(sim.Commit{
			Branch: "feature", Message: "Change\n\nWith reasons.", Author: "alice", AuthoredAt: authored, Verified: true,
			Files: map[string]string{"new/file": "x", "README.md": "changed"},
		})
		assert.Equal(t, head, g.Head("feature"))
		assert.Equal(t, main, g.Head("main"))

		now := time.Now().UTC().Format(time.RFC3339)
		all = append(all, answers(t, g, []exchange{
			{"commit", "GET /./commits/feature", nil, 200, `{"sha": "` + head + `", "author": {"login": "alice"}, "parents": [{"sha": "` + main + `"}],
				"commit": {"message": "Change\n\nWith reasons.", "author": {"name": "alice", "date": "2020-01-02T03:04:05Z"}, "committer": {"date": "` + now + `"},
				"verification": {"verified": true, "reason": "valid", "verified_at": "` + now + `"}},
				"files": [{"filename": "README.md", "status": "modified"}, {"filename": "new/file", "status": "added"}]}`},
			{"by its name", "GET /./commits/" + head, nil, 200, `{"sha": "` + head + `"}`},
			{"unsigned", "GET /./commits/main", nil, 200, `{"commit": {"verification": {"verified": false, "verified_at": null}}}`},
			{"missing", "GET /./commits/none", nil, 422, `{"message": "No commit found for SHA: none"}`},
		})...)
		includes(t, `{"object": {"messageHeadline": "Change", "messageBody": "With reasons.", "authoredDate": "2020-01-02T03:04:05Z",
			"committedDate": "`+now+`", "committer": {"user": {"login": "alice"}}, "signature": {"isValid": true, "state": "VALID", "verifiedAt": "`+now+`"},
			"file": {"path": "new/file", "object": {"text": "x"}}, "none": null, "parents": {"nodes": [{"oid": "`+main+`", "signature": null}]},
			"history": {"totalCount": 2, "nodes": [{"oid": "`+head+`"}]}}}`,
			repository(t, g, `object(expression: "feature") { ... on Commit { messageHeadline messageBody authoredDate committedDate committer { user { login } }
				signature { isValid state verifiedAt } file(path: "new/file") { path object { ... on Blob { text } } } none: file(path: "none") { path }
				parents(first: 1) { nodes { oid signature { isValid } } } history(first: 1) { totalCount nodes { oid } } } }`))
	})
	check(t, all)
}

func TestPushIsDeterministic(t *testing.T) {
	t.Parallel()
	heads := map[string]bool{}
	for range 2 {
		synctest.Test(t, func(t *testing.T) {
			g := start(t)
			heads[g.Push(sim.Commit{Files: map[string]string{"a": "1"}})] = true
			heads[g.Push(sim.Commit{Branch: "other", Files: map[string]string{"a": "2"}})] = true
		})
	}
	assert.Len(t, heads, 2)
}

func TestCompare(t *testing.T) {
	t.Parallel()
	g := start(t)
	base := g.Head("main")
	g.Push(sim.Commit{Branch: "feature/x", Message: "one", Files: map[string]string{"a": "1"}})
	head := g.Push(sim.Commit{Branch: "feature/x", Message: "two", Files: map[string]string{"a": "2"}})
	g.Push(sim.Commit{Message: "elsewhere"})
	fork := g.OpenPull(sim.Pull{HeadRepository: "eve/shop", Head: "patch"})
	play(t, g, []exchange{
		{"diverged", "GET /./compare/main..." + head, nil, 200, `{"status": "diverged", "ahead_by": 2, "behind_by": 1, "total_commits": 2,
			"merge_base_commit": {"sha": "` + base + `"}, "commits": [{"commit": {"message": "one"}}, {"commit": {"message": "two"}}], "files": [{"filename": "a", "status": "added"}]}`},
		{"one commit a page", "GET /./compare/main...feature%2Fx?per_page=1", nil, 200, `{"total_commits": 2, "commits": [{"commit": {"message": "one"}}], "files": [{"filename": "a"}]}`},
		{"no files behind the first page", "GET /./compare/main...feature%2Fx?page=2&per_page=1", nil, 200, `{"status": "diverged", "ahead_by": 2, "behind_by": 1,
			"total_commits": 2, "merge_base_commit": {"sha": "` + base + `"}, "commits": [{"commit": {"message": "two"}}], "files": []}`},
		{"behind the last page", "GET /./compare/main...feature%2Fx?page=9&per_page=1", nil, 200, `{"ahead_by": 2, "behind_by": 1, "commits": [], "files": []}`},
		{"ahead", "GET /./compare/" + base + "...feature/x", nil, 200, `{"status": "ahead", "ahead_by": 2, "behind_by": 0}`},
		{"behind", "GET /./compare/feature%2Fx..." + base, nil, 200, `{"status": "behind", "ahead_by": 0, "behind_by": 2}`},
		{"identical", "GET /./compare/main...main", nil, 200, `{"status": "identical", "files": [], "commits": []}`},
		{"with a fork", "GET /./compare/main..." + g.PullHead(fork), nil, 200, `{"status": "ahead", "ahead_by": 1}`},
		{"missing", "GET /./compare/main...none", nil, 404, `{"message": "Not Found"}`},
		{"no comparison", "GET /./compare/main", nil, 404, ""},
	})
}

// Without paging, the newest 250 commits are shown, and never more than 300 files.
func TestLargeComparison(t *testing.T) {
	t.Parallel()
	g := start(t)
	base := g.Head("main")
	files := map[string]string{}
	for i := range 301 {
		files[fmt.Sprint(i)] = ""
	}
	for i := range 251 {
		g.Push(sim.Commit{Message: fmt.Sprint(i), Files: files})
		files = nil
	}
	_, answer := ask(t, g, "GET /./compare/"+base+"...main", nil)
	includes(t, `{"ahead_by": 251, "total_commits": 251}`, answer)
	commits, _ := at(answer, "commits").([]any)
	require.Len(t, commits, 250)
	assert.Equal(t, "1", at(commits[0], "commit", "message"))
	assert.Len(t, at(answer, "files"), 300)
}

// The history of a path has the commits that change the file, or something in the folder.
func TestHistoryOfAPath(t *testing.T) {
	t.Parallel()
	g := start(t)
	folder := g.Push(sim.Commit{Message: "Folder", Files: map[string]string{"a/b/c.txt": "1"}})
	other := g.Push(sim.Commit{Message: "Other", Files: map[string]string{"a.txt": "1"}})
	file := g.Push(sim.Commit{Message: "File", Files: map[string]string{"a/b/c.txt": "2"}})
	includes(t, `{"object": {"folder": {"nodes": [{"oid": "`+file+`"}, {"oid": "`+folder+`"}]}, "file": {"nodes": [{"oid": "`+other+`"}]},
		"first": {"totalCount": 1}, "none": {"totalCount": 0}}}`,
		repository(t, g, `object(expression: "main") { ... on Commit { folder: history(path: "a", first: 5) { nodes { oid } }
			file: history(path: "a.txt", first: 5) { nodes { oid } } first: history(path: "README.md", first: 1) { totalCount }
			none: history(path: "none", first: 1) { totalCount } } }`))
}
