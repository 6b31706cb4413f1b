package deploy_test

import (
	"cmp"
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
		deploy.LockAcquired:             {"lock_acquired", "complete"},
		deploy.LockAlreadyOwned:         {"lock_already_owned", "complete"},
		deploy.LockConflict:             {"lock_conflict", "stop"},
		deploy.LockInfoCompleted:        {"lock_info_completed", "complete"},
		deploy.UnlockCompleted:          {"unlock_completed", "complete"},
		deploy.UnlockFailed:             {"unlock_failed", "failure"},
		deploy.ConfirmationRejected:     {"confirmation_rejected", "failure"},
		deploy.ConfirmationTimedOut:     {"confirmation_timed_out", "failure"},
		deploy.FinishCompleted:          {"finish_completed", "complete"},
		deploy.MergeDeployRequired:      {"merge_deploy_required", "continue"},
		deploy.MergeDeployNotRequired:   {"merge_deploy_not_required", "stop"},
		deploy.UnlockOnMergeCompleted:   {"unlock_on_merge_completed", "complete"},
		deploy.TrackRecorded:            {"tracking_completed", "complete"},
		deploy.PermissionDenied:         {"permission_denied", "failure"},
		deploy.PrechecksFailed:          {"prechecks_failed", "failure"},
		deploy.CommitSafetyFailed:       {"commit_safety_failed", "failure"},
		deploy.DeploymentOrderFailed:    {"deployment_order_failed", "failure"},
		deploy.RefChanged:               {"ref_changed", "failure"},
		deploy.DeploymentSHAMismatch:    {"deployment_sha_mismatch", "failure"},
		deploy.TrackingBlocked:          {"tracking_blocked", "failure"},
		deploy.UnexpectedError:          {"unexpected_error", "failure"},
		deploy.ResultCompleted:          {"result_completed", "complete"},
		deploy.ResultNonSuccess:         {"result_non_success", "failure"},
		deploy.InvalidResultContext:     {"invalid_result_context", "failure"},
		deploy.InvalidResultInputs:      {"invalid_result_inputs", "failure"},
		deploy.ResultVerificationFailed: {"result_verification_failed", "failure"},
		deploy.ResultCompletionFailed:   {"result_completion_failed", "failure"},
		"something_new":                 {"something_new", "failure"},
		"":                              {"", "failure"},
	} {
		t.Run(cmp.Or(string(reason), "no reason"), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want.word, string(reason))
			assert.Equal(t, want.outcome, reason.Outcome())
			assert.Equal(t, want.outcome == "failure" || reason == deploy.LockConflict, reason.Fails())
		})
	}
}
