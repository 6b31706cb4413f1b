package sim

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Clock is the time of a simulation: the real time, put forward by [Clock.Advance] and, when it has a pace, by
// waits. It is safe for concurrent use.
type Clock struct {
	mu     sync.Mutex
	pace   int
	ahead  time.Duration // of the real time
	alarms []*alarm      // that will ring, in the order in which they were set
	timer  *time.Timer   // for the first of them; nil before the first alarm
	armed  int           // how many times the timer was set
	since  time.Time     // when it was set last
	waits  bool          // something waited then
}

// alarm is what happens at a time of the clock.
type alarm struct {
	at      time.Time
	isLimit bool // of something that is under way
	ring    func()
}

// NewClock returns a clock on which waits pass so many times as fast as in real time.
func NewClock(pace int) *Clock { return &Clock{pace: max(pace, 1)} }

// SetPace makes waits pass so many times as fast as in real time from here on.
func (c *Clock) SetPace(pace int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.catchUp()
	c.pace = max(pace, 1)
	c.arm()
}

// Now is the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	return now.Add(c.behind(now))
}

func (c *Clock) now() time.Time { return time.Now().Add(c.ahead) }

// Advance puts the clock forward. What waits goes on waiting as long as it would have.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
	for _, one := range c.alarms {
		one.at = one.at.Add(d)
	}
}

// Wait calls passed once d has passed on the clock, unless stop is called before. It hurries the clock: as long as
// something waits, time passes at the clock's pace. Waits that overlap in real time overlap on the clock, too.
func (c *Clock) Wait(d time.Duration, passed func()) (stop func()) {
	return c.set(d, &alarm{ring: passed})
}

// Limit calls passed once d has passed on the clock, unless stop is called before. It does not hurry the clock: as
// long as nothing waits, what is under way gets all of the real time.
func (c *Clock) Limit(d time.Duration, passed func()) (stop func()) {
	return c.set(d, &alarm{ring: passed, isLimit: true})
}

func (c *Clock) set(d time.Duration, one *alarm) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.catchUp()
	one.at = c.now().Add(d)
	c.alarms = append(c.alarms, one)
	c.arm()
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.catchUp()
		c.alarms = slices.DeleteFunc(c.alarms, func(other *alarm) bool { return other == one })
		c.arm()
	}
}

// catchUp puts the clock forward by what it is behind. The timer has to be set after it.
func (c *Clock) catchUp() { c.ahead += c.behind(c.now()) }

// behind is what has passed at the clock's pace since the timer was set, but not over an alarm.
func (c *Clock) behind(now time.Time) time.Duration {
	if !c.waits {
		return 0
	}
	passed := time.Since(c.since) * time.Duration(c.pace-1)
	return max(0, min(passed, c.first().at.Sub(now)))
}

// arm sets the timer for the first alarm.
func (c *Clock) arm() {
	c.armed++
	c.since = time.Now()
	c.waits = slices.ContainsFunc(c.alarms, func(one *alarm) bool { return !one.isLimit })
	if c.timer != nil {
		c.timer.Stop()
	}
	if len(c.alarms) == 0 {
		return
	}
	left := c.first().at.Sub(c.now())
	if c.waits {
		left /= time.Duration(c.pace)
	}
	armed := c.armed
	c.timer = time.AfterFunc(left, func() { c.ring(armed) })
}

func (c *Clock) first() *alarm {
	return slices.MinFunc(c.alarms, func(a, b *alarm) int { return a.at.Compare(b.at) })
}

// ring lets the first alarm ring, at its time, unless the timer was set again meanwhile.
func (c *Clock) ring(armed int) {
	c.mu.Lock()
	if c.armed != armed {
		c.mu.Unlock()
		return
	}
	first := c.first()
	c.ahead += max(0, first.at.Sub(c.now()))
	c.alarms = slices.DeleteFunc(c.alarms, func(one *alarm) bool { return one == first })
	c.arm()
	c.mu.Unlock()
	first.ring()
}

// Clone returns a clock of its own that shows the same time.
func (c *Clock) Clone() *Clock {
	c.mu.Lock()
	defer c.mu.Unlock()
	return &Clock{pace: c.pace, ahead: c.ahead + c.behind(c.now())}
}

// wait lets time pass; it gives the connection up when the request's context ends.
func (c *Clock) wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	passed := make(chan struct{})
	defer c.Wait(d, func() { close(passed) })()
	select {
	case <-passed:
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
