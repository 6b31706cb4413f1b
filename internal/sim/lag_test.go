package sim_test

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// Reads come from replicas, which may not have the newest write yet; the payload of a mutation has it. GitHub promises
// no time: https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api.
func TestLag(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := start(t)
		g.OpenPull(sim.Pull{})
		before := g.Head("main")
		time.Sleep(time.Minute)
		g.Lag(time.Second)
		const read = `main: ref(qualifiedName: "main") { target { oid } } new: ref(qualifiedName: "new") { name }
			deployments(first: 5) { totalCount } object(expression: "change-1") { ... on Commit { statusCheckRollup { state } } }`
		created := mutate(t, g, "createRef", "ref { name repository { new: ref(qualifiedName: \"new\") { name } } }", map[string]any{
			"repositoryId": nodeOf(t, g, "id", "id"), "name": "refs/heads/new", "oid": before,
		})
		includes(t, `{"data": {"createRef": {"ref": {"name": "new", "repository": {"new": {"name": "new"}}}}}}`, created)
		after := g.Push(sim.Commit{Branch: "main", Message: "Later"})
		id := g.Deploy(sim.DeploymentSpec{State: "success"})
		g.Check(sim.Check{Pull: 1, Name: "test", State: "success"})
		includes(t, `{"main": {"target": {"oid": "`+before+`"}}, "new": null, "deployments": {"totalCount": 0}, "object": {"statusCheckRollup": null}}`, repository(t, g, read))
		status, _ := ask(t, g, "GET /./git/ref/heads/new", nil)
		assert.Equal(t, 404, status)
		_, old := ask(t, g, "GET /./git/ref/heads/main", nil)
		includes(t, `{"object": {"sha": "`+before+`"}}`, old)
		status, listed := ask(t, g, "GET /./deployments", nil)
		assert.Equal(t, 200, status)
		assert.Empty(t, listed)
		status, _ = ask(t, g, "GET /./deployments/"+strconv.FormatInt(id, 10), nil)
		assert.Equal(t, 200, status)
		time.Sleep(2 * time.Second)
		includes(t, `{"main": {"target": {"oid": "`+after+`"}}, "new": {"name": "new"}, "deployments": {"totalCount": 1}, "object": {"statusCheckRollup": {"state": "SUCCESS"}}}`, repository(t, g, read))
	})
}
