package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
)

const (
	hook  = "https://hook.example/in?key=1"
	slack = "https://hooks.slack.example/services/T0/B0/x"
	sent  = "https://events.example/cd"
	route = "0123456789abcdef0123456789ABCDEF"
)

func TestReadSinksOff(t *testing.T) {
	t.Parallel()
	c := read(t, values{
		"webhook_url": " ", "webhook_secret": "longenough", "webhook_headers": "X-A: ", "webhook_events": "*",
		"slack_webhook_url": "", "slack_events": "deployment.failed", "slack_mention_on_failure": "@here",
		"cdevents_url": "", "cdevents_token": "t", "cdevents_mode": "structured", "sinks": " [] ",
		"pagerduty_routing_key": " ", "pagerduty_alert_on_failure": "true", "pagerduty_severity": "info", "pagerduty_url": "https://events.eu.pagerduty.com",
		"datadog_api_key": "", "datadog_site": "datadoghq.eu", "datadog_service": "shop",
	})
	assert.Empty(t, c.Sinks)
	assert.Empty(t, c.Advice)
	assert.Equal(t, []string{"t0ken", "longenough", "t"}, c.Secrets(), "a secret is one, whether it is used or not")
}

// bare are sinks as far as they can be seen.
func bare(sinks []config.Sink) []config.Sink {
	var all []config.Sink
	for _, s := range sinks {
		all = append(all, config.Sink{Type: s.Type, Name: s.Name, Events: s.Events, Environments: s.Environments, Settings: s.Settings})
	}
	return all
}

func TestReadSinksAlone(t *testing.T) {
	t.Parallel()
	for input, want := range map[string]config.Sink{
		"webhook_url":           {Type: "webhook", Name: "webhook", Settings: values{"url": hook, "signature_header": "X-Signature-256"}},
		"slack_webhook_url":     {Type: "slack", Name: "slack", Settings: values{"url": slack}},
		"cdevents_url":          {Type: "cdevents", Name: "cdevents", Settings: values{"url": sent, "mode": "binary"}},
		"pagerduty_routing_key": {Type: "pagerduty", Name: "pagerduty", Settings: values{"url": "https://events.pagerduty.com", "secret": route, "alert_on_failure": "false", "severity": "error"}},
		"datadog_api_key":       {Type: "datadog", Name: "datadog", Settings: values{"site": "datadoghq.com", "secret": route}},
	} {
		t.Run(input, func(t *testing.T) {
			t.Parallel()
			value := map[bool]string{true: route, false: want.Settings["url"]}[want.Settings["secret"] != ""]
			c := read(t, values{input: value})
			assert.Equal(t, []config.Sink{want}, bare(c.Sinks))
			assert.Empty(t, c.Advice)
		})
	}
}

func TestReadSinksTogether(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []config.Sink{
		{
			Type: "webhook", Name: "webhook", Events: []string{"deployment.failed"}, Settings: values{
				"url": hook, "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3 other-secret", "signature_header": "X-Hub-Signature-256", "headers": "X-Team: a",
			},
		},
		{Type: "slack", Name: "slack", Events: []string{"deployment.blocked"}, Settings: values{"url": slack, "mention_on_failure": "S012345678"}},
		{Type: "cdevents", Name: "cdevents", Settings: values{"url": sent, "token": "t", "mode": "structured", "artifact_id": "pkg:oci/shop@sha256%3Aab"}},
		{Type: "pagerduty", Name: "pagerduty", Settings: values{"url": "https://events.eu.pagerduty.com", "secret": route, "alert_on_failure": "true", "severity": "critical"}},
		{Type: "datadog", Name: "datadog", Settings: values{"site": "us3.datadoghq.com", "secret": "d1", "service": "web shop"}},
	}, bare(read(t, values{
		"pagerduty_routing_key": " " + route + "\n", "pagerduty_alert_on_failure": "true", "pagerduty_severity": "critical", "pagerduty_url": "https://events.eu.pagerduty.com/",
		"datadog_api_key": "d1", "datadog_site": "us3.datadoghq.com", "datadog_service": " web shop ",
		"webhook_url": hook, "webhook_secret": " whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3\n other-secret", "webhook_signature_header": "X-Hub-Signature-256",
		"webhook_headers": "X-Team: a", "webhook_events": "deployment.failed",
		"slack_webhook_url": slack, "slack_mention_on_failure": "S012345678", "slack_events": "deployment.blocked",
		"cdevents_url": sent, "cdevents_token": "t", "cdevents_mode": "structured", "cdevents_artifact_id": "pkg:oci/shop@sha256%3Aab",
	}).Sinks))
}

func TestReadEvents(t *testing.T) {
	t.Parallel()
	deployments := []string{
		"deployment.pending", "deployment.started", "deployment.completed", "deployment.failed", "deployment.aborted",
		"deployment.blocked", "deployment.rolled_back", "deployment.overridden",
	}
	builds := []string{"build.pending", "build.started", "build.completed", "build.failed", "build.aborted"}
	all := append(append([]string{}, deployments...), builds...)
	for given, want := range map[string][]string{
		"": nil, ",": nil, "deployment.*": deployments, "build.*": builds, "*": all, "build.*,*": all,
		"build.failed, deployment.started,build.failed": {"deployment.started", "build.failed"},
		"deployment.*,deployment.failed":                deployments,
		strings.Join(all, " ,"):                         all,
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, read(t, values{"webhook_url": hook, "webhook_events": given}).Sinks[0].Events, given)
			assert.Equal(t, want, read(t, values{"slack_webhook_url": slack, "slack_events": given}).Sinks[0].Events, given)
		})
	}
	for _, given := range []string{
		"completed", "Deployment.failed", "deployment", "deployment.", "deployment*", ".*", "**", "*.failed", "deployment.f*",
		"build.blocked", "build.rolled_back", "deployment.preflight_failed", "deployment.success", "deployment.failed build.failed",
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			for _, input := range []string{"webhook_events", "slack_events"} {
				problem := failing(t, values{input: "deployment.failed," + given})
				assert.Equal(t, input, problem.Input, given)
				assert.Equal(t, "must be "+strings.Join(all, ", ")+", deployment.*, build.* or *", problem.Accepted, given)
			}
		})
	}
}

func TestReadWebhookHeaders(t *testing.T) {
	t.Parallel()
	for _, given := range []string{
		"", "X-A: b", "X-A: b, x-c :d:e,", "Accept: a, b\r\n\n  X-C: \td\te", "X-A:\nX-B: ü", "!#$%&'*+.^_`|~0Az-: v",
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, strings.TrimSpace(given), read(t, values{"webhook_url": hook, "webhook_headers": given}).Sinks[0].Settings["headers"])
		})
	}
	const form = "must be headers as Name: value"
	for given, want := range map[string]string{
		"Accept: a, b": form, "X-A": form, ": v": form, "X A: v": form, "X-Ä: v": form, "X-A: v\nnext": form, "X\x00: v": form,
		"X-A: 1\nx-a: 2":                     "the header x-a is given twice",
		"Authorization: a, authorization: b": "the header authorization is given twice",
		"X-A: a\x00b":                        "the header X-A has control characters",
		"X-A: a\x7fb":                        "the header X-A has control characters",
		"host: evil.example":                 "the header host is Lockstep's own",
		"Content-Type: text/plain":           "the header Content-Type is Lockstep's own",
		"Content-Length: 3":                  "the header Content-Length is Lockstep's own",
		"Transfer-Encoding: chunked":         "the header Transfer-Encoding is Lockstep's own",
		"webhook-id: 1":                      "the header webhook-id is Lockstep's own",
		"Webhook-Timestamp: 1":               "the header Webhook-Timestamp is Lockstep's own",
		"Webhook-Signature: v1,x":            "the header Webhook-Signature is Lockstep's own",
		"Idempotency-Key: 1":                 "the header Idempotency-Key is Lockstep's own",
		"x-signature-256: sha256=0":          "the header X-Signature-256 is for the signature",
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			problem := failing(t, values{"webhook_url": hook, "webhook_headers": given})
			assert.Equal(t, "webhook_headers", problem.Input)
			assert.Contains(t, problem.Accepted, want, "%q", given)
		})
	}
}

// A secret that a run may not see is empty.
func TestEmptyHeaders(t *testing.T) {
	t.Parallel()
	c := read(t, values{"webhook_url": hook, "webhook_headers": "X-Key:\nAuthorization: \nX-Team: a"})
	assert.Equal(t, []string{
		`The header Authorization of the sink "webhook" has no value and is left out.`,
		`The header X-Key of the sink "webhook" has no value and is left out.`,
	}, c.Advice)
}

func TestAuthorizationWithPassword(t *testing.T) {
	t.Parallel()
	given := values{"webhook_url": "https://user:pass@hook.example", "webhook_headers": "authorization: Bearer x"}
	problem := failing(t, given)
	assert.Equal(t, "webhook_headers", problem.Input)
	assert.Contains(t, problem.Accepted, "the header Authorization must be left out")
	given["webhook_headers"] = "X-Team: a"
	assert.Equal(t, "https://user:pass@hook.example", read(t, given).Sinks[0].Settings["url"])
}

func TestReadMentions(t *testing.T) {
	t.Parallel()
	for _, given := range []string{"@here", "@channel", "U024BE7LH", "W0123456789", "S0604QSJC", "USLACKBOT"} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, given, read(t, values{"slack_webhook_url": slack, "slack_mention_on_failure": given}).Sinks[0].Settings["mention_on_failure"])
		})
	}
	for _, given := range []string{
		"here", "@Here", "@everyone", "@alice", "<!here>", "<@U024BE7LH>", "U1", "USER", "SRE", "C024BE7LH", "u024be7lh", "U024BE7LH,@here",
		"U024-E7LH", "U" + strings.Repeat("0", 31),
	} {
		t.Run(fmt.Sprintf("%.20q", given), func(t *testing.T) {
			t.Parallel()
			problem := failing(t, values{"slack_mention_on_failure": given})
			assert.Equal(t, config.InputError{
				Input: "slack_mention_on_failure", Value: given,
				Accepted: "must be @here, @channel, or the id of a user (U… or W…) or of a user group (S…)",
			}, *problem)
		})
	}
}

func TestReadSinkFieldsRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ input, value, accepted string }{
		{"webhook_url", "hook.example", "https:// or http://"},
		{"webhook_url", "https://hook.example/#part", "must not contain a fragment"},
		{"webhook_url", "https://hook example", "https:// or http://"},
		{"webhook_url", "https:hook.example", "https:// or http://"},
		{"webhook_url", "https://hook.example/\x01", "https:// or http://"},
		{"slack_webhook_url", "T0/B0/x", "https:// or http://"},
		{"slack_webhook_url", "slack://channel", "https:// or http://"},
		{"cdevents_url", "file:///etc/passwd", "https:// or http://"},
		{"webhook_secret", "whsec_", "base64"},
		{"webhook_secret", "good-one whsec_not*base64", "base64"},
		{"webhook_secret", "whsec_MDEyMw", "base64"},
		{"webhook_secret", "whsec_MDEyMw==", "24 to 64 bytes"},
		{"webhook_secret", "short", "at least 8"},
		{"cdevents_token", "two words", "a token"},
		{"cdevents_token", "tökn", "a token"},
		{"cdevents_token", "a\x7fb", "a token"},
		{"webhook_signature_header", "X Signature", "the name of a header"},
		{"webhook_signature_header", "X-Signature:", "the name of a header"},
		{"webhook_signature_header", "webhook-signature", "the name of a header"},
		{"cdevents_mode", "Binary", "must be binary or structured"},
		{"cdevents_mode", "batched", "must be binary or structured"},
		{"pagerduty_alert_on_failure", "yes", "must be true or false"},
		{"pagerduty_severity", "high", "must be critical, error, warning or info"},
		{"pagerduty_severity", "Error", "must be critical, error, warning or info"},
		{"pagerduty_url", "events.pagerduty.com", "https:// or http://"},
		{"pagerduty_url", "https://events.pagerduty.com/?a=b", "must not contain a query, a fragment or a password"},
		{"pagerduty_url", "https://events.pagerduty.com/#a", "must not contain a query, a fragment or a password"},
		{"pagerduty_url", "https://u:p@events.pagerduty.com", "must not contain a query, a fragment or a password"},
		{"pagerduty_url", "https://events.pagerduty.com/v2/enqueue", "a path such as /v2/enqueue"},
		{"pagerduty_url", "https://events.pagerduty.com/v2/change/enqueue/", "a path such as /v2/enqueue"},
		{"datadog_api_key", "two words", "a token"},
		{"cdevents_artifact_id", "oci/shop", "a package URL"},
		{"cdevents_artifact_id", "pkg:", "a package URL"},
		{"cdevents_artifact_id", "pkg:oci", "a package URL"},
		{"cdevents_artifact_id", "pkg:oci/", "a package URL"},
		{"cdevents_artifact_id", "pkg:oci/a b", "a package URL"},
		{"cdevents_artifact_id", "PKG:oci/shop", "a package URL"},
	} {
		t.Run(fmt.Sprint(test.input, test.value), func(t *testing.T) {
			t.Parallel()
			problem := failing(t, values{test.input: test.value})
			assert.Equal(t, test.input, problem.Input)
			assert.Contains(t, problem.Accepted, test.accepted, "%s: %q", test.input, test.value)
		})
	}
}

func TestReadRoutingKeys(t *testing.T) {
	t.Parallel()
	for _, given := range []string{route, strings.Repeat("0", 32), "r" + route[1:]} {
		t.Run(fmt.Sprintf("%.20q", given), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, given, read(t, values{"pagerduty_routing_key": given}).Sinks[0].Settings["secret"])
		})
	}
	const form, ruleset = "must be the integration key of a service: 32 letters and digits", "a key that begins with R belongs to a ruleset or an event orchestration"
	for given, want := range map[string]string{
		route[1:]: form, route + "0": form, "-" + route[1:]: form, route[:31] + "é": form, "two words": form,
		"R" + route[1:]: ruleset, "R0": ruleset,
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			problem := failing(t, values{"pagerduty_routing_key": given})
			assert.Equal(t, "pagerduty_routing_key", problem.Input)
			assert.Empty(t, problem.Value, "it is a secret")
			assert.Contains(t, problem.Accepted, want, given)
			assert.NotContains(t, problem.Error(), given)
		})
	}
}

func TestReadDatadogSites(t *testing.T) {
	t.Parallel()
	for _, given := range []string{"datadoghq.com", "us3.datadoghq.com", "datadoghq.eu", "ap1.datadoghq.com", "proxy-1.shop.example", "notddog-gov.com", "ddog-gov.com.example"} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, given, read(t, values{"datadog_api_key": "d1", "datadog_site": given}).Sinks[0].Settings["site"])
		})
	}
	const name, subdomain, government = "the name of a site, such as datadoghq.com", "without app. or api.", "the sites for governments have no DORA metrics"
	for given, want := range map[string]string{
		"https://datadoghq.com": name, "http://datadoghq.com": name, "datadoghq.com/": name, "datadoghq.com:443": name, "datadoghq": name, "localhost": name,
		"DatadogHQ.com": name, "US3": name, ".datadoghq.com": name, "datadoghq.com.": name, "-a.com": name, "a..com": name, "user@datadoghq.com": name, "data dog.com": name,
		"10.0.0.1": name, "shop.example\nhost.example": name, "app.datadoghq.com": subdomain, "api.datadoghq.eu": subdomain, "app.ddog-gov.com": subdomain,
		"ddog-gov.com": government, "us2.ddog-gov.com": government,
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			problem := failing(t, values{"datadog_site": given})
			assert.Equal(t, "datadog_site", problem.Input)
			assert.Contains(t, problem.Accepted, want, given)
		})
	}
}

// Events that leave a receiver without what it is there for are worth a word.
func TestSilentSinks(t *testing.T) {
	t.Parallel()
	const nothing, alerts = `The sink "x" gets nothing: its events name nothing that a receiver of type `, `The sink "x" raises no alerts: its events do not name deployment.failed.`
	for entry, want := range map[string]string{
		`"type":"pagerduty"`: "",
		`"type":"pagerduty","events":["*"],"alert_on_failure":true`:                                         "",
		`"type":"pagerduty","events":["deployment.completed"]`:                                              "",
		`"type":"pagerduty","events":["deployment.rolled_back"]`:                                            "",
		`"type":"pagerduty","events":["deployment.failed"],"alert_on_failure":true`:                         "",
		`"type":"pagerduty","events":["deployment.failed"]`:                                                 nothing + "pagerduty gets.",
		`"type":"pagerduty","events":["deployment.failed"],"alert_on_failure":false`:                        nothing + "pagerduty gets.",
		`"type":"pagerduty","events":["deployment.started","build.*"]`:                                      nothing + "pagerduty gets.",
		`"type":"pagerduty","events":["deployment.started"],"alert_on_failure":true`:                        nothing + "pagerduty gets.",
		`"type":"pagerduty","events":["deployment.started","deployment.completed"],"alert_on_failure":true`: alerts,
		`"type":"datadog"`:                                                "",
		`"type":"datadog","events":["deployment.*"]`:                      "",
		`"type":"datadog","events":["deployment.rolled_back"]`:            "",
		`"type":"datadog","events":["deployment.failed","build.started"]`: nothing + "datadog gets.",
	} {
		t.Run(entry, func(t *testing.T) {
			t.Parallel()
			c := readList(t, `[{"name":"x","secret_env":"ROUTE",`+entry+`}]`)
			if want == "" {
				assert.Empty(t, c.Advice, entry)
				return
			}
			assert.Equal(t, []string{want}, c.Advice, entry)
		})
	}
	assert.Empty(t, readList(t, `[{"type":"slack","url_env":"SLACK","events":["build.failed"]}]`).Advice)
}

func TestUnencryptedAddresses(t *testing.T) {
	t.Parallel()
	inputs := []string{"versioner_api_url", "webhook_url", "slack_webhook_url", "cdevents_url", "pagerduty_url"}
	for _, host := range []string{
		"hook.example", "10.0.0.1", "localhost.example", "127.0.0.1.example", "128.0.0.1", "0.0.0.0", "[::2]", "127.1", "xlocalhost:80", "[fe80::1]",
	} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			for _, input := range inputs {
				problem := failing(t, values{input: "http://" + host})
				const accepted = "must start with https://; http:// is for this machine, or for allow_insecure_http: true"
				assert.Equal(t, config.InputError{Input: input, Accepted: accepted}, *problem, host)
				read(t, values{input: "http://" + host, "allow_insecure_http": "true"})
			}
			problem := failingWith(t, `[{"type":"slack","name":"team","url_env":"X"}]`, values{"X": "http://" + host})
			assert.Equal(t, `the address of "team" must start with https://; http:// is for this machine, or for allow_insecure_http: true`, problem.Accepted)
		})
	}
	for _, host := range []string{"localhost", "LocalHost:8080", "127.0.0.1", "127.255.0.9:1", "[::1]", "[::1]:80", "[::ffff:127.0.0.1]"} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			for _, input := range inputs {
				read(t, values{input: "http://" + host})
			}
		})
	}
	assert.Equal(t, "https://hook.example", read(t, values{"webhook_url": "HTTPS://hook.example"}).Sinks[0].Settings["url"], "as the network spells it")
}
