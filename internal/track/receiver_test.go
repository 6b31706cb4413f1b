package track_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

// What cannot work is an error at once, and the address is not repeated.
func TestInvalidAddresses(t *testing.T) {
	t.Parallel()
	const form, unsafe = "url: must start with https:// or http:// and name a host", "its URL must begin with https://"
	for url, want := range map[string]string{
		"":                           "it has no url",
		"hush":                       form,
		"https://":                   form,
		"https://hush example/":      form,
		"https:///hush":              form,
		"http://hush.example/":       unsafe,
		"ftp://hush.example/":        form,
		"http://localhost.hush.com":  unsafe,
		"http://127.0.0.1.hush.com/": unsafe,
		"http://10.0.0.1/hush":       unsafe,
	} {
		for _, one := range track.Types() {
			if one.Required != config.AddressSetting {
				continue
			}
			t.Run(one.Name+" "+url, func(t *testing.T) {
				t.Parallel()
				assert.Equal(t, fmt.Sprintf("set up sink %q: %s", one.Name, want), invalid(t, sink(one.Name, settings{"url": url})))
			})
		}
	}
	for _, url := range []string{"https://hooks.example/a?b=c", "http://localhost:80/", "http://LocalHost:80/", "http://127.0.0.1/", "http://[::1]:8080/x", "https://u:p@h/"} {
		t.Run(url, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, "webhook", to(t, sink("webhook", settings{"url": url}), nil).Name())
		})
	}
}

// A receiver without what it requires cannot be set up, nor one that is unknown or wants unknown events.
func TestInvalidSinks(t *testing.T) {
	t.Parallel()
	for _, one := range track.Types() {
		t.Run(one.Name, func(t *testing.T) {
			t.Parallel()
			s := sink(one.Name, nil)
			s.Name = "team"
			assert.Equal(t, "team", to(t, s, nil).Name())
			s.Settings[one.Required] = ""
			assert.Equal(t, `set up sink "team": it has no `+one.Required, invalid(t, s))
			s = sink(one.Name, nil)
			s.Events = []string{"deployment.started", "deployment.complete"}
			assert.Contains(t, invalid(t, s), `there is no event "deployment.complete"; there are deployment.pending, deployment.started, `)
		})
	}
	assert.Equal(t, `set up sink "x": its type "fax" is unknown`, invalid(t, config.Sink{Type: "fax", Name: "x"}))
}

// What a receiver requires is a secret, but for the address of a CDEvents receiver, which has a token. Secrets come
// from the environment, and each type has its own inputs.
func TestSettings(t *testing.T) {
	t.Parallel()
	for _, one := range track.Types() {
		t.Run(one.Name, func(t *testing.T) {
			t.Parallel()
			assert.NotEmpty(t, one.Title)
			for _, setting := range one.Settings {
				assert.True(t, strings.HasPrefix(setting.Input, one.Name+"_"), setting.Input)
				if setting.Name == one.Required || setting.Name == "token" || setting.Name == "secret" {
					assert.Equal(t, setting.Input != "cdevents_url", setting.Secret, setting.Input)
					assert.True(t, setting.FromEnv, setting.Input)
				}
				if setting.Default != "" {
					plain, err := setting.Parse(setting.Default)
					require.NoError(t, err)
					assert.Equal(t, setting.Default, plain, setting.Input)
				}
			}
		})
	}
}

// What is kept of a sink between two jobs has no secret, and is the same sink again with the secrets of the second.
func TestSinksWithoutSecrets(t *testing.T) {
	t.Parallel()
	for _, one := range track.SinkTypes() {
		t.Run(one.Name, func(t *testing.T) {
			t.Parallel()
			given, setup := secretInputs(one)
			s := readSink(t, given)
			text, err := json.Marshal(s.WithoutSecrets())
			require.NoError(t, err)
			assert.NotContains(t, string(text), hookKey)
			assert.NotContains(t, string(text), hookURL)
			var kept config.Sink
			require.NoError(t, json.Unmarshal(text, &kept))
			assert.Contains(t, invalid(t, kept), "it has no "+one.Required)
			assert.Equal(t, setup, track.SetupInput(kept))
			again := kept.WithSecretsOf(s)
			assert.Equal(t, s.Settings, again.Settings)
			assert.Equal(t, one.Name, to(t, again, nil).Name())
			kept.Name = "team"
			assert.Equal(t, "sinks", track.SetupInput(kept))
		})
	}
}

// secretInputs sets a sink up with a secret wherever one can be, and says which input is required.
func secretInputs(one config.SinkType) (given map[string]string, setup string) {
	given = map[string]string{"github_token": "t", "mode": "comment", "status": "success"}
	for _, setting := range one.Settings {
		switch {
		case setting.Secrets != nil:
			given[setting.Input] = "X-Api-Key: " + hookKey
		case setting.Secret:
			given[setting.Input] = hookKey
		}
		if setting.Name == one.Required {
			setup = setting.Input
		}
	}
	if one.Required == config.AddressSetting {
		given[setup] = hookURL
	}
	return given, setup
}

func readSink(t *testing.T, given map[string]string) config.Sink {
	t.Helper()
	inputs := config.Defaults(track.SinkTypes()...)
	maps.Copy(inputs, given)
	c, err := config.Read(config.SourceOf(inputs), track.SinkTypes()...)
	require.NoError(t, err)
	require.Len(t, c.Sinks, 1)
	return c.Sinks[0]
}

func TestWants(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		events, environments []string
		event                track.Event
		want                 bool
	}{
		"everything":               {nil, nil, full(config.Pending), true},
		"blocked":                  {nil, nil, full(track.Blocked), true},
		"a build":                  {nil, nil, built(config.Failed), true},
		"its type":                 {[]string{"deployment.failed", "deployment.started"}, nil, full(config.Started), true},
		"another type":             {[]string{"deployment.failed"}, nil, full(config.Started), false},
		"another kind":             {[]string{"deployment.failed"}, nil, built(config.Failed), false},
		"a build of its type":      {[]string{"build.failed"}, nil, built(config.Failed), true},
		"a rollback":               {[]string{"deployment.rolled_back"}, nil, rollback(), true},
		"a rollback is completed":  {[]string{"deployment.completed"}, nil, rollback(), true},
		"no rollback":              {[]string{"deployment.rolled_back"}, nil, full(config.Completed), false},
		"its environment":          {nil, []string{"staging", "production"}, full(config.Started), true},
		"another environment":      {nil, []string{"staging"}, full(config.Started), false},
		"a build has none":         {nil, []string{"production"}, built(config.Started), false},
		"type without environment": {[]string{"deployment.started"}, []string{"staging"}, full(config.Started), false},
		"environment without type": {[]string{"deployment.failed"}, []string{"production"}, full(config.Started), false},
		"both":                     {[]string{"deployment.started"}, []string{"production"}, full(config.Started), true},
		"names are not parts":      {nil, []string{"prod"}, full(config.Started), false},
		"case does not matter":     {nil, []string{"Production"}, full(config.Started), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sink("webhook", nil)
			s.Events, s.Environments = test.events, test.environments
			assert.Equal(t, test.want, to(t, s, nil).Wants(test.event))
		})
	}
}

// By default, a channel gets neither what waits nor builds.
func TestUsualEvents(t *testing.T) {
	t.Parallel()
	all := []track.Event{
		full(config.Pending), full(config.Started), full(config.Completed), full(config.Failed), full(config.Aborted), full(track.Blocked), rollback(),
		built(config.Pending), built(config.Started), built(config.Completed), built(config.Failed), built(config.Aborted),
	}
	for i, e := range all {
		t.Run(fmt.Sprint(e.Types()), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, i > 0 && i < 7, to(t, sink("slack", nil), nil).Wants(e), "slack")
			assert.Equal(t, e.State != track.Blocked, to(t, sink("cdevents", nil), nil).Wants(e), "cdevents")
		})
	}
	builds, staging := sink("slack", nil), sink("cdevents", nil)
	builds.Events, staging.Environments = []string{"build.failed"}, []string{"staging"}
	assert.True(t, to(t, builds, nil).Wants(built(config.Failed)))
	assert.False(t, to(t, builds, nil).Wants(full(config.Failed)))
	assert.False(t, to(t, staging, nil).Wants(full(config.Failed)))
}

// A receiver is there when it answers anything to HEAD, as long as that is not that it is out of order.
func TestPing(t *testing.T) {
	t.Parallel()
	for status, problem := range map[int]string{
		200: "", 204: "", 401: "", 404: "", 405: "", 501: "", // the last one knows no HEAD
		302: "it redirects (HTTP 302)", 500: "it answers with HTTP 500", 503: "it answers with HTTP 503",
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			var asked []string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = append(asked, r.Method+" "+r.Header.Get("Authorization"))
				w.WriteHeader(status)
			}))
			for _, one := range notices(t, server.URL, http.DefaultTransport) {
				err := one.Ping(t.Context())
				if problem == "" {
					require.NoError(t, err, status)
				} else {
					require.ErrorContains(t, err, problem)
				}
			}
			server.Close()
			for _, request := range asked {
				assert.Equal(t, "HEAD ", request, "neither an event nor a key is sent")
			}
		})
	}
}
