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
		Name: "sinks", sensitive: true,
		Description: "Further receivers of events: a JSON array of objects with `type`, `name`, `events`, `environments` and names of environment variables, such as `url_env`",
		readWith:    readSinks,
	})
}

func webhookInputs() []Input {
	webhook := func(c *Config) *Sink { return &c.single.webhook }
	return []Input{
		{
			Name: "webhook_url", Secret: true,
			Description: "URL that receives each event as JSON; empty for none",
			read:        sinkField(webhook, setURL),
		},
		{
			Name: "webhook_secret", Secret: true,
			Description: "Secret that signs webhook events, or several separated by spaces during a rotation; events are not signed when empty",
			read:        sinkField(webhook, setSigningSecrets),
		},
		{
			Name: "webhook_headers", sensitive: true,
			Description: "Headers to send with webhook events, as `Name: value`, one per line or separated by commas",
			read:        sinkField(webhook, setHeaders),
		},
		{
			Name:        "webhook_events",
			Description: "Events to send to the webhook, such as `deployment.completed` or `deployment.*`, separated by commas; all events when empty",
			read:        sinkEvents(webhook),
		},
		{
			Name: "webhook_signature_header", Default: defaultSignatureHeader,
			Description: "Header with the plain signature of a webhook's body, for receivers that do not support Standard Webhooks",
			read:        sinkField(webhook, setSignatureHeader),
		},
	}
}

func slackInputs() []Input {
	slack := func(c *Config) *Sink { return &c.single.slack }
	return []Input{
		{
			Name: "slack_webhook_url", Secret: true,
			Description: "Incoming webhook URL of the Slack channel to notify of deployments; empty for none",
			read:        sinkField(slack, setURL),
		},
		{
			Name:        "slack_events",
			Description: "Events to send to Slack, separated by commas; when empty, all deployment events except `deployment.pending`",
			read:        sinkEvents(slack),
		},
		{
			Name:        "slack_mention_on_failure",
			Description: "Who to mention in Slack about a failure: `@here`, `@channel`, or the ID of a user or user group",
			read:        sinkField(slack, setMention),
		},
	}
}

func cdeventsInputs() []Input {
	cdevents := func(c *Config) *Sink { return &c.single.cdevents }
	return []Input{
		{
			Name:        "cdevents_url",
			Description: "URL that receives CDEvents; empty for none",
			read:        sinkField(cdevents, setURL),
		},
		{
			Name: "cdevents_token", Secret: true,
			Description: "Bearer token for `cdevents_url`",
			read:        sinkField(cdevents, setBearerToken),
		},
		{
			Name: "cdevents_mode", Default: string(BinaryMode),
			Description: "How CDEvents are sent: `binary` (attributes in headers) or `structured` (everything in the body)",
			read:        sinkField(cdevents, setMode),
		},
		{
			Name:        "cdevents_artifact_id",
			Description: "Package URL of what is deployed, for CDEvents, such as `pkg:oci/shop@sha256%3A…`; the repository and the commit when empty",
			read:        sinkField(cdevents, setArtifactID),
		},
	}
}

func pagerDutyInputs() []Input {
	pagerduty := func(c *Config) *Sink { return &c.single.pagerduty }
	return []Input{
		{
			Name: "pagerduty_routing_key", Secret: true,
			Description: "Integration key of the PagerDuty service to notify of deployments; empty for none",
			read:        sinkField(pagerduty, setRoutingKey),
		},
		flag("pagerduty_alert_on_failure", "Raise a PagerDuty alert when a deployment fails; the next success resolves the alert",
			func(c *Config) *bool { return &pagerduty(c).AlertOnFailure }),
		{
			Name: "pagerduty_severity", Default: defaultSeverity,
			Description: "Severity of PagerDuty alerts: `critical`, `error`, `warning` or `info`",
			read:        sinkField(pagerduty, setSeverity),
		},
		{
			Name: "pagerduty_url", Default: defaultPagerDutyURL,
			Description: "Base URL of PagerDuty's Events API; `https://events.eu.pagerduty.com` for accounts in the EU region",
			read:        sinkField(pagerduty, setPagerDutyURL),
		},
	}
}

func datadogInputs() []Input {
	datadog := func(c *Config) *Sink { return &c.single.datadog }
	return []Input{
		{
			Name: "datadog_api_key", Secret: true,
			Description: "API key for reporting completed deployments to Datadog's DORA metrics; empty for none",
			read:        sinkField(datadog, setBearerToken),
		},
		{
			Name: "datadog_site", Default: defaultDatadogSite,
			Description: "Datadog site to report to, such as `datadoghq.eu` or `us3.datadoghq.com`",
			read:        sinkField(datadog, setDatadogSite),
		},
		{
			Name:        "datadog_service",
			Description: "Name in Datadog of the service that is deployed; the product when empty",
			read:        sinkField(datadog, setDatadogService),
		},
	}
}
