package config

// checkInputs say what must be green before a deployment.
func checkInputs() []Input {
	return []Input{
		{
			Name: "checks", Default: "all",
			Description: "Which checks of the commit must have passed: `all`, the ones that branch rules call `required`, or a list of names",
			read:        readChecks,
		},
		{
			Name: "ignored_checks", Description: "Names of checks that never count, separated by commas",
			read: entries(func(c *Config) *[]string { return &c.Checks.Ignored }),
		},
		{
			Name: "unreported_checks", Default: "pending",
			Description: "What a required check counts for that has not reported yet: `pending`, or `ignore` as branch-deploy does",
			read:        choice(func(c *Config) *UnseenChecks { return &c.Checks.Unseen }, UnseenPending, UnseenIgnored),
		},
		{
			Name: "skip_ci", Description: "Environments for which checks do not count, separated by commas",
			read: environments(func(c *Config) *[]string { return &c.Checks.Skip }),
		},
		{
			Name: "skip_reviews", Description: "Environments for which reviews do not count, separated by commas; pull requests from forks are always reviewed",
			read: environments(func(c *Config) *[]string { return &c.Reviews.Skip }),
		},
		{
			Name: "admins", Default: "false",
			Description: "Who may deploy without a review: logins, and teams as `organization/team`, separated by commas",
			read:        readAdmins,
		},
		{
			Name: "admins_pat", Default: "false", Secret: true,
			Description: "A token that may read the members of the teams in `admins`",
			read:        readAdminsToken,
		},
		{
			Name: "update_branch", Default: "warn",
			Description: "What to do about a branch that lacks commits of its base: `warn` (refuse), `force` (update the branch and ask to try again) or `disabled` (deploy it)",
			read:        choice(func(c *Config) *UpdateBranch { return &c.Outdated.Update }, UpdateDisabled, UpdateWarn, UpdateForce),
		},
		{
			Name: "outdated_mode", Default: "strict",
			Description: "Which branch it must not lack commits of: `pr_base`, `default_branch` (the stable branch), or both (`strict`)",
			read:        choice(func(c *Config) *OutdatedMode { return &c.Outdated.Mode }, OutdatedBase, OutdatedStable, OutdatedStrict),
		},
		{
			Name: "use_security_warnings", Default: "true",
			Description: "Whether the log advises on missing rules of the stable branch",
			read:        boolean(func(c *Config) *bool { return &c.SecurityWarnings }),
		},
	}
}

// originInputs say which code may be deployed at all.
func originInputs() []Input {
	return []Input{
		{
			Name: "draft_permitted_targets", Description: "Environments to which draft pull requests may be deployed, separated by commas",
			read: environments(func(c *Config) *[]string { return &c.Origin.Drafts }),
		},
		flag("allow_forks", "Whether pull requests from forks may be deployed; they always need a review",
			func(c *Config) *bool { return &c.Origin.Forks }),
		flag("allow_non_default_target_branch_deployments", "Whether pull requests into other branches than the stable one may be deployed",
			func(c *Config) *bool { return &c.Origin.OtherBases }),
		flag("allow_sha_deployments", "Whether a command may name an exact commit (`.deploy <sha>`), which skips reviews and checks",
			func(c *Config) *bool { return &c.Origin.ExactCommits }),
		flag("allow_uncontained_sha_deployments", "Whether that commit may be part of neither the stable branch nor the pull request",
			func(c *Config) *bool { return &c.Origin.AnyExactCommit }),
		flag("commit_verification", "Whether the commit must have a verified signature",
			func(c *Config) *bool { return &c.Origin.Verification }),
		flag("verify_rollbacks", "Whether that holds for rollbacks too; otherwise they only get a warning",
			func(c *Config) *bool { return &c.Origin.VerifyRollbacks }),
		flag("deployment_auto_merge", "Whether GitHub may merge the default branch into the head when it creates a deployment, as branch-deploy allows",
			func(c *Config) *bool { return &c.Origin.AutoMerge }),
		{
			Name: "comment_actions", Default: "created",
			Description: "Which actions of `issue_comment` may carry commands: `created`, `edited`, or both separated by a comma",
			read:        readCommentActions,
		},
	}
}
