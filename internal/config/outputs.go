package config

// Output is one output of the action.
type Output struct {
	Name        string
	Description string // one line of Markdown
}

// Outputs lists every output, in the order in which documentation shows them.
func Outputs() []Output {
	return []Output{
		{"continue", "`true` when the workflow should deploy; guard your deployment steps with it"},
		{"decision", "`continue`, `complete`, `stop` or `failure`"},
		{"reason_code", "Why, as one stable word, such as `deployment_ready` or `deployment_order_failed`"},
		{"result", "Decision, reason, operation, environment, ref, SHA and deployment as one JSON object"},
		{"environment", "The environment that is deployed to"},
		{"environment_url", "Its URL, or the word `null` when it has none"},
		{"ref", "The branch that is deployed; a commit for a tracked step"},
		{"sha", "The commit that is deployed; check out exactly this one"},
		{"noop", "`true` for a rehearsal (`.noop`), `false` for a deployment"},
		{"deployment_id", "The number of the GitHub deployment"},
		{"params", "The text after the separator"},
		{"parsed_params", "The same as a JSON object"},
		{"needs_to_be_deployed", "Environments that must run this commit first, separated by commas; only when the order refuses"},
		{"triggered", "`true` when the comment was a command"},
		{"type", "The kind of command: `deploy`, `lock`, `unlock`, `lock-info-alias` or `help`"},
		{"comment_body", "The comment's text"},
		{"comment_id", "The number of the comment"},
		{"issue_number", "The number of the pull request"},
		{"actor", "Who runs the command"},
		{"actor_handle", "Who wrote the comment"},
		{"base_ref", "The branch that the pull request wants to be merged into"},
		{"default_branch_tree_sha", "The tree of the stable branch's newest commit"},
		{"fork", "`true` when the pull request comes from a fork and its code was asked for"},
		{"fork_ref", "The fork's branch, where forks are allowed"},
		{"fork_label", "The same with its owner, as `owner:branch`"},
		{"fork_checkout", "Arguments for a local checkout, as `owner-branch branch`"},
		{"fork_full_name", "The fork, as `owner/name`"},
		{"non_default_target_branch_used", "`true` when the pull request wants to be merged into another branch than the stable one"},
		{"commit_status", "What the checks came to: `SUCCESS`, `FAILURE`, `PENDING`, `MISSING`, `UNAVAILABLE`, `skip_ci`, or empty when there are none"},
		{"review_decision", "`APPROVED`, `REVIEW_REQUIRED`, `CHANGES_REQUESTED`, `skip_reviews`, or empty when no review is required"},
		{"approved_reviews_count", "How many reviews approve the pull request"},
		{"is_outdated", "`true` when the branch lacks commits of its base"},
		{"merge_state_status", "GitHub's word on whether the pull request can be merged, such as `CLEAN`, `BLOCKED` or `DIRTY`"},
		{"sha_deployment", "The exact commit that the command names"},
		{"commit_verified", "`true` when GitHub verified the commit's signature"},
		{"initial_reaction_id", "The number of the reaction that says the command was seen"},
		{"initial_comment_id", "The number of the comment that says the deployment started"},
		{"global_lock_claimed", "`true` when `.lock --global` took the lock"},
		{"global_lock_released", "`true` when `.unlock --global` removed it"},
		{"unlocked_environments", "Environments whose locks were removed when the pull request ended, separated by commas"},
		{"lock_ref_sha", "The commit of the lock that the workflow has to remove; only with `skip_completing`"},
		{"handoff", "What `mode: finish` in another job needs to complete the deployment; it holds no secret"},
		{"tracking_status", "`recorded`, `not_recorded` or `blocked`, when an event was sent to a tracking endpoint"},
		{"block_code", "The tracking endpoint's code for its refusal"},
		{"retry_after", "When to try again, as the tracking endpoint says it"},
		{"tracking_id", "The tracking endpoint's id of the deployment or build"},
		{"tracking_url", "Its page there, where that is known"},
		{"version_id", "The tracking endpoint's id of the version"},
		{"product_id", "The tracking endpoint's id of the product"},
		{"environment_id", "The tracking endpoint's id of the environment"},
		{"build_id", "The tracking endpoint's id of the build"},
		{"report_only_warnings", "How many of the tracking endpoint's rules would have refused, were they in force"},
		{"event_id", "Lockstep's own id of the event; the same when it is sent again"},
		{"record", "The event as one JSON object"},
		{"record_file", "The name of a file in `runner.temp` that holds the same"},
		{"total_seconds", "How long the deployment took, once the job has ended"},
	}
}
