package config_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/policy"
)

func readInputs(t *testing.T, inputs map[string]string) (config.Config, error) {
	t.Helper()
	all := config.Defaults()
	all["github_token"] = "token"
	maps.Copy(all, inputs)
	return config.Read(config.SourceOf(all))
}

func TestAsRules(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		inputs   map[string]string
		text     string
		replaced []string
	}{
		"defaults": {nil, "version: 1\n\nenvironments:\n  production:\n    production: true\n  development:\n  staging:\n", nil},
		"an order": {
			map[string]string{"environment_targets": "dev,staging,prod", "enforced_deployment_order": "dev,staging,prod", "production_environments": "prod"},
			"version: 1\n\nenvironments:\n  dev:\n  staging:\n    after: [dev]\n  prod:\n    after: [dev, staging]\n    production: true\n",
			[]string{"environment_targets", "enforced_deployment_order", "production_environments"},
		},
		"settings for all": {
			map[string]string{"environment_targets": "a", "checks": "build,test@app", "update_branch": "disabled", "deployment_confirmation": "true"},
			"version: 1\n\ndefaults:\n  checks: [build, \"test@app\"]\n  update_branch: false\n  confirm: true\n\nenvironments:\n  a:\n",
			[]string{"environment_targets", "checks", "update_branch", "deployment_confirmation"},
		},
		"settings for some": {
			map[string]string{"environment_targets": "a,true", "skip_ci": "a", "skip_reviews": "a", "draft_permitted_targets": "TRUE", "environment_urls": "a|https://a.example"},
			"version: 1\n\nenvironments:\n  a:\n    url: https://a.example\n    checks: false\n    reviews: false\n  \"true\":\n    draft: true\n",
			[]string{"environment_targets", "environment_urls", "skip_ci", "skip_reviews", "draft_permitted_targets"},
		},
		"an address that no file takes": {
			map[string]string{"environment_targets": "a", "environment_urls": "a|http://a.example"},
			"version: 1\n\nenvironments:\n  a:\n",
			[]string{"environment_targets"},
		},
		"no production": {
			map[string]string{"environment_targets": "production", "production_environments": ""},
			"version: 1\n\nenvironments:\n  production:\n    production: false\n",
			[]string{"environment_targets", "production_environments"},
		},
		"a name that no file takes": {map[string]string{"environment_targets": "a*", "disable_lock": "true"}, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.inputs = withEnvironment(test.inputs)
			c, err := readInputs(t, test.inputs)
			require.NoError(t, err)
			draft := c.AsRules()
			assert.Equal(t, test.text, draft.Text)
			assert.Equal(t, test.replaced, draft.Replaced)
		})
	}
}

// withEnvironment has the first target as the environment of commands that name none.
func withEnvironment(inputs map[string]string) map[string]string {
	if targets, _, _ := strings.Cut(inputs["environment_targets"], ","); targets != "" {
		inputs["environment"] = targets
	}
	return inputs
}

// The file with the inputs that stay says what all inputs said.
func TestRulesEqualInputs(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	different := 0
	for range 400 {
		inputs := randomInputs(random)
		before, err := readInputs(t, inputs)
		if err != nil {
			continue
		}
		draft := before.AsRules()
		require.NotEmpty(t, draft.Text, inputs)
		read, err := policy.Read(draft.Text)
		require.NoError(t, err, draft.Text)
		for _, replaced := range draft.Replaced {
			delete(inputs, replaced)
		}
		left, err := readInputs(t, inputs)
		require.NoError(t, err, inputs)
		after, err := left.Under(read)
		require.NoError(t, err, draft.Text)
		assert.Equal(t, before.Environment, after.Environment)
		for _, name := range before.Environments() {
			different++
			require.Equal(t, effective(before.For(name)), effective(after.For(name)), "%s in\n%s\ninputs %v", name, draft.Text, inputs)
		}
	}
	assert.Greater(t, different, 500, "most inputs are valid")
}

// effective is what counts for one environment. Names are compared in any spelling, and which checks would count where
// none does is left out.
func effective(c config.Config) string {
	r := c.Resolved
	checks := fmt.Sprint(c.Checks.Mode, c.Checks.Names)
	if r.SkipsChecks {
		checks = ""
	}
	earlier := strings.ToLower(strings.Join(r.Earlier, ","))
	return fmt.Sprint(
		r.Environment, "|", r.URL, "|", r.Production, "|", earlier, "|", r.SkipsChecks, r.SkipsReviews, r.AllowsDrafts, "|", checks, c.Checks.Ignored,
		c.Outdated, c.Confirmation.Required, envname.Contains(c.Environments(), r.Environment),
	)
}

func randomInputs(random *rand.Rand) map[string]string {
	names := []string{"dev", "Staging", "production", "qa/eu", "yes", "7", "a b", "it's: #1", "<a>"}
	some := func() []string {
		random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		return slices.Clone(names[:1+random.IntN(4)])
	}
	one := func(all ...string) string { return all[random.IntN(len(all))] }
	targets := some()
	inputs := map[string]string{"environment_targets": strings.Join(targets, ","), "environment": one(append(targets, "", "elsewhere")...)}
	may := func(name, value string) {
		if random.IntN(2) == 0 {
			inputs[name] = value
		}
	}
	var urls []string
	for _, name := range targets {
		urls = append(urls, name+"|"+one("https://a.example/"+name[:1], "http://plain.example", "disabled", "https://x.example/?a=b"))
	}
	may("environment_urls", strings.Join(urls, ","))
	random.Shuffle(len(targets), func(i, j int) { targets[i], targets[j] = targets[j], targets[i] })
	may("enforced_deployment_order", one(strings.Join(targets, ","), strings.ToUpper(strings.Join(targets, ","))))
	may("production_environments", one("", strings.Join(some(), ",")))
	may("skip_ci", strings.Join(some(), ","))
	may("skip_reviews", strings.ToUpper(strings.Join(some(), ",")))
	may("draft_permitted_targets", strings.Join(some(), ","))
	may("checks", one("all", "required", "build,test (1, 2)", "true", "Build: x@app"))
	may("ignored_checks", "lint")
	may("update_branch", one("warn", "force", "disabled"))
	may("deployment_confirmation", one("true", "false"))
	return inputs
}
