package config

import (
	"fmt"
	"time"

	"github.com/lockstep-action/lockstep/internal/period"
)

// lockInputs say how an environment is held.
func lockInputs() []Input {
	return []Input{
		flag("disable_lock", "Turn locks off: deployments neither take nor respect locks, and lock commands answer that locks are off",
			func(c *Config) *bool { return &c.Locks.Disabled }),
		flag("sticky_locks", "Keep the lock after a deployment, until a user unlocks the environment",
			func(c *Config) *bool { return &c.Locks.Sticky }),
		flag("sticky_locks_for_noop", "Keep the lock after a rehearsal (`.noop`), until a user unlocks the environment",
			func(c *Config) *bool { return &c.Locks.StickyNoop }),
		{
			Name:        "lock_expiry",
			Description: "How long a sticky lock lasts, such as `30m`, `2h`, `1d12h` or `1w`; empty: until removed",
			read:        readLockExpiry,
		},
		{
			Name: "lock_owner", Default: "user",
			Description: "Owner of a lock: the `user` who took the lock, or the `pull_request` where the lock was taken",
			read:        choice(func(c *Config) *LockOwner { return &c.Locks.Owner }, OwnedByUser, OwnedByPull),
		},
	}
}

func readLockExpiry(c *Config, value string) error {
	if value == "" {
		return nil
	}
	expiry, err := period.Parse(value)
	if err != nil {
		const days = period.Longest / (24 * time.Hour)
		return fmt.Errorf("must be a length of time such as 30m, 2h, 1d12h or 1w, of at most %d days", days)
	}
	c.Locks.Expiry = expiry
	return nil
}
