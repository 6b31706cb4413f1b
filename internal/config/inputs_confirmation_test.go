package config_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
)

func TestReadConfirmation(t *testing.T) {
	t.Parallel()
	assertFlag(t, "deployment_confirmation", func(c *config.Config) *bool { return &c.Confirmation.Required })
}

// The largest number that JavaScript holds exactly is far beyond the longest time.Duration.
func TestReadConfirmationTimeout(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]time.Duration{
		"": time.Minute, " ": time.Minute, "60": time.Minute, "1": time.Second, " 7\n": 7 * time.Second, "100": 100 * time.Second,
		"9223372036": 9223372036 * time.Second,
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, read(t, values{"deployment_confirmation_timeout": given}).Confirmation.Timeout, "%q", given)
		})
	}
	for _, given := range []string{
		"0", "00", "-1", "+1", "01", "1.5", "1e3", "0x10", "1_000", "1,000", "1 000", "60s", "1m", "soon", "null", "false", "٣", "１",
		"9223372037", "9007199254740991", "9007199254740992", "9223372036854775807", "9223372036854775808", "18446744073709551617",
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, config.InputError{
				Input: "deployment_confirmation_timeout", Value: given, Accepted: "must be a number of seconds from 1 to 9223372036",
			}, *failing(t, values{"deployment_confirmation_timeout": given}))
		})
	}
}
