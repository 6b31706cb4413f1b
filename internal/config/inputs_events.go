package config

// eventInputs say what events hold, and how they are sent.
func eventInputs() []Input {
	return []Input{
		{
			Name: "metadata", Aliases: []string{"extra_metadata"}, Default: "{}", unshown: true,
			Description: "What else an event tells, as a JSON object of at most 100 KiB",
			read:        readMetadata,
		},
		{
			Name: "artifacts", unshown: true,
			Description: "What was built or is deployed, as lines `type=location`, such as `oci=ghcr.io/acme/shop@sha256:…`",
			read:        readArtifacts,
		},
		flag("include_email", "Whether every receiver learns the e-mail address of who made the push; otherwise only Versioner does",
			func(c *Config) *bool { return &c.Track.IncludeEmail }),
		{
			Name: "job_status", Default: "${{ job.status }}",
			Description: "How the job went, as the runner knows it when the job ends; for `finish_on_post`. Leave it as it is",
			read:        readJobStatus,
		},
		flag("finish_on_post", "With `mode: track` and the status `started`: whether the end of the job records how it ended",
			func(c *Config) *bool { return &c.Track.FinishOnPost }),
		{
			Name: "versioner_ui_url", Variable: "VERSIONER_UI_URL",
			Description: "Where Versioner's pages are, for links to them; known for Versioner's own service when empty",
			read:        optional(baseAddress(func(c *Config) *string { return &c.Versioner.UIURL })),
		},
		{
			Name: "versioner_gate", Default: "true",
			Description: "Whether Versioner may refuse a start",
			read:        boolean(func(c *Config) *bool { return &c.Versioner.Gate }),
		},
		flag("allow_insecure_http", "Whether events may go to `http://` addresses of other machines; everybody on the way can then read them, and the secrets too",
			func(c *Config) *bool { return &c.AllowInsecureHTTP }),
	}
}
