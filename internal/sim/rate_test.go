package sim_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestRateLimitOnEveryAnswer(t *testing.T) {
	t.Parallel()
	g := start(t)
	first := send(t, g.Client(), request(t, "GET /.", nil))
	second := send(t, g.Client(), request(t, "GET /./branches/missing", nil))
	assert.Equal(t, "1000", first.Header.Get("X-RateLimit-Limit"))
	assert.Equal(t, "999", first.Header.Get("X-RateLimit-Remaining"))
	assert.Equal(t, "998", second.Header.Get("X-RateLimit-Remaining"), "an error counts as well")
	assert.Equal(t, "core", second.Header.Get("X-RateLimit-Resource"))
	includes(t, `{"data": {"rateLimit": {"limit": 1000, "cost": 1, "remaining": 999, "used": 1}}}`,
		query(t, g, `{ rateLimit { limit cost remaining used resetAt } }`, nil))
	play(t, g, []exchange{
		{"asking costs nothing", "GET /rate_limit", nil, 200, `{"rate": {"remaining": 998}, "resources": {"core": {"used": 2}, "graphql": {"used": 1}}}`},
	})
}

// What a query costs grows with the lists inside of lists that it asks for.
func TestPoints(t *testing.T) {
	t.Parallel()
	g := start(t)
	const long = `{ rateLimit { cost used nodeCount } repository(owner: "acme", name: "shop") { deployments(first: 100) { nodes {
		statuses(first: 100) { nodes { id } } commit { parents(first: 3) { totalCount } } } } } }`
	includes(t, `{"data": {"rateLimit": {"cost": 2, "used": 2, "nodeCount": 10400}}}`, query(t, g, long, nil))
	last := g.Requests()[len(g.Requests())-1]
	assert.Equal(t, 2, last.Points)
	assert.Equal(t, 1, last.Weight)
	send(t, g.Client(), request(t, "POST /./issues/1/comments", map[string]any{"body": "x"}))
	last = g.Requests()[len(g.Requests())-1]
	assert.Equal(t, 1, last.Points)
	assert.Equal(t, 5, last.Weight, "a change")
	send(t, g.Client(), request(t, "GET /.", nil))
	assert.Equal(t, 1, g.Requests()[len(g.Requests())-1].Weight)
}

func TestNodeLimit(t *testing.T) {
	t.Parallel()
	g := start(t, "possible nodes which exceeds the maximum")
	const huge = `{ repository(owner: "acme", name: "shop") { deployments(first: 100) { nodes { statuses(first: 100) { nodes { deployment { statuses(first: 100) { totalCount } } } } } } } }`
	includes(t, `{"errors": [{"type": "MAX_NODE_LIMIT_EXCEEDED"}]}`, query(t, g, huge, nil))
}

func TestRateLimitIsUsedUp(t *testing.T) {
	var all []answered
	synctest.Test(t, func(t *testing.T) {
		g := start(t)
		g.LimitRate(1)
		viewer := map[string]any{"query": "{ viewer { login } }"}
		all = append(all, answers(t, g, []exchange{
			{"last one", "GET /.", nil, 200, ""},
			{"REST", "GET /.", nil, 403, `{"message": "~API rate limit exceeded"}`},
			{"the limits are apart", "POST /graphql", viewer, 200, `{"data": {"viewer": {}}}`},
			{"GraphQL", "POST /graphql", viewer, 200, `{"errors": [{"type": "RATE_LIMITED", "message": "~API rate limit exceeded"}]}`},
			{"the limit can be asked for", "GET /rate_limit", nil, 200, `{"rate": {"remaining": 0}}`},
		})...)
		response := send(t, g.Client(), request(t, "GET /.", nil))
		assert.Equal(t, "0", response.Header.Get("X-RateLimit-Remaining"))

		time.Sleep(time.Hour)
		all = append(all, answers(t, g, []exchange{{"an hour later", "GET /.", nil, 200, ""}})...)
	})
	check(t, all)
}
