package sim_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestInvalidDocuments(t *testing.T) {
	t.Parallel()
	g := start(t,
		`POST /graphql: Field 'colour' doesn't exist on type 'Repository'`,
		`POST /graphql: Expected Name`,
		`POST /graphql: cannot use string as Int`,
		`POST /graphql: Field "repository" argument "name" of type "String!" is required`,
		`POST /graphql: the body is no GraphQL request`,
		`GET /graphql: only POST is allowed`,
	)
	document := func(query string) map[string]any { return map[string]any{"query": query} }
	play(t, g, []exchange{
		{"unknown field", "POST /graphql", document(`{ repository(owner: "acme", name: "shop") { colour } }`), 200, `{"errors": [
			{"message": "Field 'colour' doesn't exist on type 'Repository'", "locations": [{"line": 1, "column": 45}], "extensions": {"code": "undefinedField", "typeName": "Repository"}}]}`},
		{"syntax", "POST /graphql", document(`{ repository `), 200, `{"errors": [{"message": "~Expected Name"}]}`},
		{"variable", "POST /graphql", map[string]any{
			"query":     `query($n: Int!) { repository(owner: "acme", name: "shop") { pullRequest(number: $n) { id } } }`,
			"variables": map[string]any{"n": "one"},
		}, 200, `{"errors": [{"message": "~cannot use string as Int"}]}`},
		{"missing argument", "POST /graphql", document(`{ repository(owner: "acme") { id } }`), 200, `{"errors": [{}]}`},
		{"no JSON", "POST /graphql", "query", 400, `{"message": "Problems parsing JSON"}`},
		{"method", "GET /graphql", nil, 404, ""},
	})
	assert.Equal(t, "invalid", g.Requests()[0].Operation)
}

func TestFieldsThatAreNotSimulated(t *testing.T) {
	t.Parallel()
	g := start(t, "POST /graphql: field Query.organization is not simulated", "POST /graphql: field Repository.stargazerCount is not simulated",
		"POST /graphql: field Query.node")
	play(t, g, []exchange{
		{"query", "POST /graphql", map[string]any{"query": `{ organization(login: "acme") { id } }`}, 501, `{"message": "field Query.organization is not simulated"}`},
		{"below", "POST /graphql", map[string]any{"query": `{ repository(owner: "acme", name: "shop") { stargazerCount } }`}, 501, `{"message": "~stargazerCount"}`},
		{"kind of node", "POST /graphql", map[string]any{"query": `{ node(id: "LA_eA") { id } }`}, 501, `{"message": "~node(id:"}`},
	})
}

func TestPaginationIsChecked(t *testing.T) {
	t.Parallel()
	g := start(t, "You must provide a `first` or `last` value", "Requesting 101 records on the `deployments` connection exceeds")
	includes(t, `{"data": {"repository": null}, "errors": [{"type": "MISSING_PAGINATION_BOUNDARIES", "path": ["repository", "deployments"]}]}`,
		query(t, g, `{ repository(owner: "acme", name: "shop") { deployments { totalCount } } }`, nil))
	includes(t, `{"errors": [{"type": "EXCESSIVE_PAGINATION"}]}`,
		query(t, g, `{ repository(owner: "acme", name: "shop") { deployments(first: 101) { totalCount } } }`, nil))
}

func TestUnknownRepository(t *testing.T) {
	t.Parallel()
	g := start(t)
	includes(t, `{"data": {"repository": null}, "errors": [{"type": "NOT_FOUND", "path": ["repository"],
		"message": "Could not resolve to a Repository with the name 'acme/other'."}]}`,
		query(t, g, `query($o: String!, $n: String!) { repository(owner: $o, name: $n) { id } }`, map[string]any{"o": "acme", "n": "other"}))
}

func TestNodes(t *testing.T) {
	g := start(t)
	number := g.OpenPull(sim.Pull{Author: "alice"})
	comment := g.Comment(number, "alice", "hi")
	g.ReactAs(comment, "bob", "eyes")
	g.Deploy(sim.DeploymentSpec{})
	g.SetDeploymentState(g.Deployments("")[0].ID, "success")
	g.Check(sim.Check{Pull: number, Name: "test", State: "success"})
	g.Check(sim.Check{Pull: number, Name: "legacy", State: "success", CommitStatus: true})
	found := repository(t, g, `id pullRequest(number: 1) { id author { ... on Node { id } } headRef { id target { id } }
		comments(last: 1) { nodes { id reactions(first: 1) { nodes { id } } } } statusCheckRollup { contexts(first: 2) { nodes { ... on Node { id } } } } } deployments(first: 1) { nodes { id latestStatus { id } } }`)
	for want, id := range map[string]any{
		"Repository": at(found, "id"), "PullRequest": at(found, "pullRequest", "id"), "User": at(found, "pullRequest", "author", "id"),
		"Ref": at(found, "pullRequest", "headRef", "id"), "Commit": at(found, "pullRequest", "headRef", "target", "id"),
		"IssueComment": at(found, "pullRequest", "comments", "nodes", 0, "id"),
		"Reaction":     at(found, "pullRequest", "comments", "nodes", 0, "reactions", "nodes", 0, "id"),
		"Deployment":   at(found, "deployments", "nodes", 0, "id"), "DeploymentStatus": at(found, "deployments", "nodes", 0, "latestStatus", "id"),
		"CheckRun":      at(found, "pullRequest", "statusCheckRollup", "contexts", "nodes", 0, "id"),
		"StatusContext": at(found, "pullRequest", "statusCheckRollup", "contexts", "nodes", 1, "id"),
	} {
		t.Run(want, func(t *testing.T) {
			answer := query(t, g, `query($id: ID!) { node(id: $id) { __typename id } }`, map[string]any{"id": id})
			assert.Equal(t, map[string]any{"data": map[string]any{"node": map[string]any{"__typename": want, "id": id}}}, answer)
		})
	}
	includes(t, `{"data": {"node": null, "nodes": [null, {"number": 1}]}, "errors": [
		{"type": "NOT_FOUND", "path": ["node"], "message": "Could not resolve to a node with the global id of 'IC_MQ'"}, {"path": ["nodes", 0]}]}`,
		query(t, g, `query($ids: [ID!]!) { node(id: "IC_MQ") { id } nodes(ids: $ids) { ... on PullRequest { number } } }`,
			map[string]any{"ids": []any{"nonsense", at(found, "pullRequest", "id")}}))
}

// at walks down an answer.
func at(value any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[step]
		case int:
			list, _ := value.([]any)
			value = list[step]
		}
	}
	return value
}

// A commit's page of checks can be continued from the commit itself.
func TestChecksOfANode(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.OpenPull(sim.Pull{})
	for _, name := range []string{"a", "b", "c"} {
		g.Check(sim.Check{Pull: 1, Name: name, State: "success"})
	}
	const contexts = `statusCheckRollup { contexts(first: 2, after: $after) { nodes { ... on CheckRun { name } } pageInfo { endCursor hasNextPage } } }`
	first := query(t, g, `query($after: String) { repository(owner: "acme", name: "shop") { pullRequest(number: 1) { commits(last: 1) { nodes { commit { id `+
		contexts+` } } } } } }`, nil)
	commit := at(first, "data", "repository", "pullRequest", "commits", "nodes", 0, "commit")
	includes(t, `{"statusCheckRollup": {"contexts": {"nodes": [{"name": "a"}, {"name": "b"}], "pageInfo": {"hasNextPage": true}}}}`, commit)
	second := query(t, g, `query($id: ID!, $after: String) { node(id: $id) { ... on Commit { oid `+contexts+` } } }`, map[string]any{
		"id": at(commit, "id"), "after": at(commit, "statusCheckRollup", "contexts", "pageInfo", "endCursor"),
	})
	includes(t, `{"data": {"node": {"oid": "`+g.PullHead(1)+`", "statusCheckRollup": {"contexts": {"nodes": [{"name": "c"}], "pageInfo": {"hasNextPage": false}}}}}}`, second)
}
