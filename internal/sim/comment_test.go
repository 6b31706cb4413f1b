package sim_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestComments(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.AddUser(sim.User{Login: "alice", Permission: "write"})
	number := g.OpenPull(sim.Pull{})
	first := g.Comment(number, "alice", ".deploy")
	assert.Greater(t, first, int64(1)<<31, "ids do not fit 32 bits")

	single := fmt.Sprintf("/./issues/comments/%d", first)
	play(t, g, []exchange{
		{"create", comments, hello(), 201, `{"body": "hello", "user": {"login": "github-actions[bot]", "type": "Bot"}, "author_association": "COLLABORATOR"}`},
		{"read", "GET " + single, nil, 200, `{"body": ".deploy", "user": {"login": "alice"}, "html_url": "~/acme/shop/pull/1#issuecomment-", "issue_url": "~/issues/1"}`},
		{"edit", "PATCH " + single, map[string]any{"body": "changed"}, 200, `{"body": "changed"}`},
		{"list", "GET /./issues/1/comments", nil, 200, `[{"body": "changed"}, {"body": "hello"}]`},
		{"delete", "DELETE " + single, nil, 204, ""},
		{"it is gone", "GET " + single, nil, 404, `{"message": "Not Found"}`},
		{"editing it", "PATCH " + single, hello(), 404, ""},
		{"deleting it again", "DELETE " + single, nil, 404, ""},
		{"blank", comments, map[string]any{"body": ""}, 422, `{"message": "Validation Failed"}`},
		{"unknown pull request", "POST /./issues/9/comments", hello(), 404, ""},
		{"list of an unknown pull request", "GET /./issues/9/comments", nil, 404, ""},
	})
	assert.Len(t, g.Comments(number), 1)
}

func TestLongestComment(t *testing.T) {
	t.Parallel()
	g := start(t)
	number := g.OpenPull(sim.Pull{})
	id := g.Comment(number, "alice", "x")
	longest, tooLong := strings.Repeat("ä", 65536), strings.Repeat("ä", 65537)
	play(t, g, []exchange{
		{"longest", comments, map[string]any{"body": longest}, 201, ""},
		{"too long", comments, map[string]any{"body": tooLong}, 422, `{"errors": [{"resource": "IssueComment", "message": "Body is too long (maximum is 65536 characters)"}]}`},
		{"edit", fmt.Sprintf("PATCH /./issues/comments/%d", id), map[string]any{"body": tooLong}, 422, ""},
	})
	includes(t, `{"data": {"addComment": null}, "errors": [{"type": "UNPROCESSABLE", "message": "Body is too long (maximum is 65536 characters)"}]}`,
		query(t, g, `mutation($body: String!) { addComment(input: {subjectId: "PR_MQ", body: $body}) { clientMutationId } }`,
			map[string]any{"body": tooLong}))
}

func TestCommentPagesAndSince(t *testing.T) {
	var all []answered
	synctest.Test(t, func(t *testing.T) {
		g := start(t)
		number := g.OpenPull(sim.Pull{})
		var ids []int64
		for i := range 5 {
			ids = append(ids, g.Comment(number, "alice", fmt.Sprint(i)))
			time.Sleep(time.Minute)
		}
		all = append(all, answers(t, g, []exchange{
			{"first page", "GET /./issues/1/comments?per_page=2", nil, 200, `[{"body": "0"}, {"body": "1"}]`},
			{"last page", "GET /./issues/1/comments?per_page=2&page=3", nil, 200, `[{"body": "4"}]`},
			{"after the last page", "GET /./issues/1/comments?per_page=2&page=9", nil, 200, `[]`},
		})...)
		response := send(t, g.Client(), request(t, "GET /./issues/1/comments?per_page=2&page=2", nil))
		assert.Equal(t, `<https://api.github.com/repos/acme/shop/issues/1/comments?page=1&per_page=2>; rel="prev", `+
			`<https://api.github.com/repos/acme/shop/issues/1/comments?page=3&per_page=2>; rel="next", `+
			`<https://api.github.com/repos/acme/shop/issues/1/comments?page=3&per_page=2>; rel="last"`, response.Header.Get("Link"))

		since := time.Now().UTC().Add(-90 * time.Second).Format(time.RFC3339)
		g.EditComment(ids[1], "edited")
		all = append(all, answers(t, g, []exchange{
			{"updated since", "GET /./issues/1/comments?since=" + since, nil, 200, `[{"body": "edited"}, {"body": "4"}]`},
		})...)
		g.DeleteComment(ids[1])
		assert.Len(t, g.Comments(number), 4)
	})
	check(t, all)
}

func TestCommentsInGraphQL(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := start(t)
		number := g.OpenPull(sim.Pull{})
		id := g.Comment(number, "alice", "one")
		g.Comment(number, "bob", "two")
		g.Comment(number, sim.ActionsLogin, "three")
		time.Sleep(time.Minute)
		g.EditComment(id, "one, edited")
		found := repository(t, g, `pullRequest(number: 1) {
			last: comments(last: 2) { nodes { body author { login __typename } viewerDidAuthor } totalCount }
			latest: comments(first: 1, orderBy: {field: UPDATED_AT, direction: DESC}) { nodes { fullDatabaseId body lastEditedAt includesCreatedEdit
				pullRequest { number } repository { name } } } }`)
		includes(t, `{"pullRequest": {
			"last": {"totalCount": 3, "nodes": [
				{"body": "two", "author": {"login": "bob", "__typename": "User"}, "viewerDidAuthor": false},
				{"body": "three", "author": {"login": "github-actions", "__typename": "Bot"}, "viewerDidAuthor": true}]},
			"latest": {"nodes": [{"fullDatabaseId": "`+fmt.Sprint(id)+`", "body": "one, edited", "includesCreatedEdit": true,
				"pullRequest": {"number": 1}, "repository": {"name": "shop"}}]}}}`, found)

		includes(t, `{"errors": [{"path": ["repository", "pullRequest", "comments", "nodes", 0, "databaseId"], "message": "~out of bounds"}],
			"data": {"repository": {"pullRequest": {"comments": {"nodes": [{"databaseId": null, "body": "one, edited"}]}}}}}`,
			query(t, g, `{ repository(owner: "acme", name: "shop") { pullRequest(number: 1) { comments(first: 1) { nodes { databaseId body } } } } }`, nil))
	})
}
