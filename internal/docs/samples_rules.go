package docs

import (
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/message"
)

// ruling is a command that a rules file is about.
type ruling struct {
	rules   string // the file
	command string
	arrange func(*deploytest.Trial) // the facts; nil leaves those of a pull request that may be deployed
}

// rulings are the commands whose answers the page on rules shows, by the names of the samples.
func rulings() map[string]ruling {
	return map[string]ruling{
		"rule-soak": {stagedRules + "    after: staging\n    soak: 2h\n", ".deploy production", func(t *deploytest.Trial) {
			d := deploytest.Own(headSHA, deploy.Active)
			d.SucceededAt = deploy.Know(t.Facts.ReadAt.Add(-41 * time.Minute))
			t.Facts.Deployments = map[string][]deploy.Deployment{"staging": {d}}
		}},
		"rules-broken": {
			"version: 1\nenvironments:\n  staging:\n  production:\n    after: stagin\n    soak: 30 minutes\n", ".deploy production", nil,
		},
	}
}

// The rules files of the tables: the second one has a freeze that octocat can lift.
const (
	stagedRules   = "version: 1\ntime_zone: Europe/Berlin\nenvironments:\n  staging:\n  production:\n    production: true\n"
	overrideRules = stagedRules + "freezes:\n  - {name: weekend, from: fri 16:00, until: mon 08:00, reason: no one is on call}\n" +
		"override: {allow: [octocat], rules: [freeze, soak]}\n"
)

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
	m.require(d.Verdict == deploy.Refuse, "the rules refuse nothing")
	said := message.Refused(a.request, a.settings.For(d.Target.Environment), d)
	_, said, _ = strings.Cut(said, "\n")
	said, _, _ = strings.Cut(said, "<!--")
	return strings.TrimSpace(said)
}
