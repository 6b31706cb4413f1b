package config

import (
	"fmt"
	"time"

	"github.com/lockstep-action/lockstep/internal/period"
)

// lockInputs say how an environment is held.
func lockInputs() []Input {
	return []Input{
		flag("disable_lock", "Whether deployments take no locks and look at none; lock commands then answer that locks are off",
			func(c *Config) *bool { return &c.Locks.Disabled }),
		flag("sticky_locks", "Whether a deployment's lock stays when the deployment has ended, until somebody unlocks the environment",
			func(c *Config) *bool { return &c.Locks.Sticky }),
		flag("sticky_locks_for_noop", "Whether a rehearsal's lock stays too",
			func(c *Config) *bool { return &c.Locks.StickyNoop }),
		{
			Name:        "lock_expiry",
			Description: "How long a lock that stays counts, as `30m`, `2h`, `1d12h` or `1w`; empty for as long as it is there",
			read:        readLockExpiry,
		},
		{
			Name: "lock_owner", Default: "user",
			Description: "To whom a lock belongs: to the `user` who asked for it, on every pull request, or to the `pull_request`, whoever asks there",
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
		return fmt.Errorf("accepted is a length of time such as 30m, 2h, 1d12h or 1w, of at most %d days", days)
	}
	c.Locks.Expiry = expiry
	return nil
}
