package config

import (
	"errors"
	"strconv"
)

// waitingInputs belong to parts that are not there yet. They are read and checked like all others.
// A value that asks for such a part is an error where a deployment would be less safe without it,
// and else a warning, so that nobody relies on what does not happen.
func waitingInputs() []Input {
	off := func(name, description string) Input {
		return Input{
			Name: name, Default: "false", Description: description + "; not available yet, so that only `false` is accepted",
			read: readOff,
		}
	}
	labels := func(name, when string) Input {
		return Input{
			Name: name, Description: "Labels for a pull request " + when + ", separated by commas; no effect yet",
			read: without(name, ""),
		}
	}
	unlabelled := func(name, what string) Input {
		return Input{
			Name: name, Default: "false",
			Description: "Whether approved pull requests go without the label of a successful " + what + "; no effect yet",
			read:        flagWithout(name),
		}
	}
	return []Input{
		off("deployment_confirmation", "Whether a deployment has to be confirmed by a reaction"),
		{
			Name: "deployment_confirmation_timeout", Default: "60",
			Description: "How many seconds that may take; no effect yet",
			read:        readSeconds,
		},
		off("sticky_locks", "Whether deployments keep their lock"),
		off("sticky_locks_for_noop", "Whether rehearsals keep their lock"),
		{
			Name: "disable_lock", Default: "false",
			Description: "Whether deployments go without locks, as all do for now; no effect yet",
			read:        boolean(func(*Config) *bool { return new(bool) }),
		},
		off("merge_deploy_mode", "Whether to find out if a merged pull request has been deployed"),
		off("unlock_on_merge_mode", "Whether to remove the locks of a merged pull request"),
		off("skip_completing", "Whether to leave the end of the deployment to the workflow"),
		{
			Name: "deploy_message_path", Default: ".github/deployment_message.md",
			Description: "A template for the comment on the result; no effect yet",
			read:        without("deploy_message_path", ".github/deployment_message.md"),
		},
		labels("successful_deploy_labels", "that was deployed"),
		labels("successful_noop_labels", "that was rehearsed"),
		labels("failed_deploy_labels", "whose deployment failed"),
		labels("failed_noop_labels", "whose rehearsal failed"),
		unlabelled("skip_successful_noop_labels_if_approved", "rehearsal"),
		unlabelled("skip_successful_deploy_labels_if_approved", "deployment"),
	}
}

// readOff wants a boolean that asks for nothing.
func readOff(c *Config, value string) error {
	var on bool
	if err := boolean(func(*Config) *bool { return &on })(c, value); err != nil {
		return err
	}
	if on {
		return errors.New("this is not available yet; accepted is false")
	}
	return nil
}

// without notes that an input asks for something that does not happen.
func without(name, fallback string) reader {
	return func(c *Config, value string) error {
		if value != "" && value != fallback && value != "null" && value != "undefined" {
			c.WithoutEffect = append(c.WithoutEffect, name)
		}
		return nil
	}
}

// flagWithout reads a boolean, and notes that it asks for something that does not happen.
func flagWithout(name string) reader {
	return func(c *Config, value string) error {
		var on bool
		if err := boolean(func(*Config) *bool { return &on })(c, value); err != nil {
			return err
		}
		if on {
			c.WithoutEffect = append(c.WithoutEffect, name)
		}
		return nil
	}
}

// readSeconds wants a whole number above nought.
func readSeconds(_ *Config, value string) error {
	const largest = 1<<53 - 1 // as far as JavaScript counts without a gap
	seconds, err := strconv.ParseInt(value, 10, 64)
	if err != nil || seconds <= 0 || seconds > largest || value[0] == '0' || value[0] == '+' {
		return errors.New("accepted is a number of seconds above 0")
	}
	return nil
}
