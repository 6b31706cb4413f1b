package config_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// A check that the rules file lists has to pass, whatever the inputs ignore.
func TestIgnoredChecksUnderRules(t *testing.T) {
	t.Parallel()
	read, err := policy.Read("version: 1\nenvironments:\n  dev:\n  production: {checks: [build, test]}\n")
	require.NoError(t, err)
	c, err := config.Config{Checks: config.Checks{Ignored: []string{"build", "lint"}}}.Under(read)
	require.NoError(t, err)
	assert.Equal(t, []string{"lint"}, c.For("production").Checks.Ignored)
	assert.Equal(t, []string{"build", "lint"}, c.For("dev").Checks.Ignored)
}
