package config_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
)

func TestSecrets(t *testing.T) {
	t.Parallel()
	c := config.Config{Token: "t", Admins: config.Admins{Token: "a"}, Versioner: config.Versioner{APIKey: "k"}}
	assert.Equal(t, []string{"t", "a", "k"}, c.Secrets())
	c.Token, c.Admins.Token = "", ""
	assert.Equal(t, []string{"k"}, c.Secrets(), "an empty secret would mask everything")
	assert.Empty(t, config.Config{}.Secrets())
	c.Sinks = []config.Sink{{Type: config.CDEventsSink, Secret: "k"}}
	assert.Equal(t, []string{"k"}, c.Secrets(), "once is enough")
}

func TestSecretsOfSinks(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		sink config.Sink
		want []string
	}{
		{config.Sink{Type: config.WebhookSink, URL: "https://hook.example"}, []string{"https://hook.example"}},
		{
			config.Sink{Type: config.WebhookSink, URL: "https://hook.example", Secret: "old  new"},
			[]string{"old  new", "old", "new", "https://hook.example"},
		},
		{config.Sink{Type: config.WebhookSink, URL: "https://hook.example", Secret: "one"}, []string{"one", "https://hook.example"}},
		{config.Sink{Type: config.SlackSink, URL: "https://slack.example/T/B/x"}, []string{"https://slack.example/T/B/x"}},
		{config.Sink{Type: config.CDEventsSink, URL: "https://events.example"}, nil},
		{config.Sink{Type: config.CDEventsSink, URL: "https://events.example/?k=v"}, []string{"https://events.example/?k=v"}},
		{config.Sink{Type: config.CDEventsSink, URL: "https://u:p@events.example", Secret: "t0"}, []string{"t0", "https://u:p@events.example"}},
		{config.Sink{Type: config.PagerDutySink, URL: "https://events.example", Secret: "r0"}, []string{"r0"}},
		{config.Sink{Type: config.DatadogSink, URL: "https://api.example", Secret: "d0"}, []string{"d0"}},
		{
			config.Sink{Type: config.CDEventsSink, Headers: map[string]string{
				"Accept": "seen", "X-Author": "seen", "X-Monkey": "seen",
				"Authorization": "Bearer  b1", "Cookie": "a=c1", "X-Api-Key": "k1", "x-secret-name": "s1",
				"X-Auth": "u1", "KEY": "k2", "X_PASSWD": "p1", "X-Token": "t1", "Credentials": "r1", "PrivateKey": "v1",
			}},
			[]string{"Bearer  b1", "b1", "a=c1", "r1", "k2", "v1", "k1", "u1", "t1", "p1", "s1"},
		},
	} {
		assert.Equal(t, test.want, config.Config{Sinks: []config.Sink{test.sink}}.Secrets(), "%v", test.sink)
	}
}

// Secrets that were read are masked, whatever else is wrong.
func TestSecretsWithErrors(t *testing.T) {
	t.Parallel()
	c, err := config.Read(source(filled(values{
		"mode": "fly", "webhook_url": "http://hook.example/p", "webhook_secret": "s1\n s2", "webhook_headers": "Authorization: Bearer b1, oops",
		"slack_webhook_url": "HTTPS://slack.example/T", "cdevents_url": "https://cd.example?k=1", "cdevents_token": "t1",
		"pagerduty_routing_key": "R1", "datadog_api_key": "d1",
		"sinks": `[{"type":"slack","name":"x","url_env":"X"},{"type":"fax"}]`,
	}), values{"X": "https://slack.example/X"}))
	require.Error(t, err)
	assert.Equal(t, []string{
		"t0ken",
		"s1 s2", "s1", "s2", "http://hook.example/p", "Bearer b1", "b1",
		"https://slack.example/T",
		"t1", "https://cd.example?k=1", "R1", "d1",
		"https://slack.example/X",
	}, c.Secrets())
}
