package sim_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

const comments = "POST /./issues/1/comments"

func hello() map[string]any { return map[string]any{"body": "hello"} }

func TestFaultBeforeAndAfter(t *testing.T) {
	t.Parallel()
	g := start(t)
	number := g.OpenPull(sim.Pull{})
	g.Fail(sim.Fault{Method: "POST", Path: "/repos/*/*/issues/*/comments", Status: 503, Body: `{"message": "down"}`})
	g.Fail(sim.Fault{Method: "post", Path: "/repos/*/*/issues/*/comments", After: true})

	play(t, g, []exchange{{"before", comments, hello(), 503, `{"message": "down"}`}})
	assert.Empty(t, g.Comments(number), "nothing happened")

	response := send(t, g.Client(), request(t, comments, hello()))
	assert.Equal(t, http.StatusBadGateway, response.StatusCode)
	assert.Len(t, g.Comments(number), 1, "only the answer was lost")

	play(t, g, []exchange{{"over", comments, hello(), 201, ""}})
	assert.Equal(t, []int{503, 502, 201}, statuses(g))
}

func statuses(g *sim.GitHub) []int {
	var list []int
	for _, one := range g.Requests() {
		list = append(list, one.Status)
	}
	return list
}

func TestFaultsCount(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.Fail(sim.Fault{Path: "/repos/*/*", Skip: 1, Times: 2, Status: 500})
	g.Fail(sim.Fault{Operation: "viewer", Times: -1, Status: 429, Header: map[string]string{"Retry-After": "7"}})
	for range 5 {
		ask(t, g, "GET /.", nil)
		ask(t, g, "GET /./branches/main", nil)
	}
	assert.Equal(t, []int{200, 200, 500, 200, 500, 200, 200, 200, 200, 200}, statuses(g))

	g.ResetRequests()
	for range 3 {
		ask(t, g, "POST /graphql", map[string]any{"query": "{ viewer { login } }"})
		ask(t, g, "POST /graphql", map[string]any{"query": "{ rateLimit { cost } }"})
	}
	assert.Equal(t, []int{429, 200, 429, 200, 429, 200}, statuses(g))
	response := send(t, g.Client(), request(t, "POST /graphql", map[string]any{"query": "{ viewer { login } }"}))
	assert.Equal(t, "7", response.Header.Get("Retry-After"))
}

// Each fault counts the requests that fit it, whether another one breaks them or not.
func TestFaultsSideBySide(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.Fail(sim.Fault{Status: 500})
	g.Fail(sim.Fault{Skip: 2, Status: 501})
	g.Fail(sim.Fault{Skip: 2, Status: 502})
	for range 5 {
		ask(t, g, "GET /.", nil)
	}
	assert.Equal(t, []int{500, 200, 501, 502, 200}, statuses(g))
}

func TestFaultCutsTheConnection(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			t.Parallel()
			g := start(t)
			number := g.OpenPull(sim.Pull{})
			g.Fail(sim.Fault{Method: "POST", Cut: true, After: after})

			_, err := g.Client().Do(request(t, comments, hello()))
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			assert.Equal(t, after, len(g.Comments(number)) == 1)
			assert.Equal(t, []int{0}, statuses(g))
		})
	}
}

func TestFaultHangs(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := start(t)
				number := g.OpenPull(sim.Pull{})
				g.Fail(sim.Fault{Method: "POST", Hang: true, After: after})
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				began := time.Now()

				_, err := g.Client().Do(request(t, comments, hello()).WithContext(ctx))
				require.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Equal(t, 10*time.Second, time.Since(began))
				assert.Equal(t, after, len(g.Comments(number)) == 1)
			})
		})
	}
}

// The test that proves a client repeatable: the same conversation with a fault at every place.
func TestFaultAtEveryRequest(t *testing.T) {
	t.Parallel()
	for index := range 3 {
		g := start(t)
		number := g.OpenPull(sim.Pull{})
		g.Fail(sim.Fault{Skip: index, After: true})
		for range 3 {
			ask(t, g, comments, hello())
		}
		assert.Len(t, g.Comments(number), 3)
		assert.Equal(t, http.StatusBadGateway, g.Requests()[index].Status)
	}
}

// A connection that was refused differs from one that was cut: nothing can have been sent.
func TestRefusedConnection(t *testing.T) {
	t.Parallel()
	g := start(t)
	number := g.OpenPull(sim.Pull{})
	g.Fail(sim.Fault{Refuse: true})
	_, err := g.Client().Do(request(t, comments, hello()))
	var failed *net.OpError
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, "dial", failed.Op)
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
	assert.Empty(t, g.Comments(number))
	play(t, g, []exchange{{"over", comments, hello(), 201, ""}})
}
