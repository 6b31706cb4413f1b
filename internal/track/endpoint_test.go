package track_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

func webhookTo(to track.Endpoint) (*track.Webhook, error) {
	return track.NewWebhook(to, track.WebhookOptions{Secrets: "plain-secret", Now: time.Now})
}

// What cannot work is said at once, and the address is not repeated.
func TestEndpointThatCannotWork(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"":                           "it has no URL",
		"hush":                       "its URL is none",
		"https://":                   "its URL is none",
		"https://hush example/":      "its URL is none",
		"https:///hush":              "its URL is none",
		"http://hush.example/":       "its URL must begin with https://",
		"ftp://hush.example/":        "its URL must begin with https://",
		"http://localhost.hush.com":  "its URL must begin with https://",
		"http://127.0.0.1.hush.com/": "its URL must begin with https://",
		"http://10.0.0.1/hush":       "its URL must begin with https://",
	} {
		_, err := webhookTo(track.Endpoint{Name: "team", URL: url})
		require.EqualError(t, err, `set up sink "team": `+want, url)
		_, err = track.NewSlack(track.Endpoint{URL: url}, "")
		require.EqualError(t, err, `set up sink "slack": `+want, url)
		_, err = track.NewCDEvents(track.Endpoint{URL: url}, track.CDEventsOptions{})
		require.EqualError(t, err, `set up sink "cdevents": `+want, url)
		_, err = track.NewPagerDuty(track.Endpoint{URL: url}, track.PagerDutyOptions{RoutingKey: hookKey})
		require.EqualError(t, err, `set up sink "pagerduty": `+want, url)
		_, err = track.NewDatadog(track.Endpoint{URL: url}, track.DatadogOptions{APIKey: hookKey})
		require.EqualError(t, err, `set up sink "datadog": `+want, url)
	}
	for _, url := range []string{"https://hooks.example/a?b=c", "http://localhost:80/", "http://LocalHost:80/", "http://127.0.0.1/", "http://[::1]:8080/x", "https://u:p@h/"} {
		w, err := webhookTo(track.Endpoint{URL: url})
		require.NoError(t, err, url)
		assert.Equal(t, "webhook", w.Name())
	}
	_, err := webhookTo(track.Endpoint{URL: hookURL, Events: []string{"deployment.started", "deployment.complete"}})
	require.ErrorContains(t, err, `set up sink "webhook": there is no event "deployment.complete"; there are deployment.pending, deployment.started, `)
}

func TestEndpointWants(t *testing.T) {
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
		w, err := webhookTo(track.Endpoint{URL: hookURL, Events: test.events, Environments: test.environments})
		require.NoError(t, err)
		assert.Equal(t, test.want, w.Wants(test.event), name)
	}
}

// A person in a channel is not told that something waits, or of builds, unless somebody wants it.
func TestUsualEvents(t *testing.T) {
	t.Parallel()
	all := []track.Event{
		full(config.Pending), full(config.Started), full(config.Completed), full(config.Failed), full(config.Aborted), full(track.Blocked), rollback(),
		built(config.Pending), built(config.Started), built(config.Completed), built(config.Failed), built(config.Aborted),
	}
	slack, err := track.NewSlack(track.Endpoint{URL: hookURL}, "")
	require.NoError(t, err)
	events, err := track.NewCDEvents(track.Endpoint{URL: hookURL}, track.CDEventsOptions{})
	require.NoError(t, err)
	for i, e := range all {
		assert.Equal(t, i > 0 && i < 7, slack.Wants(e), "slack: %v", e.Types())
		assert.Equal(t, e.State != track.Blocked, events.Wants(e), "cdevents: %v", e.Types())
	}
	slack, err = track.NewSlack(track.Endpoint{URL: hookURL, Events: []string{"build.failed"}}, "")
	require.NoError(t, err)
	assert.True(t, slack.Wants(built(config.Failed)))
	assert.False(t, slack.Wants(full(config.Failed)))
	events, err = track.NewCDEvents(track.Endpoint{URL: hookURL, Environments: []string{"staging"}}, track.CDEventsOptions{})
	require.NoError(t, err)
	assert.False(t, events.Wants(full(config.Failed)))
}
