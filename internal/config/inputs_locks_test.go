package config_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
)

// assertFlag holds that a boolean input is off until it is switched on, sets its field and no
// other, and refuses what is neither on nor off.
func assertFlag(t *testing.T, input string, field func(*config.Config) *bool) {
	t.Helper()
	off, on := read(t, nil), read(t, nil)
	assert.False(t, *field(&off), input)
	*field(&on) = true
	for given, want := range map[string]config.Config{
		"true": on, "True": on, "TRUE": on, " true\n": on, "false": off, "False": off, "FALSE": off, "": off, " ": off,
	} {
		assert.Equal(t, want, read(t, values{input: given}), "%s: %q", input, given)
	}
	for _, given := range []string{"yes", "1", "0", "tRue", "on", "null", "true,false"} {
		problem := failing(t, values{input: given})
		assert.Equal(t, config.InputError{Input: input, Value: given, Accepted: "must be true or false"}, *problem)
	}
}

func TestReadLockFlags(t *testing.T) {
	t.Parallel()
	for input, field := range map[string]func(*config.Config) *bool{
		"disable_lock":          func(c *config.Config) *bool { return &c.Locks.Disabled },
		"sticky_locks":          func(c *config.Config) *bool { return &c.Locks.Sticky },
		"sticky_locks_for_noop": func(c *config.Config) *bool { return &c.Locks.StickyNoop },
	} {
		t.Run(input, func(t *testing.T) {
			t.Parallel()
			assertFlag(t, input, field)
		})
	}
}

func TestReadLockExpiry(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]time.Duration{
		"": 0, " ": 0, "30m": 30 * time.Minute, " 2H\n": 2 * time.Hour, "1d12h": 36 * time.Hour, "1w": 168 * time.Hour,
		"365d": 365 * 24 * time.Hour,
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, read(t, values{"lock_expiry": given}).Locks.Expiry, "%q", given)
		})
	}
	for _, given := range []string{"0", "0m", "90", "2 h", "12h1d", "-1h", "1.5h", "366d", "53w", "never", "false", "null", "30s", "1y"} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, config.InputError{
				Input: "lock_expiry", Value: given,
				Accepted: "must be a length of time such as 30m, 2h, 1d12h or 1w, of at most 365 days",
			}, *failing(t, values{"lock_expiry": given}))
		})
	}
}

func TestReadLockOwner(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]config.LockOwner{
		"": config.OwnedByUser, "user": config.OwnedByUser, "pull_request\n": config.OwnedByPull,
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, read(t, values{"lock_owner": given}).Locks.Owner, "%q", given)
		})
	}
	for _, given := range []string{"User", "pr", "pull-request", "user,pull_request", "true", "null"} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, config.InputError{
				Input: "lock_owner", Value: given, Accepted: "must be user or pull_request",
			}, *failing(t, values{"lock_owner": given}))
		})
	}
}
