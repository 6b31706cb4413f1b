package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
)

// sinkVariables are what the lists below name.
func sinkVariables() values {
	return values{
		"HOOK": " " + hook + "\n", "SLACK": slack, "CD": sent, "SIGN": "secret-one  secret-two", "BEARER": "b1", "HEADERS": "X-Key: k1\nX-Team: a",
		"FTP": "ftp://s3cr3t.example", "PART": "https://s3cr3t.example/#p", "BAD_SIGN": "whsec_s3cr3t!", "BAD_BEARER": "s3cr3t s3cr3t",
		"BAD_HEADERS": "s3cr3t", "BLANK": " \n", "SIGNED": "x-signature-256: s3cr3t", "EMPTY_HEADER": "X-Key:", "WITH_PASSWORD": "https://u:s3cr3t@hook.example",
		"AUTHORIZATION": "Authorization: s3cr3t", "ROUTE": route, "RULESET": "R-s3cr3t", "SHORT": "s3cr3t", "REGION": "https://events.eu.pagerduty.com/",
		"DATADOG": "d1", "ENQUEUE": "https://s3cr3t.example/v2/enqueue",
	}
}

func readList(t *testing.T, list string) config.Config {
	t.Helper()
	c, err := config.Read(source(filled(values{"sinks": list}), sinkVariables()))
	require.NoError(t, err, list)
	return c
}

// failingWith reads a list of sinks that must be wrong.
func failingWith(t *testing.T, list string, variables values) *config.InputError {
	t.Helper()
	_, err := config.Read(source(filled(values{"sinks": list}), variables))
	var errs config.Errors
	require.ErrorAs(t, err, &errs, list)
	require.Len(t, errs, 1, list)
	assert.Equal(t, "sinks", errs[0].Input)
	assert.Empty(t, errs[0].Value, "the list may hold secrets")
	return errs[0]
}

func TestReadSinkList(t *testing.T) {
	t.Parallel()
	c := readList(t, `[
		{"type":"slack","name":"stakeholders","url_env":"SLACK","events":["deployment.completed"],"environments":["prod, eu"," qa "],"mention_on_failure":"@here"},
		{"url_env":"HOOK","type":"webhook","secret_env":"SIGN","headers_env":"HEADERS","signature_header":"X-Hub-Signature-256"},
		{"type":"cdevents","name":" events ü ","url_env":"CD","token_env":"BEARER","mode":"structured","artifact_id":"pkg:oci/shop@1","events":["deployment.failed","build.*"]},
		{"type":"cdevents","url_env":"CD"},
		{"type":"webhook","name":"second","url_env":"HOOK"},
		{"type":"pagerduty","name":"on call","secret_env":"ROUTE","url_env":"REGION","alert_on_failure":true,"severity":"warning","events":["deployment.failed"],"environments":["prod"]},
		{"type":"pagerduty","secret_env":"ROUTE"},
		{"type":"datadog","secret_env":"DATADOG","site":"datadoghq.eu","service":"web shop","environments":["prod"]},
		{"type":"datadog","name":"more metrics","secret_env":"DATADOG"}
	]`)
	assert.Equal(t, []config.Sink{
		{
			Type: config.SlackSink, Name: "stakeholders", URL: slack, Events: []string{"deployment.completed"},
			Environments: []string{"prod, eu", "qa"}, Mention: "@here",
		},
		{
			Type: config.WebhookSink, Name: "webhook", URL: hook, Secret: "secret-one secret-two", Headers: map[string]string{"X-Key": "k1", "X-Team": "a"},
			SignatureHeader: "X-Hub-Signature-256",
		},
		{
			Type: config.CDEventsSink, Name: "events ü", URL: sent, Secret: "b1", Mode: config.StructuredMode, ArtifactID: "pkg:oci/shop@1",
			Events: []string{"deployment.failed", "build.pending", "build.started", "build.completed", "build.failed", "build.aborted"},
		},
		{Type: config.CDEventsSink, Name: "cdevents", URL: sent, Mode: config.BinaryMode},
		{Type: config.WebhookSink, Name: "second", URL: hook, SignatureHeader: "X-Signature-256"},
		{
			Type: config.PagerDutySink, Name: "on call", URL: "https://events.eu.pagerduty.com", Secret: route, AlertOnFailure: true, Severity: "warning",
			Events: []string{"deployment.failed"}, Environments: []string{"prod"},
		},
		{Type: config.PagerDutySink, Name: "pagerduty", URL: "https://events.pagerduty.com", Secret: route, Severity: "error"},
		{Type: config.DatadogSink, Name: "datadog", URL: "https://api.datadoghq.eu", Secret: "d1", Service: "web shop", Environments: []string{"prod"}},
		{Type: config.DatadogSink, Name: "more metrics", URL: "https://api.datadoghq.com", Secret: "d1"},
	}, c.Sinks)
	assert.Empty(t, c.Advice)
	assert.Equal(t, []string{"t0ken", slack, "secret-one secret-two", "secret-one", "secret-two", hook, "k1", "b1", route, "d1"}, c.Secrets())
}

func TestReadSinkListAfterInputs(t *testing.T) {
	t.Parallel()
	given := values{"slack_webhook_url": slack, "webhook_url": hook, "sinks": `[{"type":"slack","name":"a","url_env":"SLACK"}]`}
	c, err := config.Read(source(filled(given), sinkVariables()))
	require.NoError(t, err)
	var names []string
	for _, sink := range c.Sinks {
		names = append(names, sink.Name)
	}
	assert.Equal(t, []string{"webhook", "slack", "a"}, names)

	given["sinks"] = `[{"type":"slack","url_env":"SLACK"},{"type":"webhook","name":"slack","url_env":"HOOK"},{"type":"webhook","url_env":"BLANK"}]`
	_, err = config.Read(source(filled(given), sinkVariables()))
	const same = "another sink has the same name; give it a name of its own"
	require.EqualError(t, err, `input "sinks": entry 1: `+same+"; entry 2: "+same+"; entry 3: "+same)
}

// A secret that a run may not see is empty: the sink is off, and nothing is sent without its secret.
func TestSinksWithoutTheirVariables(t *testing.T) {
	t.Parallel()
	for entry, key := range map[string]string{
		`"type":"slack","url_env":"BLANK"`:                          "url_env",
		`"type":"slack","url_env":"UNSET"`:                          "url_env",
		`"type":"webhook","url_env":"HOOK","secret_env":"BLANK"`:    "secret_env",
		`"type":"webhook","url_env":"HOOK","headers_env":"UNSET"`:   "headers_env",
		`"type":"cdevents","url_env":"CD","token_env":"UNSET"`:      "token_env",
		`"type":"cdevents","url_env":"UNSET","token_env":"UNSET"`:   "token_env",
		`"type":"pagerduty","secret_env":"BLANK"`:                   "secret_env",
		`"type":"pagerduty","secret_env":"ROUTE","url_env":"UNSET"`: "url_env",
		`"type":"datadog","secret_env":"UNSET"`:                     "secret_env",
	} {
		list := `[{"name":"a","type":"slack","url_env":"SLACK"},{"name":"b",` + entry + `}]`
		c := readList(t, list)
		require.Len(t, c.Sinks, 1, entry)
		assert.Equal(t, "a", c.Sinks[0].Name)
		assert.Equal(t, []string{`The sink "b" is off: the environment variable that its ` + key + " names is empty."}, c.Advice)
	}
	c := readList(t, `[{"type":"webhook","name":"w","url_env":"HOOK","headers_env":"EMPTY_HEADER"}]`)
	assert.Empty(t, c.Sinks[0].Headers)
	assert.Equal(t, []string{`The header X-Key of the sink "w" has no value and is left out.`}, c.Advice)
}

func TestSinkListRefused(t *testing.T) {
	t.Parallel()
	const named = "accepted is the name of an environment variable, not what it holds"
	const texts = "accepted is a list of texts, none of them empty"
	for entry, want := range map[string]string{
		`{}`:                                       "type: accepted are webhook, slack, cdevents, pagerduty, datadog",
		`null`:                                     "type: accepted are webhook, slack, cdevents, pagerduty, datadog",
		`{"type":"versioner","url_env":"HOOK"}`:    "type: accepted are webhook, slack, cdevents, pagerduty, datadog",
		`{"type":"Slack","url_env":"SLACK"}`:       "type: accepted are webhook, slack, cdevents, pagerduty, datadog",
		`{"type":1,"url_env":"SLACK"}`:             "type: accepted are webhook, slack, cdevents, pagerduty, datadog",
		`{"Type":"slack","url_env":"SLACK"}`:       "type: accepted are webhook, slack, cdevents, pagerduty, datadog",
		`{"type":"slack"}`:                         "url_env is required",
		`{"type":"pagerduty","url_env":"REGION"}`:  "secret_env is required: the name of the environment variable that holds the key",
		`{"type":"datadog","site":"datadoghq.eu"}`: "secret_env is required: the name of the environment variable that holds the key",
		`{"type":"pagerduty","secret":"s3cr3t"}`:   "secret must not stand here; put it into an environment variable and name that as secret_env",
		`{"type":"pagerduty","secret_env":"ROUTE","routing_key":"s3cr3t"}`:             `a sink of type pagerduty has no key "routing_key"; accepted are alert_on_failure, environments, events, name, secret_env, severity, type, url_env`,
		`{"type":"datadog","secret_env":"DATADOG","url_env":"CD"}`:                     `a sink of type datadog has no key "url_env"; accepted are environments, events, name, secret_env, service, site, type`,
		`{"type":"pagerduty","secret_env":"s3cr3t-key"}`:                               "secret_env: " + named,
		`{"type":"pagerduty","secret_env":"RULESET"}`:                                  "secret_env: a key that begins with R",
		`{"type":"pagerduty","secret_env":"SHORT"}`:                                    "secret_env: accepted is the integration key",
		`{"type":"pagerduty","secret_env":"ROUTE","url_env":"ENQUEUE"}`:                "url_env: it must hold no path",
		`{"type":"pagerduty","secret_env":"ROUTE","url_env":"FTP"}`:                    "url_env: must start with https:// or http://",
		`{"type":"pagerduty","secret_env":"ROUTE","alert_on_failure":"true"}`:          "alert_on_failure: accepted are true and false, without quotes",
		`{"type":"pagerduty","secret_env":"ROUTE","alert_on_failure":null}`:            "alert_on_failure: accepted are true and false, without quotes",
		`{"type":"pagerduty","secret_env":"ROUTE","severity":"high"}`:                  "severity: accepted are critical, error, warning, info",
		`{"type":"datadog","secret_env":"BAD_BEARER"}`:                                 "secret_env: accepted is a token",
		`{"type":"datadog","secret_env":"DATADOG","site":"us2.ddog-gov.com"}`:          "site: the sites for governments",
		`{"type":"datadog","secret_env":"DATADOG","site":7}`:                           "site: accepted is a text that is not empty",
		`{"type":"datadog","secret_env":"DATADOG","service":""}`:                       "service: accepted is a text that is not empty",
		`{"type":"slack","url":"https://s3cr3t.example"}`:                              "url must not stand here; put it into an environment variable and name that as url_env",
		`{"type":"webhook","url_env":"HOOK","secret":"s3cr3t"}`:                        "secret must not stand here",
		`{"type":"cdevents","url_env":"CD","token":"s3cr3t"}`:                          "token must not stand here",
		`{"type":"webhook","url_env":"HOOK","headers":{"X-Key":"s3cr3t"}}`:             "headers must not stand here",
		`{"type":"slack","URL":"https://s3cr3t.example"}`:                              `a sink of type slack has no key "URL"; accepted are environments, events, mention_on_failure, name, type, url_env`,
		`{"type":"slack","url_env":"SLACK","secret_env":"SIGN"}`:                       `a sink of type slack has no key "secret_env"`,
		`{"type":"webhook","url_env":"HOOK","token_env":"BEARER"}`:                     `a sink of type webhook has no key "token_env"; accepted are environments, events, headers_env, name, secret_env, signature_header, type, url_env`,
		`{"type":"cdevents","url_env":"CD","headers_env":"HEADERS"}`:                   `a sink of type cdevents has no key "headers_env"; accepted are artifact_id, environments, events, mode, name, token_env, type, url_env`,
		`{"type":"slack","url_env":"https://s3cr3t.example"}`:                          "url_env: " + named,
		`{"type":"slack","url_env":""}`:                                                "url_env: " + named,
		`{"type":"slack","url_env":null}`:                                              "url_env: " + named,
		`{"type":"slack","url_env":["SLACK"]}`:                                         "url_env: " + named,
		`{"type":"slack","url_env":"1SLACK"}`:                                          "url_env: " + named,
		`{"type":"slack","url_env":"$SLACK"}`:                                          "url_env: " + named,
		`{"type":"webhook","url_env":"HOOK","secret_env":"whsec_s3cr3t+=="}`:           "secret_env: " + named,
		`{"type":"slack","url_env":"FTP"}`:                                             "url_env: must start with https:// or http://",
		`{"type":"slack","url_env":"PART"}`:                                            "url_env: it must hold no fragment",
		`{"type":"webhook","url_env":"HOOK","secret_env":"BAD_SIGN"}`:                  "secret_env: what follows whsec_ must be base64",
		`{"type":"cdevents","url_env":"CD","token_env":"BAD_BEARER"}`:                  "token_env: accepted is a token",
		`{"type":"webhook","url_env":"HOOK","headers_env":"BAD_HEADERS"}`:              "headers_env: accepted are headers",
		`{"type":"webhook","url_env":"HOOK","headers_env":"SIGNED"}`:                   "the header X-Signature-256 is for the signature",
		`{"type":"webhook","url_env":"WITH_PASSWORD","headers_env":"AUTHORIZATION"}`:   "the header Authorization must be left out",
		`{"type":"webhook","url_env":"HOOK","signature_header":"a b"}`:                 "signature_header: accepted is the name",
		`{"type":"webhook","url_env":"UNSET","headers_env":"SIGNED"}`:                  "the header X-Signature-256 is for the signature",
		`{"type":"slack","url_env":"SLACK","name":""}`:                                 "name: accepted is a text that is not empty",
		`{"type":"slack","url_env":"SLACK","name":7}`:                                  "name: accepted is a text that is not empty",
		`{"type":"slack","url_env":"SLACK","name":null}`:                               "name: accepted is a text that is not empty",
		`{"type":"slack","url_env":"SLACK","name":"a\nb"}`:                             "name: accepted is a name",
		`{"type":"slack","url_env":"SLACK","name":"a\u202eb"}`:                         "name: accepted is a name",
		`{"type":"slack","url_env":"SLACK","name":"` + strings.Repeat("a", 101) + `"}`: "name: accepted is a name of at most 100 bytes",
		`{"type":"slack","url_env":"SLACK","events":"deployment.failed"}`:              "events: " + texts,
		`{"type":"slack","url_env":"SLACK","events":[]}`:                               "events: " + texts,
		`{"type":"slack","url_env":"SLACK","events":null}`:                             "events: " + texts,
		`{"type":"slack","url_env":"SLACK","events":[null]}`:                           "events: " + texts,
		`{"type":"slack","url_env":"SLACK","events":[1]}`:                              "events: " + texts,
		`{"type":"slack","url_env":"SLACK","events":["deployed"]}`:                     "events: must be deployment.pending",
		`{"type":"slack","url_env":"SLACK","environments":["qa"," "]}`:                 "environments: " + texts,
		`{"type":"slack","url_env":"SLACK","environments":{}}`:                         "environments: " + texts,
		`{"type":"slack","url_env":"SLACK","mention_on_failure":"@all"}`:               "mention_on_failure: accepted are @here",
		`{"type":"cdevents","url_env":"CD","mode":"batch"}`:                            "mode: accepted are binary, structured",
		`{"type":"cdevents","url_env":"CD","artifact_id":"shop"}`:                      "artifact_id: accepted is a package URL",
	} {
		problem := failingWith(t, `[{"type":"slack","name":"first","url_env":"SLACK"},`+entry+`]`, sinkVariables())
		assert.True(t, strings.HasPrefix(problem.Accepted, "entry 2: "+want), "%s: %s", entry, problem.Accepted)
		assert.NotContains(t, problem.Error(), "s3cr3t")
	}
}

func TestSinkListIsAnArrayOfObjects(t *testing.T) {
	t.Parallel()
	for _, given := range []string{"null", "{}", `"slack"`, "1", "[", "[1]", `["slack"]`, "[[]]", "[{}]]", "[{'type':'s3cr3t'}]", `[{"type":"slack"},]`, "slack"} {
		problem := failingWith(t, given, nil)
		assert.Equal(t, "accepted is a JSON array of objects", problem.Accepted, given)
	}
	const several = `[{"type":"fax"},{"type":"slack","url_env":"SLACK"},{"type":"slack","url_env":"SLACK"},{"type":"slack","name":"x"}]`
	assert.Equal(t, "entry 1: type: accepted are webhook, slack, cdevents, pagerduty, datadog; "+
		"entry 3: another sink has the same name; give it a name of its own; "+
		"entry 4: url_env is required: the name of the environment variable that holds the address",
		failingWith(t, several, sinkVariables()).Accepted, "all that is wrong at once")
}
