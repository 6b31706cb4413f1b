package config

import "slices"

// Output is one output of the action.
type Output struct {
	Name        string
	Description string // one line of Markdown
}

// OutputNames returns the names of all outputs, in the same order as Outputs.
func OutputNames() []string {
	var names []string
	for _, output := range Outputs() {
		names = append(names, output.Name)
	}
	return names
}

// Outputs returns every output, in the order of the documentation.
func Outputs() []Output {
	return slices.Concat([]Output{
		{"continue", "`true` when the workflow should deploy: the condition for every deployment step"},
		{"decision", "Decision: `continue`, `complete`, `stop` or `failure`"},
		{"reason_code", "Stable code for the reason, such as `deployment_ready` or `deployment_order_failed`"},
		{"result", "Decision, reason, environment, commit and more as one JSON object"},
		{"environment", "Environment that is deployed to"},
		{"environment_url", "URL of the environment; the word `null` for a `disabled` URL"},
		{"ref", "Branch that is deployed; the commit for a tracked step"},
		{"sha", "Commit that is deployed and that the workflow should check out"},
		{"noop", "`true` for a rehearsal (`.noop`), `false` for a deployment"},
		{"rollback", "`true` when the command was `.rollback`"},
		{"rollback_from", "Commit that ran before the rollback"},
		{"rollback_sha", "Commit to go back to: the target of `.rollback`; for other starts, the commit that runs now, unconfirmed"},
		{"rollback_version", "Version of `rollback_sha`, if known"},
		{"health", "With `mode: finish`, results of health checks as a JSON list"},
		{"healthy", "With `mode: finish`, `true` when the health check passed, `false` when not"},
		{"board", "What runs where, as JSON: from `.status` and `mode: status`"},
		{"changelog", "Markdown list of the pull requests that the deployment brings or removes"},
		{"manifest", "Releases to the environment as JSON, newest first: from `mode: manifest`"},
		{"dora", "DORA metrics as JSON: from `mode: dora`"},
		{"deployment_id", "ID of the GitHub deployment"},
		{"params", "Text after a command's separator"},
		{"parsed_params", "Parameters of a command as a JSON object"},
		{"needs_to_be_deployed", "Environments that must run the commit first, comma-separated"},
		{"triggered", "`true` when the comment was a command"},
		{"type", "Kind of command: `deploy`, `lock`, `unlock`, `lock-info-alias`, `help` or `status`"},
		{"comment_body", "Text of the comment"},
		{"comment_id", "ID of the comment"},
		{"issue_number", "Number of the pull request"},
		{"actor", "User who runs the command"},
		{"rerun_by", "User who started the run again, unless that is the actor"},
		{"actor_handle", "User who wrote the comment"},
		{"base_ref", "Branch that the pull request targets"},
		{"default_branch_tree_sha", "Tree SHA of the stable branch's head"},
		{"fork", "`true` when the deployed code is from a fork"},
		{"fork_ref", "Branch of the fork, when forks are allowed"},
		{"fork_label", "Owner and branch of the fork, as `owner:branch`"},
		{"fork_checkout", "Arguments for a local checkout of the fork, as `owner-branch branch`"},
		{"fork_full_name", "Full name of the fork, as `owner/name`"},
		{"non_default_target_branch_used", "`true` when the pull request targets a branch other than the stable one"},
		{"commit_status", "State of all checks: `SUCCESS`, `FAILURE`, `PENDING`, `MISSING`, `UNAVAILABLE`, `skip_ci`, or empty without checks"},
		{"review_decision", "State of the reviews: `APPROVED`, `REVIEW_REQUIRED`, `CHANGES_REQUESTED`, `skip_reviews`, or empty without required reviews"},
		{"approved_reviews_count", "Number of approving reviews"},
		{"is_outdated", "`true` when the branch is outdated; empty when unknown"},
		{"merge_state_status", "GitHub's merge state of the pull request, such as `CLEAN` or `BLOCKED`"},
		{"sha_deployment", "Exact commit that the command names"},
		{"commit_verified", "`true` when GitHub verified the commit's signature"},
		{"initial_reaction_id", "ID of the reaction to the command"},
		{"initial_comment_id", "ID of the start comment"},
		{"global_lock_claimed", "`true` when `.lock --global` took the global lock"},
		{"global_lock_released", "`true` when `.unlock --global` removed the global lock"},
		{"unlocked_environments", "Environments whose locks were removed when the pull request ended, comma-separated"},
		{"lock_ref_sha", "With `skip_completing`, commit of the lock that the workflow has to remove"},
		{"run_attempt", "Attempt of the run that started the deployment"},
		{"handoff", "Encoded state for `mode: finish` in another job; contains no secrets"},
		{"context", "With `skip_completing`, state as JSON for `result_mode` in another job"},
		{"deployment_result", "With `result_mode`, result of the jobs: `success`, `failure`, `cancelled` or `skipped`"},
	}, trackingOutputs())
}

func trackingOutputs() []Output {
	return []Output{
		{"tracking_status", "Versioner's answer to an event: `recorded`, `not_recorded` or `blocked`"},
		{"block_code", "Code of Versioner's refusal"},
		{"retry_after", "UTC time at which to try again (RFC 3339), after a soak time, a freeze or Versioner refused"},
		{"tracking_id", "Versioner's ID of the deployment or build"},
		{"tracking_url", "Versioner's page of the deployment or build"},
		{"version_id", "Versioner's ID of the version"},
		{"product_id", "Versioner's ID of the product"},
		{"environment_id", "Versioner's ID of the environment"},
		{"build_id", "Versioner's ID of the build"},
		{"report_only_warnings", "Number of report-only rules of Versioner that would have refused"},
		{"event_id", "Lockstep's ID of the event; repeated messages have the same one"},
		{"record", "Event as one JSON object"},
		{"record_file", "Name of a file in `runner.temp` with the event as JSON"},
		{"total_seconds", "With `mode: finish`, duration of the deployment in seconds"},
	}
}
