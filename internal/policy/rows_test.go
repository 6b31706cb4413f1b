package policy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/policy"
)

// Every key of an environment is shown with its value and line, and false where it is switched off.
func TestRows(t *testing.T) {
	t.Parallel()
	read, err := policy.Read(`version: 1
defaults:
  soak: 1d12h30s
  labels: {require: [qa]}
environments:
  staging:
    after: dev
    soak: false
    labels: false
    noop: false
    checklist: false
    reviews: false
    checks: false
    update_branch: false
  dev:
  production:
    after: [staging, dev]
    production: true
    checks: all
    reviews: 2
    health_check: [{url: "https://app.example.com/v?key=x", status: [200, 2xx], contains: "{sha}"}, {url: https://b.example}]
freezes:
  - {name: nights, from: "18:00", until: "08:00"}
  - {name: dev only, from: sat 00:00, until: mon 00:00, environments: [dev]}
`)
	require.NoError(t, err)
	rows := func(environment string) []policy.Row {
		found, known := read.For(environment, false)
		require.True(t, known)
		return found.Rows()
	}
	assert.Equal(t, []policy.Row{
		{"after", "dev", 7},
		{"checks", "false", 13},
		{"reviews", "false", 12},
		{"update_branch", "disabled", 14},
		{"soak", "false", 8},
		{"noop", "false", 10},
		{"labels", "false", 9},
		{"checklist", "false", 11},
	}, rows("Staging"))
	assert.Equal(t, []policy.Row{
		{"after", "staging, dev", 17},
		{"production", "true", 18},
		{"checks", "all", 19},
		{"reviews", "2", 20},
		{"soak", "1d12h30s", 3},
		{"labels", "require qa", 4},
		{"health_check", `https://app.example.com/v answers 200 or 2xx with "{sha}", https://b.example`, 21},
		{"freeze nights", "18:00 to 08:00", 23},
	}, rows("production"))
	assert.Equal(t, []policy.Row{{"labels", "require qa", 4}, {"freeze dev only", "sat 00:00 to mon 00:00", 24}}, rows("dev"))
}
