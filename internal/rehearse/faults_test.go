package rehearse_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// conversation is a deployment from the command to the end of its job.
const conversation = `
user alice write
push checkout Faster checkout
pull 1 alice checkout
file main .github/deployment_message.md "Shipped {{ environment }}"
deployed staging main robot success
comment alice 1 .deploy to staging
end success
-- with --
enforced_deployment_order: staging,production
versioner_api_key: sk_acme_1_rehearsal
update_branch: disabled
successful_deploy_labels: deployed
failed_deploy_labels: broken
`

// faults are the ways in which one request can go wrong.
func faults() map[string]sim.Fault {
	return map[string]sim.Fault{
		"500":               {Status: 500},
		"500 again":         {Status: 500, Times: -1},
		"502 once":          {Status: 502},
		"401":               {Status: 401, Body: `{"message":"Bad credentials"}`, Times: -1},
		"403":               {Status: 403, Body: `{"message":"Resource not accessible by integration"}`, Times: -1},
		"secondary limit":   {Status: 403, Body: `{"message":"You have exceeded a secondary rate limit"}`},
		"limit with a wait": {Status: 429, Header: map[string]string{"Retry-After": "3"}},
		"404":               {Status: 404, Body: `{"message":"Not Found"}`},
		"409":               {Status: 409, Body: `{"message":"Conflict"}`},
		"422":               {Status: 422, Body: `{"message":"Validation Failed"}`},
		"cut":               {Cut: true},
		"cut after":         {Cut: true, After: true},
		"502 after":         {Status: 502, After: true},
		"hang":              {Hang: true},
		"hang after":        {Hang: true, After: true},
		"no JSON":           {Status: 200, Body: "<html>"},
		"GraphQL error":     {Status: 200, Body: `{"data":null,"errors":[{"type":"INTERNAL","message":"Something went wrong"}]}`},
	}
}

// TestFaultAtEveryRequest breaks each request of a deployment in each way, and looks at the end.
func TestFaultAtEveryRequest(t *testing.T) {
	t.Parallel()
	compiled, err := schema()
	require.NoError(t, err)
	cases := 0
	for _, name := range slices.Sorted(maps.Keys(faults())) {
		for i := range requestsOf(t, compiled) {
			cases++
			t.Run(fmt.Sprintf("%s at request %d", name, i), func(t *testing.T) {
				t.Parallel()
				fault := faults()[name]
				fault.Skip = i
				playWithFault(t, compiled, fault)
			})
		}
	}
	t.Logf("%d cases", cases)
}

// requestsOf counts the requests of the conversation when nothing goes wrong.
func requestsOf(t *testing.T, compiled *sim.Schema) int {
	t.Helper()
	count := 0
	synctest.Test(t, func(t *testing.T) {
		options := rehearse.Options{Schema: compiled, Wait: time.Sleep}
		options.After = func(p *rehearse.Play) { count = p.Requests() }
		require.NoError(t, rehearse.Run(t.Context(), parse(t), options))
	})
	require.Positive(t, count)
	return count
}

func parse(t *testing.T) rehearse.Story {
	t.Helper()
	story, err := rehearse.ParseStory("conversation", []byte(conversation))
	require.NoError(t, err)
	return story
}

func playWithFault(t *testing.T, compiled *sim.Schema, fault sim.Fault) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		options := rehearse.Options{Schema: compiled, Wait: time.Sleep}
		options.Prepare = func(github *sim.GitHub) { github.Fail(fault) }
		options.After = func(p *rehearse.Play) { inspect(t, p, fault) }
		require.NoError(t, rehearse.Run(t.Context(), parse(t), options))
	})
}

// inspect holds the end of a conversation to what must hold however it went.
func inspect(t *testing.T, p *rehearse.Play, fault sim.Fault) {
	t.Helper()
	exit, outputs, log := p.Last()
	deployments := slices.DeleteFunc(p.GitHub.Deployments("staging"), func(d sim.Deployment) bool { return d.Creator == "robot" })
	assert.LessOrEqual(t, len(deployments), 1, "one command makes one deployment")
	reachable := fault.Times >= 0
	for _, deployment := range deployments {
		if reachable {
			require.NotEmpty(t, deployment.Statuses, "left pending:\n%s", log)
			assert.Contains(t, []string{"success", "error", "failure"}, deployment.Statuses[0].State, log)
		}
	}
	if outputs["continue"] != "true" {
		assert.Equal(t, 1, exit, "what does not go fails:\n%s", log)
		assert.Contains(t, log, "::error::", "the log says why")
		assert.NotContains(t, outputs, "noop")
	} else {
		assert.Len(t, deployments, 1)
	}
	if comments := p.GitHub.Comments(1); reachable {
		assert.Greater(t, len(comments), 1, "the pull request says how it went:\n%s", log)
	}
	if reachable {
		assert.Empty(t, p.GitHub.Head("staging-branch-deploy-lock"), "a lock that nobody holds any more:\n%s", log)
	}
	assert.Equal(t, len(started(p)) > 0, len(p.Versioner.Events()) > 0)
}

func started(p *rehearse.Play) []sim.TrackedEvent {
	return slices.DeleteFunc(p.Versioner.Events(), func(e sim.TrackedEvent) bool { return e.State != "started" })
}
