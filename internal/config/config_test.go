package config_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
)

func TestTracks(t *testing.T) {
	t.Parallel()
	assert.False(t, config.Config{}.Tracks())
	assert.True(t, config.Config{Versioner: config.Versioner{APIKey: "k"}}.Tracks())
}

func TestNotifiesAndBuilds(t *testing.T) {
	t.Parallel()
	assert.False(t, config.Config{}.Notifies())
	assert.True(t, config.Config{Sinks: []config.Sink{{}}}.Notifies())
	for _, test := range []struct {
		mode  config.Mode
		about string
		want  bool
	}{{config.TrackIt, "build", true}, {config.TrackIt, "deployment", false}, {config.TrackIt, "", false}, {config.Comment, "build", false}} {
		t.Run(string(test.mode)+" "+test.about, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, config.Config{Mode: test.mode, Track: config.Track{EventType: test.about}}.Builds(), test)
		})
	}
}
