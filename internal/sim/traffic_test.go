package sim_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestRequestsAreRecorded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := start(t)
		g.OpenPull(sim.Pull{})
		g.SetLatency(50 * time.Millisecond)
		began := time.Now()
		ask(t, g, "GET /./branches/feature%2Fx", nil)
		ask(t, g, "POST /graphql", map[string]any{
			"query": `query { rateLimit { cost } a: repository(owner: "acme", name: "shop") { id } b: repository(owner: "acme", name: "shop") { id } }`,
		})
		ask(t, g, "POST /graphql", map[string]any{"query": `mutation { addComment(input: {subjectId: "PR_MQ", body: "x"}) { clientMutationId } }`})

		at := func(n int) time.Time { return began.Add(time.Duration(n) * 50 * time.Millisecond) }
		assert.Equal(t, []sim.Request{
			{Index: 0, Method: "GET", Path: "/repos/acme/shop/branches/feature%2Fx", Points: 1, Weight: 1, Status: 404, Start: at(0), End: at(1)},
			{Index: 1, Method: "POST", Path: "/graphql", Operation: "query rateLimit,repository", Points: 1, Weight: 1, Status: 200, Start: at(1), End: at(2)},
			{Index: 2, Method: "POST", Path: "/graphql", Operation: "mutation addComment", Points: 1, Weight: 5, Status: 200, Start: at(2), End: at(3)},
		}, g.Requests())

		g.ResetRequests()
		assert.Empty(t, g.Requests())
		assert.Zero(t, g.Rounds())
	})
}

func TestRounds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		starts []int // when each request starts, in milliseconds; each takes 100
		want   int
	}{
		"none":               {nil, 0},
		"one":                {[]int{0}, 1},
		"at the same moment": {[]int{0, 0, 0}, 1},
		"one after another":  {[]int{0, 100, 200}, 3},
		"with pauses":        {[]int{0, 500, 1000}, 3},
		"overlapping":        {[]int{0, 50}, 1},
		"two and one":        {[]int{0, 0, 100}, 2},
		"chain of two":       {[]int{0, 50, 100}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := sim.New(mustSchema(t), sim.Repository{})
				g.SetLatency(100 * time.Millisecond)
				var group sync.WaitGroup
				for _, after := range test.starts {
					r := request(t, "GET /.", nil)
					group.Go(func() {
						time.Sleep(time.Duration(after) * time.Millisecond)
						response, err := g.Client().Do(r)
						if assert.NoError(t, err) {
							assert.NoError(t, response.Body.Close())
						}
					})
				}
				group.Wait()
				assert.Equal(t, test.want, g.Rounds())
			})
		})
	}
}

// A request that never ended is no round, since nothing can have waited for it.
func TestLatencyHonoursTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := start(t)
		g.SetLatency(time.Hour)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()

		_, err := g.Client().Do(request(t, "GET /.", nil).WithContext(ctx))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Minute, time.Since(began))
		synctest.Wait()
		assert.Zero(t, g.Requests()[0].Status)
	})
}
