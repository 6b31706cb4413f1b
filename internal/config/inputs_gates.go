package config

import "time"

func checkInputs() []Input {
	return []Input{
		newInput("checks", "all", "Checks of the commit that must have passed: `all`, `required` (by branch rules), or comma-separated names, where `name@app` is a check run of that app only",
			readChecks),
		newInput("ignored_checks", "", "Checks (also `name@app`) or whole workflows to ignore, comma-separated",
			entries(func(c *Config) *[]string { return &c.Checks.Ignored })),
		newInput("unreported_checks", "pending",
			"How to treat a required check that has not reported yet: `pending`, or `ignore` as branch-deploy does",
			choice(func(c *Config) *UnseenChecks { return &c.Checks.Unseen }, UnseenPending, UnseenIgnored)),
		newInput("skip_ci", "", "Environments that can be deployed to without passing checks, comma-separated",
			environments(func(c *Config) *[]string { return &c.Checks.Skip })),
		newInput("skip_reviews", "", "Environments that can be deployed to without a review, comma-separated; pull requests from forks always need one",
			environments(func(c *Config) *[]string { return &c.Reviews.Skip })),
		newInput("admins", "false", "Users, and teams as `organization/team`, who can deploy without a review, comma-separated; `false` for none",
			readAdmins),
		{
			Name: "team_token", Aliases: []string{"admins_pat"}, Default: "false", Secret: true,
			Description: "Token that can read the members of the teams in `admins` and in the rules file; `false` for none",
			read:        unless("false", text(func(c *Config) *string { return &c.Admins.Token })),
		},
		newInput("update_branch", "warn", "What to do with an outdated branch: `warn` (refuse), `force` (update the branch and ask to try again) or `disabled` (deploy anyway)",
			choice(func(c *Config) *UpdateBranch { return &c.Outdated.Update }, UpdateDisabled, UpdateWarn, UpdateForce)),
		newInput("outdated_mode", "strict", "Branch that a pull request must be up to date with: `pr_base`, `default_branch` (the stable branch), or both (`strict`)",
			choice(func(c *Config) *OutdatedMode { return &c.Outdated.Mode }, OutdatedBase, OutdatedStable, OutdatedStrict)),
		newInput("use_security_warnings", "true", "Warn in the log about missing rules of the stable branch",
			boolean(func(c *Config) *bool { return &c.SecurityWarnings })),
	}
}

func originInputs() []Input {
	return []Input{
		newInput("draft_permitted_targets", "",
			"Environments that draft pull requests can be deployed to, comma-separated",
			environments(func(c *Config) *[]string { return &c.Origin.Drafts })),
		flag("allow_forks", "Allow deployments of pull requests from forks, which always need a review",
			func(c *Config) *bool { return &c.Origin.Forks }),
		flag("allow_non_default_target_branch_deployments", "Allow deployments of pull requests into branches other than the stable one",
			func(c *Config) *bool { return &c.Origin.OtherBases }),
		flag("enable_pr_stacks", "Show the position of a pull request in a stack; only the bottom of a stack can be deployed",
			func(c *Config) *bool { return &c.Origin.Stacks }),
		flag("allow_sha_deployments", "Allow commands that name an exact commit (`.deploy <sha>`), which skips reviews and checks",
			func(c *Config) *bool { return &c.Origin.ExactCommits }),
		flag("allow_uncontained_sha_deployments", "With `allow_sha_deployments`, allow commits that are in neither the stable branch nor the pull request",
			func(c *Config) *bool { return &c.Origin.AnyExactCommit }),
		flag("commit_verification", "Require a verified signature on the commit",
			func(c *Config) *bool { return &c.Origin.Verification }),
		flag("verify_rollbacks", "With `commit_verification`, refuse rollbacks without a verified signature instead of warning about the signature",
			func(c *Config) *bool { return &c.Origin.VerifyRollbacks }),
		flag("deployment_auto_merge", "Let GitHub merge the default branch into the head when creating a deployment, as branch-deploy allows",
			func(c *Config) *bool { return &c.Origin.AutoMerge }),
		newInput("comment_actions", "created",
			"Actions of `issue_comment` that can carry commands: `created`, `edited`, or both, comma-separated",
			readCommentActions),
	}
}

func confirmationInputs() []Input {
	return []Input{
		flag("deployment_confirmation", "Wait until the actor confirms a deployment or rehearsal with a reaction",
			func(c *Config) *bool { return &c.Confirmation.Required }),
		newInput("deployment_confirmation_timeout", "60",
			"Seconds to wait for the confirmation of a deployment; nothing is deployed without an answer",
			readConfirmationTimeout),
	}
}

func lockInputs() []Input {
	return []Input{
		flag("disable_lock", "Turn locks off: deployments neither take nor respect locks",
			func(c *Config) *bool { return &c.Locks.Disabled }),
		flag("sticky_locks", "Keep the lock after a deployment, until a user unlocks the environment",
			func(c *Config) *bool { return &c.Locks.Sticky }),
		flag("sticky_locks_for_noop", "Keep the lock after a rehearsal, until a user unlocks the environment",
			func(c *Config) *bool { return &c.Locks.StickyNoop }),
		periodInput("lock_expiry", "How long a sticky lock lasts, such as `30m`, `2h`, `1d12h` or `1w`; until removed when empty",
			func(c *Config) *time.Duration { return &c.Locks.Expiry }),
		newInput("lock_owner", "user",
			"Owner of a lock: the `user` who took the lock, or the `pull_request` where the lock was taken",
			choice(func(c *Config) *LockOwner { return &c.Locks.Owner }, OwnedByUser, OwnedByPull)),
	}
}
