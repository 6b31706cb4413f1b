package deploytest

import (
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// Soaking makes production come after staging, where the commit must have run for two hours and has run for so long.
func (t *Trial) Soaking(ran time.Duration) {
	t.Govern(func(e *policy.Environment) { e.After, e.Soak = Set([]string{"staging"}), Set(2*time.Hour) })
	d := t.running()
	d.SucceededAt = deploy.Know(t.Facts.ReadAt.Add(-ran))
	t.Facts.Deployments = map[string][]deploy.Deployment{"staging": {d}}
}

// Freeze puts freezes of production into effect.
func (t *Trial) Freeze(freezes ...policy.Freeze) {
	t.Govern()
	t.Config.Policy.Freezes = freezes
}

// Weekend is a freeze that is in effect when Facts were read.
func Weekend() policy.Freeze {
	return policy.Freeze{
		Name: "weekend", Kind: policy.Weekly, Reason: "no one is on call",
		From: policy.Moment{Weekday: time.Friday, Hour: 16}, Until: policy.Moment{Weekday: time.Monday, Hour: 8},
	}
}

// bygone is a freeze that was in effect years before.
func bygone() policy.Freeze {
	return policy.Freeze{
		Name: "move", Kind: policy.Once, From: policy.Moment{Year: 2017, Month: time.January, Day: 1}, Until: policy.Moment{Year: 2019, Month: time.January, Day: 1},
	}
}

// soaked makes every environment before production run the commit, long enough for the rule that it sets.
func (t *Trial) soaked() {
	t.Govern(func(e *policy.Environment) { e.After, e.Soak = Set([]string{"dev", "staging"}), Set(30*time.Minute) })
	all := map[string][]deploy.Deployment{}
	for environment, deployments := range t.Facts.Deployments {
		for _, d := range deployments {
			d.SHA, d.SucceededAt = t.running().SHA, deploy.Know(t.Facts.ReadAt.Add(-50*time.Minute))
			all[environment] = append(all[environment], d)
		}
	}
	t.Facts.Deployments = all
}

func soakSituations() Gate {
	return Gate{Name: "soak", Enable: (*Trial).soaked, Situations: []Situation{
		{"The commit has run in `staging` for 41 minutes of `soak: 2h`", butNoop, func(t *Trial) { t.Soaking(41 * time.Minute) }},
		{"The soak time is not over, and the head of the stable branch ran in `production` before", butRollbackAndNoop, func(t *Trial) {
			t.Soaking(41 * time.Minute)
			t.succeeded()
		}},
		{"It is unknown since when `staging` runs the commit", butNoop, func(t *Trial) {
			t.Soaking(0)
			t.Facts.Deployments["staging"][0].SucceededAt = deploy.Known[time.Time]{}
		}},
		{"The soak time is not over, with `enforcement: evaluate`", "", func(t *Trial) {
			t.Soaking(41 * time.Minute)
			t.Govern(func(e *policy.Environment) { e.Enforcement = Set(policy.Evaluate) })
		}},
	}}
}

func freezeSituations() Gate {
	return Gate{Name: "freeze", Enable: func(t *Trial) { t.Freeze(bygone()) }, Situations: []Situation{
		{"A freeze is in effect", butNoop, func(t *Trial) { t.Freeze(Weekend()) }},
		{"A freeze is in effect, and the head of the stable branch ran in `production` before", butRollbackAndNoop, func(t *Trial) {
			t.Freeze(Weekend())
			t.succeeded()
		}},
		{"A freeze begins within an hour", "", func(t *Trial) {
			soon := Weekend()
			soon.From = policy.Moment{Weekday: time.Saturday, Hour: 10, Minute: 30}
			t.Freeze(soon)
		}},
	}}
}
