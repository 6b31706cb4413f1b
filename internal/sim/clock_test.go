package sim_test

import (
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

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
func TestWaits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pace           int
		took, advanced time.Duration
	}{
		"without a pace": {0, 30 * time.Second, 30 * time.Second},
		"with a pace":    {10, 3 * time.Second, 30 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				clock, began := sim.NewClock(test.pace), time.Now()
				var group sync.WaitGroup
				for _, d := range []time.Duration{20 * time.Second, 30 * time.Second} {
					group.Add(1)
					clock.Wait(d, func() {
						assert.Equal(t, d, clock.Now().Sub(began))
						group.Done()
					})
				}
				group.Wait()
				assert.Equal(t, test.took, time.Since(began))
				assert.Equal(t, test.advanced, clock.Now().Sub(began))
			})
		})
	}
}

// A limit of something that is under way passes in real time, for a machine is not faster because the clock is. Once
// that waits, for a server that never answers, the limit passes as fast as the wait would.
func TestLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock, began := sim.NewClock(10), time.Now()
		late := make(chan time.Duration, 1)
		clock.Limit(20*time.Second, func() { late <- clock.Now().Sub(began) })
		time.Sleep(10 * time.Second)
		stop := clock.Wait(time.Hour, func() { t.Error("it was called off") })
		assert.Equal(t, 20*time.Second, <-late)
		stop()
		assert.Equal(t, 11*time.Second, time.Since(began))
		time.Sleep(time.Hour)
	})
}

// Putting the clock forward makes no wait shorter.
func TestAdvanceDuringWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock, began := sim.NewClock(10), time.Now()
		passed := make(chan struct{})
		clock.Wait(time.Minute, func() { close(passed) })
		clock.Advance(time.Hour)
		<-passed
		assert.Equal(t, 6*time.Second, time.Since(began))
		assert.Equal(t, time.Hour+time.Minute, clock.Now().Sub(began))
	})
}

// A pace that is set while something waits holds for what is left of it.
func TestSetPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock, began := sim.NewClock(10), time.Now()
		passed := make(chan struct{})
		clock.Wait(time.Minute, func() { close(passed) })
		time.Sleep(3 * time.Second)
		clock.SetPace(1)
		<-passed
		assert.Equal(t, 33*time.Second, time.Since(began))
		assert.Equal(t, time.Minute, clock.Now().Sub(began))
	})
}

// What begins and ends meanwhile makes no wait longer in real time.
func TestWaitIsNotHeldUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock, began := sim.NewClock(10), time.Now()
		passed := make(chan struct{})
		clock.Wait(time.Minute, func() { close(passed) })
		for range 5 {
			stop := clock.Limit(time.Hour, func() { t.Error("it was called off") })
			time.Sleep(time.Second)
			stop()
		}
		assert.Equal(t, 50*time.Second, clock.Now().Sub(began))
		<-passed
		assert.Equal(t, 6*time.Second, time.Since(began))
		assert.Equal(t, time.Minute, clock.Now().Sub(began))
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

// The clock shows what has passed at its pace while something waits, and so does a clone. Nothing is behind meanwhile:
// what begins then lasts as long as it should.
func TestTimeDuringWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock, began := sim.NewClock(10), time.Now()
		clock.Limit(30*time.Second, func() {})
		passed := make(chan time.Time, 2)
		clock.Wait(time.Minute, func() { passed <- clock.Now() })
		time.Sleep(time.Second)
		assert.Equal(t, 10*time.Second, clock.Now().Sub(began))
		assert.Equal(t, 10*time.Second, clock.Clone().Now().Sub(began))
		clock.Advance(time.Hour)
		begins := clock.Now()
		assert.Equal(t, time.Hour+10*time.Second, begins.Sub(began))
		clock.Wait(5*time.Second, func() { passed <- clock.Now() })
		assert.Equal(t, 5*time.Second, (<-passed).Sub(begins))
		assert.Equal(t, time.Hour+time.Minute, (<-passed).Sub(began))
		assert.Equal(t, 6*time.Second, time.Since(began))
	})
}

// Time never goes back, whatever begins, ends and rings meanwhile.
func TestTimeDoesNotGoBack(t *testing.T) {
	t.Parallel()
	clock, end := sim.NewClock(50), time.Now().Add(100*time.Millisecond)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for last := clock.Now(); time.Now().Before(end); {
				stop := clock.Wait(time.Duration(i)*time.Millisecond, func() { clock.Limit(0, func() {}) })
				for range 20 {
					now := clock.Now()
					assert.False(t, now.Before(last), "%s after %s", now, last)
					last = now
				}
				stop()
			}
		})
	}
	group.Wait()
}
