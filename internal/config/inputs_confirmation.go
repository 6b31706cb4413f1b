package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// confirmationInputs say whether a deployment waits for a last word.
func confirmationInputs() []Input {
	return []Input{
		flag("deployment_confirmation", "Wait until the actor confirms a deployment or rehearsal with a reaction",
			func(c *Config) *bool { return &c.Confirmation.Required }),
		{
			Name: "deployment_confirmation_timeout", Default: "60",
			Description: "Seconds to wait for the confirmation of a deployment; without an answer, nothing is deployed",
			read:        readConfirmationTimeout,
		},
	}
}

// readConfirmationTimeout wants a plain decimal number. Every number that fits a time.Duration also
// is one that JavaScript holds exactly.
func readConfirmationTimeout(c *Config, value string) error {
	const longest = int64(math.MaxInt64 / time.Second)
	seconds, err := strconv.ParseInt(value, 10, 64)
	if err != nil || seconds <= 0 || seconds > longest || strings.ContainsAny(value[:1], "+0") {
		return fmt.Errorf("must be a number of seconds from 1 to %d", longest)
	}
	c.Confirmation.Timeout = time.Duration(seconds) * time.Second
	return nil
}
