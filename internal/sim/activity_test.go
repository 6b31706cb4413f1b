package sim_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// force moves a branch by the API, as a force push does.
func force(t *testing.T, g *sim.GitHub, branch, sha string) {
	t.Helper()
	status, body := ask(t, g, "PATCH /./git/refs/heads/"+branch, map[string]any{"sha": sha, "force": true})
	require.Equal(t, http.StatusOK, status, "%v", body)
}

// The list of activities of GitHub's REST description: each change of a branch with its time, whatever dates the commits have.
func TestActivity(t *testing.T) {
	t.Parallel()
	g := start(t)
	main := g.Head("main")
	first := g.Push(sim.Commit{Branch: "work", Author: "alice", AuthoredAt: time.Date(2001, time.January, 1, 0, 0, 0, 0, time.UTC)})
	second := g.Push(sim.Commit{Branch: "work", Author: "bob"})
	force(t, g, "work", first)
	g.OpenPull(sim.Pull{Author: "carol", Head: "work"})
	merge := g.MergePull(1)
	g.DeleteBranch("work")
	zero := strings.Repeat("0", len(main))
	event := func(kind, actor, before, after string) string {
		return `{"activity_type": "` + kind + `", "actor": {"login": "` + actor + `"}, "before": "` + before + `", "after": "` + after + `"}`
	}
	deletion, forced := event("branch_deletion", "acme", first, zero), event("force_push", "github-actions[bot]", second, first)
	push, creation := event("push", "bob", first, second), event("branch_creation", "alice", zero, first)
	const list = "GET /./activity"
	play(t, g, []exchange{
		{"of a branch, newest first", list + "?ref=refs/heads/work", nil, 200, "[" + deletion + "," + forced + "," + push + "," + creation + "]"},
		{"short name, oldest first", list + "?ref=work&direction=asc&per_page=2", nil, 200, "[" + creation + "," + push + "]"},
		{"by actor", list + "?actor=Bob", nil, 200, "[" + push + "]"},
		{"by type", list + "?activity_type=branch_deletion", nil, 200, "[" + deletion + "]"},
		{"by time", list + "?time_period=day&ref=work&per_page=1", nil, 200, "[" + deletion + "]"},
		{"merge", list + "?activity_type=pr_merge", nil, 200, "[" + event("pr_merge", "carol", main, merge) + "]"},
		{"next page", list + "?ref=work&per_page=1&after=6", nil, 200, "[" + forced + "]"},
		{"unknown branch", list + "?ref=nothing", nil, 200, "[]"},
	})
	response := send(t, g.Client(), request(t, list+"?ref=work&per_page=1", nil))
	assert.Contains(t, response.Header.Get("Link"), "after=6")
	assert.Contains(t, response.Header.Get("Link"), `rel="next"`)
	g.AddToken(sim.Token{Value: sim.DefaultToken, Login: sim.ActionsLogin, Permissions: map[string]string{"actions": "read"}})
	play(t, g, []exchange{{"needs contents: read", list, nil, 403, ""}})
}

func TestMoveBranch(t *testing.T) {
	t.Parallel()
	g := start(t)
	first := g.Push(sim.Commit{Branch: "work"})
	g.Push(sim.Commit{Branch: "work"})
	require.NoError(t, g.MoveBranch("mallory", "work", first))
	assert.Equal(t, first, g.Head("work"))
	assert.Equal(t, []string{"main", "work"}, g.Branches())
	play(t, g, []exchange{{"activity", "GET /./activity?ref=work&per_page=1", nil, 200, `[{"activity_type": "force_push", "actor": {"login": "mallory"}}]`}})
	require.Error(t, g.MoveBranch("mallory", "nothing", first))
	require.Error(t, g.MoveBranch("mallory", "work", "nothing"))
	assert.Equal(t, first, g.Head("work"))
}

// The time of an activity is when the branch moved.
func TestActivityTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := start(t)
		time.Sleep(time.Hour)
		pushed := time.Now().UTC().Format(time.RFC3339)
		oid := g.Push(sim.Commit{Branch: "work", AuthoredAt: time.Date(2001, time.January, 1, 0, 0, 0, 0, time.UTC)})
		time.Sleep(time.Hour)
		_, body := ask(t, g, "GET /./activity?ref=work", nil)
		includes(t, `[{"timestamp": "`+pushed+`"}]`, body)
		_, body = ask(t, g, "GET /./activity?ref=main&time_period=day", nil)
		includes(t, `[{"activity_type": "branch_creation"}]`, body)
		includes(t, `{"object": {"authoredDate": "2001-01-01T00:00:00Z", "committedDate": "`+pushed+`"}}`,
			repository(t, g, `object(oid: "`+oid+`") { ... on Commit { authoredDate committedDate } }`))
		time.Sleep(48 * time.Hour)
		_, body = ask(t, g, "GET /./activity?time_period=day", nil)
		assert.Empty(t, body)
	})
}

// A public fork has an activity of its own, which everyone may read.
func TestActivityOfForks(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.OpenPull(sim.Pull{Author: "eve", Head: "topic", HeadRepository: "eve/shop"})
	first := g.PullHead(1)
	second := g.PushToPull(1, sim.Commit{Message: "More"})
	play(t, g, []exchange{
		{"of the fork", "GET /repos/eve/shop/activity?ref=topic", nil, 200, `[{"after": "` + second + `", "before": "` + first + `", "activity_type": "push"}, {"after": "` + first + `", "activity_type": "branch_creation"}]`},
		{"not of the repository", "GET /./activity?ref=topic", nil, 200, `[]`},
		{"of another repository", "GET /repos/eve/other/activity", nil, 404, ""},
		{"another route of the fork", "GET /repos/eve/shop/branches/topic", nil, 404, ""},
	})
}
