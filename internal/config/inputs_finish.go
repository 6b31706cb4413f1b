package config

// finishInputs say what is left for later, and what happens when a pull request has ended.
// The drop-in's modes stand in the order of their weight: the later one wins.
func finishInputs() []Input {
	return []Input{
		flag("skip_completing", "Complete nothing when the job ends; the workflow ends the deployment, or `mode: finish` does in another job",
			func(c *Config) *bool { return &c.SkipCompleting }),
		{
			Name:        "handoff",
			Description: "With `mode: finish`, the output `handoff` of the step that started the deployment; when empty, nothing is finished",
			read:        text(func(c *Config) *string { return &c.Handoff }),
		},
		{
			Name: "merge_deploy_mode", Default: "false",
			Description: "After a merge, report whether `environment` still needs a deployment",
			read:        readMergeMode(MergeDeploy),
		},
		{
			Name: "unlock_on_merge_mode", Default: "false",
			Description: "After a merge, remove the locks that were created in the pull request",
			read:        readMergeMode(UnlockOnMerge),
		},
		flag("unlock_on_close", "With `unlock_on_merge_mode`, also remove locks when a pull request is closed without a merge",
			func(c *Config) *bool { return &c.Merge.OnClose }),
		flag("unlock_global_on_merge", "With `unlock_on_merge_mode`, also remove the global lock if the pull request's own commands created the lock",
			func(c *Config) *bool { return &c.Merge.Global }),
	}
}

// readMergeMode reads whether to run in the mode.
func readMergeMode(mode Mode) reader {
	return func(c *Config, value string) error {
		var on bool
		if err := boolean(func(*Config) *bool { return &on })(c, value); err != nil {
			return err
		}
		if on {
			c.mergeMode = mode
		}
		return nil
	}
}
