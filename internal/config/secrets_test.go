package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

func TestSecrets(t *testing.T) {
	t.Parallel()
	c := config.Config{Token: "t", Admins: config.Admins{Token: "a"}, Versioner: config.Versioner{APIKey: "k"}}
	assert.Equal(t, []string{"t", "a", "k"}, c.Secrets())
	c.Token, c.Admins.Token = "", ""
	assert.Equal(t, []string{"k"}, c.Secrets(), "an empty secret would mask everything")
	assert.Empty(t, config.Config{}.Secrets())
	c = read(t, values{"cdevents_url": sent, "cdevents_token": "t0ken"})
	assert.Equal(t, []string{"t0ken"}, c.Secrets(), "once is enough")
}

func TestSecretsOfSinks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		given values
		want  []string
	}{
		"webhook":    {values{"webhook_url": "https://hook.example"}, []string{"https://hook.example"}},
		"rotation":   {values{"webhook_url": "https://hook.example", "webhook_secret": "old-secret  new-secret"}, []string{"https://hook.example", "old-secret new-secret", "old-secret", "new-secret", "old-secret  new-secret"}},
		"one secret": {values{"webhook_url": "https://hook.example", "webhook_secret": "one-secret"}, []string{"https://hook.example", "one-secret"}},
		"slack":      {values{"slack_webhook_url": slack}, []string{slack}},
		"cdevents":   {values{"cdevents_url": "https://events.example"}, nil},
		"query":      {values{"cdevents_url": "https://events.example/?k=v"}, []string{"https://events.example/?k=v"}},
		"password":   {values{"cdevents_url": "https://u:p@events.example", "cdevents_token": "t0"}, []string{"https://u:p@events.example", "p", "dTpw", "t0"}},
		"user":       {values{"cdevents_url": "https://u@events.example"}, []string{"https://u@events.example", "u", "dTo="}},
		"pagerduty":  {values{"pagerduty_routing_key": route}, []string{route}},
		"datadog":    {values{"datadog_api_key": "d0"}, []string{"d0"}},
		"headers": {
			values{"webhook_url": "https://hook.example", "webhook_headers": strings.Join([]string{
				"Accept: seen", "X-Author: seen", "X-Monkey: seen", "Authorization: Bearer  b1", "Cookie: a=c1", "X-Api-Key: k1", "x-secret-name: s1",
				"X-Auth: u1", "KEY: k2", "X_PASSWD: p1", "X-Token: t1", "Credentials: r1", "PrivateKey: v1",
			}, "\n")},
			[]string{"https://hook.example", "Bearer  b1", "b1", "a=c1", "k1", "s1", "u1", "k2", "p1", "t1", "r1", "v1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, append([]string{"t0ken"}, test.want...), read(t, test.given).Secrets())
		})
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
	}), values{"X": "https://slack.example/X"}), track.SinkTypes()...)
	require.Error(t, err)
	assert.Equal(t, []string{
		"t0ken",
		"http://hook.example/p", "s1\n s2", "s1", "s2",
		"https://slack.example/T",
		"https://cd.example?k=1", "t1", "R1", "d1",
		"https://slack.example/X", "HTTPS://slack.example/T",
	}, c.Secrets())
}
