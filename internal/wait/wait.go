// Package wait waits, but never longer than somebody still wants the result.
package wait

import (
	"context"
	"time"
)

// For waits that long, or until the context ends; then the error says why it ended.
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
