// Package wait waits for a time, or until ctx is done, and limits how long something may take.
package wait

import (
	"context"
	"time"
)

// Clock says when a time has passed. It may be faster than the real time.
type Clock interface {
	// Wait calls passed once d has passed, unless stop is called before.
	Wait(d time.Duration, passed func()) (stop func())
	// Limit does the same for something that is under way meanwhile: a fast clock does not hurry it.
	Limit(d time.Duration, passed func()) (stop func())
}

type clockKey struct{}

// WithClock returns a context in which [For] and [Limit] follow a clock: a rehearsal does not sit through minutes of
// waiting. Without one they follow the real time.
func WithClock(ctx context.Context, clock Clock) context.Context {
	return context.WithValue(ctx, clockKey{}, clock)
}

func clockOf(ctx context.Context) (clock Clock, isSet bool) {
	clock, isSet = ctx.Value(clockKey{}).(Clock)
	return clock, isSet
}

// For waits that long, or until ctx is done; then the error says why it ended.
func For(ctx context.Context, d time.Duration) error {
	passed := make(chan struct{})
	done := func() { close(passed) }
	if clock, isSet := clockOf(ctx); isSet {
		defer clock.Wait(d, done)()
	} else {
		defer time.AfterFunc(d, done).Stop()
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-passed:
		return nil
	}
}

// exceeded is the cause of what a limit ends, on whatever clock.
type exceeded struct{ cause error }

func (e *exceeded) Error() string        { return e.cause.Error() }
func (e *exceeded) Unwrap() error        { return e.cause }
func (e *exceeded) Is(target error) bool { return target == context.DeadlineExceeded }

// Limit returns a context that ends for the cause after that long. The context's cause is also a
// [context.DeadlineExceeded].
func Limit(ctx context.Context, d time.Duration, cause error) (context.Context, context.CancelFunc) {
	late := &exceeded{cause}
	clock, isSet := clockOf(ctx)
	if !isSet {
		return context.WithTimeoutCause(ctx, d, late)
	}
	limited, cancel := context.WithCancelCause(ctx)
	stop := clock.Limit(d, func() { cancel(late) })
	return limited, func() {
		stop()
		cancel(nil)
	}
}
