package config

// finishInputs say what is left for later, and what happens when a pull request has ended.
// The drop-in's modes stand in the order of their weight: the later one wins.
func finishInputs() []Input {
	return []Input{
		flag("skip_completing", "Whether the end of the job completes nothing; the workflow then ends the deployment itself, or with `mode: finish` in another job",
			func(c *Config) *bool { return &c.SkipCompleting }),
		{
			Name:        "handoff",
			Description: "With `mode: finish`: the output `handoff` of the step that started the deployment; when empty, there is nothing to finish",
			read:        text(func(c *Config) *string { return &c.Handoff }),
		},
		{
			Name: "merge_deploy_mode", Default: "false",
			Description: "Whether to find out, when something was merged, if the `environment` still needs a deployment",
			read:        readMergeMode(MergeDeploy),
		},
		{
			Name: "unlock_on_merge_mode", Default: "false",
			Description: "Whether to remove the locks that were made in a pull request when it is merged",
			read:        readMergeMode(UnlockOnMerge),
		},
		flag("unlock_on_close", "With `unlock_on_merge_mode`: whether to do so when it is closed without a merge, too",
			func(c *Config) *bool { return &c.Merge.OnClose }),
		flag("unlock_global_on_merge", "With `unlock_on_merge_mode`: whether to remove the global lock, too, if it was made there",
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
