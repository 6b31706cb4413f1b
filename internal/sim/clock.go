package sim

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

// Clock is the time of a simulation: the real time, put forward by [Clock.Advance] and, when it has a pace, by
// waits. It is safe for concurrent use.
type Clock struct {
	pace  atomic.Int64
	ahead atomic.Int64 // of the real time, in nanoseconds
}

// NewClock returns a clock on which waits pass so many times as fast as in real time.
func NewClock(pace int) *Clock {
	c := new(Clock)
	c.SetPace(pace)
	return c
}

// SetPace makes waits that begin from here on pass so many times as fast as in real time.
func (c *Clock) SetPace(pace int) { c.pace.Store(int64(max(pace, 1))) }

// Now is the time.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// Advance puts the clock forward.
func (c *Clock) Advance(d time.Duration) { c.ahead.Add(int64(d)) }

// Pace returns how long a wait takes in real time, and the function to call when that is over: the whole wait
// has passed on the clock then. Waits that overlap overlap on the clock, too.
func (c *Clock) Pace(d time.Duration) (short time.Duration, passed func()) {
	pace := c.pace.Load()
	if pace == 1 {
		return d, func() {}
	}
	end := c.Now().Add(d)
	return d / time.Duration(pace), func() { c.advanceTo(end) }
}

func (c *Clock) advanceTo(end time.Time) {
	for {
		ahead := c.ahead.Load()
		missing := end.Sub(time.Now().Add(time.Duration(ahead)))
		if missing <= 0 || c.ahead.CompareAndSwap(ahead, ahead+int64(missing)) {
			return
		}
	}
}

// Clone returns a clock of its own that shows the same time.
func (c *Clock) Clone() *Clock {
	clone := NewClock(int(c.pace.Load()))
	clone.Advance(time.Duration(c.ahead.Load()))
	return clone
}

// wait lets time pass; it gives the connection up when the request's context ends.
func (c *Clock) wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	short, passed := c.Pace(d)
	timer := time.NewTimer(short)
	defer timer.Stop()
	select {
	case <-timer.C:
		passed()
	case <-ctx.Done():
		panic(http.ErrAbortHandler)
	}
}

// UseClock sets the clock. It is the real time until then.
func (g *GitHub) UseClock(c *Clock) { g.traffic.clock = c }

// UseClock sets the clock. It is the real time until then.
func (v *Versioner) UseClock(c *Clock) { v.traffic.clock = c }

// UseClock sets the clock. It is the one that the receiver was made with until then.
func (r *Receiver) UseClock(c *Clock) { r.now, r.traffic.clock = c.Now, c }

// now is the current time in the precision that GitHub shows.
func (g *GitHub) now() time.Time { return g.traffic.clock.Now().UTC().Truncate(time.Second) }
