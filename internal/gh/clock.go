package gh

import (
	"net/http"
	"sync/atomic"
	"time"
)

// clock tells GitHub's time: comments, commits and locks bear it, and the runner's own clock may be wrong.
type clock struct {
	runner  func() time.Time
	skew    atomic.Int64 // how far the runner's clock is ahead, in nanoseconds
	decided atomic.Bool
	told    atomic.Int64 // what the newest answer says, in seconds since 1970; 0 where it says nothing
}

// Now returns GitHub's time, as far as an answer has told it already.
func (c *clock) Now() time.Time { return c.runner().Add(-c.Skew()) }

// read returns the time of the newest answer, as GitHub tells it. Where the clock agrees with that as far as a header of
// whole seconds can show, its own time is more exact.
func (c *clock) read() time.Time {
	now, seconds := c.Now(), c.told.Load()
	told := time.Unix(seconds, 0).UTC()
	if late := now.Sub(told); seconds == 0 || late >= 0 && late < exactness {
		return now
	}
	return told
}

// untold reports whether no answer has said what time it is: then it is the runner's own.
func (c *clock) untold() bool { return c.told.Load() == 0 && !c.decided.Load() }

// Skew returns how far the runner's clock is ahead of GitHub's, 0 where they agree to a few seconds.
func (c *clock) Skew() time.Duration { return time.Duration(c.skew.Load()) }

const (
	agreement  = 3 * time.Second  // what an answer may be late, and how exact its header is
	exactness  = 2 * time.Second  // what an answer that is not late is off by at most
	correction = 10 * time.Second // from how far on a later answer is believed against an earlier one
)

// observe decides once how wrong the runner's clock is: headers have whole seconds, and times that were measured with
// two different answers would not fit each other.
func (c *clock) observe(response *http.Response) {
	date, err := http.ParseTime(response.Header.Get("Date"))
	if err != nil {
		c.told.Store(0)
		return
	}
	c.told.Store(date.Unix())
	ahead := c.runner().Sub(date)
	if ahead.Abs() <= agreement {
		ahead = 0
	}
	if c.decided.Swap(true) && (ahead-c.Skew()).Abs() < correction {
		return
	}
	c.skew.Store(int64(ahead))
}

// Assume takes over what an earlier part of the action found out, as long as nothing contradicts it.
func (c *clock) Assume(skew time.Duration) {
	if skew != 0 && !c.decided.Swap(true) {
		c.skew.Store(int64(skew))
	}
}

// observed reads the time of each answer.
type observed struct {
	next  http.RoundTripper
	clock *clock
}

func (t observed) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.next.RoundTrip(r)
	if err == nil {
		t.clock.observe(response)
	}
	return response, err
}
