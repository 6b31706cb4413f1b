package config_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
)

// Inputs for which blanks are a choice of their own.
func choosesBlank() map[string]string {
	return map[string]string{
		"production_environments": "no environment is production", "reaction": "no reaction",
		"noop_trigger": "off", "lock_trigger": "off", "unlock_trigger": "off", "lock_info_alias": "off", "help_trigger": "off",
		"global_lock_flag": "off", "deploy_message_path": "no template",
	}
}

// Blanks, as JavaScript knows them, ask for the default, unless they are a choice of their own.
func TestBlankInputs(t *testing.T) {
	t.Parallel()
	for _, input := range config.Inputs() {
		t.Run(input.Name, func(t *testing.T) {
			t.Parallel()
			if input.Required || input.Name == "status" {
				return
			}
			for _, blank := range []string{"", " ", "\t\r\n", "\u00a0\ufeff", "\u2028\u3000"} {
				_, chosen := choosesBlank()[input.Name]
				c := read(t, values{input.Name: blank})
				assert.Equal(t, chosen, !assert.ObjectsAreEqual(read(t, nil), c), "%s: %q", input.Name, blank)
			}
		})
	}
}

// Blanks around a value do not belong to it; what merely looks like blanks does.
func TestBlanksAroundInputs(t *testing.T) {
	t.Parallel()
	c := read(t, values{"stable_branch": "\ufeff trunk\u00a0\n", "environment": "\u3000qa\u2029", "environment_targets": "\u00a0qa\ufeff,\u2003prod "})
	assert.Equal(t, "trunk qa", c.StableBranch+" "+c.Environment)
	assert.Equal(t, []string{"qa", "prod"}, c.Targets)
	c = read(t, values{"stable_branch": "\u0085trunk\u200b"})
	assert.Equal(t, "\u0085trunk\u200b", c.StableBranch)
}

// Only the word false, as it stands in action.yml, switches the contexts off; others are names of contexts.
func TestContextsThatLookLikeFalse(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"False", "FALSE", "none", "null", "0"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, []string{name}, read(t, values{"required_contexts": name}).RequiredContexts)
		})
	}
}
