package sim_test

import (
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// What is made shows the time of the clock, which goes on for what is abandoned and for rate limits.
func TestClockOfTheRepository(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g, clock := start(t), sim.NewClock(1)
		g.UseClock(clock)
		g.Deploy(sim.DeploymentSpec{})
		g.LimitRate(0)
		clock.Advance(time.Hour)
		assert.Equal(t, "ABANDONED", g.Deployments("")[0].State)
		status, _ := ask(t, g, "GET /.", nil)
		assert.Equal(t, http.StatusOK, status, "the limit is a new one")
		assert.Equal(t, time.Now().Add(time.Hour), g.Requests()[0].Start)
		clone := g.Clone()
		clock.Advance(time.Hour)
		id := clone.Deploy(sim.DeploymentSpec{Environment: "staging"})
		assert.Equal(t, id, clone.Deployments("staging")[0].ID)
		assert.Equal(t, time.Now().Add(time.Hour).UTC(), clone.Deployments("staging")[0].CreatedAt, "a clone has a clock of its own")
	})
}

// Waits are short in real time, and whole on the clock. Two that overlap take as long as the longer one.
func TestPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock, began := sim.NewClock(10), time.Now()
		var group sync.WaitGroup
		for _, d := range []time.Duration{20 * time.Second, 30 * time.Second} {
			group.Go(func() {
				short, passed := clock.Pace(d)
				time.Sleep(short)
				passed()
			})
		}
		group.Wait()
		assert.Equal(t, 3*time.Second, time.Since(began))
		assert.Equal(t, 30*time.Second, clock.Now().Sub(began))
	})
}

// Without a pace the clock is put forward only on purpose.
func TestRealPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock, began := sim.NewClock(0), time.Now()
		short, passed := clock.Pace(time.Minute)
		require.Equal(t, time.Minute, short)
		passed()
		assert.Equal(t, began, clock.Now())
	})
}

// A slow answer is as late as the clock says.
func TestPaceOfTheSimulator(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g, clock, began := start(t), sim.NewClock(10), time.Now()
		g.UseClock(clock)
		g.Fail(sim.Fault{Delay: 30 * time.Second, Times: -1})
		status, _ := ask(t, g, "GET /.", nil)
		assert.Equal(t, http.StatusOK, status)
		assert.Equal(t, 3*time.Second, time.Since(began))
		assert.Equal(t, 30*time.Second, clock.Now().Sub(began))
	})
}
