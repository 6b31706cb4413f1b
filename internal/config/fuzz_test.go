package config_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

// FuzzRead gives two inputs and a variable any value. What is wrong is said of an input that exists, in one line that
// shows no secret; what is a secret is among those to mask; and nothing is taken that cannot work.
func FuzzRead(f *testing.F) {
	inputs := config.Inputs(track.SinkTypes()...)
	for i := range inputs {
		f.Add(uint8(i), "x", uint8(i+1), "true", "y")
	}
	at := func(name string) uint8 {
		return uint8(slices.IndexFunc(inputs, func(i config.Input) bool { return i.Name == name }))
	}
	for name, value := range map[string]string{
		"environment_urls": "production|https://u:p4ssw0rd@shop.example,dev", "sinks": `[{"type":"webhook","url_env":"HOOK"},{"type":"slack","url":"https://u:p4ssw0rd@x"}]`,
		"metadata": `{"a":{"b":[1,null]}}`, "artifacts": "oci=https://u:p4ssw0rd@ghcr.io/a\nx", "webhook_headers": "Authorization: Bearer p4ssw0rd, X", "handoff": `{"phase":"ready"}`,
		"lock_expiry": "9999999999h", "status": "success\n::error::x", "github_deployment_id": "-1", "mode": "\x1b[31m\u202e##[error]",
		"environment_targets": ",,a b,..,\xff,a\x00", "webhook_url": "https://u:p4ssw0rd@hook.example/\n", "checks": "all,\r\n::set-output name=continue::true",
		"versioner_api_url": "HTTPS://EXAMPLE:99999", "datadog_site": "evil.example/#", "pagerduty_url": "https://x/v2/enqueue",
	} {
		f.Add(at(name), value, at("webhook_url"), "https://hook.example", "https://u:p4ssw0rd@hook.example/")
	}
	f.Fuzz(func(t *testing.T, first uint8, one string, second uint8, two, variable string) {
		given := values{}
		for _, pair := range []struct {
			at    uint8
			value string
		}{{first, one}, {second, two}} {
			input := inputs[int(pair.at)%len(inputs)]
			if input.Secret {
				pair.value = marked(pair.value)
			}
			given[input.Name] = pair.value
		}
		from := source(filled(given), values{"HOOK": variable, "VERSIONER_API_KEY": variable})
		c, err := config.Read(from, track.SinkTypes()...)
		again, errAgain := config.Read(from, track.SinkTypes()...)
		assert.Equal(t, c, again)
		assert.Equal(t, err, errAgain)
		checkErrors(t, err)
		checkSecrets(t, given, c)
		if err == nil {
			checkAccepted(t, c)
		}
	})
}

// mark is a part of every secret.
const mark = "s3cr3tM4rk"

func marked(value string) string {
	if strings.TrimSpace(value) == "" {
		return value
	}
	return strings.TrimRightFunc(value, unicode.IsSpace) + mark
}

func checkErrors(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var errs config.Errors
	require.ErrorAs(t, err, &errs)
	for _, one := range errs {
		known := func(i config.Input) bool { return i.Name == one.Input }
		assert.True(t, slices.ContainsFunc(config.Inputs(track.SinkTypes()...), known), one.Input)
		text := one.Error()
		assert.NotContains(t, text, mark)
		assert.NotContains(t, text, "p4ssw0rd", "%q", text)
		odd := func(r rune) bool { return !unicode.IsPrint(r) }
		assert.False(t, strings.ContainsFunc(text, odd), "%q", text)
		assert.NotEmpty(t, one.Accepted)
	}
}

// checkSecrets wants every secret that was given to be masked, in the form in which it is used.
func checkSecrets(t *testing.T, given values, c config.Config) {
	t.Helper()
	assert.NotContains(t, c.Secrets(), "")
	for _, name := range []string{"github_token", "admins_pat", "versioner_api_key"} {
		if value := given[name]; strings.HasSuffix(value, mark) {
			assert.Contains(t, c.Secrets(), strings.TrimSpace(value), name)
		}
	}
	for _, sink := range c.Sinks {
		for _, setting := range settingsOf(sink.Type) {
			if value := sink.Settings[setting.Name]; setting.Secret && value != "" {
				assert.Contains(t, c.Secrets(), value, setting.Input)
			}
		}
	}
}

func settingsOf(name string) []config.Setting {
	for _, one := range track.SinkTypes() {
		if one.Name == name {
			return one.Settings
		}
	}
	return nil
}

func checkAccepted(t *testing.T, c config.Config) {
	t.Helper()
	assert.NotEmpty(t, c.Token)
	assert.NotEmpty(t, c.Targets)
	assert.LessOrEqual(t, len(c.Track.Artifacts), 50)
	for _, artifact := range c.Track.Artifacts {
		assert.False(t, strings.ContainsFunc(artifact.Type+artifact.Location, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), "%q", artifact)
		assert.NotContains(t, artifact.Location, "p4ssw0rd")
	}
	for _, sink := range c.Sinks {
		if sink.Settings["url"] == "" {
			continue // it knows its address by itself
		}
		address, err := url.Parse(sink.Settings["url"])
		require.NoError(t, err)
		local := slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, strings.ToLower(address.Hostname())) || strings.HasPrefix(address.Hostname(), "127.")
		assert.True(t, address.Scheme == "https" || local || c.AllowInsecureHTTP, "%s", sink.Settings["url"])
		assert.NotEmpty(t, sink.Name)
	}
	names := map[string]bool{}
	for _, sink := range c.Sinks {
		assert.False(t, names[sink.Name], sink.Name)
		names[sink.Name] = true
	}
}
