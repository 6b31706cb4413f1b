package policy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/policy"
)

// whole has every key.
const whole = `version: 1
time_zone: Europe/Berlin
defaults: {checks: required, enforcement: evaluate}
environments:
  dev: {checks: false, reviews: false, draft: true, update_branch: false, soak: false, noop: false, labels: false, checklist: false, confirm: false}
  production:
    after: [dev]
    url: https://app.example.com
    production: true
    allow: [acme/release, "role:maintain", alice]
    checks: [build, test]
    reviews: {count: 2, from: [acme/leads]}
    update_branch: force
    soak: 1d2h3m4s
    noop: required
    labels: {require: [qa], forbid: [wip]}
    checklist: Deployment
    confirm: true
    health_check: [{url: https://app.example.com, status: 2xx, attempts: 5, interval: 5s}]
freezes:
  - {name: weekend, from: fri 16:00, until: mon 08:00, reason: no one is on call}
  - {name: nights, from: "18:00", until: "08:00", environments: [dev]}
  - {name: year-end, from: 2026-12-23 18:00, until: 2027-01-04 08:00}
path_rules:
  - {name: db, paths: ["db/**"], environments: [production], merged: true, reviews: 1, note: Careful}
override: {allow: [acme/sre], rules: [freeze, soak]}
`

func TestCompare(t *testing.T) {
	t.Parallel()
	read := func(text string) *policy.Policy {
		if text == "" {
			return nil
		}
		p, err := policy.Read(text)
		require.NoError(t, err)
		return p
	}
	const small = "version: 1\nenvironments:\n  a: {reviews: true}\n"
	for name, test := range map[string]struct {
		before, after string
		want          []policy.Change
	}{
		"the same":   {whole, whole, nil},
		"no files":   {"", "", nil},
		"only lines": {small, "\n\n" + small, nil},
		"a value":    {small, "version: 1\nenvironments:\n  a: {reviews: 2}\n", []policy.Change{{"a", "reviews", "what GitHub requires", "2"}}},
		"a default that is written out": {
			"version: 1\ndefaults: {reviews: 2}\nenvironments:\n  a:\n", "version: 1\nenvironments:\n  a: {reviews: 2}\n", nil,
		},
		"a default": {
			"version: 1\nenvironments:\n  a: {draft: true}\n  b:\n", "version: 1\ndefaults: {draft: true}\nenvironments:\n  a:\n  b:\n",
			[]policy.Change{{"b", "draft", "", "true"}},
		},
		"a spelling": {small, "version: 1\nenvironments:\n  A: {reviews: true}\n", []policy.Change{{"A", "environments", "a", "A"}}},
		"a new environment": {"version: 1\nenvironments:\n  b:\n", "version: 1\nenvironments:\n  b:\n  a: {noop: required}\n", []policy.Change{
			{"a", "environments", "", "a"}, {"a", "noop", "", "required"}, {"", "order of environments", "", "b, a"},
		}},
		"the order":  {"version: 1\nenvironments:\n  b:\n  a:\n", "version: 1\nenvironments:\n  a:\n  b:\n", []policy.Change{{"", "order of environments", "b, a", "a, b"}}},
		"a new file": {"", small, []policy.Change{{"a", "environments", "", "a"}, {"a", "reviews", "", "what GitHub requires"}, {"", "time_zone", "", "UTC"}}},
		"a freeze": {
			small, small + "freezes: [{name: x, from: \"18:00\", until: \"08:00\", environments: [a]}]\n",
			[]policy.Change{{"", "freeze x", "", "18:00 to 08:00; environments: a"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, policy.Compare(read(test.before), read(test.after)))
		})
	}
}

// All of a file is gone where the file is gone: every key has a text.
func TestCompareWithNothing(t *testing.T) {
	t.Parallel()
	p, err := policy.Read(whole)
	require.NoError(t, err)
	got := map[string]string{}
	for _, one := range policy.Compare(p, nil) {
		assert.Empty(t, one.After)
		got[one.Environment+" "+one.Key] = one.Before
	}
	assert.Equal(t, map[string]string{
		"dev environments": "dev", "dev checks": "false", "dev reviews": "false", "dev draft": "true", "dev update_branch": "disabled", "dev soak": "false",
		"dev noop": "false", "dev labels": "false", "dev checklist": "false", "dev confirm": "false", "dev enforcement": "evaluate",
		"production environments": "production", "production after": "dev", "production url": "https://app.example.com", "production production": "true",
		"production allow": "acme/release, role:maintain, alice", "production checks": "build, test",
		"production reviews": "2 from acme/leads", "production update_branch": "force", "production soak": "1d2h3m4s",
		"production noop": "required", "production labels": "require qa; forbid wip", "production checklist": "Deployment",
		"production confirm": "true", "production health_check": "https://app.example.com answers 2xx, 5 attempts, every 5s", "production enforcement": "evaluate",
		" order of environments": "dev, production", " time_zone": "Europe/Berlin",
		" freeze weekend":  "fri 16:00 to mon 08:00; reason: no one is on call",
		" freeze nights":   "18:00 to 08:00; environments: dev",
		" freeze year-end": "2026-12-23 18:00 to 2027-01-04 08:00",
		" path rule db":    "db/**: merged, reviews 1; environments: production; note: Careful",
		" override":        "freeze, soak by acme/sre",
	}, got)
}

// A key that is new gets a row as well.
func TestRowsHaveEveryKey(t *testing.T) {
	t.Parallel()
	p, err := policy.Read(whole)
	require.NoError(t, err)
	rules, named := p.For("production", true)
	require.True(t, named)
	rules.Draft = policy.Value[bool]{Value: true, Line: 1}
	var got, want []string
	for _, one := range (policy.Rules{Environment: rules.Environment}).Rows() {
		got = append(got, one.Key)
	}
	for _, key := range policy.Keys() {
		if key.Where == "environments" || key.Where == "defaults" {
			want = append(want, key.Name)
		}
	}
	assert.ElementsMatch(t, want, got)
}
