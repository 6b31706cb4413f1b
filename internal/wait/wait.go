// Package wait waits for a time, or until ctx is done.
package wait

import (
	"context"
	"time"
)

// For waits that long, or until ctx is done; then the error says why it ended.
func For(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
