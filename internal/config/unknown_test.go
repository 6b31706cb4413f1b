package config_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

func TestTypos(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []config.Typo{
		{Given: "environment_target", Nearest: "environment_targets"},
		{Given: "allow-forks", Nearest: "allow_forks"},
	}, config.Typos([]string{"PATH", "INPUT_ENVIRONMENT_TARGET", "INPUT_TRIGGER", "INPUT_API-KEY", "INPUT_ALLOW-FORKS", "INPUT_QUITE_SOMETHING_ELSE", "INPUT_"}, track.SinkTypes()...))
}
