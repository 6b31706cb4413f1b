package config_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
)

func readWith(name, value string) (config.Config, error) {
	values := config.Defaults()
	values["github_token"], values["status"], values[name] = "t0ken", "success", value
	return config.Read(config.Source{
		Input:  func(name string) string { return values[name] },
		Getenv: func(string) string { return "" },
	})
}

// Parts that are not there yet are never asked for in vain.
func TestInputsOfWaitingParts(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"deployment_confirmation", "sticky_locks", "sticky_locks_for_noop", "merge_deploy_mode", "unlock_on_merge_mode", "skip_completing",
	} {
		_, err := readWith(name, "False")
		require.NoError(t, err, name)
		for _, value := range []string{"true", "TRUE", "maybe"} {
			_, err = readWith(name, value)
			require.ErrorContains(t, err, `"`+name+`"`, value)
		}
	}
	for name, value := range map[string]string{
		"deploy_message_path": "message.md", "successful_deploy_labels": "shipped", "successful_noop_labels": "tried",
		"failed_deploy_labels": "oops", "failed_noop_labels": "hm",
		"skip_successful_noop_labels_if_approved": "true", "skip_successful_deploy_labels_if_approved": "True",
	} {
		c, err := readWith(name, value)
		require.NoError(t, err, name)
		assert.Equal(t, []string{name}, c.WithoutEffect)
	}
	_, err := readWith("skip_successful_noop_labels_if_approved", "maybe")
	require.Error(t, err)
	c, err := readWith("disable_lock", "true")
	require.NoError(t, err)
	assert.Empty(t, c.WithoutEffect, "there are no locks anyway")
}

func TestConfirmationTimeout(t *testing.T) {
	t.Parallel()
	for value, good := range map[string]bool{
		"1": true, "60": true, "9007199254740991": true,
		"0": false, "-1": false, "+1": false, "01": false, "1.5": false, "1e3": false, "9007199254740992": false, "soon": false,
	} {
		_, err := readWith("deployment_confirmation_timeout", value)
		assert.Equal(t, good, err == nil, value)
	}
}

func TestTypos(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []config.Typo{
		{Given: "environment_target", Nearest: "environment_targets"},
		{Given: "allow-forks", Nearest: "allow_forks"},
	}, config.Typos([]string{"PATH", "INPUT_ENVIRONMENT_TARGET", "INPUT_TRIGGER", "INPUT_API-KEY", "INPUT_ALLOW-FORKS", "INPUT_QUITE_SOMETHING_ELSE", "INPUT_"}))
}
