package config

// sinkInputs say who else receives events. The list stands last, because it must not use the names
// of the others.
func sinkInputs() []Input {
	var all []Input
	all = append(all, webhookInputs()...)
	all = append(all, slackInputs()...)
	all = append(all, cdeventsInputs()...)
	all = append(all, pagerDutyInputs()...)
	all = append(all, datadogInputs()...)
	return append(all, Input{
		Name: "sinks", unshown: true,
		Description: "Further receivers, as a JSON array of objects with `type`, `name`, `events`, `environments` and names of environment variables such as `url_env`",
		readWith:    readSinks,
	})
}

func webhookInputs() []Input {
	webhook := func(c *Config) *Sink { return &c.single.webhook }
	return []Input{
		{
			Name: "webhook_url", Secret: true,
			Description: "Where each event is sent as JSON; empty for nowhere",
			read:        sinkField(webhook, setURL),
		},
		{
			Name: "webhook_secret", Secret: true,
			Description: "What the events are signed with: one secret, or several separated by blanks while they are replaced; without one they are not signed",
			read:        sinkField(webhook, setSigningSecrets),
		},
		{
			Name: "webhook_headers", unshown: true,
			Description: "Headers to send along, as `Name: value`, each on a line of its own, or separated by commas",
			read:        sinkField(webhook, setHeaders),
		},
		{
			Name:        "webhook_events",
			Description: "Which events the webhook receives, such as `deployment.completed` or `deployment.*`, separated by commas; all when empty",
			read:        sinkEvents(webhook),
		},
		{
			Name: "webhook_signature_header", Default: defaultSignatureHeader,
			Description: "The header that holds the plain signature of the body, for receivers that do not know Standard Webhooks",
			read:        sinkField(webhook, setSignatureHeader),
		},
	}
}

func slackInputs() []Input {
	slack := func(c *Config) *Sink { return &c.single.slack }
	return []Input{
		{
			Name: "slack_webhook_url", Secret: true,
			Description: "The incoming webhook of a Slack channel that is told of deployments; empty for none",
			read:        sinkField(slack, setURL),
		},
		{
			Name:        "slack_events",
			Description: "Which events the channel is told of, separated by commas; when empty, all of deployments but `deployment.pending`",
			read:        sinkEvents(slack),
		},
		{
			Name:        "slack_mention_on_failure",
			Description: "Who is mentioned when something failed: `@here`, `@channel`, or the id of a user or of a user group",
			read:        sinkField(slack, setMention),
		},
	}
}

func cdeventsInputs() []Input {
	cdevents := func(c *Config) *Sink { return &c.single.cdevents }
	return []Input{
		{
			Name:        "cdevents_url",
			Description: "Where CDEvents are sent; empty for nowhere",
			read:        sinkField(cdevents, setURL),
		},
		{
			Name: "cdevents_token", Secret: true,
			Description: "The bearer token for that address",
			read:        sinkField(cdevents, setBearerToken),
		},
		{
			Name: "cdevents_mode", Default: string(BinaryMode),
			Description: "How CDEvents are put into requests: `binary` (attributes in headers) or `structured` (all in the body)",
			read:        sinkField(cdevents, setMode),
		},
		{
			Name:        "cdevents_artifact_id",
			Description: "The package URL of what is deployed, such as `pkg:oci/shop@sha256%3A…`; the repository and the commit when empty",
			read:        sinkField(cdevents, setArtifactID),
		},
	}
}

func pagerDutyInputs() []Input {
	pagerduty := func(c *Config) *Sink { return &c.single.pagerduty }
	return []Input{
		{
			Name: "pagerduty_routing_key", Secret: true,
			Description: "The integration key of a PagerDuty service that is told of deployments; empty for none",
			read:        sinkField(pagerduty, setRoutingKey),
		},
		flag("pagerduty_alert_on_failure", "Whether a deployment that failed raises an alert, which the next one that succeeds resolves",
			func(c *Config) *bool { return &pagerduty(c).AlertOnFailure }),
		{
			Name: "pagerduty_severity", Default: defaultSeverity,
			Description: "How severe such an alert is: `critical`, `error`, `warning` or `info`",
			read:        sinkField(pagerduty, setSeverity),
		},
		{
			Name: "pagerduty_url", Default: defaultPagerDutyURL,
			Description: "Where PagerDuty takes events; `https://events.eu.pagerduty.com` for accounts in its European region",
			read:        sinkField(pagerduty, setPagerDutyURL),
		},
	}
}

func datadogInputs() []Input {
	datadog := func(c *Config) *Sink { return &c.single.datadog }
	return []Input{
		{
			Name: "datadog_api_key", Secret: true,
			Description: "The API key by which completed deployments are reported to Datadog's DORA metrics; empty for not at all",
			read:        sinkField(datadog, setBearerToken),
		},
		{
			Name: "datadog_site", Default: defaultDatadogSite,
			Description: "The Datadog site, such as `datadoghq.eu` or `us3.datadoghq.com`",
			read:        sinkField(datadog, setDatadogSite),
		},
		{
			Name:        "datadog_service",
			Description: "What Datadog calls the service that is deployed; the product when empty",
			read:        sinkField(datadog, setDatadogService),
		},
	}
}
