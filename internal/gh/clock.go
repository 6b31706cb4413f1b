package gh

import (
	"net/http"
	"sync/atomic"
	"time"
)

// clock tells GitHub's time: comments, commits and locks bear it, and the runner's own clock may be wrong.
type clock struct {
	runner func() time.Time
	skew   atomic.Int64 // how far the runner's clock is ahead, in nanoseconds
}

// Now returns GitHub's time, as far as an answer has told it already.
func (c *clock) Now() time.Time { return c.runner().Add(-c.Skew()) }

// Skew returns how far the runner's clock is ahead of GitHub's, 0 where they agree to a few seconds.
func (c *clock) Skew() time.Duration { return time.Duration(c.skew.Load()) }

// agreement is what an answer may be late, and how exact its header is.
const agreement = 3 * time.Second

func (c *clock) observe(response *http.Response) {
	date, err := http.ParseTime(response.Header.Get("Date"))
	if err != nil {
		return
	}
	ahead := c.runner().Sub(date)
	if ahead.Abs() <= agreement {
		ahead = 0
	}
	c.skew.Store(int64(ahead))
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
