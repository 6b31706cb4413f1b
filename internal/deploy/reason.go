package deploy

// Reason is the reason code of a run. Workflows compare it: codes never change.
type Reason string

// The reason codes.
const (
	DeploymentReady          Reason = "deployment_ready"
	NoopReady                Reason = "noop_ready"
	UnsupportedEvent         Reason = "unsupported_event"
	DeprecatedCommand        Reason = "deprecated_command"
	NakedCommandDisabled     Reason = "naked_command_disabled"
	NoTrigger                Reason = "no_trigger"
	InvalidEnvironment       Reason = "invalid_environment"
	BaseBranchUpdateRequired Reason = "base_branch_update_required" // GitHub merged the default branch into the head first
	HelpCompleted            Reason = "help_completed"
	LockingDisabled          Reason = "locking_disabled"
	LockAcquired             Reason = "lock_acquired"
	LockAlreadyOwned         Reason = "lock_already_owned"
	LockConflict             Reason = "lock_conflict" // someone else has a lock, or its owner is unknown
	LockInfoCompleted        Reason = "lock_info_completed"
	UnlockCompleted          Reason = "unlock_completed"
	UnlockFailed             Reason = "unlock_failed"
	ConfirmationRejected     Reason = "confirmation_rejected"
	ConfirmationTimedOut     Reason = "confirmation_timed_out"
	FinishCompleted          Reason = "finish_completed" // what another job began is ended
	MergeDeployRequired      Reason = "merge_deploy_required"
	MergeDeployNotRequired   Reason = "merge_deploy_not_required"
	UnlockOnMergeCompleted   Reason = "unlock_on_merge_completed"
	PermissionDenied         Reason = "permission_denied"
	PrechecksFailed          Reason = "prechecks_failed"
	CommitSafetyFailed       Reason = "commit_safety_failed"
	DeploymentOrderFailed    Reason = "deployment_order_failed"
	RefChanged               Reason = "ref_changed"
	DeploymentSHAMismatch    Reason = "deployment_sha_mismatch"
	TrackingBlocked          Reason = "tracking_blocked"   // the tracking endpoint refused a start
	TrackRecorded            Reason = "tracking_completed" // a tracked step is done
	DoctorCompleted          Reason = "doctor_completed"   // the set-up was examined and can work
	DoctorFoundProblems      Reason = "doctor_found_problems"
	UnexpectedError          Reason = "unexpected_error"

	// Of the rules file.
	PolicyInvalid       Reason = "policy_invalid"
	NotAllowed          Reason = "not_allowed"
	ApprovalRequired    Reason = "approval_required"
	FreezeActive        Reason = "freeze_active"
	SoakPending         Reason = "soak_pending"
	NoopRequired        Reason = "noop_required"
	LabelBlocked        Reason = "label_blocked"
	ChecklistIncomplete Reason = "checklist_incomplete"
	PathRuleUnmet       Reason = "path_rule_unmet"

	// Of operations.
	RollbackTargetMissing Reason = "rollback_target_missing" // there is nothing to go back to, or it is in doubt
	StatusCompleted       Reason = "status_completed"
	HealthCheckFailed     Reason = "health_check_failed" // the job succeeded, and the application does not answer as it should

	// Of reports and promotion.
	ReportCompleted  Reason = "report_completed"   // a manifest or a report was written
	NothingToPromote Reason = "nothing_to_promote" // nothing runs before that may go on, or a rule says no

	// With result_mode, in the words of branch-deploy.
	ResultCompleted          Reason = "result_completed"
	ResultNonSuccess         Reason = "result_non_success"
	InvalidResultContext     Reason = "invalid_result_context"
	InvalidResultInputs      Reason = "invalid_result_inputs"
	ResultVerificationFailed Reason = "result_verification_failed"
	ResultCompletionFailed   Reason = "result_completion_failed"
)

// Outcome is what a workflow does with a reason: output decision.
type Outcome string

// The values of output decision.
const (
	Continue Outcome = "continue" // deploy now
	Complete Outcome = "complete" // the command is done
	Stop     Outcome = "stop"     // nothing to do
	Failure  Outcome = "failure"  // the step fails
)

// Outcome returns what a workflow does with the reason.
func (r Reason) Outcome() Outcome {
	switch r {
	case DeploymentReady, NoopReady, MergeDeployRequired:
		return Continue
	case HelpCompleted, LockingDisabled, LockAcquired, LockAlreadyOwned, LockInfoCompleted, UnlockCompleted,
		FinishCompleted, UnlockOnMergeCompleted, TrackRecorded, DoctorCompleted, ResultCompleted, StatusCompleted, ReportCompleted:
		return Complete
	case UnsupportedEvent, DeprecatedCommand, NakedCommandDisabled, NoTrigger, InvalidEnvironment, BaseBranchUpdateRequired,
		LockConflict, MergeDeployNotRequired, NothingToPromote:
		return Stop
	case PermissionDenied, PrechecksFailed, CommitSafetyFailed, DeploymentOrderFailed, RefChanged, DeploymentSHAMismatch,
		UnlockFailed, ConfirmationRejected, ConfirmationTimedOut, TrackingBlocked, DoctorFoundProblems, UnexpectedError,
		ResultNonSuccess, InvalidResultContext, InvalidResultInputs, ResultVerificationFailed, ResultCompletionFailed,
		PolicyInvalid, NotAllowed, ApprovalRequired, FreezeActive, SoakPending, NoopRequired, LabelBlocked, ChecklistIncomplete,
		PathRuleUnmet, RollbackTargetMissing, HealthCheckFailed:
		return Failure
	}
	return Failure
}

// Fails reports whether the step ends with exit status 1, also for a lock of someone else, as in branch-deploy.
func (r Reason) Fails() bool { return r.Outcome() == Failure || r == LockConflict }
