package config_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

// An input that a newer branch-deploy has must not be passed over in silence.
func TestUnsupported(t *testing.T) {
	t.Parallel()
	given := []string{"PATH", "INPUT_TRIGGER", "INPUT_ENABLE_TELEPORT"}
	assert.Empty(t, config.Unsupported(given))
	assert.Empty(t, config.Unsupported(given, "enable_time_travel"))
	errs := config.Unsupported(given, "enable_time_travel", "enable_teleport")
	require.EqualError(t, errs, `input "enable_teleport": branch-deploy knows it, this version does not.`)
	for _, name := range config.NotSupported() {
		for _, input := range config.Declared(track.SinkTypes()...) {
			assert.NotEqual(t, input.Name, name, "it is supported")
		}
	}
}

func TestTypos(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []config.Typo{
		{Given: "environment_target", Nearest: "environment_targets"},
		{Given: "allow-forks", Nearest: "allow_forks"},
		{Given: "prefix_only", Instead: "A command is always at the beginning of a comment."},
	}, config.Typos([]string{"PATH", "INPUT_ENVIRONMENT_TARGET", "INPUT_TRIGGER", "INPUT_API-KEY", "INPUT_ALLOW-FORKS", "INPUT_QUITE_SOMETHING_ELSE", "INPUT_PREFIX_ONLY", "INPUT_"}, track.SinkTypes()...))
}
