package config_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
)

func TestIsProduction(t *testing.T) {
	t.Parallel()
	c := config.Config{ProductionEnvironments: []string{"prod", "prod-eu"}}
	assert.True(t, c.IsProduction("prod-eu"))
	assert.False(t, c.IsProduction("Prod"))
	assert.False(t, config.Config{}.IsProduction(""))
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	c := config.Config{Token: "t", Admins: config.Admins{Token: "a"}, Versioner: config.Versioner{APIKey: "k"}}
	assert.Equal(t, []string{"t", "a", "k"}, c.Secrets())
	c.Token, c.Admins.Token = "", ""
	assert.Equal(t, []string{"k"}, c.Secrets(), "an empty secret would mask everything")
	assert.Empty(t, config.Config{}.Secrets())
}

func TestTracks(t *testing.T) {
	t.Parallel()
	assert.False(t, config.Config{}.Tracks())
	assert.True(t, config.Config{Versioner: config.Versioner{APIKey: "k"}}.Tracks())
}
