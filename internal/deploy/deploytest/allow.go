package deploytest

import (
	"maps"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// Allow puts a list of people into effect for production, as the file spells them.
func (t *Trial) Allow(names ...string) {
	t.Govern(func(e *policy.Environment) { e.Allow = Set(Principals(names...)) })
}

// Principals reads who may do something, as a rules file spells them.
func Principals(names ...string) []policy.Principal {
	var all []policy.Principal
	for _, name := range names {
		p, problem := policy.ParsePrincipal(name)
		if problem != "" {
			panic(name + " " + problem)
		}
		all = append(all, p)
	}
	return all
}

// Answer is what GitHub answers when it is asked for a member.
func (t *Trial) Answer(team, login string, member deploy.Member) {
	t.Facts.Members = maps.Clone(t.Facts.Members)
	if t.Facts.Members == nil {
		t.Facts.Members = map[deploy.Membership]deploy.Member{}
	}
	t.Facts.Members[deploy.MembershipOf(team, login)] = member
}

func allowSituations() Gate {
	return Gate{
		Name: "allow",
		Enable: func(t *Trial) {
			t.Allow("acme/release")
			for _, login := range []string{"octocat", "hubot"} {
				t.Answer("acme/release", login, deploy.Member{Active: true})
			}
		},
		Situations: []Situation{
			{"The actor is not on the list `allow` of the rules file", everyWay, func(t *Trial) { t.Allow("alice") }},
			{"The actor is in no team of the list, or GitHub does not say it", everyWay, func(t *Trial) {
				t.Allow("acme/release")
				t.Answer("acme/release", "octocat", deploy.Member{})
			}},
			{"Another user, who is not on the list, starts the run again", everyWay, func(t *Trial) {
				t.Allow("octocat")
				t.rerun("hubot")
			}},
		},
	}
}
