package config

import (
	"errors"
	"slices"
	"strings"
)

// messageInputs say how a pull request learns what came of a deployment.
func messageInputs() []Input {
	labels := func(name, when string, field func(*Config) *[]string) Input {
		return Input{Name: name, Description: "Labels to add to the pull request when a " + when + ", separated by commas", read: entries(field)}
	}
	return []Input{
		{
			Name: "comments", Default: "new",
			Description: "Post the result as a `new` comment, or `update` the start comment",
			read:        choice(func(c *Config) *CommentStyle { return &c.Messages.Style }, NewComment, UpdateComment),
		},
		{
			Name: "deploy_message_path", Default: ".github/deployment_message.md", blankIsValue: true,
			Description: "Path of a template for the result comment: an optional file in the repository; empty for no template",
			read:        readTemplatePath,
		},
		labels("successful_deploy_labels", "deployment succeeded",
			func(c *Config) *[]string { return &c.Labels.Deployed }),
		labels("successful_noop_labels", "rehearsal succeeded",
			func(c *Config) *[]string { return &c.Labels.Noop }),
		labels("failed_deploy_labels", "deployment failed",
			func(c *Config) *[]string { return &c.Labels.DeployFailed }),
		labels("failed_noop_labels", "rehearsal failed",
			func(c *Config) *[]string { return &c.Labels.NoopFailed }),
		flag("skip_successful_noop_labels_if_approved", "Do not add `successful_noop_labels` to approved pull requests",
			func(c *Config) *bool { return &c.Labels.SkipNoopIfApproved }),
		flag("skip_successful_deploy_labels_if_approved", "Do not add `successful_deploy_labels` to approved pull requests",
			func(c *Config) *bool { return &c.Labels.SkipDeployedIfApproved }),
	}
}

// readTemplatePath wants a path that stays inside the repository. An empty one, and the words by
// which workflows write that there is none, switch templates off.
func readTemplatePath(c *Config, value string) error {
	if value == "" || value == "null" || value == "undefined" {
		return nil
	}
	astray := func(segment string) bool { return segment == "" || segment == "." || segment == ".." }
	if strings.Contains(value, `\`) || slices.ContainsFunc(strings.Split(value, "/"), astray) {
		return errors.New(`must be a path from the root of the repository, without \, //, . or .. in it and without / at either end`)
	}
	c.Messages.TemplatePath = value
	return nil
}
