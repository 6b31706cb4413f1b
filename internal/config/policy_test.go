package config_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// under returns the settings of production under a rules file.
func under(t *testing.T, inputs values, file string) config.Config {
	t.Helper()
	rules, err := policy.Read(file)
	require.NoError(t, err)
	governed, err := read(t, inputs).Under(rules)
	require.NoError(t, err)
	return governed.For("Production")
}

// A key of an environment replaces that of defaults, which replaces the input, which replaces its default.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	const file = "version: 1\n%senvironments:\n  staging:\n  production:\n    after: staging\n%s"
	for name, test := range map[string]struct {
		inputs                values
		defaults, environment string // a key with its value
		shown                 func(config.Config) any
		want                  [4]any // by default, by input, by defaults, by the environment
	}{
		"checks": {
			values{"checks": "required"},
			"checks: [build]", "checks: all",
			func(c config.Config) any { return fmt.Sprintf("%s %v", c.Checks.Mode, c.Checks.Names) },
			[4]any{"all []", "required []", "list [build]", "all []"},
		},
		"checks, switched off": {
			values{"skip_ci": "production"},
			"checks: required", "checks: false",
			func(c config.Config) any { return c.Resolved.SkipsChecks },
			[4]any{false, true, false, true},
		},
		"reviews": {
			values{"skip_reviews": "production"},
			"reviews: true", "reviews: false",
			func(c config.Config) any { return c.Resolved.SkipsReviews },
			[4]any{false, true, false, true},
		},
		"health_check": {
			values{"health_check": "[{url: https://input.example}]"},
			"health_check: [{url: https://defaults.example}]", "health_check: false",
			func(c config.Config) any { return fmt.Sprint(c.Resolved.HealthChecks) },
			[4]any{"[]", "[https://input.example]", "[https://defaults.example]", "[]"},
		},
		"draft": {
			values{"draft_permitted_targets": "production"},
			"draft: false", "draft: true",
			func(c config.Config) any { return c.Resolved.AllowsDrafts },
			[4]any{false, true, false, true},
		},
		"update_branch": {
			values{"update_branch": "force"},
			"update_branch: false", "update_branch: warn",
			func(c config.Config) any { return c.Outdated.Update },
			[4]any{config.UpdateWarn, config.UpdateForce, config.UpdateDisabled, config.UpdateWarn},
		},
		"confirm": {
			values{"deployment_confirmation": "true"},
			"confirm: false", "confirm: true",
			func(c config.Config) any { return c.Confirmation.Required },
			[4]any{false, true, false, true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defaults, environment := "defaults:\n  "+test.defaults+"\n", "    "+test.environment+"\n"
			for i, got := range []config.Config{
				under(t, nil, fmt.Sprintf(file, "", "")),
				under(t, test.inputs, fmt.Sprintf(file, "", "")),
				under(t, test.inputs, fmt.Sprintf(file, defaults, "")),
				under(t, test.inputs, fmt.Sprintf(file, defaults, environment)),
			} {
				assert.Equal(t, test.want[i], test.shown(got), "level %d", i)
			}
		})
	}
}

// Keys that only environments have replace the input.
func TestOwnKeysReplaceInputs(t *testing.T) {
	t.Parallel()
	inputs := values{"environment_urls": "production|https://old.example", "production_environments": "production"}
	c := under(t, inputs, "version: 1\nenvironments:\n  production:\n    production: false\n    url: https://new.example\n")
	assert.Equal(t, "https://new.example", c.Resolved.URL)
	assert.False(t, c.Resolved.Production)
	c = under(t, inputs, "version: 1\nenvironments:\n  production:\n")
	assert.Equal(t, "https://old.example", c.Resolved.URL)
	assert.True(t, c.Resolved.Production)
}

// The settings for one environment say nothing about the next.
func TestRulesOfTheNextEnvironment(t *testing.T) {
	t.Parallel()
	c := under(t, nil, "version: 1\nenvironments:\n  staging:\n  production:\n    after: staging\n    confirm: true\n    checks: false\n")
	require.True(t, c.Confirmation.Required)
	next := c.For("staging")
	assert.False(t, next.Confirmation.Required)
	assert.False(t, next.Resolved.SkipsChecks)
	assert.Empty(t, next.Resolved.Earlier)
	preview := c.For("preview-7")
	assert.Nil(t, preview.Resolved.Rules)
	assert.False(t, preview.Confirmation.Required)
}

// The names of the file are the only ones that commands can name, and a default environment that it lacks does not count.
func TestNamesOfTheFile(t *testing.T) {
	t.Parallel()
	rules, err := policy.Read("version: 1\nenvironments:\n  Live:\n  qa:\n")
	require.NoError(t, err)
	c, err := read(t, values{"environment": "live"}).Under(rules)
	require.NoError(t, err)
	assert.Equal(t, []string{"Live", "qa"}, c.Environments())
	c, err = read(t, values{"environment": "production"}).Under(rules)
	require.NoError(t, err)
	assert.Equal(t, []string{"Live", "qa"}, c.Environments())
	assert.Empty(t, c.Environment)
}

// Inputs and a file that contradict each other are errors at their lines.
func TestUnderContradictions(t *testing.T) {
	t.Parallel()
	const file = "version: 1\nenvironments:\n  staging:\n  production:\n    after: staging\n"
	for name, test := range map[string]struct {
		inputs values
		file   string
		want   string
	}{
		"the order twice": {
			values{"enforced_deployment_order": "staging,production"},
			file,
			"line 5, column 1: environments.production.after: the order is set twice, in the input enforced_deployment_order and in after; remove one",
		},
		"other names": {
			values{"environment_targets": "qa,production"},
			file,
			"line 1, column 1: environments: the input environment_targets names other environments: qa, production; remove the input, or name the same ones",
		},
		"a lock that cannot exist": {
			nil, "version: 1\nenvironments:\n  'a..b':\n",
			`line 3, column 1: environments.a..b: its lock is a branch named after it, and the name of a branch must not contain ..; choose another name, or set disable_lock: true`,
		},
		"two locks of one name": {
			nil, "version: 1\nenvironments:\n  eu west:\n  eu-west:\n",
			`line 4, column 1: environments.eu-west: its lock would be the branch eu-west-branch-deploy-lock, which is also the lock of "eu west"; choose another name, or set disable_lock: true`,
		},
		"the same names, and an order without after": {
			values{"environment_targets": "PRODUCTION,staging", "enforced_deployment_order": "staging,production"},
			"version: 1\nenvironments:\n  staging:\n  production:\n", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rules, err := policy.Read(test.file)
			require.NoError(t, err)
			if _, err = readAll(t, test.inputs).Under(rules); test.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, test.want)
		})
	}
}

func TestPolicyPath(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]config.PolicyFile{
		"auto":          {Path: ".github/lockstep.yml"},
		"":              {},
		"ops/rules.yml": {Path: "ops/rules.yml", Required: true},
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, read(t, values{"policy_path": given}).PolicyFile)
		})
	}
	for _, wrong := range []string{"/rules.yml", "./rules.yml", "../rules.yml", "ops/../rules.yml"} {
		t.Run(wrong, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, failing(t, values{"policy_path": wrong}).Error(), "must be a path from the root of the repository")
		})
	}
}
