package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const graphqlSource = `
"""Descriptions go."""
type Query { repository(owner: String!, order: Order): Repository gist: Gist viewer: User }
type Mutation { addComment(input: AddCommentInput!): AddCommentPayload star: StarPayload }
type StarPayload { id: ID! }
type AddCommentPayload { subject: Node }
input AddCommentInput { body: String! }
interface Node { id: ID! }
interface Starrable { stars: Int! }
type Repository implements Node & Starrable { id: ID! stars: Int! stars: Int! gist: Gist state: State gists: GistConnection }
type User implements Node { id: ID! }
type Gist implements Node { id: ID! }
type GistConnection { nodes: [Gist] }
union RuleSource = Repository | Gist
enum State { OPEN }
enum Order { UP }
enum Unused { X }
`

func TestPruneGraphQL(t *testing.T) {
	t.Parallel()
	pruned, err := pruneGraphQL([]byte(graphqlSource))
	require.NoError(t, err)
	text := string(pruned)
	for _, want := range []string{
		"repository(owner: String!, order: Order): Repository", "viewer: User", "addComment(input: AddCommentInput!): AddCommentPayload",
		"type Repository implements Node {\n  id: ID!\n  stars: Int!\n  state: State\n}", "union RuleSource = Repository", "enum Order",
	} {
		assert.Contains(t, text, want)
	}
	for _, gone := range []string{"Gist", "Starrable", "StarPayload", "Unused", "Descriptions"} {
		assert.NotContains(t, text, gone)
	}
	again, err := pruneGraphQL(pruned)
	require.NoError(t, err)
	assert.Equal(t, text, string(again))

	_, err = pruneGraphQL([]byte("type Query {"))
	assert.Error(t, err)
}

func TestPruneOpenAPI(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../../../testdata/schema/rest.openapi.json")
	require.NoError(t, err)
	var document map[string]any
	require.NoError(t, json.Unmarshal(source, &document))
	paths, _ := document["paths"].(map[string]any)
	paths["/gists"] = map[string]any{"get": map[string]any{"responses": map[string]any{}}}
	components, _ := document["components"].(map[string]any)
	schemas, _ := components["schemas"].(map[string]any)
	schemas["gist"] = map[string]any{"type": "object"}
	widened, err := json.Marshal(document)
	require.NoError(t, err)

	pruned, err := pruneOpenAPI(widened)
	require.NoError(t, err)
	assert.Equal(t, string(source), string(pruned), "what was added is gone, and all else is kept")

	delete(paths, "/rate_limit")
	narrowed, err := json.Marshal(document)
	require.NoError(t, err)
	_, err = pruneOpenAPI(narrowed)
	require.EqualError(t, err, `find route "get /rate_limit"`)
	_, err = pruneOpenAPI([]byte("["))
	assert.Error(t, err)
}

func TestRun(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	graphql := filepath.Join(out, "schema.graphql")
	require.NoError(t, os.WriteFile(graphql, []byte(graphqlSource), 0o600))
	arguments := []string{"-graphql", graphql, "-openapi", "../../../testdata/schema/rest.openapi.json", "-out", out}
	require.NoError(t, run(arguments))
	assert.FileExists(t, filepath.Join(out, "github.graphql"))
	assert.FileExists(t, filepath.Join(out, "rest.openapi.json"))

	require.ErrorContains(t, run([]string{"-out", out}), "read description")
	assert.Error(t, run([]string{"-unknown"}))
}
