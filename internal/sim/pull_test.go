package sim_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// mergeState asks for what GitHub thinks of merging a pull request.
func mergeState(t *testing.T, g *sim.GitHub) any {
	t.Helper()
	pull, _ := repository(t, g, `pullRequest(number: 1) { mergeStateStatus }`)["pullRequest"].(map[string]any)
	return pull["mergeStateStatus"]
}

func TestPull(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.AddUser(sim.User{Login: "alice", Permission: "admin"})
	head := g.Push(sim.Commit{Branch: "feature", Files: map[string]string{"a": "1"}})
	number := g.OpenPull(sim.Pull{Author: "alice", Title: "A feature", Head: "feature", Draft: true})
	assert.Equal(t, 1, number)
	assert.Equal(t, 7, g.OpenPull(sim.Pull{Number: 7}))
	assert.Equal(t, 8, g.OpenPull(sim.Pull{}))
	assert.Equal(t, head, g.PullHead(number))

	play(t, g, []exchange{
		{"REST", "GET /./pulls/1", nil, 200, `{"number": 1, "title": "A feature", "state": "open", "draft": true, "merged": false, "mergeable": true,
			"user": {"login": "alice"}, "author_association": "MEMBER", "changed_files": 1, "commits": 1, "merged": false,
			"head": {"ref": "feature", "sha": "` + head + `", "label": "acme:feature", "repo": {"full_name": "acme/shop", "fork": false}},
			"base": {"ref": "main", "sha": "` + g.Head("main") + `"}}`},
		{"missing", "GET /./pulls/2", nil, 404, `{"message": "Not Found"}`},
	})
	includes(t, `{"pullRequest": {"number": 1, "title": "A feature", "state": "OPEN", "isDraft": true, "isCrossRepository": false,
		"url": "https://github.com/acme/shop/pull/1", "author": {"login": "alice"}, "headRefName": "feature", "headRefOid": "`+head+`",
		"headRef": {"name": "feature", "target": {"oid": "`+head+`"}}, "baseRefName": "main", "baseRefOid": "`+g.Head("main")+`",
		"baseRef": {"name": "main"}, "headRepository": {"nameWithOwner": "acme/shop"}, "headRepositoryOwner": {"login": "acme"}, "mergeable": "MERGEABLE",
		"merged": false, "mergedAt": null, "mergeCommit": null, "commits": {"totalCount": 1, "nodes": [{"commit": {"oid": "`+head+`"}}]},
		"files": {"nodes": [{"path": "a", "changeType": "ADDED"}]}},
		"pullRequests": {"nodes": [{"number": 8}, {"number": 7}, {"number": 1}]}, "one": {"nodes": [{"number": 1}]}}`,
		repository(t, g, `pullRequest(number: 1) { number title state isDraft isCrossRepository url author { login } headRefName headRefOid headRef { name target { oid } }
			baseRefName baseRefOid baseRef { name } headRepository { nameWithOwner } headRepositoryOwner { login } mergeable merged mergedAt mergeCommit { oid }
			commits(last: 1) { totalCount nodes { commit { oid } } } files(first: 5) { nodes { path changeType } } }
			pullRequests(first: 5, states: [OPEN], orderBy: {field: CREATED_AT, direction: DESC}) { nodes { number } }
			one: pullRequests(first: 5, headRefName: "feature") { nodes { number } }`))
	includes(t, `{"data": {"repository": {"pullRequest": null}}, "errors": [{"type": "NOT_FOUND", "path": ["repository", "pullRequest"],
		"message": "Could not resolve to a PullRequest with the number of 2."}]}`,
		query(t, g, `{ repository(owner: "acme", name: "shop") { pullRequest(number: 2) { id } } }`, nil))
}

func TestPullMoves(t *testing.T) {
	t.Parallel()
	g := start(t)
	number := g.OpenPull(sim.Pull{Author: "alice", Head: "feature"})
	first := g.PullHead(number)
	second := g.PushToPull(number, sim.Commit{Message: "More"})
	assert.NotEqual(t, first, second)
	assert.Equal(t, second, g.Head("feature"), "the branch moves along")
	third := g.Push(sim.Commit{Branch: "feature"})
	assert.Equal(t, third, g.PullHead(number), "the pull request follows its branch")
	ask(t, g, "PATCH /./git/refs/heads/feature", map[string]any{"sha": first, "force": true})
	assert.Equal(t, first, g.PullHead(number), "also back")

	g.DeleteBranch("feature")
	includes(t, `{"pullRequest": {"headRef": null, "headRefName": "feature", "headRefOid": "`+first+`"}}`,
		repository(t, g, `pullRequest(number: 1) { headRef { name } headRefName headRefOid }`))
}

func TestPullOfAFork(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.Push(sim.Commit{Branch: "patch"})
	number := g.OpenPull(sim.Pull{Author: "eve", Head: "patch", HeadRepository: "eve/shop"})
	head := g.PushToPull(number, sim.Commit{Files: map[string]string{"x": "1"}})
	assert.NotEqual(t, head, g.Head("patch"), "the branch of the same name is another one")
	play(t, g, []exchange{
		{"REST", "GET /./pulls/1", nil, 200, `{"head": {"sha": "` + head + `", "label": "eve:patch", "user": {"login": "eve"},
			"repo": {"full_name": "eve/shop", "fork": true, "owner": {"login": "eve", "type": "User"}}}}`},
		{"head of the pull request", "GET /./git/ref/pull/1/head", nil, 200, `{"object": {"sha": "` + head + `"}}`},
		{"commits are shared", "GET /./commits/" + head, nil, 200, ""},
	})
	const fields = `pullRequest(number: 1) { isCrossRepository headRefOid headRef { name target { oid } repository { nameWithOwner } }
		headRepository { nameWithOwner isFork } headRepositoryOwner { login } }`
	includes(t, `{"pullRequest": {"isCrossRepository": true, "headRefOid": "`+head+`", "headRepositoryOwner": {"login": "eve"},
		"headRef": {"name": "patch", "target": {"oid": "`+head+`"}, "repository": {"nameWithOwner": "eve/shop"}},
		"headRepository": {"nameWithOwner": "eve/shop", "isFork": true}}}`, repository(t, g, fields))

	g.EditPull(number, func(p *sim.Pull) { p.HeadRepository = "deleted" })
	play(t, g, []exchange{
		{"deleted fork", "GET /./pulls/1", nil, 200, `{"head": {"ref": "patch", "sha": "` + head + `", "repo": null, "user": {"login": "eve"}}}`},
	})
	includes(t, `{"pullRequest": {"isCrossRepository": true, "headRefOid": "`+head+`", "headRef": null, "headRepository": null,
		"headRepositoryOwner": null}}`, repository(t, g, fields))
}

func TestMergeState(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.AddUser(sim.User{Login: "bob", Permission: "write"})
	number := g.OpenPull(sim.Pull{Head: "feature"})
	assert.Equal(t, "CLEAN", mergeState(t, g))

	check := g.Check(sim.Check{Pull: number, Name: "test", State: "failure"})
	assert.Equal(t, "UNSTABLE", mergeState(t, g))
	g.RequireChecks("test")
	assert.Equal(t, "BLOCKED", mergeState(t, g))
	g.UpdateCheck(check, "success")
	assert.Equal(t, "CLEAN", mergeState(t, g))
	g.RequireReviews(1)
	assert.Equal(t, "BLOCKED", mergeState(t, g))
	g.Review(number, "bob", "APPROVED")
	assert.Equal(t, "CLEAN", mergeState(t, g))

	g.Push(sim.Commit{Files: map[string]string{"elsewhere": "1"}})
	assert.Equal(t, "CLEAN", mergeState(t, g), "being behind matters only if the rules say so")
	g.AddRule(sim.Rule{Type: "required_status_checks", Parameters: map[string]any{"strict_required_status_checks_policy": true}})
	assert.Equal(t, "BEHIND", mergeState(t, g))

	g.EditPull(number, func(p *sim.Pull) { p.Draft = true })
	assert.Equal(t, "DRAFT", mergeState(t, g))
	g.Push(sim.Commit{Files: map[string]string{"change-1.txt": "other"}})
	assert.Equal(t, "DIRTY", mergeState(t, g))
	includes(t, `{"pullRequest": {"mergeable": "CONFLICTING"}}`, repository(t, g, `pullRequest(number: 1) { mergeable }`))
	g.EditPull(number, func(p *sim.Pull) { p.MergeState = "UNKNOWN" })
	assert.Equal(t, "UNKNOWN", mergeState(t, g))
	play(t, g, []exchange{{"not known yet", "GET /./pulls/1", nil, 200, `{"mergeable": null, "mergeable_state": "unknown"}`}})
}

func TestMergeAndClose(t *testing.T) {
	t.Parallel()
	g := start(t)
	base := g.Head("main")
	merged, closed := g.OpenPull(sim.Pull{Author: "alice"}), g.OpenPull(sim.Pull{})
	conflicting := g.OpenPull(sim.Pull{Head: "conflict"})
	g.PushToPull(conflicting, sim.Commit{Files: map[string]string{"change-1.txt": "other"}})
	commit := g.MergePull(merged)
	assert.Equal(t, commit, g.Head("main"))
	assert.Empty(t, g.MergePull(conflicting))
	g.ClosePull(closed)

	includes(t, `{
		"merged": {"state": "MERGED", "merged": true, "closed": true, "mergedBy": {"login": "alice"}, "mergeCommit": {"oid": "`+commit+`",
			"parents": {"nodes": [{"oid": "`+base+`"}, {"oid": "`+g.PullHead(merged)+`"}]}}, "commits": {"totalCount": 1}, "baseRefOid": "`+base+`"},
		"closed": {"state": "CLOSED", "merged": false, "mergedAt": null, "mergeStateStatus": "UNKNOWN"}, "conflicting": {"state": "OPEN"},
		"object": {"associatedPullRequests": {"nodes": [{"number": 1}]}}}`,
		repository(t, g, `merged: pullRequest(number: 1) { state merged closed mergedBy { login } mergeCommit { oid parents(first: 2) { nodes { oid } } }
			commits(first: 1) { totalCount } baseRefOid } closed: pullRequest(number: 2) { state merged mergedAt mergeStateStatus }
			conflicting: pullRequest(number: 3) { state }
			object(expression: "main") { ... on Commit { associatedPullRequests(first: 5) { nodes { number } } } }`))
	play(t, g, []exchange{
		{"merged", "GET /./pulls/1", nil, 200, `{"state": "closed", "merged": true, "merge_commit_sha": "` + commit + `", "merged_by": {"login": "alice"}}`},
		{"closed", "GET /./pulls/2", nil, 200, `{"state": "closed", "merged": false, "merged_at": null}`},
	})
}

func TestUpdateBranch(t *testing.T) {
	t.Parallel()
	g := start(t)
	number := g.OpenPull(sim.Pull{Head: "feature"})
	head := g.PullHead(number)
	const path = "PUT /./pulls/1/update-branch"
	play(t, g, []exchange{{"up to date", path, nil, 422, `{"message": "There are no new commits on the base branch."}`}})
	main := g.Push(sim.Commit{Files: map[string]string{"b": "1"}})
	play(t, g, []exchange{
		{"another head", path, map[string]any{"expected_head_sha": main}, 422, `{"message": "~expected head sha"}`},
		{"update", path, map[string]any{"expected_head_sha": head}, 202, `{"message": "Updating pull request branch."}`},
	})
	assert.Equal(t, g.Head("feature"), g.PullHead(number))
	play(t, g, []exchange{{"merged", "GET /./compare/main...feature", nil, 200, `{"behind_by": 0, "ahead_by": 2}`}})

	g.Push(sim.Commit{Files: map[string]string{"change-1.txt": "other"}})
	play(t, g, []exchange{{"conflict", path, map[string]any{}, 422, `{"message": "~merge conflict"}`}})
}

func TestPullsByRequest(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.Push(sim.Commit{Branch: "work", Files: map[string]string{"a.txt": "a"}})
	g.Push(sim.Commit{Branch: "base"})
	open := func(head, base string) map[string]any {
		return map[string]any{"title": "Work", "head": head, "base": base, "body": "text", "draft": true}
	}
	play(t, g, []exchange{
		{"unknown head", "POST /./pulls", open("nothing", "main"), 422, `{"errors": [{"field": "head", "code": "invalid"}]}`},
		{"unknown base", "POST /./pulls", open("work", "nothing"), 422, `{"errors": [{"field": "base", "code": "invalid"}]}`},
		{"nothing to merge", "POST /./pulls", open("main", "work"), 422, `{"errors": [{"message": "No commits between work and main"}]}`},
		{"open", "POST /./pulls", open("acme:work", "main"), 201, `{"number": 1, "state": "open", "draft": true, "body": "text",
			"user": {"login": "github-actions[bot]"}, "head": {"ref": "work"}, "base": {"ref": "main"}}`},
		{"once more", "POST /./pulls", open("work", "main"), 422, `{"errors": [{"message": "A pull request already exists for acme:work."}]}`},
		{"into another base", "POST /./pulls", open("work", "base"), 201, `{"number": 2}`},
		{"edit", "PATCH /./pulls/2", map[string]any{"title": "New", "body": ""}, 200, `{"title": "New", "body": "", "base": {"ref": "base"}}`},
		{"wrong base", "PATCH /./pulls/2", map[string]any{"base": "nothing"}, 422, `{"errors": [{"field": "base"}]}`},
		{"newest first", "GET /./pulls", nil, 200, `[{"number": 2}, {"number": 1}]`},
		{"close", "PATCH /./pulls/2", map[string]any{"state": "closed"}, 200, `{"state": "closed", "merged": false}`},
		{"open ones", "GET /./pulls?head=acme:work", nil, 200, `[{"number": 1}]`},
		{"all", "GET /./pulls?state=all&direction=asc&base=base", nil, 200, `[{"number": 2}]`},
		{"reopen", "PATCH /./pulls/2", map[string]any{"state": "open"}, 200, `{"state": "open", "closed_at": null}`},
	})
	g.AddToken(sim.Token{Value: sim.DefaultToken, Login: sim.ActionsLogin, Permissions: map[string]string{"pull-requests": "read"}})
	play(t, g, []exchange{{"needs pull-requests: write", "POST /./pulls", open("work", "main"), 403, `{"message": "Resource not accessible by integration"}`}})
}

// GitHub computes the merge state when it is asked for, and says UNKNOWN until then.
// See https://docs.github.com/rest/pulls/pulls, "Get a pull request", on the attribute mergeable.
func TestMergeStateIsComputedLate(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.OpenPull(sim.Pull{Computing: 1})
	const state = `pullRequest(number: 1) { mergeable mergeStateStatus }`
	includes(t, `{"pullRequest": {"mergeable": "UNKNOWN", "mergeStateStatus": "UNKNOWN"}}`, repository(t, g, state))
	includes(t, `{"pullRequest": {"mergeable": "MERGEABLE", "mergeStateStatus": "CLEAN"}}`, repository(t, g, state))
}

// An app may not bring a workflow file in, by merging the base either.
// See https://github.com/chdsbd/kodiak/issues/853.
func TestUpdateBranchWithWorkflows(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.OpenPull(sim.Pull{})
	g.Push(sim.Commit{Branch: "main", Files: map[string]string{".github/workflows/ci.yml": "on: push\n"}})
	g.AddToken(sim.Token{Value: "workflow", Login: sim.ActionsLogin, Permissions: map[string]string{"pull-requests": "write", "contents": "write"}})
	status, body := as(t, g, "workflow", "PUT /./pulls/1/update-branch", map[string]any{})
	includes(t, `{"message": "refusing to allow a GitHub App to create or update workflow `+"`.github/workflows/ci.yml` without `workflows` permission"+`"}`, body)
	require.Equal(t, 403, status)
	status, _ = ask(t, g, "PUT /./pulls/1/update-branch", map[string]any{})
	require.Equal(t, 202, status, "a token that may")
}

// Deleting a branch closes the open pull requests from it, which cannot be opened again while it is gone. A merged one
// stays as it is, and so does one whose branch of a fork has the same name.
// See https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/managing-branches-within-your-repository/deleting-and-restoring-branches-in-a-pull-request.
func TestDeletedHeadBranch(t *testing.T) {
	t.Parallel()
	for name, remove := range map[string]func(*testing.T, *sim.GitHub, string){
		"by hand": func(_ *testing.T, g *sim.GitHub, branch string) { g.DeleteBranch(branch) },
		"by REST": func(t *testing.T, g *sim.GitHub, branch string) {
			t.Helper()
			status, _ := ask(t, g, "DELETE /./git/refs/heads/"+branch, nil)
			assert.Equal(t, 204, status)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := start(t)
			g.OpenPull(sim.Pull{Head: "open"})
			g.OpenPull(sim.Pull{Head: "merged"})
			g.MergePull(2)
			g.OpenPull(sim.Pull{Head: "open", HeadRepository: "eve/shop"})
			g.OpenPull(sim.Pull{Head: "other"})
			remove(t, g, "open")
			remove(t, g, "merged")
			assert.Equal(t, []string{"CLOSED", "MERGED", "OPEN", "OPEN"}, []string{g.PullState(1), g.PullState(2), g.PullState(3), g.PullState(4)})
			includes(t, `{"pullRequest": {"state": "CLOSED", "closed": true, "headRef": null, "headRefName": "open"}}`,
				repository(t, g, `pullRequest(number: 1) { state closed headRef { name } headRefName }`))
			play(t, g, []exchange{{"reopened", "PATCH /./pulls/1", map[string]any{"state": "open"}, 422, `{"errors": [{"message": "state cannot be changed. The open branch has been deleted."}]}`}})
			g.Push(sim.Commit{Branch: "open"})
			play(t, g, []exchange{{"restored", "PATCH /./pulls/1", map[string]any{"state": "open"}, 200, `{"state": "open"}`}})
		})
	}
}

// The branch of a fork compares with the branches of the fork, of which the simulator knows the head's own only.
func TestCompareInAFork(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.OpenPull(sim.Pull{Author: "eve", Head: "theirs", HeadRepository: "eve/shop"})
	g.Push(sim.Commit{Branch: "ours"})
	includes(t, `{"pullRequest": {"headRef": {"own": {"status": "IDENTICAL", "aheadBy": 0}, "other": null}}}`,
		repository(t, g, `pullRequest(number: 1) { headRef { own: compare(headRef: "theirs") { status aheadBy } other: compare(headRef: "ours") { aheadBy } } }`))
}
