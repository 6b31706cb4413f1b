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

// tenfold is a pace of ten, which notes how much has passed.
func tenfold(passed *time.Duration) wait.Pace {
	return func(d time.Duration) (time.Duration, func()) { return d / 10, func() { *passed += d } }
}

func TestPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var passed time.Duration
		begin, ctx := time.Now(), wait.WithPace(t.Context(), tenfold(&passed))
		require.NoError(t, wait.For(ctx, time.Hour))
		assert.Equal(t, 6*time.Minute, time.Since(begin))
		assert.Equal(t, time.Hour, passed)
	})
}

func TestLimit(t *testing.T) {
	t.Parallel()
	late := errors.New("late")
	for name, test := range map[string]struct {
		limit, outer time.Duration
		took, passed time.Duration
		paced        bool
	}{
		"in real time":         {time.Minute, time.Hour, time.Minute, 0, false},
		"with a pace":          {time.Minute, time.Hour, 6 * time.Second, time.Minute, true},
		"work needs its time":  {4 * time.Second, time.Hour, time.Second / 2, 4 * time.Second, true},
		"shorter than that":    {time.Second / 4, time.Hour, time.Second / 4, time.Second / 4, true},
		"another limit before": {time.Minute, time.Second, time.Second, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var passed time.Duration
				ctx, cancel := context.WithTimeout(t.Context(), test.outer)
				defer cancel()
				if test.paced {
					ctx = wait.WithPace(ctx, tenfold(&passed))
				}
				begin := time.Now()
				limited, stop := wait.Limit(ctx, test.limit, late)
				defer stop()
				<-limited.Done()
				synctest.Wait()
				assert.Equal(t, test.took, time.Since(begin))
				assert.Equal(t, test.passed, passed)
				require.ErrorIs(t, limited.Err(), context.DeadlineExceeded)
				assert.Equal(t, test.outer == time.Hour, errors.Is(context.Cause(limited), late))
			})
		})
	}
}
