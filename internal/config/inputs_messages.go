package config

import (
	"errors"
	"slices"
	"strings"
)

// messageInputs say how a pull request learns what came of a deployment.
func messageInputs() []Input {
	labels := func(name, when string, field func(*Config) *[]string) Input {
		return Input{Name: name, Description: "Labels for a pull request " + when + ", separated by commas", read: entries(field)}
	}
	return []Input{
		{
			Name: "comments", Default: "new",
			Description: "Where a result is told: in a `new` comment, or by an `update` of the one that said that the deployment started",
			read:        choice(func(c *Config) *CommentStyle { return &c.Messages.Style }, NewComment, UpdateComment),
		},
		{
			Name: "deploy_message_path", Default: ".github/deployment_message.md", blankIsValue: true,
			Description: "The file in the repository that holds a template for the comment on a result; empty for none, and nothing is amiss when there is no such file",
			read:        readTemplatePath,
		},
		labels("successful_deploy_labels", "that was deployed",
			func(c *Config) *[]string { return &c.Labels.Deployed }),
		labels("successful_noop_labels", "whose deployment was rehearsed",
			func(c *Config) *[]string { return &c.Labels.Noop }),
		labels("failed_deploy_labels", "whose deployment failed",
			func(c *Config) *[]string { return &c.Labels.DeployFailed }),
		labels("failed_noop_labels", "whose rehearsal failed",
			func(c *Config) *[]string { return &c.Labels.NoopFailed }),
		flag("skip_successful_noop_labels_if_approved", "Whether approved pull requests go without `successful_noop_labels`",
			func(c *Config) *bool { return &c.Labels.SkipNoopIfApproved }),
		flag("skip_successful_deploy_labels_if_approved", "Whether approved pull requests go without `successful_deploy_labels`",
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
		return errors.New(`accepted is a path from the root of the repository, without \, //, . and .. in it and without / at either end`)
	}
	c.Messages.TemplatePath = value
	return nil
}
