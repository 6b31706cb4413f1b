package config_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
)

// listed are settings in which every list of environments has a spelling of its own.
func listed() config.Config {
	return config.Config{
		Targets:                []string{"dev", "staging", "Prod-EU"},
		ProductionEnvironments: []string{"prod-eu", "Prod-US"},
		EnvironmentURLs:        map[string]string{"PROD-EU": "https://eu.shop.example", "dev": ""},
		OrderSettings:          config.OrderSettings{Order: []string{"DEV", "Staging", "prod-eu"}},
		Checks:                 config.Checks{Skip: []string{"Dev"}},
		Reviews:                config.Reviews{Skip: []string{"STAGING"}},
		Origin:                 config.Origin{Drafts: []string{"Dev", "Staging"}},
	}
}

func TestFor(t *testing.T) {
	t.Parallel()
	dev := config.Resolved{Environment: "dev", SkipsChecks: true, AllowsDrafts: true}
	staging := config.Resolved{Environment: "staging", Earlier: []string{"DEV"}, SkipsReviews: true, AllowsDrafts: true}
	eu := config.Resolved{
		Environment: "Prod-EU", URL: "https://eu.shop.example", Production: true, Earlier: []string{"DEV", "Staging"},
	}
	for environment, want := range map[string]config.Resolved{
		"dev": dev, "DEV": dev,
		"staging": staging, "Staging": staging,
		"Prod-EU": eu, "prod-eu": eu, "PROD-EU": eu,
		"prod-us": {Environment: "prod-us", Production: true}, // no target
		"prod":    {Environment: "prod"},
		"":        {},
	} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			got := listed().For(environment)
			assert.Equal(t, want, got.Resolved)
			got.Resolved = config.Resolved{}
			assert.Equal(t, listed(), got, "everything else stays")
		})
	}
}

// What is resolved for one environment is not left over for the next, and does not write into the order.
func TestForAgain(t *testing.T) {
	t.Parallel()
	c := listed()
	staging := c.For("staging")
	_ = append(staging.Resolved.Earlier, "qa")
	assert.Equal(t, listed(), c)
	assert.Equal(t, config.Resolved{Environment: "qa"}, staging.For("qa").Resolved)
}

func TestIsProduction(t *testing.T) {
	t.Parallel()
	c := config.Config{ProductionEnvironments: []string{"prod", "prod-eu"}}
	assert.True(t, c.For("prod-eu").Resolved.Production)
	assert.True(t, c.For("Prod").Resolved.Production)
	assert.False(t, c.For("production").Resolved.Production)
	assert.False(t, config.Config{}.For("").Resolved.Production)
}

// Every list has an environment once, in any spelling: two entries could say different things of it.
func TestRepeatedEnvironments(t *testing.T) {
	t.Parallel()
	for _, input := range []string{
		"environment_targets", "production_environments", "enforced_deployment_order", "skip_ci", "skip_reviews", "draft_permitted_targets",
	} {
		t.Run(input, func(t *testing.T) {
			t.Parallel()
			problem := failing(t, values{input: "dev, Staging,prod ,staging"})
			assert.Equal(t, config.InputError{
				Input: input, Value: "dev, Staging,prod ,staging",
				Accepted: `"Staging" and "staging" are the same environment: GitHub ignores case in names of environments`,
			}, *problem)
			assert.Equal(t, `"dev" is in the list twice`, failing(t, values{input: "dev,qa, dev"}).Accepted)
		})
	}
	t.Run("environment_urls", func(t *testing.T) {
		t.Parallel()
		problem := failing(t, values{"environment_urls": "prod|https://a.example,Prod|https://b.example"})
		assert.Equal(t, `"prod" and "Prod" are the same environment: GitHub ignores case in names of environments`, problem.Accepted)
		problem = failing(t, values{"environment_urls": "prod|https://a.example/?key=1,prod|disabled"})
		assert.Equal(t, config.InputError{Input: "environment_urls", Accepted: `"prod" is in the list twice`}, *problem)
	})
}

// The default environment in another spelling is the target, whose lock is no second one.
func TestDefaultEnvironmentIsATarget(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "PROD", read(t, values{"environment_targets": "prod,dev", "environment": "PROD"}).Environment)
}

func TestTracks(t *testing.T) {
	t.Parallel()
	assert.False(t, config.Config{}.Tracks())
	assert.True(t, config.Config{Versioner: config.Versioner{APIKey: "k"}}.Tracks())
}

func TestNotifiesAndBuilds(t *testing.T) {
	t.Parallel()
	assert.False(t, config.Config{}.Notifies())
	assert.True(t, config.Config{Sinks: []config.Sink{{}}}.Notifies())
	for _, test := range []struct {
		mode  config.Mode
		about string
		want  bool
	}{{config.TrackIt, "build", true}, {config.TrackIt, "deployment", false}, {config.TrackIt, "", false}, {config.Comment, "build", false}} {
		t.Run(string(test.mode)+" "+test.about, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, config.Config{Mode: test.mode, Track: config.Track{EventType: test.about}}.Builds(), test)
		})
	}
}
