// Package wait waits for a time, or until ctx is done, and limits how long something may take.
package wait

import (
	"context"
	"errors"
	"time"
)

// Pace returns how long a duration takes in real time, and a function that is called when it has passed.
type Pace func(time.Duration) (short time.Duration, passed func())

type paceKey struct{}

// WithPace returns a context in which [For] and [Limit] follow a clock that is faster than the real one: a
// rehearsal does not sit through minutes of waiting.
func WithPace(ctx context.Context, pace Pace) context.Context {
	return context.WithValue(ctx, paceKey{}, pace)
}

func paced(ctx context.Context, d time.Duration) (time.Duration, func()) {
	if pace, ok := ctx.Value(paceKey{}).(Pace); ok {
		return pace(d)
	}
	return d, nil
}

// For waits that long, or until ctx is done; then the error says why it ended.
func For(ctx context.Context, d time.Duration) error {
	short, passed := paced(ctx, d)
	timer := time.NewTimer(short)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		if passed != nil {
			passed()
		}
		return nil
	}
}

// shortest is the least real time that a limit leaves: work is not done faster because the clock is.
const shortest = time.Second / 2

// Limit returns a context that ends after that long, for the cause.
func Limit(ctx context.Context, d time.Duration, cause error) (context.Context, context.CancelFunc) {
	short, passed := paced(ctx, d)
	limited, cancel := context.WithTimeoutCause(ctx, max(short, min(d, shortest)), cause)
	if passed != nil {
		context.AfterFunc(limited, func() {
			if errors.Is(context.Cause(limited), cause) {
				passed()
			}
		})
	}
	return limited, cancel
}
