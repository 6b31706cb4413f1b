package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/lockstep-action/lockstep/internal/policy"
)

func healthInputs() []Input {
	return []Input{
		{
			Name:        "health_check",
			Description: "Addresses that must answer before the deployment is a success: a YAML list, as in the rules file, for the step that ends the deployment",
			read:        optional(readHealthChecks),
		},
	}
}

func readHealthChecks(c *Config, value string) error {
	all, err := policy.ReadHealthChecks(value)
	if err != nil {
		return errors.New(strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	c.HealthChecks = all
	return nil
}

// healthConflicts finds checks of the input that may not be made.
func (c Config) healthConflicts() Errors {
	if problem := c.InsecureHealth(c.HealthChecks); problem != "" {
		return Errors{&InputError{Input: "health_check", Accepted: problem}}
	}
	return nil
}

// InsecureHealth says which of the checks is refused because it is not https or leads into a network, "" for none.
func (c Config) InsecureHealth(checks []policy.HealthCheck) string {
	if c.AllowInsecureHTTP {
		return ""
	}
	for _, check := range checks {
		if problem := check.Insecure(); problem != "" {
			return fmt.Sprintf("%q %s; that takes allow_insecure_http: true", check.Address(), problem)
		}
	}
	return ""
}
