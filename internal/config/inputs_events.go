package config

// eventInputs say what events hold, and how they are sent.
func eventInputs() []Input {
	return []Input{
		{
			Name: "metadata", Aliases: []string{"extra_metadata"}, Default: "{}", unshown: true,
			Description: "Extra metadata sent with each event: a JSON object of at most 100 KiB",
			read:        readMetadata,
		},
		{
			Name: "artifacts", unshown: true,
			Description: "What was built or is deployed: lines of the form `type=location`, such as `oci=ghcr.io/acme/shop@sha256:…`",
			read:        readArtifacts,
		},
		flag("include_email", "Send the e-mail address of the person who pushed to every receiver; by default, only Versioner gets the address",
			func(c *Config) *bool { return &c.Track.IncludeEmail }),
		{
			Name: "job_status", Default: "${{ job.status }}",
			Description: "Result of the job when the job ends, which the runner fills in for `finish_on_post`; leave the default",
			read:        readJobStatus,
		},
		flag("finish_on_post", "With `mode: track` and `status: started`, record how the deployment ended when the job ends",
			func(c *Config) *bool { return &c.Track.FinishOnPost }),
		{
			Name: "versioner_ui_url", Variable: "VERSIONER_UI_URL",
			Description: "Base URL of Versioner's web pages, for links; known for Versioner's own service when empty",
			read:        optional(baseAddress(func(c *Config) *string { return &c.Versioner.UIURL })),
		},
		{
			Name: "versioner_gate", Default: "true",
			Description: "Let Versioner refuse the start of a deployment",
			read:        boolean(func(c *Config) *bool { return &c.Versioner.Gate }),
		},
		flag("allow_insecure_http", "Allow events to be sent to `http://` addresses of other machines, where everyone on the way can read events and secrets",
			func(c *Config) *bool { return &c.AllowInsecureHTTP }),
	}
}
