package message_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// effect is what a key of the rules file changes.
type effect string

const (
	inDecision effect = "decision" // what the gates say of a deployment to production
	inSettings effect = "settings" // what is resolved for an environment
	inReading  effect = "reading"  // whether the file can be read
)

// keyRow is a key in a file: its text in place of the words KEY, TOP and DEFAULTS.
type keyRow struct {
	with, without string
	changes       effect
}

const (
	keyFile = "version: 1\nTOP\ndefaults: {DEFAULTS}\nenvironments:\n  staging:\n  production: {after: staging, KEY}\n"
	freeze  = "freezes: [{name: weekend, from: sat 00:00, until: sun 00:00, "
	path    = "path_rules: [{name: db, paths: [a], "
	health  = "[{url: https://a.example"
)

// keyRows are all keys of the file, as place and name.
func keyRows() map[string]keyRow {
	top := func(with, without string, changes effect) keyRow {
		return keyRow{"TOP=" + with, "TOP=" + without, changes}
	}
	key := func(with, without string, changes effect) keyRow {
		return keyRow{"KEY=" + with, "KEY=" + without, changes}
	}
	return map[string]keyRow{
		"top version":      top("", "version: 2", inReading),
		"top time_zone":    top("time_zone: Europe/Berlin\n"+freeze+"}]", freeze+"}]", inDecision),
		"top defaults":     {"DEFAULTS=draft: true", "DEFAULTS=draft: false", inSettings},
		"top environments": {"FILE=version: 1\nenvironments: {qa: }", "FILE=version: 1\nenvironments: {dev: }", inSettings},
		"top freezes":      top(freeze+"reason: x}]", "", inDecision),
		"top path_rules":   top(path+"merged: true}]", "", inDecision),
		"top override":     top("override: {allow: [octocat], rules: [after]}", "", inDecision),

		"environments after":      {"FILE=version: 1\nenvironments: {staging: , production: {after: staging}}", "FILE=version: 1\nenvironments: {staging: , production: }", inDecision},
		"environments url":        key("url: https://a.example", "", inSettings),
		"environments production": key("production: true", "", inSettings),

		"defaults allow":         key("allow: [alice]", "", inDecision),
		"defaults checks":        key("checks: false", "", inDecision),
		"defaults reviews":       key("reviews: false", "", inDecision),
		"defaults draft":         key("draft: true", "", inDecision),
		"defaults update_branch": key("update_branch: false", "", inDecision),
		"defaults soak":          key("soak: 2h", "", inDecision),
		"defaults noop":          key("noop: required", "", inDecision),
		"defaults labels":        key("labels: {require: [qa]}", "", inDecision),
		"defaults checklist":     key("checklist: Deployment", "", inDecision),
		"defaults confirm":       key("confirm: true", "", inDecision),
		"defaults health_check":  key("health_check: "+health+"}]", "", inSettings),
		"defaults enforcement":   key("enforcement: evaluate", "", inDecision),

		"reviews count": key("reviews: {count: 2}", "reviews: {count: 1}", inDecision),
		"reviews from":  key("reviews: {count: 1, from: [alice]}", "reviews: {count: 1}", inDecision),

		"health_check url":      key("health_check: "+health+"}]", "health_check: [{url: https://b.example}]", inSettings),
		"health_check status":   key("health_check: "+health+", status: 2xx}]", "health_check: "+health+"}]", inSettings),
		"health_check contains": key("health_check: "+health+", contains: ok}]", "health_check: "+health+"}]", inSettings),
		"health_check attempts": key("health_check: "+health+", attempts: 5}]", "health_check: "+health+"}]", inSettings),
		"health_check interval": key("health_check: "+health+", interval: 5s}]", "health_check: "+health+"}]", inSettings),

		"labels require": key("labels: {require: [a, c]}", "labels: {require: [a]}", inDecision),
		"labels forbid":  key("labels: {forbid: [a, b]}", "labels: {forbid: [a]}", inDecision),

		"freezes name":         top(freeze+"reason: x}]", strings.Replace(freeze, "weekend", "days", 1)+"reason: x}]", inDecision),
		"freezes from":         top(freeze+"reason: x}]", strings.Replace(freeze, "sat 00:00", "sat 12:00", 1)+"reason: x}]", inDecision),
		"freezes until":        top(freeze+"reason: x}]", strings.Replace(freeze, "sun", "mon", 1)+"reason: x}]", inDecision),
		"freezes reason":       top(freeze+"reason: x}]", freeze+"reason: y}]", inDecision),
		"freezes environments": top(freeze+"environments: [staging]}]", freeze+"environments: [production]}]", inDecision),

		"path_rules name":         top(path+"merged: true}]", strings.Replace(path, "db", "sql", 1)+"merged: true}]", inDecision),
		"path_rules paths":        top(path+"merged: true}]", strings.Replace(path, "[a]", "[b]", 1)+"merged: true}]", inDecision),
		"path_rules environments": top(path+"merged: true, environments: [staging]}]", path+"merged: true}]", inDecision),
		"path_rules merged":       top(path+"merged: true, reviews: 1}]", path+"reviews: 1}]", inDecision),
		"path_rules reviews":      top(path+"reviews: 2}]", path+"reviews: 1}]", inDecision),
		"path_rules note":         top(path+"reviews: 1, note: x}]", path+"reviews: 1}]", inDecision),

		"override allow": top("override: {allow: [octocat], rules: [after]}", "override: {allow: [bob], rules: [after]}", inDecision),
		"override rules": top("override: {allow: [octocat], rules: [after]}", "override: {allow: [octocat], rules: [freeze]}", inDecision),
	}
}

// Every key of the rules file changes something: one that is new needs a row.
func TestEveryKeyHasAnEffect(t *testing.T) {
	t.Parallel()
	rows, known := keyRows(), map[string]bool{}
	for _, key := range policy.Keys() {
		name := key.Where + " " + key.Name
		known[name] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row, found := rows[name]
			require.True(t, found, "the key is new: write what it changes")
			assert.NotEqual(t, effectOf(t, row.changes, row.without), effectOf(t, row.changes, row.with))
		})
	}
	for name := range rows {
		assert.True(t, known[name], "%s is no key", name)
	}
}

func effectOf(t *testing.T, kind effect, change string) string {
	t.Helper()
	place, value, _ := strings.Cut(change, "=")
	text := keyFile
	if place == "FILE" {
		text = value
	} else {
		text = strings.Replace(text, place, value, 1)
	}
	text = strings.NewReplacer("KEY", "production: true", "TOP", "", "DEFAULTS", "checks: all").Replace(text)
	p, err := policy.Read(text)
	if kind == inReading {
		return fmt.Sprint(err)
	}
	require.NoError(t, err, text)
	file := deploy.PolicyFile{Path: config.DefaultPolicyPath, Commit: deploytest.StableSHA, Exists: true, Text: text}
	p.Source = policy.Source{Path: file.Path, Commit: file.Commit}
	inputs := deploytest.Settings()
	inputs.Order, inputs.PolicyFile.Path = nil, config.DefaultPolicyPath
	c, err := inputs.Under(p)
	require.NoError(t, err)
	switch kind {
	case inSettings:
		c = c.For("production")
		c.Resolved.Rules = nil
		return fmt.Sprintf("%+v %+v %+v %+v %v", c.Resolved, c.Checks, c.Outdated, c.Confirmation, c.Targets)
	case inDecision, inReading:
	}
	r := deploytest.Asking(command.Deploy, "production")
	r.Command.Overrides, r.Command.Override = true, "the shop is down"
	d := deploy.Decide(r, c, unwelcome(file))
	return fmt.Sprint(d.Verdict, d.Findings)
}

// unwelcome are the facts of a pull request that most gates refuse.
func unwelcome(file deploy.PolicyFile) deploy.Facts {
	facts := deploytest.Facts()
	facts.Policy = file
	facts.Pull.Draft, facts.Pull.ReviewDecision, facts.Pull.Approvals = true, "REVIEW_REQUIRED", 0
	facts.Pull.BehindBase, facts.Pull.BehindStable = deploy.Know(3), deploy.Know(3)
	facts.Pull.MergeState = "BEHIND"
	facts.Pull.Checks.Nodes = []deploy.Check{deploytest.CheckRun("build", "FAILURE")}
	facts.Deployments = map[string][]deploy.Deployment{}
	facts.Statement.Labels = []string{"b"}
	facts.Changes = deploy.Changes{Comparison: deploy.Comparison{Base: deploytest.StableSHA, Head: deploytest.HeadSHA}, Files: []string{"a"}}
	return facts
}
