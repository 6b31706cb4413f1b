package sim_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestReactions(t *testing.T) {
	t.Parallel()
	g := start(t)
	number := g.OpenPull(sim.Pull{})
	id := g.Comment(number, "alice", ".deploy")
	list := fmt.Sprintf("/./issues/comments/%d/reactions", id)

	play(t, g, []exchange{
		{"first", "POST " + list, map[string]any{"content": "eyes"}, 201, `{"content": "eyes", "user": {"login": "github-actions[bot]"}}`},
		{"the same again", "POST " + list, map[string]any{"content": "eyes"}, 200, `{"content": "eyes"}`},
		{"another", "POST " + list, map[string]any{"content": "+1"}, 201, ""},
	})
	g.ReactAs(id, "bob", "+1")
	g.ReactAs(id, "bob", "+1")
	play(t, g, []exchange{
		{"list", "GET " + list, nil, 200, `[{"content": "eyes"}, {"content": "+1"}, {"content": "+1", "user": {"login": "bob"}}]`},
		{"of one content", "GET " + list + "?content=eyes", nil, 200, `[{"content": "eyes"}]`},
		{"page", "GET " + list + "?per_page=2&page=2", nil, 200, `[{"user": {"login": "bob"}}]`},
		{"rollup", fmt.Sprintf("GET /./issues/comments/%d", id), nil, 200, `{"reactions": {"total_count": 3, "+1": 2, "eyes": 1, "rocket": 0}}`},
		{"unknown comment", "POST /./issues/comments/1/reactions", map[string]any{"content": "eyes"}, 404, ""},
	})

	reactions := g.Comments(number)[0].Reactions
	require.Len(t, reactions, 3)
	assert.Greater(t, reactions[0].ID, int64(1)<<31)
	assert.Equal(t, []string{"eyes", "+1", "+1"}, []string{reactions[0].Content, reactions[1].Content, reactions[2].Content})
	play(t, g, []exchange{
		{"delete", fmt.Sprintf("DELETE %s/%d", list, reactions[0].ID), nil, 204, ""},
		{"again", fmt.Sprintf("DELETE %s/%d", list, reactions[0].ID), nil, 404, ""},
		{"of another user", fmt.Sprintf("DELETE %s/%d", list, reactions[2].ID), nil, 404, ""},
	})
	assert.Len(t, g.Comments(number)[0].Reactions, 2)
}

func TestReactionsInGraphQL(t *testing.T) {
	t.Parallel()
	g := start(t)
	number := g.OpenPull(sim.Pull{})
	id := g.Comment(number, "alice", ".deploy")
	g.ReactAs(id, "bob", "+1")
	g.ReactAs(id, "carol", "-1")
	g.ReactAs(id, sim.ActionsLogin, "eyes")

	found := repository(t, g, `pullRequest(number: 1) { comments(last: 1) { nodes {
		up: reactions(first: 5, content: THUMBS_UP) { totalCount viewerHasReacted nodes { content user { login } reactable { __typename } } }
		all: reactions(first: 5, orderBy: {field: CREATED_AT, direction: DESC}) { viewerHasReacted nodes { content user { login } } }
		reactionGroups { content viewerHasReacted reactors(first: 2) { totalCount nodes { ... on User { login } } } } } } }`)
	includes(t, `{"pullRequest": {"comments": {"nodes": [{
		"up": {"totalCount": 1, "viewerHasReacted": false, "nodes": [
			{"content": "THUMBS_UP", "user": {"login": "bob"}, "reactable": {"__typename": "IssueComment"}}]},
		"all": {"viewerHasReacted": true, "nodes": [
			{"content": "EYES", "user": null}, {"content": "THUMBS_DOWN", "user": {"login": "carol"}}, {"content": "THUMBS_UP"}]},
		"reactionGroups": [
			{"content": "THUMBS_UP", "viewerHasReacted": false, "reactors": {"totalCount": 1, "nodes": [{"login": "bob"}]}},
			{"content": "THUMBS_DOWN"}, {"content": "LAUGH", "reactors": {"totalCount": 0}}, {"content": "HOORAY"}, {"content": "CONFUSED"},
			{"content": "HEART"}, {"content": "ROCKET"}, {"content": "EYES", "viewerHasReacted": true}]}]}}}`, found)
}

// A list of more than one page has to be read to its end.
func TestReactionPages(t *testing.T) {
	g := start(t)
	id := g.Comment(g.OpenPull(sim.Pull{}), "alice", ".deploy")
	for i := range 130 {
		g.ReactAs(id, fmt.Sprintf("user-%d", i), "+1")
	}
	g.ReactAs(id, "alice", "-1")
	list := fmt.Sprintf("GET /./issues/comments/%d/reactions?per_page=100", id)
	for page, want := range map[string]int{"": 100, "&page=2": 31, "&page=3": 0} {
		t.Run(page, func(t *testing.T) {
			_, answer := ask(t, g, list+page, nil)
			assert.Len(t, answer, want, page)
		})
	}
	_, answer := ask(t, g, list+"&page=2", nil)
	includes(t, `{"content": "-1", "user": {"login": "alice"}}`, at(answer, 30))
	response := send(t, g.Client(), request(t, list, nil))
	assert.Contains(t, response.Header.Get("Link"), `page=2&per_page=100>; rel="next"`)
}
