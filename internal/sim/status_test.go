package sim_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestDeploymentStatuses(t *testing.T) {
	t.Parallel()
	g := start(t)
	id := g.Deploy(sim.DeploymentSpec{Environment: "staging"})
	list := fmt.Sprintf("/./deployments/%d/statuses", id)
	play(t, g, []exchange{
		{"create", "POST " + list, map[string]any{
			"state": "in_progress", "log_url": "https://github.com/log", "environment_url": "https://shop.example", "description": "d",
		}, 201, `{"state": "in_progress", "log_url": "https://github.com/log", "target_url": "https://github.com/log",
			"environment_url": "https://shop.example", "environment": "staging", "description": "d", "creator": {"login": "github-actions[bot]"}}`},
		{"target_url", "POST " + list, map[string]any{"state": "success", "target_url": "https://old.example"}, 201, `{"log_url": "https://old.example"}`},
		{"list", "GET " + list, nil, 200, `[{"state": "success"}, {"state": "in_progress"}]`},
		{"page", "GET " + list + "?per_page=1&page=2", nil, 200, `[{"state": "in_progress"}]`},
		{"too long", "POST " + list, map[string]any{"state": "success", "description": strings.Repeat("ä", 141)}, 422, `{"errors": [{"field": "description"}]}`},
		{"no URL", "POST " + list, map[string]any{"state": "success", "environment_url": "shop.example"}, 422, `{"errors": [{"field": "environment_url"}]}`},
		{"unknown deployment", "POST /./deployments/1/statuses", map[string]any{"state": "success"}, 404, ""},
		{"missing", "GET " + list + "/1", nil, 404, ""},
	})
	found := g.Deployments("staging")[0]
	require.Len(t, found.Statuses, 2)
	assert.Equal(t, "success", found.Statuses[0].State, "newest first")
	assert.Equal(t, "https://shop.example", found.Statuses[1].EnvironmentURL)
	play(t, g, []exchange{{"single", fmt.Sprintf("GET %s/%d", list, found.Statuses[1].ID), nil, 200, `{"state": "in_progress"}`}})
}

func TestUnknownStateIsAViolation(t *testing.T) {
	t.Parallel()
	g := start(t, "state: value is not one of the allowed values")
	id := g.Deploy(sim.DeploymentSpec{})
	play(t, g, []exchange{{"unknown", fmt.Sprintf("POST /./deployments/%d/statuses", id), map[string]any{"state": "done"}, 422, `{"message": "~Invalid request."}`}})
}

// states lists the states of all deployments, oldest first.
func states(g *sim.GitHub) []string {
	var list []string
	for _, one := range g.Deployments("") {
		list = append([]string{one.State}, list...)
	}
	return list
}

func TestAutoInactive(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.Deploy(sim.DeploymentSpec{Environment: "qa", State: "success"})
	g.Deploy(sim.DeploymentSpec{Environment: "qa", State: "failure"})
	g.Deploy(sim.DeploymentSpec{Environment: "staging", State: "success"})
	ask(t, g, deployments, deployment("main", map[string]any{"environment": "qa", "transient_environment": true}))
	transient := g.Deployments("")[0].ID
	succeed := func(id int64, more map[string]any) {
		body := map[string]any{"state": "success"}
		maps.Copy(body, more)
		status, _ := ask(t, g, fmt.Sprintf("POST /./deployments/%d/statuses", id), body)
		require.Equal(t, 201, status)
	}
	succeed(transient, map[string]any{"auto_inactive": false})
	assert.Equal(t, []string{"ACTIVE", "FAILURE", "ACTIVE", "ACTIVE"}, states(g))

	newest := g.Deploy(sim.DeploymentSpec{Environment: "qa"})
	g.SetDeploymentState(newest, "in_progress")
	assert.Equal(t, []string{"ACTIVE", "FAILURE", "ACTIVE", "ACTIVE", "IN_PROGRESS"}, states(g))
	succeed(newest, nil)
	assert.Equal(t, []string{"INACTIVE", "FAILURE", "ACTIVE", "ACTIVE", "ACTIVE"}, states(g),
		"only successful ones of the environment, and not the transient one")
	retired := g.Deployments("qa")[3]
	assert.Equal(t, []string{"inactive", "success"}, []string{retired.Statuses[0].State, retired.Statuses[1].State})

	succeed(retired.ID, nil)
	assert.Equal(t, []string{"ACTIVE", "FAILURE", "ACTIVE", "ACTIVE", "ACTIVE"}, states(g), "a newer one stays when an older one succeeds")
}

// What runs in production stays active: auto_inactive is about "prior non-transient, non-production environment
// deployments". See https://docs.github.com/rest/deployments/statuses, "Create a deployment status".
func TestProductionIsNotRetired(t *testing.T) {
	t.Parallel()
	g := start(t)
	for range 2 {
		g.Deploy(sim.DeploymentSpec{Environment: "production", State: "success"})
	}
	ask(t, g, deployments, deployment("main", map[string]any{"environment": "eu", "production_environment": true}))
	g.SetDeploymentState(g.Deployments("eu")[0].ID, "success")
	g.Deploy(sim.DeploymentSpec{Environment: "eu", State: "success"})
	assert.Equal(t, []string{"ACTIVE", "ACTIVE", "ACTIVE", "ACTIVE"}, states(g))
}

func TestStatusesInGraphQL(t *testing.T) {
	t.Parallel()
	g := start(t)
	id := g.Deploy(sim.DeploymentSpec{State: "in_progress", Creator: "alice"})
	ask(t, g, fmt.Sprintf("POST /./deployments/%d/statuses", id), map[string]any{"state": "success", "environment": "renamed", "log_url": "https://x.example"})
	includes(t, `{"deployments": {"nodes": [{
		"latestStatus": {"state": "SUCCESS", "environment": "renamed", "logUrl": "https://x.example", "environmentUrl": null, "creator": {"login": "github-actions"}},
		"statuses": {"totalCount": 2, "nodes": [{"state": "SUCCESS"}, {"state": "IN_PROGRESS", "creator": {"login": "alice"}, "deployment": {"state": "ACTIVE"}}]}}]}}`,
		repository(t, g, `deployments(first: 1) { nodes { latestStatus { state environment logUrl environmentUrl creator { login } }
			statuses(first: 5) { totalCount nodes { state creator { login } deployment { state } } } } }`))
}
