package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// Workflows compare these words and rely on what follows from each.
func TestReasonOutcome(t *testing.T) {
	t.Parallel()
	for reason, want := range map[deploy.Reason]struct {
		word    string
		outcome deploy.Outcome
	}{
		deploy.DeploymentReady:          {"deployment_ready", "continue"},
		deploy.NoopReady:                {"noop_ready", "continue"},
		deploy.UnsupportedEvent:         {"unsupported_event", "stop"},
		deploy.DeprecatedCommand:        {"deprecated_command", "stop"},
		deploy.NakedCommandDisabled:     {"naked_command_disabled", "stop"},
		deploy.NoTrigger:                {"no_trigger", "stop"},
		deploy.InvalidEnvironment:       {"invalid_environment", "stop"},
		deploy.BaseBranchUpdateRequired: {"base_branch_update_required", "stop"},
		deploy.HelpCompleted:            {"help_completed", "complete"},
		deploy.LockingDisabled:          {"locking_disabled", "complete"},
		deploy.TrackRecorded:            {"tracking_completed", "complete"},
		deploy.PermissionDenied:         {"permission_denied", "failure"},
		deploy.PrechecksFailed:          {"prechecks_failed", "failure"},
		deploy.CommitSafetyFailed:       {"commit_safety_failed", "failure"},
		deploy.DeploymentOrderFailed:    {"deployment_order_failed", "failure"},
		deploy.RefChanged:               {"ref_changed", "failure"},
		deploy.DeploymentSHAMismatch:    {"deployment_sha_mismatch", "failure"},
		deploy.TrackingBlocked:          {"tracking_blocked", "failure"},
		deploy.UnexpectedError:          {"unexpected_error", "failure"},
		"something_new":                 {"something_new", "failure"},
		"":                              {"", "failure"},
	} {
		assert.Equal(t, want.word, string(reason))
		assert.Equal(t, want.outcome, reason.Outcome(), "%q", reason)
		assert.Equal(t, want.outcome == "failure", reason.Fails(), "%q", reason)
	}
}
