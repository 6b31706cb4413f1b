package config_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

// Each input that matters to locks exists, and those that are wrong together matter to none.
func TestErrorsForLocks(t *testing.T) {
	t.Parallel()
	all := config.Errors{{Accepted: "are both set"}}
	for _, input := range config.Inputs(track.SinkTypes()...) {
		all = append(all, &config.InputError{Input: input.Name})
	}
	matter, others := all.ForLocks()
	var names []string
	for _, one := range matter {
		names = append(names, one.Input)
	}
	assert.Len(t, others, len(all)-len(matter))
	assert.ElementsMatch(t, []string{
		"mode", "merge_deploy_mode", "unlock_on_merge_mode", "unlock_on_close", "unlock_global_on_merge", "github_token",
		"permissions", "environment", "environment_targets", "stable_branch", "disable_lock", "lock_owner",
		"trigger", "noop_trigger", "lock_trigger", "unlock_trigger", "lock_info_alias", "help_trigger", "rollback_trigger", "status_trigger",
		"param_separator", "global_lock_flag", "disable_naked_commands",
	}, names)
	matter, others = config.Errors(nil).ForLocks()
	assert.Empty(t, matter)
	assert.Empty(t, others)
}
