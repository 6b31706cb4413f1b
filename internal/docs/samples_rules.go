package docs

import (
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// ruling is a command that a rules file is about.
type ruling struct {
	rules   string // the file
	command string
	arrange func(*deploytest.Trial) // the facts; nil leaves those of a pull request that may be deployed
}

// rulings are the commands whose answers the page on rules shows, by the names of the samples.
func rulings() map[string]ruling {
	const staged = "version: 1\ntime_zone: Europe/Berlin\nenvironments:\n  staging:\n  production:\n    production: true\n"
	ofProduction := func(line string) string { return staged + "    " + line + "\n" }
	const deploys = ".deploy production"
	return map[string]ruling{
		"rule-after": {ofProduction("after: staging"), deploys, func(t *deploytest.Trial) {
			t.Facts.Deployments = map[string][]deploy.Deployment{"staging": {deploytest.Own(stableSHA, deploy.Active)}}
		}},
		"rule-allow": {ofProduction("allow: [acme/release, role:maintain, alice]"), deploys, func(t *deploytest.Trial) {
			t.Answer("acme/release", "octocat", deploy.Member{})
		}},
		"rule-reviews": {ofProduction("reviews: {count: 2, from: [bob, carol, dora]}"), deploys, func(t *deploytest.Trial) {
			t.Facts.Pull.Reviews = deploy.Reviews{Author: "octocat", Opinions: []deploy.Opinion{
				deploytest.Opinion("bob", headSHA), deploytest.Opinion("carol", stableSHA), deploytest.Opinion("erin", headSHA),
			}}
		}},
		"rule-soak": {ofProduction("after: staging\n    soak: 2h"), deploys, func(t *deploytest.Trial) {
			d := deploytest.Own(headSHA, deploy.Active)
			d.SucceededAt = deploy.Know(t.Facts.ReadAt.Add(-41 * time.Minute))
			t.Facts.Deployments = map[string][]deploy.Deployment{"staging": {d}}
		}},
		"rule-freeze": {staged + "freezes:\n  - {name: weekend, from: fri 16:00, until: mon 08:00, reason: no one is on call}\n", deploys, nil},
		"rule-noop":   {ofProduction("noop: required"), deploys, func(t *deploytest.Trial) { t.Rehearse("", "") }},
		"rule-labels": {ofProduction("labels: {require: [qa-passed], forbid: [do-not-deploy]}"), deploys, func(t *deploytest.Trial) {
			t.Facts.Statement.Labels = []string{"do-not-deploy"}
		}},
		"rule-checklist": {ofProduction("checklist: Deployment"), deploys, func(t *deploytest.Trial) {
			t.Facts.Statement.Body = "## Deployment\n\n- [x] Tried on staging\n- [ ] Told the support team\n"
		}},
		"rule-paths": {staged + "path_rules:\n  - {name: database migration, paths: [\"db/migrate/**\"], merged: true}\n", deploys, func(t *deploytest.Trial) {
			t.Changing([]policy.PathRule{deploytest.Migrations()}, "db/migrate/20261121_orders.rb")
		}},
		"rules-broken": {"version: 1\nenvironments:\n  staging:\n  production:\n    after: stagin\n    reviews: two\n    soak: 30 minutes\n", deploys, nil},
		"rule-override": {
			staged + "freezes:\n  - {name: weekend, from: fri 16:00, until: mon 08:00, reason: no one is on call}\n" +
				"override: {allow: [octocat], rules: [freeze, soak]}\n",
			".deploy production --override database is on fire, see #812", nil,
		},
	}
}

// decide judges the command by the rules, as the action does.
func (r ruling) decide(m *maker) (*trial, deploy.Decision) {
	a := newTrial(m, "Branch")
	a.request.Event.Comment.Body = r.command
	if r.arrange != nil {
		t := deploytest.Trial{Request: a.request, Config: a.settings, Facts: a.facts}
		r.arrange(&t)
		a.facts = t.Facts
	}
	a.facts.Policy = deploy.PolicyFile{Path: config.DefaultPolicyPath, Commit: stableSHA, Exists: true, Text: r.rules}
	a.request, a.settings, a.facts = deploy.Govern(a.request, a.settings, a.facts)
	return a, a.decide()
}

// says is what people read, without its heading and what only programs see.
func (r ruling) says(m *maker) string {
	a, d := r.decide(m)
	var said string
	if d.Verdict == deploy.Refuse {
		said = message.Refused(a.request, a.settings.For(d.Target.Environment), d)
	} else {
		s := sampleSubject()
		s.Environment, s.Live = d.Target.Environment, nil
		for _, finding := range d.Findings {
			if finding.Notice != "" {
				s.Notices = append(s.Notices, finding.Notice)
			}
		}
		m.require(len(s.Notices) > 0, "the rules say nothing about the start")
		said, _, _ = strings.Cut(message.Started(s), "<details>")
	}
	_, said, _ = strings.Cut(said, "\n")
	said, _, _ = strings.Cut(said, "<!--")
	return strings.TrimSpace(said)
}
