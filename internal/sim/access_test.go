package sim_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestWhoAsks(t *testing.T) {
	g := start(t, "GET /repos/acme/shop: no User-Agent")
	for name, test := range map[string]struct {
		authorization, agent string
		status               int
		message              string
	}{
		"bearer":         {"Bearer sim-token", "test", 200, ""},
		"token":          {"token sim-token", "test", 200, ""},
		"unknown token":  {"Bearer other", "test", 401, "Bad credentials"},
		"unknown scheme": {"Basic sim-token", "test", 401, "Bad credentials"},
		"no token":       {"", "test", 401, "Requires authentication"},
		"no user agent":  {"Bearer sim-token", "", 403, "~User-Agent header"},
	} {
		t.Run(name, func(t *testing.T) {
			r := request(t, "GET /.", nil)
			r.Header.Set("Authorization", test.authorization)
			r.Header.Set("User-Agent", test.agent)
			response := send(t, g.Client(), r)
			assert.Equal(t, test.status, response.StatusCode, name)
			if test.message != "" {
				includes(t, `{"message": "`+test.message+`", "status": "`+response.Status[:3]+`"}`, read(t, response))
			}
		})
	}
}

// asUser sends a request with a token of certain permissions.
func asUser(t *testing.T, g *sim.GitHub, permissions map[string]string, route string, body any) (int, any) {
	t.Helper()
	g.AddToken(sim.Token{Value: "small", Login: sim.ActionsLogin, Permissions: permissions})
	r := request(t, route, body)
	r.Header.Set("Authorization", "Bearer small")
	response := send(t, g.Client(), r)
	return response.StatusCode, read(t, response)
}

func TestMissingPermission(t *testing.T) {
	g := start(t)
	number := g.OpenPull(sim.Pull{})
	g.Comment(number, "alice", "hi")
	comment := map[string]any{"body": "x"}
	deployment := map[string]any{"ref": "main", "required_contexts": []string{}}
	for _, test := range []struct {
		route       string
		body        any
		permissions map[string]string
		status      int
	}{
		{"GET /.", nil, map[string]string{}, 200},
		{"GET /./collaborators/acme/permission", nil, map[string]string{}, 200},
		{"GET /./rules/branches/main", nil, map[string]string{}, 200},
		{"GET /./pulls/1", nil, map[string]string{}, 403},
		{"GET /./pulls/1", nil, map[string]string{"pull-requests": "read"}, 200},
		{"GET /./pulls/1", nil, map[string]string{"pull-requests": "write"}, 200},
		{"GET /./pulls/1", nil, map[string]string{"pull-requests": "none"}, 403},
		{"POST /./issues/1/comments", comment, map[string]string{"issues": "read", "pull-requests": "read"}, 403},
		{"POST /./issues/1/comments", comment, map[string]string{"pull-requests": "write"}, 201},
		{"POST /./issues/1/comments", comment, map[string]string{"issues": "write"}, 201},
		{"POST /./deployments", deployment, map[string]string{"deployments": "read"}, 403},
		{"POST /./deployments", deployment, map[string]string{"deployments": "write"}, 201},
		{"POST /./git/blobs", map[string]any{"content": "x"}, map[string]string{"contents": "read"}, 403},
	} {
		t.Run(fmt.Sprint(test.route), func(t *testing.T) {
			status, body := asUser(t, g, test.permissions, test.route, test.body)
			assert.Equal(t, test.status, status, "%s with %v", test.route, test.permissions)
			if status == http.StatusForbidden {
				includes(t, `{"message": "Resource not accessible by integration", "status": "403"}`, body)
			}
		})
	}
}

func TestMissingPermissionInGraphQL(t *testing.T) {
	t.Parallel()
	g := start(t)
	number := g.OpenPull(sim.Pull{})
	g.Check(sim.Check{Pull: number, Name: "test", State: "success"})
	g.Check(sim.Check{Pull: number, Name: "lint", State: "success", CommitStatus: true})
	document := map[string]any{"query": `{
		repository(owner: "acme", name: "shop") {
			nameWithOwner
			defaultBranchRef { name }
			pullRequest(number: 1) { title commits(last: 1) { nodes { commit { statusCheckRollup { state
				contexts(first: 9) { nodes { __typename } } } } } } }
		}
	}`}

	status, body := asUser(t, g, map[string]string{"pull-requests": "read", "statuses": "read"}, "POST /graphql", document)
	assert.Equal(t, http.StatusOK, status)
	includes(t, `{
		"data": {"repository": {"nameWithOwner": "acme/shop", "defaultBranchRef": null, "pullRequest": {"commits": {"nodes": [
			{"commit": {"statusCheckRollup": {"state": "SUCCESS", "contexts": {"nodes": [null, {"__typename": "StatusContext"}]}}}}]}}}},
		"errors": [
			{"type": "FORBIDDEN", "path": ["repository", "defaultBranchRef"], "message": "Resource not accessible by integration"},
			{"type": "FORBIDDEN", "path": ["repository", "pullRequest", "commits", "nodes", 0, "commit", "statusCheckRollup", "contexts", "nodes", 0]}
		]}`, body)

	// The schema does not let deployments be null, so what is around them becomes null instead.
	document["query"] = `{ repository(owner: "acme", name: "shop") { nameWithOwner deployments(first: 1) { totalCount } } }`
	_, body = asUser(t, g, map[string]string{"pull-requests": "read"}, "POST /graphql", document)
	includes(t, `{"data": {"repository": null}, "errors": [{"type": "FORBIDDEN", "path": ["repository", "deployments"]}]}`, body)

	mutation := map[string]any{"query": `mutation { addComment(input: {subjectId: "PR_MQ", body: "x"}) { clientMutationId } }`}
	_, body = asUser(t, g, map[string]string{"pull-requests": "read"}, "POST /graphql", mutation)
	includes(t, `{"data": {"addComment": null}, "errors": [{"type": "FORBIDDEN", "path": ["addComment"]}]}`, body)
	require.Empty(t, g.Comments(number))
}
