package config

import "fmt"

// addressConflicts finds addresses to which secrets would go unencrypted. It runs before the sinks
// are gathered, while it is known which input each address comes from.
func (c Config) addressConflicts() Errors {
	if c.AllowInsecureHTTP {
		return nil
	}
	const rule = "must start with https://; http:// is for this machine, or for allow_insecure_http: true"
	var errs Errors
	for _, one := range []struct{ input, url string }{
		{"versioner_api_url", c.Versioner.APIURL},
		{"webhook_url", c.single.webhook.URL},
		{"slack_webhook_url", c.single.slack.URL},
		{"cdevents_url", c.single.cdevents.URL},
		{"pagerduty_url", c.single.pagerduty.URL},
	} {
		if unencrypted(one.url) {
			errs = append(errs, &InputError{Input: one.input, Accepted: "it " + rule})
		}
	}
	for _, sink := range c.Sinks {
		if unencrypted(sink.URL) {
			errs = append(errs, &InputError{Input: "sinks", Accepted: fmt.Sprintf("the address of %q %s", sink.Name, rule)})
		}
	}
	return errs
}

// webhookConflicts finds headers of the webhook that get in each other's way.
func (c Config) webhookConflicts() Errors {
	if err := c.single.webhook.headerConflict(); err != nil {
		return Errors{&InputError{Input: "webhook_headers", Accepted: err.Error()}}
	}
	return nil
}
