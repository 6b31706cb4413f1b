package config

// checkInputs say what must be green before a deployment.
func checkInputs() []Input {
	return []Input{
		{
			Name: "checks", Default: "all",
			Description: "Checks of the commit that must have passed: `all`, `required` (by branch rules), or a list of names separated by commas",
			read:        readChecks,
		},
		{
			Name: "ignored_checks", Description: "Names of checks to ignore, separated by commas",
			read: entries(func(c *Config) *[]string { return &c.Checks.Ignored }),
		},
		{
			Name: "unreported_checks", Default: "pending",
			Description: "How to treat a required check that has not reported yet: `pending`, or `ignore` as branch-deploy does",
			read:        choice(func(c *Config) *UnseenChecks { return &c.Checks.Unseen }, UnseenPending, UnseenIgnored),
		},
		{
			Name: "skip_ci", Description: "Environments that can be deployed to without passing checks, separated by commas",
			read: environments(func(c *Config) *[]string { return &c.Checks.Skip }),
		},
		{
			Name: "skip_reviews", Description: "Environments that can be deployed to without a review, separated by commas; pull requests from forks always need a review",
			read: environments(func(c *Config) *[]string { return &c.Reviews.Skip }),
		},
		{
			Name: "admins", Default: "false",
			Description: "Users and teams who can deploy without a review: logins, and teams as `organization/team`, separated by commas; `false` for none",
			read:        readAdmins,
		},
		{
			Name: "admins_pat", Default: "false", Secret: true,
			Description: "Token that can read the members of the teams in `admins`; `false` for none",
			read:        readAdminsToken,
		},
		{
			Name: "update_branch", Default: "warn",
			Description: "What to do when a branch is outdated: `warn` (refuse), `force` (update the branch and ask to try again) or `disabled` (deploy anyway)",
			read:        choice(func(c *Config) *UpdateBranch { return &c.Outdated.Update }, UpdateDisabled, UpdateWarn, UpdateForce),
		},
		{
			Name: "outdated_mode", Default: "strict",
			Description: "Which branch a pull request must be up to date with: `pr_base`, `default_branch` (the stable branch), or both (`strict`)",
			read:        choice(func(c *Config) *OutdatedMode { return &c.Outdated.Mode }, OutdatedBase, OutdatedStable, OutdatedStrict),
		},
		{
			Name: "use_security_warnings", Default: "true",
			Description: "Warn in the log about missing rules of the stable branch",
			read:        boolean(func(c *Config) *bool { return &c.SecurityWarnings }),
		},
	}
}

// originInputs say which code may be deployed at all.
func originInputs() []Input {
	return []Input{
		{
			Name: "draft_permitted_targets", Description: "Environments to which draft pull requests can be deployed, separated by commas",
			read: environments(func(c *Config) *[]string { return &c.Origin.Drafts }),
		},
		flag("allow_forks", "Allow deployments of pull requests from forks, which always need a review",
			func(c *Config) *bool { return &c.Origin.Forks }),
		flag("allow_non_default_target_branch_deployments", "Allow deployments of pull requests that target a branch other than the stable one",
			func(c *Config) *bool { return &c.Origin.OtherBases }),
		flag("allow_sha_deployments", "Allow commands that name an exact commit (`.deploy <sha>`), which skips reviews and checks",
			func(c *Config) *bool { return &c.Origin.ExactCommits }),
		flag("allow_uncontained_sha_deployments", "With `allow_sha_deployments`, allow commits that are in neither the stable branch nor the pull request",
			func(c *Config) *bool { return &c.Origin.AnyExactCommit }),
		flag("commit_verification", "Require a verified signature on the commit",
			func(c *Config) *bool { return &c.Origin.Verification }),
		flag("verify_rollbacks", "With `commit_verification`, require a verified signature for rollbacks; by default, a rollback without one only gets a warning",
			func(c *Config) *bool { return &c.Origin.VerifyRollbacks }),
		flag("deployment_auto_merge", "Let GitHub merge the default branch into the head when creating a deployment, as branch-deploy allows",
			func(c *Config) *bool { return &c.Origin.AutoMerge }),
		{
			Name: "comment_actions", Default: "created",
			Description: "Actions of `issue_comment` that can carry commands: `created`, `edited`, or both separated by a comma",
			read:        readCommentActions,
		},
	}
}
