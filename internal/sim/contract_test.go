package sim_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestRequestsAgainstTheContract(t *testing.T) {
	t.Parallel()
	g := start(t,
		`GET /repos/acme/shop/deployments: unknown query parameter "env"`,
		`GET /repos/acme/shop/deployments: query parameter "per_page": value must be an integer`,
		`POST /repos/acme/shop/deployments: unknown body field "environments"`,
		`POST /repos/acme/shop/deployments: Invalid request. ref: property "ref" is missing`,
		`POST /repos/acme/shop/deployments: Invalid request. auto_merge: value must be a boolean`,
		`POST /repos/acme/shop/git/trees: unknown body field "tree.0.contents"`,
		`POST /repos/acme/shop/issues/comments/2147483650/reactions: Invalid request. content: value is not one of the allowed values`,
		`POST /repos/acme/shop/issues/1/comments: Problems parsing JSON`,
		`POST /repos/acme/shop/issues/1/comments: Problems parsing JSON`,
		`GET /repos/acme/shop/pulls/one: Not Found`,
	)
	number := g.OpenPull(sim.Pull{})
	comment := g.Comment(number, "alice", "hi")
	assert.Equal(t, int64(2147483650), comment)
	tree := map[string]any{"path": "a", "mode": "100644", "type": "blob", "content": "x", "contents": "y"}
	play(t, g, []exchange{
		{"unknown query parameter", "GET /./deployments?env=production", nil, 200, ""},
		{"query parameter of a wrong type", "GET /./deployments?per_page=many", nil, 200, ""},
		{"unknown body field", "POST /./deployments", map[string]any{"ref": "main", "environments": "x", "required_contexts": []string{}}, 201, ""},
		{"missing field", "POST /./deployments", map[string]any{}, 422, `{"message": "~Invalid request."}`},
		{"field of a wrong type", "POST /./deployments", map[string]any{"ref": "main", "auto_merge": "no"}, 422, `{"message": "~Invalid request."}`},
		{"unknown field inside", "POST /./git/trees", map[string]any{"tree": []any{tree}}, 201, ""},
		{"value that is not allowed", "POST /./issues/comments/2147483650/reactions", map[string]any{"content": "party"}, 422, ""},
		{"no JSON", "POST /./issues/1/comments", "{", 400, `{"message": "Problems parsing JSON"}`},
		{"no body", "POST /./issues/1/comments", nil, 400, `{"message": "Problems parsing JSON"}`},
		{"path parameter of a wrong type", "GET /./pulls/one", nil, 404, ""},
	})
}

func TestContentType(t *testing.T) {
	t.Parallel()
	g := start(t,
		`POST /repos/acme/shop/issues/1/comments: content type "text/plain" is not application/json`,
		`POST /graphql: content type "text/plain" is not application/json`)
	g.OpenPull(sim.Pull{})
	for _, r := range []*http.Request{
		request(t, "POST /./issues/1/comments", map[string]any{"body": "x"}),
		request(t, "POST /graphql", map[string]any{"query": "{ viewer { login } }"}),
	} {
		r.Header.Set("Content-Type", "text/plain")
		assert.Less(t, send(t, g.Client(), r).StatusCode, 300, "GitHub itself does not mind")
	}
	r := request(t, "POST /./issues/1/comments", map[string]any{"body": "x"})
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	assert.Equal(t, http.StatusCreated, send(t, g.Client(), r).StatusCode)
}
