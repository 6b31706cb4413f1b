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
		{"continue", "`true` when the workflow should deploy; use this output as the condition of the deployment steps"},
		{"decision", "What was decided: `continue`, `complete`, `stop` or `failure`"},
		{"reason_code", "Stable code for the reason of the decision, such as `deployment_ready` or `deployment_order_failed`"},
		{"result", "Decision, reason, operation, environment, ref, SHA and deployment as one JSON object"},
		{"environment", "Environment that is deployed to"},
		{"environment_url", "URL of the environment, or the word `null` for an environment without a URL"},
		{"ref", "Branch that is deployed; for a tracked step, the commit"},
		{"sha", "Commit that is deployed; check out exactly this commit"},
		{"noop", "`true` for a rehearsal (`.noop`), `false` for a deployment"},
		{"rollback", "`true` when the command was `.rollback`"},
		{"rollback_from", "Commit that runs before a rollback"},
		{"rollback_sha", "Commit to go back to: the target of `.rollback`; for every other start, the commit that GitHub records as running in the environment now, not confirmed; a failed job can deploy that again. Not set where nothing or the same commit runs"},
		{"rollback_version", "Version of `rollback_sha`, if known"},
		{"health", "Result of the health check as a JSON list of URL, answers and result; with `mode: finish`"},
		{"healthy", "`true` when the health check passed, `false` when the health check failed; with `mode: finish`, not set where nothing was checked"},
		{"board", "What runs where, as JSON: from `.status` and `mode: status`"},
		{"changelog", "Pull requests that the deployment brings, or that a rollback takes away, as a list in Markdown"},
		{"manifest", "What was released to the environment, newest first, as JSON: from `mode: manifest`"},
		{"dora", "DORA metrics as JSON: from `mode: dora`"},
		{"deployment_id", "ID of the GitHub deployment; Versioner's own ID is `tracking_id`"},
		{"params", "Text after the separator of a command"},
		{"parsed_params", "Parameters of a command as a JSON object"},
		{"needs_to_be_deployed", "Environments that must run the commit first, separated by commas; set when the enforced order refuses a deployment"},
		{"triggered", "`true` when the comment was a command"},
		{"type", "Kind of command: `deploy`, `lock`, `unlock`, `lock-info-alias`, `help` or `status`"},
		{"comment_body", "Text of the comment"},
		{"comment_id", "ID of the comment"},
		{"issue_number", "Number of the pull request"},
		{"actor", "User who runs the command"},
		{"rerun_by", "User who started the run again, if that is another one"},
		{"actor_handle", "User who wrote the comment"},
		{"base_ref", "Branch that the pull request targets"},
		{"default_branch_tree_sha", "Tree SHA of the stable branch's newest commit"},
		{"fork", "`true` when the command is about code from a fork"},
		{"fork_ref", "Branch of the fork, when forks are allowed"},
		{"fork_label", "Owner and branch of the fork, as `owner:branch`"},
		{"fork_checkout", "Arguments for a local checkout of the fork, as `owner-branch branch`"},
		{"fork_full_name", "Full name of the fork, as `owner/name`"},
		{"non_default_target_branch_used", "`true` when the pull request targets a branch other than the stable one"},
		{"commit_status", "Combined state of the checks: `SUCCESS`, `FAILURE`, `PENDING`, `MISSING`, `UNAVAILABLE`, `skip_ci`, or empty for a commit without checks"},
		{"review_decision", "State of the reviews: `APPROVED`, `REVIEW_REQUIRED`, `CHANGES_REQUESTED`, `skip_reviews`, or empty when no review is required"},
		{"approved_reviews_count", "Number of reviews that approve the pull request"},
		{"is_outdated", "`true` when the branch is not up to date with the base branch; empty when that is unknown"},
		{"merge_state_status", "GitHub's merge state of the pull request, such as `CLEAN`, `BLOCKED` or `DIRTY`"},
		{"sha_deployment", "Exact commit that the command names"},
		{"commit_verified", "`true` when GitHub verified the commit's signature"},
		{"initial_reaction_id", "ID of the reaction that shows that the command was seen"},
		{"initial_comment_id", "ID of the comment about the start of the deployment"},
		{"global_lock_claimed", "`true` when `.lock --global` took the global lock"},
		{"global_lock_released", "`true` when `.unlock --global` removed the global lock"},
		{"unlocked_environments", "Environments whose locks were removed when the pull request ended, separated by commas"},
		{"lock_ref_sha", "Commit of the lock that the workflow has to remove; only set with `skip_completing`"},
		{"run_attempt", "Attempt of the workflow run that started the deployment; a job of another attempt was not checked"},
		{"handoff", "State that `mode: finish` in another job needs to complete the deployment, compressed and encoded; contains no secrets"},
		{"context", "The start as JSON, for a step with `result_mode: true` in another job; only set with `skip_completing`"},
		{"deployment_result", "With `result_mode`, the result of the jobs: `success`, `failure`, `cancelled` or `skipped`"},
	}, trackingOutputs())
}

func trackingOutputs() []Output {
	return []Output{
		{"tracking_status", "Answer of the tracking endpoint to an event: `recorded`, `not_recorded` or `blocked`"},
		{"block_code", "Code of the tracking endpoint's refusal"},
		{"retry_after", "Time at which to try again: the end of the soak time or freeze that refuses the command, in UTC as in RFC 3339; or as given by the tracking endpoint"},
		{"tracking_id", "ID of the deployment or build at the tracking endpoint"},
		{"tracking_url", "Page of the deployment or build at the tracking endpoint, if known"},
		{"version_id", "ID of the version at the tracking endpoint"},
		{"product_id", "ID of the product at the tracking endpoint"},
		{"environment_id", "ID of the environment at the tracking endpoint"},
		{"build_id", "ID of the build at the tracking endpoint"},
		{"report_only_warnings", "Number of the tracking endpoint's rules that are not in force yet and would have refused"},
		{"event_id", "Lockstep's ID of the event, which stays the same when the event is sent again"},
		{"record", "Event as one JSON object"},
		{"record_file", "Name of a file in `runner.temp` with the event as JSON"},
		{"total_seconds", "Duration of the deployment in seconds; with `mode: finish`"},
	}
}
