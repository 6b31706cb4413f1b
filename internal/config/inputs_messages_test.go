package config_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
)

func TestReadComments(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]config.CommentStyle{
		"": config.NewComment, "new": config.NewComment, "update\n": config.UpdateComment,
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, read(t, values{"comments": given}).Messages.Style, "%q", given)
		})
	}
	for _, given := range []string{"New", "edit", "true", "false", "none", "new,update"} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, config.InputError{
				Input: "comments", Value: given, Accepted: "must be new or update",
			}, *failing(t, values{"comments": given}))
		})
	}
}

func TestReadTemplatePath(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		".github/deployment_message.md": ".github/deployment_message.md",
		"":                              "",
		" \n":                           "",
		"null":                          "",
		" undefined ":                   "",
		"Null":                          "Null",
		"false":                         "false",
		"message.md":                    "message.md",
		" docs/my message.md ":          "docs/my message.md",
		"a/b/c":                         "a/b/c",
		".hidden/..odd/...":             ".hidden/..odd/...",
		"näme/メ.md":                     "näme/メ.md",
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, read(t, values{"deploy_message_path": given}).Messages.TemplatePath, "%q", given)
		})
	}
	for _, given := range []string{
		"/", "/message.md", "//host/message.md", `\message.md`, `docs\message.md`, `C:\message.md`, "docs//message.md",
		"docs/", ".", "..", "./message.md", "../message.md", "docs/./message.md", "docs/../message.md", "docs/..", "docs/.",
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			problem := failing(t, values{"deploy_message_path": given})
			assert.Equal(t, config.InputError{
				Input: "deploy_message_path", Value: given,
				Accepted: `must be a path from the root of the repository, without \, //, . or .. in it and without / at either end`,
			}, *problem)
		})
	}
}

// Without a runner nobody fills in the default.
func TestReadTemplatePathLeftOut(t *testing.T) {
	t.Parallel()
	inputs := filled(nil)
	delete(inputs, "deploy_message_path")
	c, err := config.Read(source(inputs, nil))
	require.NoError(t, err)
	assert.Empty(t, c.Messages.TemplatePath)
}

func TestReadLabels(t *testing.T) {
	t.Parallel()
	for input, field := range map[string]func(*config.Config) *[]string{
		"successful_deploy_labels": func(c *config.Config) *[]string { return &c.Labels.Deployed },
		"successful_noop_labels":   func(c *config.Config) *[]string { return &c.Labels.Noop },
		"failed_deploy_labels":     func(c *config.Config) *[]string { return &c.Labels.DeployFailed },
		"failed_noop_labels":       func(c *config.Config) *[]string { return &c.Labels.NoopFailed },
	} {
		t.Run(input, func(t *testing.T) {
			t.Parallel()
			for given, labels := range map[string][]string{
				"": nil, " ": nil, ",": nil, " , ,": nil, "shipped": {"shipped"}, "false": {"false"},
				" In Production ,,🚀, In Production": {"In Production", "🚀", "In Production"},
			} {
				want := read(t, nil)
				*field(&want) = labels
				assert.Equal(t, want, read(t, values{input: given}), "%s: %q", input, given)
			}
		})
	}
}

func TestReadLabelFlags(t *testing.T) {
	t.Parallel()
	assertFlag(t, "skip_successful_noop_labels_if_approved", func(c *config.Config) *bool { return &c.Labels.SkipNoopIfApproved })
	assertFlag(t, "skip_successful_deploy_labels_if_approved", func(c *config.Config) *bool { return &c.Labels.SkipDeployedIfApproved })
}
