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

func TestRateLimitIsUsedUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := start(t)
		g.LimitRate(1)
		viewer := map[string]any{"query": "{ viewer { login } }"}
		play(t, g, []exchange{
			{"last one", "GET /.", nil, 200, ""},
			{"REST", "GET /.", nil, 403, `{"message": "~API rate limit exceeded"}`},
			{"the limits are apart", "POST /graphql", viewer, 200, `{"data": {"viewer": {}}}`},
			{"GraphQL", "POST /graphql", viewer, 200, `{"errors": [{"type": "RATE_LIMITED", "message": "~API rate limit exceeded"}]}`},
			{"the limit can be asked for", "GET /rate_limit", nil, 200, `{"rate": {"remaining": 0}}`},
		})
		response := send(t, g.Client(), request(t, "GET /.", nil))
		assert.Equal(t, "0", response.Header.Get("X-RateLimit-Remaining"))

		time.Sleep(time.Hour)
		play(t, g, []exchange{{"an hour later", "GET /.", nil, 200, ""}})
	})
}
