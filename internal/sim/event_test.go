package sim_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func template(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("../../testdata/events/" + name + ".json")
	require.NoError(t, err)
	return data
}

func TestCommentEvent(t *testing.T) {
	g := start(t)
	g.AddUser(sim.User{Login: "alice", Permission: "write"})
	number := g.OpenPull(sim.Pull{Number: 42, Author: "bob", Title: "A <feature>"})
	id := g.Comment(number, "alice", ".deploy to production")
	for _, action := range []string{"created", "edited", "deleted"} {
		t.Run(action, func(t *testing.T) {
			payload, err := g.CommentEvent(template(t, "issue_comment."+action), action, id)
			require.NoError(t, err)
			event := decode(t, payload)
			includes(t, `{"action": "`+action+`",
				"issue": {"number": 42, "title": "A <feature>", "state": "open", "draft": false, "user": {"login": "bob"}, "comments": 1,
					"html_url": "https://github.com/acme/shop/pull/42",
					"pull_request": {"url": "https://api.github.com/repos/acme/shop/pulls/42", "merged_at": null}},
				"comment": {"id": 2147483650, "body": ".deploy to production", "user": {"login": "alice"}, "author_association": "COLLABORATOR"},
				"repository": {"full_name": "acme/shop", "default_branch": "main", "owner": {"login": "acme"}}, "sender": {"login": "alice"}}`, event)
			includes(t, `{"issue": {"locked": false, "milestone": {"title": "v1.0"}}}`, event) // what the template has more
		})
	}
	g.MergePull(number)
	payload, err := g.CommentEvent(template(t, "issue_comment.created"), "created", id)
	require.NoError(t, err)
	includes(t, `{"issue": {"state": "closed", "pull_request": {"merged_at": "~Z"}}}`, decode(t, payload))
}

func TestPullEvent(t *testing.T) {
	g := start(t)
	closed := g.OpenPull(sim.Pull{Number: 41, Author: "bob"})
	number := g.OpenPull(sim.Pull{Number: 42, Author: "bob", Title: "A <feature>", Head: "feature"})
	g.Label(number, "deployed")
	g.ClosePull(closed)
	merge := g.MergePull(number)
	assert.Equal(t, []string{"CLOSED", "MERGED", ""}, []string{g.PullState(closed), g.PullState(number), g.PullState(1)})
	payload, err := g.PullEvent(template(t, "pull_request.closed"), "closed", number, "alice")
	require.NoError(t, err)
	includes(t, `{"action": "closed", "number": 42, "repository": {"full_name": "acme/shop"}, "sender": {"login": "alice"}, "installation": {"id": 1},
		"pull_request": {"number": 42, "title": "A <feature>", "state": "closed", "merged": true, "merged_at": "~Z", "merge_commit_sha": "`+merge+`",
			"user": {"login": "bob"}, "labels": [{"name": "deployed"}], "head": {"ref": "feature", "sha": "`+g.PullHead(number)+`"}, "base": {"ref": "main"}}}`,
		decode(t, payload))

	payload, err = g.PullEvent(template(t, "pull_request.closed"), "closed", closed, "alice")
	require.NoError(t, err)
	event := decode(t, payload)
	includes(t, `{"number": 41, "pull_request": {"number": 41, "state": "closed", "merged": false, "merged_at": null, "closed_at": "~Z"}}`, event)
	// GitHub names the commit of its own trial here, which is on no branch.
	assert.Len(t, at(event, "pull_request", "merge_commit_sha"), 40)

	for want, source := range map[string]string{"it is no JSON object": "[]", "find pull request 7": "{}"} {
		t.Run(want, func(t *testing.T) {
			_, err := g.PullEvent([]byte(source), "closed", 7, "alice")
			require.ErrorContains(t, err, want)
		})
	}
}

func TestCommentEventKeepsNumbers(t *testing.T) {
	t.Parallel()
	g := start(t)
	id := g.Comment(g.OpenPull(sim.Pull{}), "alice", "x")
	payload, err := g.CommentEvent([]byte(`{"issue": {}, "installation": {"id": 9007199254740993, "share": 0.1}}`), "created", id)
	require.NoError(t, err)
	assert.Contains(t, string(payload), `"installation":{"id":9007199254740993,"share":0.1}`)
}

func TestCommentEventFails(t *testing.T) {
	g := start(t)
	id := g.Comment(g.OpenPull(sim.Pull{}), "alice", "x")
	for want, call := range map[string]struct {
		template string
		comment  int64
	}{
		"it is no JSON object":         {"[]", id},
		"it has no issue":              {"{}", id},
		"find comment 7: it does not":  {`{"issue": {}}`, 7},
		"read event template: it is n": {"{", id},
	} {
		t.Run(want, func(t *testing.T) {
			_, err := g.CommentEvent([]byte(call.template), "created", call.comment)
			assert.ErrorContains(t, err, want)
		})
	}
}

func TestRefEvent(t *testing.T) {
	g := start(t)
	before := g.Push(sim.Commit{Message: "One", Author: "alice"})
	head := g.Push(sim.Commit{Message: "Two", Author: "alice"})
	g.TagCommit("v1", head)
	assert.Equal(t, []string{head, ""}, []string{g.TagHead("v1"), g.TagHead("v2")})
	about := `"repository": {"full_name": "acme/shop"}, "sender": {"login": "bob"}`
	commit := `{"id": "` + head + `", "message": "Two", "timestamp": "~Z", "distinct": true, "url": "https://github.com/acme/shop/commit/` + head + `",
		"author": {"name": "alice", "username": "alice", "email": "~alice@users.noreply.github.com"}}`
	const none = "0000000000000000000000000000000000000000"
	for _, test := range []struct{ event, template, ref, want string }{
		{"push", "push", "refs/heads/main", `{"ref": "refs/heads/main", "before": "` + before + `", "after": "` + head + `", "created": false,
			"commits": [` + commit + `], "head_commit": ` + commit + `, "pusher": {"name": "bob"}, ` + about + `}`},
		{"push", "push", "refs/tags/v1", `{"ref": "refs/tags/v1", "before": "` + none + `", "after": "` + head + `", "created": true,
			"commits": [], "head_commit": ` + commit + `, ` + about + `}`},
		{"release", "release.published", "refs/tags/v1", `{"action": "published", "release": {"tag_name": "v1", "draft": false, "author": {"login": "bob"},
			"target_commitish": "main", "html_url": "https://github.com/acme/shop/releases/tag/v1", "published_at": "~Z"}, ` + about + `}`},
		{"workflow_dispatch", "workflow_dispatch", "refs/heads/main", `{"ref": "refs/heads/main", "inputs": {}, "workflow": ".github/workflows/deploy.yml", ` + about + `}`},
		{"schedule", "", "refs/heads/main", `{"schedule": "30 5 * * 1", ` + about + `}`},
	} {
		t.Run(fmt.Sprint(test.event), func(t *testing.T) {
			source := []byte("{}")
			if test.template != "" {
				source = template(t, test.template)
			}
			payload, err := g.RefEvent(source, test.event, test.ref, "bob")
			require.NoError(t, err, test.event)
			includes(t, test.want, decode(t, payload))
		})
	}
	for want, test := range map[string][]string{
		"it is no JSON object": {"[]", "push", "refs/heads/main"}, "find refs/heads/gone": {"{}", "push", "refs/heads/gone"},
		"a tag and a template": {"{}", "release", "refs/tags/v1"}, "is about no branch or tag": {"{}", "issues", "refs/heads/main"},
	} {
		t.Run(want, func(t *testing.T) {
			_, err := g.RefEvent([]byte(test[0]), test[1], test[2], "bob")
			require.ErrorContains(t, err, want)
		})
	}
	_, err := g.RefEvent(template(t, "release.published"), "release", "refs/heads/main", "bob")
	require.ErrorContains(t, err, "a tag")
}
