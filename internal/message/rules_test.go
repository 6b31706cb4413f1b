package message_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// ruled returns the settings under a rules file, and a decision under it.
func ruled(t *testing.T, text string) (config.Config, deploy.Decision) {
	t.Helper()
	c := settings()
	c.Order = nil
	read, err := policy.Read(text)
	require.NoError(t, err)
	read.Source = policy.Source{Path: ".github/lockstep.yml", Commit: policyCommit}
	c, err = c.Under(read)
	require.NoError(t, err)
	return c, deploy.Decision{Policy: deploy.PolicyState{
		File: deploy.PolicyFile{Path: ".github/lockstep.yml", Commit: policyCommit, Exists: true}, Lines: read.Lines,
	}}
}

const policyCommit = "4f2a9c1d4f2a9c1d4f2a9c1d4f2a9c1d4f2a9c1d"

const everyRule = `version: 1
time_zone: Europe/Berlin
defaults:
  checks: required
environments:
  dev:
  staging:
    after: dev
    checks: false
  production:
    after: [staging]
    production: true
    url: https://app.example.com
    allow: [acme/release, role:maintain, alice]
    reviews: {count: 2, from: [acme/leads]}
    draft: false
    update_branch: force
    soak: 2h
    noop: required
    labels: {require: [qa-passed], forbid: [do-not-deploy]}
    checklist: Deployment
    confirm: true
    enforcement: evaluate
freezes:
  - {name: weekend, from: fri 16:00, until: mon 08:00, reason: no one is on call}
  - {name: year-end, from: 2026-12-23 18:00, until: 2027-01-04 08:00}
  - {name: nights, from: "18:00", until: "08:00"}
path_rules:
  - name: database migration
    paths: ["db/migrate/**"]
    merged: true
    reviews: {count: 1, from: [acme/dba]}
override:
  allow: [acme/sre]
  rules: [freeze, soak]
`

// `.help` says which rules are in effect, and the line that each comes from.
func TestHelpWithRules(t *testing.T) {
	t.Parallel()
	c, d := ruled(t, everyRule)
	golden(t, "help-rules", message.Help(c, d))
	d.About = "production"
	said := message.Help(c, d)
	assert.Contains(t, said, "| `production` | `soak` | `2h` | 18 |")
	assert.NotContains(t, said, "| `staging` | `after`")
	assert.NotContains(t, said, "mermaid")
}

// A name is no part of a diagram.
func TestHelpWithHostileRules(t *testing.T) {
	t.Parallel()
	c, d := ruled(t, "version: 1\nenvironments:\n  'a\"] --> x; click e0 \"/evil\"<b>`@all':\n  b:\n    after: 'a\"] --> x; click e0 \"/evil\"<b>`@all'\n")
	golden(t, "help-hostile-rules", message.Help(c, d))
}

func TestSummaryOfPolicy(t *testing.T) {
	t.Parallel()
	c, d := ruled(t, "version: 1\nenvironments:\n  production:\n")
	d.At = time.Unix(0, 0)
	r := asking(0, "production")
	assert.Contains(t, message.Summary(r, c, d, message.Record{}), "| Rules file | `.github/lockstep.yml` at `"+deploy.Short(policyCommit)+"`, 3 lines |")
	d.Policy.File.Exists = false
	assert.Contains(t, message.Summary(r, c, d, message.Record{}), "| Rules file | none (`.github/lockstep.yml` does not exist) |")
	d.Policy.Problem = &deploy.Problem{Text: "It is broken."}
	assert.Contains(t, message.Summary(r, c, d, message.Record{}), "| Rules file | not in effect: It is broken. |")
	assert.NotContains(t, message.Summary(r, c, deploy.Decision{}, message.Record{}), "Rules file")
}
