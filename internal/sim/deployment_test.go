package sim_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

const deployments = "POST /./deployments"

// deployment is a request for a deployment that nothing keeps from being made.
func deployment(ref string, more map[string]any) map[string]any {
	body := map[string]any{"ref": ref, "auto_merge": false, "required_contexts": []string{}}
	maps.Copy(body, more)
	return body
}

func TestCreateDeployment(t *testing.T) {
	t.Parallel()
	g := start(t)
	head := g.Push(sim.Commit{Branch: "feature/x"})
	g.TagCommit("v1", head)
	play(t, g, []exchange{
		{"defaults", deployments, deployment("feature/x", nil), 201, `{"ref": "feature/x", "sha": "` + head + `", "task": "deploy", "environment": "production",
			"payload": {}, "description": null, "production_environment": true, "transient_environment": false, "creator": {"login": "github-actions[bot]"}}`},
		{"everything", deployments, deployment(head, map[string]any{
			"task": "migrate", "environment": "staging", "payload": map[string]any{"n": 1 << 40}, "description": "d",
			"production_environment": true, "transient_environment": true,
		}), 201, `{"ref": "` + head + `", "task": "migrate", "environment": "staging", "payload": {"n": 1099511627776}, "description": "d",
			"production_environment": true, "transient_environment": true}`},
		{"tag and text", deployments, deployment("v1", map[string]any{"payload": "text"}), 201, `{"ref": "v1", "sha": "` + head + `", "payload": "text"}`},
		{"unknown ref", deployments, deployment("none", nil), 422, `{"message": "No ref found for: none"}`},
		{"a tree is no commit", deployments, deployment("4b825dc642cb6eb9a060e54bf8d69288fbee4904", nil), 422, ""},
	})
	made := g.Deployments("")
	require.Len(t, made, 3)
	assert.Greater(t, made[0].ID, int64(1)<<31)
	assert.Equal(t, []string{"v1", head, "feature/x"}, []string{made[0].Ref, made[1].Ref, made[2].Ref}, "newest first")
	assert.JSONEq(t, `{"n": 1099511627776}`, string(made[1].Payload))
	assert.Equal(t, []string{}, made[0].RequiredContexts)
	assert.Equal(t, "PENDING", made[0].State)
	assert.Empty(t, made[0].Statuses)
	assert.Len(t, g.Deployments("staging"), 1)
}

func TestListDeployments(t *testing.T) {
	t.Parallel()
	g := start(t)
	one := g.Deploy(sim.DeploymentSpec{Environment: "staging", Task: "a"})
	head := g.Push(sim.Commit{Branch: "b"})
	two := g.Deploy(sim.DeploymentSpec{Ref: "b", Creator: "someone"})
	ids := func(list ...int64) string {
		var text strings.Builder
		for i, id := range list {
			if i > 0 {
				text.WriteString(",")
			}
			fmt.Fprintf(&text, `{"id": %d}`, id)
		}
		return "[" + text.String() + "]"
	}
	play(t, g, []exchange{
		{"all", "GET /./deployments", nil, 200, ids(two, one)},
		{"environment", "GET /./deployments?environment=staging", nil, 200, ids(one)},
		{"none is any", "GET /./deployments?environment=none", nil, 200, ids(two, one)},
		{"sha", "GET /./deployments?sha=" + head, nil, 200, ids(two)},
		{"ref", "GET /./deployments?ref=main", nil, 200, ids(one)},
		{"task", "GET /./deployments?task=a", nil, 200, ids(one)},
		{"page", "GET /./deployments?per_page=1&page=2", nil, 200, ids(one)},
		{"single", fmt.Sprintf("GET /./deployments/%d", two), nil, 200, `{"creator": {"login": "someone"}, "ref": "b"}`},
		{"missing", "GET /./deployments/1", nil, 404, `{"message": "Not Found"}`},
	})
}

func TestAutoMerge(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.Push(sim.Commit{Branch: "feature", Files: map[string]string{"a": "1"}})
	behind := g.Head("feature")
	g.Push(sim.Commit{Files: map[string]string{"b": "1"}})
	body := map[string]any{"ref": "feature", "required_contexts": []string{}}
	play(t, g, []exchange{
		{"by its commit", deployments, map[string]any{"ref": behind, "required_contexts": []string{}}, 201, ""},
		{"not wanted", deployments, deployment("feature", nil), 201, ""},
		{"merged", deployments, body, 202, `{"message": "Auto-merged main into feature on deployment."}`},
	})
	assert.NotEqual(t, behind, g.Head("feature"))
	assert.Len(t, g.Deployments(""), 2, "nothing was deployed")
	play(t, g, []exchange{
		{"up to date", "GET /./compare/main...feature", nil, 200, `{"behind_by": 0}`},
		{"now it works", deployments, body, 201, `{"sha": "` + g.Head("feature") + `"}`},
		{"the default branch itself", deployments, map[string]any{"ref": "main"}, 201, ""},
	})
	g.Push(sim.Commit{Files: map[string]string{"a": "other"}})
	play(t, g, []exchange{{"conflict", deployments, body, 409, `{"message": "Conflict merging main into feature."}`}})
}

func TestRequiredContexts(t *testing.T) {
	t.Parallel()
	g := start(t)
	head := g.Head("main")
	body := func(contexts any) map[string]any { return map[string]any{"ref": "main", "required_contexts": contexts} }
	play(t, g, []exchange{{"no checks", deployments, map[string]any{"ref": "main"}, 201, ""}})

	g.Check(sim.Check{Commit: head, Name: "test", State: "success"})
	slow := g.Check(sim.Check{Commit: head, Name: "slow", State: "pending", CommitStatus: true})
	play(t, g, []exchange{
		{"all by default", deployments, map[string]any{"ref": "main"}, 409, `{"message": "Conflict: Commit status checks failed for main.", "errors": [
			{"field": "required_contexts", "contexts": [{"context": "slow", "state": "pending"}]}]}`},
		{"none", deployments, body([]string{}), 201, ""},
		{"one that passed", deployments, body([]string{"test"}), 201, ""},
		{"one that has not", deployments, body([]string{"test", "slow"}), 409, ""},
		{"one that was not reported", deployments, body([]string{"other"}), 409, `{"errors": [{"contexts": [{"context": "other", "state": "expected"}]}]}`},
	})
	g.UpdateCheck(slow, "success")
	play(t, g, []exchange{{"all passed", deployments, map[string]any{"ref": "main"}, 201, ""}})
}

func TestDeploymentStates(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]string{
		"": "PENDING", "queued": "QUEUED", "in_progress": "IN_PROGRESS", "success": "ACTIVE", "failure": "FAILURE", "error": "ERROR",
		"inactive": "INACTIVE", "pending": "PENDING",
	} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			g := start(t)
			g.Deploy(sim.DeploymentSpec{State: status})
			assert.Equal(t, want, g.Deployments("")[0].State, status)
			includes(t, `{"deployments": {"nodes": [{"state": "`+want+`"}]}}`, repository(t, g, `deployments(first: 1) { nodes { state } }`))
		})
	}
}

func TestAbandonedDeployment(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := start(t)
		id := g.Deploy(sim.DeploymentSpec{})
		time.Sleep(30 * time.Minute)
		assert.Equal(t, "PENDING", g.Deployments("")[0].State)
		time.Sleep(time.Minute)
		assert.Equal(t, "ABANDONED", g.Deployments("")[0].State)
		g.SetDeploymentState(id, "in_progress")
		time.Sleep(time.Hour)
		assert.Equal(t, "IN_PROGRESS", g.Deployments("")[0].State)
	})
}

// GitHub makes such a deployment for every job that names an environment.
func TestJobDeployment(t *testing.T) {
	t.Parallel()
	g := start(t)
	id := g.JobDeployment("production", g.Head("main"))
	play(t, g, []exchange{
		{"REST", fmt.Sprintf("GET /./deployments/%d", id), nil, 200, `{"payload": {}, "task": "deploy", "creator": {"login": "github-actions[bot]"}}`},
	})
	includes(t, `{"deployments": {"nodes": [{"payload": "\"\"", "state": "IN_PROGRESS", "creator": {"login": "github-actions", "__typename": "Bot"}}]}}`,
		repository(t, g, `deployments(first: 1) { nodes { payload state creator { login __typename } } }`))
	g.SetDeploymentState(id, "success")
	assert.Equal(t, "ACTIVE", g.Deployments("production")[0].State)
}

func TestDeploymentsInGraphQL(t *testing.T) {
	t.Parallel()
	g := start(t)
	main := g.Head("main")
	for i, environment := range []string{"dev", "staging", "dev", "production"} {
		g.Deploy(sim.DeploymentSpec{Environment: environment, Creator: "alice", Payload: map[string]any{"i": i}})
	}
	g.SetDeploymentState(g.Deployments("production")[0].ID, "success")
	includes(t, `{
		"dev": {"totalCount": 2, "nodes": [{"payload": "{\"i\":2}", "environment": "dev", "commitOid": "`+main+`", "commit": {"oid": "`+main+`", "tree": {"oid": "`+treeOfMain(t, g)+`"}},
			"ref": {"name": "main"}, "creator": {"login": "alice"}, "latestStatus": null, "repository": {"name": "shop"}}], "pageInfo": {"hasNextPage": true}},
		"two": {"totalCount": 3}, "oldest": {"nodes": [{"environment": "dev", "payload": "{\"i\":0}"}]}, "nothing": {"totalCount": 0},
		"environments": {"nodes": [{"name": "dev"}, {"name": "production"}, {"name": "staging"}]},
		"environment": {"name": "production", "latestCompletedDeployment": {"latestStatus": {"state": "SUCCESS"}}}, "missing": null}`,
		repository(t, g, `
			dev: deployments(environments: ["dev"], first: 1, orderBy: {field: CREATED_AT, direction: DESC}) { totalCount pageInfo { hasNextPage }
				nodes { payload environment commitOid commit { oid tree { oid } } ref { name } creator { login } latestStatus { state } repository { name } } }
			two: deployments(environments: ["dev", "staging"], first: 1) { totalCount }
			oldest: deployments(first: 1) { nodes { environment payload } } nothing: deployments(first: 1, environments: []) { totalCount }
			environments(first: 5) { nodes { name } }
			environment(name: "production") { name latestCompletedDeployment { latestStatus { state } } } missing: environment(name: "x") { name }`))
	includes(t, `{"object": {"deployments": {"totalCount": 4}}}`,
		repository(t, g, `object(expression: "main") { ... on Commit { deployments(first: 1) { totalCount } } }`))
}

// Pages of a connection follow each other by their cursors.
func TestDeploymentPages(t *testing.T) {
	t.Parallel()
	g := start(t)
	for i := range 5 {
		g.Deploy(sim.DeploymentSpec{Payload: i})
	}
	var payloads []any
	after := ""
	for range 3 {
		answer := repository(t, g, `deployments(first: 2`+after+`, orderBy: {field: CREATED_AT, direction: DESC}) {
			nodes { payload } pageInfo { endCursor hasNextPage } }`)
		list, _ := answer["deployments"].(map[string]any)
		nodes, _ := list["nodes"].([]any)
		for _, node := range nodes {
			one, _ := node.(map[string]any)
			payloads = append(payloads, one["payload"])
		}
		info, _ := list["pageInfo"].(map[string]any)
		after = fmt.Sprintf(`, after: %q`, info["endCursor"])
	}
	assert.Equal(t, []any{"4", "3", "2", "1", "0"}, payloads)
}

// GitHub's REST description: of several deployments, those that are active cannot be deleted.
func TestDeleteDeployment(t *testing.T) {
	t.Parallel()
	g := start(t)
	id := g.Deploy(sim.DeploymentSpec{State: "success"})
	other := g.Deploy(sim.DeploymentSpec{Environment: "staging", State: "success"})
	path := fmt.Sprintf("/./deployments/%d", id)
	play(t, g, []exchange{
		{"active", "DELETE " + path, nil, 422, `{"message": "~cannot delete an active deployment"}`},
		{"inactive", "POST " + path + "/statuses", map[string]any{"state": "inactive"}, 201, ""},
		{"delete", "DELETE " + path, nil, 204, ""},
		{"gone", "DELETE " + path, nil, 404, ""},
		{"the only one", fmt.Sprintf("DELETE /./deployments/%d", other), nil, 204, ""},
		{"none left", "GET /./deployments", nil, 200, `[]`},
	})
}
