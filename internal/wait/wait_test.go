package wait_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/wait"
)

func TestFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		require.NoError(t, wait.For(t.Context(), time.Hour))
		assert.Equal(t, time.Hour, time.Since(begin))

		enough := errors.New("enough")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, enough)
		defer cancel()
		begin = time.Now()
		require.ErrorIs(t, wait.For(ctx, time.Hour), enough)
		assert.Equal(t, time.Minute, time.Since(begin))
	})
}

// tenfold is a clock that is ten times as fast, and gives limits their whole time.
type tenfold struct{}

func (tenfold) Wait(d time.Duration, passed func()) (stop func()) {
	timer := time.AfterFunc(d/10, passed)
	return func() { timer.Stop() }
}

func (tenfold) Limit(d time.Duration, passed func()) (stop func()) {
	return tenfold{}.Wait(10*d, passed)
}

func TestForFollowsClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin, ctx := time.Now(), wait.WithClock(t.Context(), tenfold{})
		require.NoError(t, wait.For(ctx, time.Hour))
		assert.Equal(t, 6*time.Minute, time.Since(begin))
	})
}

func TestLimit(t *testing.T) {
	t.Parallel()
	late := errors.New("late")
	for name, test := range map[string]struct {
		outer, took time.Duration
		isLate      bool
	}{
		"alone":                {time.Hour, time.Minute, true},
		"another limit before": {time.Second, time.Second, false},
	} {
		for clock, with := range map[string]func(context.Context) context.Context{
			"real time": func(ctx context.Context) context.Context { return ctx },
			"a clock":   func(ctx context.Context) context.Context { return wait.WithClock(ctx, tenfold{}) },
		} {
			t.Run(name+" in "+clock, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithTimeout(with(t.Context()), test.outer)
					defer cancel()
					begin := time.Now()
					limited, stop := wait.Limit(ctx, time.Minute, late)
					defer stop()
					<-limited.Done()
					assert.Equal(t, test.took, time.Since(begin))
					assert.Equal(t, test.isLate, errors.Is(context.Cause(limited), late))
					require.ErrorIs(t, context.Cause(limited), context.DeadlineExceeded)
				})
			})
		}
	}
}

// A limit that is no longer needed ends nothing, and what is stopped by hand was not late.
func TestLimitCalledOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limited, stop := wait.Limit(wait.WithClock(t.Context(), tenfold{}), time.Minute, errors.New("late"))
		stop()
		time.Sleep(time.Hour)
		require.ErrorIs(t, context.Cause(limited), context.Canceled)
	})
}
