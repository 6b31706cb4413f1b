package sim_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestNewRepository(t *testing.T) {
	t.Parallel()
	g := start(t)
	assert.Len(t, g.Head("main"), 40)
	readme, ok := g.File("main", "README.md")
	assert.True(t, ok)
	assert.Equal(t, "# shop\n", readme)
	play(t, g, []exchange{
		{"repository", "GET /.", nil, 200, `{"full_name": "acme/shop", "default_branch": "main", "owner": {"login": "acme", "type": "Organization"}}`},
		{"another repository", "GET /repos/acme/other", nil, 404, `{"message": "Not Found"}`},
		{"case does not matter", "GET /repos/ACME/Shop", nil, 200, `{"full_name": "acme/shop"}`},
		{"dispatch", "POST /./dispatches", map[string]any{"event_type": "done", "client_payload": map[string]any{"a": 1}}, 204, ""},
	})
	assert.Equal(t, []sim.Dispatch{{EventType: "done", Payload: []byte(`{"a":1}`)}}, g.Dispatches())

	named := sim.New(mustSchema(t), sim.Repository{Owner: "octo", Name: "cat", DefaultBranch: "trunk"})
	assert.NotEmpty(t, named.Head("trunk"))
	assert.Empty(t, named.Head("main"))
}

func mustSchema(t *testing.T) *sim.Schema {
	t.Helper()
	compiled, err := schema()
	require.NoError(t, err)
	return compiled
}

func TestLoadSchemaFails(t *testing.T) {
	t.Parallel()
	_, err := sim.LoadSchema([]byte("type Query {"), []byte("{}"))
	require.ErrorContains(t, err, "load GraphQL schema")
	_, err = sim.LoadSchema([]byte("type Query { a: Int }"), []byte("{"))
	require.ErrorContains(t, err, "load OpenAPI description")
	_, err = sim.LoadSchema([]byte("type Query { a: Int }"), []byte(`{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}}`))
	assert.ErrorContains(t, err, "compile routes: find GET /repos/{owner}/{repo}/collaborators/{username}/permission")
}

func TestUnknownRoutes(t *testing.T) {
	t.Parallel()
	g := start(t, "GET /repos/acme/shop/stargazers: no such route", "PUT /repos/acme/shop: no such route", "GET /: no such route")
	play(t, g, []exchange{
		{"path", "GET /./stargazers", nil, 501, `{"message": "route GET /repos/acme/shop/stargazers is not simulated"}`},
		{"method", "PUT /.", map[string]any{}, 501, `{"message": "route PUT /repos/acme/shop is not simulated"}`},
		{"root", "GET /", nil, 501, ""},
	})
}

func TestGitHubEnterprisePaths(t *testing.T) {
	t.Parallel()
	g := start(t)
	play(t, g, []exchange{
		{"REST", "GET /api/v3/repos/acme/shop", nil, 200, `{"full_name": "acme/shop"}`},
		{"GraphQL", "POST /api/graphql", map[string]any{"query": "{ viewer { login } }"}, 200, `{"data": {"viewer": {"login": "github-actions[bot]"}}}`},
	})
	assert.Equal(t, "/repos/acme/shop", g.Requests()[0].Path)
	assert.Equal(t, "/graphql", g.Requests()[1].Path)
}

// The same handler behind a real socket is GitHub for a program in another process.
func TestServedOnASocket(t *testing.T) {
	t.Parallel()
	g := start(t)
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	r := request(t, "GET /.", nil)
	r.URL.Scheme, r.URL.Host = "http", server.Listener.Addr().String()

	response := send(t, server.Client(), r)
	assert.Equal(t, http.StatusOK, response.StatusCode)
	includes(t, `{"full_name": "acme/shop"}`, read(t, response))
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	g := start(t)
	number := g.OpenPull(sim.Pull{})
	comment := g.Comment(number, "alice", ".deploy")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			play(t, g, []exchange{
				{"pull request", "GET /./pulls/1", nil, 200, ""},
				{"comment", "POST /./issues/1/comments", map[string]any{"body": "x"}, 201, ""},
				{"GraphQL", "POST /graphql", map[string]any{
					"query": `{ repository(owner: "acme", name: "shop") { pullRequest(number: 1) { comments(last: 1) { nodes { body } } } } }`,
				}, 200, ""},
			})
			g.ReactAs(comment, "bob", "+1")
		})
	}
	group.Wait()
	assert.Len(t, g.Comments(number), 9)
	assert.Len(t, g.Comments(number)[0].Reactions, 1)
}
