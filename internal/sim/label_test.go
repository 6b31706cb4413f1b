package sim_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestLabels(t *testing.T) {
	t.Parallel()
	g := start(t)
	number := g.OpenPull(sim.Pull{})
	const list = "/./issues/1/labels"
	play(t, g, []exchange{
		{"none", "GET " + list, nil, 200, `[]`},
		{"as an object", "POST " + list, map[string]any{"labels": []string{"deployed"}}, 200, `[{"name": "deployed"}]`},
		{"as a list", "POST " + list, []string{"a/b c#%", "DEPLOYED"}, 200, `[{"name": "deployed"}, {"name": "a/b c#%"}]`},
		{"with names of objects", "POST " + list, map[string]any{"labels": []any{map[string]any{"name": "x"}}}, 200, ""},
		{"list", "GET " + list + "?per_page=2", nil, 200, `[{"name": "deployed"}, {"name": "a/b c#%", "url": "~/labels/a%2Fb%20c%23%25"}]`},
		{"too long", "POST " + list, []string{strings.Repeat("x", 51)}, 422, `{"message": "Validation Failed"}`},
		{"escaped name", "DELETE " + list + "/a%2Fb%20c%23%25", nil, 200, `[{"name": "deployed"}, {"name": "x"}]`},
		{"case does not matter", "DELETE " + list + "/Deployed", nil, 200, `[{"name": "x"}]`},
		{"gone", "DELETE " + list + "/deployed", nil, 404, `{"message": "Label does not exist"}`},
		{"emoji", "POST " + list, []string{"🚀 out", "50%"}, 200, `[{"name": "x"}, {"name": "🚀 out"}, {"name": "50%"}]`},
		{"escaped emoji", "DELETE " + list + "/%F0%9F%9A%80%20out", nil, 200, `[{"name": "x"}, {"name": "50%"}]`},
		{"escaped percent", "DELETE " + list + "/50%25", nil, 200, `[{"name": "x"}]`},
		{"unknown pull request", "POST /./issues/7/labels", []string{"a"}, 404, ""},
	})
	g.Label(number, "X", "y")
	assert.Equal(t, []string{"x", "y"}, g.Labels(number))
}

func TestUnescapedLabelIsAnotherRoute(t *testing.T) {
	t.Parallel()
	g := start(t, "DELETE /repos/acme/shop/issues/1/labels/a/b: no such route")
	number := g.OpenPull(sim.Pull{})
	play(t, g, []exchange{
		{"add", "POST /./issues/1/labels", []string{"a/b"}, 200, ""},
		{"delete", "DELETE /./issues/1/labels/a/b", nil, 501, ""},
	})
	assert.Equal(t, []string{"a/b"}, g.Labels(number))
}

func TestLabelsInGraphQL(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.OpenPull(sim.Pull{})
	ask(t, g, "POST /./issues/1/labels", []string{"b", "a"})
	includes(t, `{
		"pullRequest": {"labels": {"nodes": [{"name": "b"}, {"name": "a"}]}},
		"labels": {"totalCount": 2, "nodes": [{"name": "a"}]}, "label": {"name": "a"}, "missing": null}`,
		repository(t, g, `pullRequest(number: 1) { labels(first: 5) { nodes { name } } }
			labels(first: 1) { totalCount nodes { name } } label(name: "A") { name } missing: label(name: "c") { name }`))
}

// What people say of a pull request: its labels and its description, with the author.
func TestLabelsAndDescription(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.OpenPull(sim.Pull{Author: "alice", Body: "## Deployment\n- [ ] told"})
	g.Label(1, "QA passed", "wip", "later")
	require.NoError(t, g.Unlabel(1, "WIP"))
	require.ErrorContains(t, g.Unlabel(1, "wip"), `no label "wip"`)
	includes(t, `{"pullRequest": {"body": "## Deployment\n- [ ] told", "author": {"login": "alice"}, "labels": {"nodes": [{"name": "QA passed"}], "pageInfo": {"hasNextPage": true}},
		"all": {"nodes": [{"name": "QA passed"}, {"name": "later"}], "pageInfo": {"hasNextPage": false}}}}`,
		repository(t, g, `pullRequest(number: 1) { body author { login } labels(first: 1) { nodes { name } pageInfo { hasNextPage } }
			all: labels(first: 100) { nodes { name } pageInfo { hasNextPage } } }`))
	play(t, g, []exchange{{"REST", "GET /./pulls/1", nil, 200, `{"body": "## Deployment\n- [ ] told"}`}})
}
