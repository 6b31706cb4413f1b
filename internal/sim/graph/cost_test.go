package graph_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// The example of GitHub's documentation: 1 + 100 + 5000 requests are 51 points.
func TestCost(t *testing.T) {
	t.Parallel()
	schema, err := graph.LoadSchema([]byte(`
type Query { repositories(first: Int, last: Int): RepositoryConnection! viewer: Repository }
type RepositoryConnection { nodes: [Repository] edges: [RepositoryEdge] }
type RepositoryEdge { node: Repository }
type Repository { name: String issues(first: Int, last: Int): IssueConnection! }
type IssueConnection { totalCount: Int nodes: [Issue] }
type Issue { labels(first: Int): LabelConnection! }
type LabelConnection { nodes: [Label] }
type Label { name: String }
`))
	require.NoError(t, err)
	for query, want := range map[string]graph.Cost{
		`{ repositories(first: 100) { edges { node { issues(first: 50) { nodes { labels(first: 60) { nodes { name } } } } } } } }`: {Requests: 5101, Nodes: 305100},
		`{ viewer { name } }`: {},
		`{ a: viewer { ...i } b: viewer { ... on Repository { issues(last: 2) { totalCount } } } } fragment i on Repository { issues(first: 3) { totalCount } }`: {Requests: 2, Nodes: 5},
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			document, problems := schema.Parse(graph.Request{Query: query})
			require.Empty(t, problems)
			assert.Equal(t, want, document.Cost(), query)
		})
	}
	variable, problems := schema.Parse(graph.Request{Query: `query($n: Int!) { repositories(first: $n) { nodes { name } } }`, Variables: map[string]any{"n": 7}})
	require.Empty(t, problems)
	assert.Equal(t, graph.Cost{Requests: 1, Nodes: 7}, variable.Cost())
	for requests, points := range map[int]int{0: 1, 1: 1, 149: 1, 150: 2, 5101: 51} {
		t.Run(fmt.Sprint(requests), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, points, graph.Cost{Requests: requests}.Points(), requests)
		})
	}
}
