package sim_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// GitHub's documentation says that names of environments are not case-sensitive and are unique within the
// repository ("Managing environments for deployment"). github/lock#70 reports that GitHub refuses to create an
// environment that differs from another one in case only, and pypi/warehouse#13576 relies on the same rule.
//
// Little is public about deployments: their own field environment is assumed to keep the spelling of the
// request, and every filter to follow the rule of the documentation.

// twoSpellings is a repository with a deployment to production and a newer one to Production.
func twoSpellings(t *testing.T) (g *sim.GitHub, older, newer int64) {
	t.Helper()
	g = start(t)
	older = g.Deploy(sim.DeploymentSpec{Environment: "production", State: "success"})
	newer = g.Deploy(sim.DeploymentSpec{Environment: "Production"})
	g.Deploy(sim.DeploymentSpec{Environment: "staging", State: "success"})
	return g, older, newer
}

// The name of an environment is the one that it was created with: see above.
func TestEnvironmentKeepsItsFirstSpelling(t *testing.T) {
	t.Parallel()
	g, _, _ := twoSpellings(t)
	g.AddEnvironment("PRODUCTION", "REQUIRED_REVIEWERS")
	includes(t, `{
		"environments": {"totalCount": 2, "nodes": [{"name": "production"}, {"name": "staging"}]},
		"environment": {"name": "production", "protectionRules": {"nodes": [{"type": "REQUIRED_REVIEWERS"}]}}
	}`, repository(t, g, `environments(first: 5) { totalCount nodes { name } }
		environment(name: "Production") { name protectionRules(first: 1) { nodes { type } } }`))
}

// A deployment shows the spelling that it was requested with, which is an assumption: see above.
func TestDeploymentKeepsItsSpelling(t *testing.T) {
	t.Parallel()
	g, older, newer := twoSpellings(t)
	play(t, g, []exchange{
		{"older", fmt.Sprintf("GET /./deployments/%d", older), nil, 200, `{"environment": "production", "production_environment": true}`},
		{"newer", fmt.Sprintf("GET /./deployments/%d", newer), nil, 200, `{"environment": "Production", "production_environment": true}`},
		{"new", deployments, deployment("main", map[string]any{"environment": "PRODUCTION"}), 201, `{"environment": "PRODUCTION", "production_environment": true}`},
	})
}

// Either spelling lists the deployments of both, in REST and in GraphQL: an assumption, see above.
func TestDeploymentsByEitherSpelling(t *testing.T) {
	t.Parallel()
	g, older, newer := twoSpellings(t)
	for _, name := range []string{"production", "Production", "PRODUCTION"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			play(t, g, []exchange{{"REST", "GET /./deployments?environment=" + name, nil, 200, fmt.Sprintf(`[{"id": %d}, {"id": %d}]`, newer, older)}})
			includes(t, `{"deployments": {"nodes": [{"environment": "production"}, {"environment": "Production"}]}}`,
				repository(t, g, `deployments(first: 5, environments: ["`+name+`"]) { nodes { environment } }`))
			assert.Len(t, g.Deployments(name), 2)
		})
	}
}

// A success makes older deployments inactive, however their environment is spelled: it is the same one, see above.
func TestAutoInactiveIgnoresCase(t *testing.T) {
	t.Parallel()
	g := start(t)
	older := g.Deploy(sim.DeploymentSpec{Environment: "staging", State: "success"})
	newer := g.Deploy(sim.DeploymentSpec{Environment: "Staging"})
	play(t, g, []exchange{{"success", fmt.Sprintf("POST /./deployments/%d/statuses", newer), map[string]any{"state": "success"}, 201, ""}})
	require.Equal(t, []string{"INACTIVE", "ACTIVE"}, states(g))
	includes(t, `{"environment": {"latestCompletedDeployment": {"environment": "Staging"}}}`,
		repository(t, g, `environment(name: "staging") { latestCompletedDeployment { environment } }`))
	play(t, g, []exchange{{"older", fmt.Sprintf("GET /./deployments/%d/statuses", older), nil, 200, `[{"state": "inactive"}, {"state": "success"}]`}})
}

// Branches are case-sensitive, those of locks too: git keeps both.
func TestLockBranchesAreCaseSensitive(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.OpenPull(sim.Pull{Number: 1})
	require.NoError(t, g.Lock(sim.Lock{Environment: "production", Owner: "alice", Pull: 1}))
	assert.Empty(t, g.Head(sim.LockBranch("Production")))
	require.NoError(t, g.Lock(sim.Lock{Environment: "Production", Owner: "bob", Pull: 1}))
	assert.NotEqual(t, g.Head(sim.LockBranch("production")), g.Head(sim.LockBranch("Production")))
}
