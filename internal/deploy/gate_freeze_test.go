package deploy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// What the rule says, and when what it refuses goes. Without another time it is Saturday, 10:00 UTC.
func TestFreeze(t *testing.T) {
	t.Parallel()
	daily := func(from, until int) policy.Freeze {
		return policy.Freeze{Name: "nights", Kind: policy.Daily, From: policy.Moment{Hour: from}, Until: policy.Moment{Hour: until}}
	}
	yearEnd := policy.Freeze{
		Name: "year-end @all", Kind: policy.Once, Reason: "holidays.",
		From: policy.Moment{Year: 2026, Month: time.November, Day: 1, Hour: 18}, Until: policy.Moment{Year: 2027, Month: time.January, Day: 4, Hour: 8},
	}
	utc := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, time.UTC)
	}
	const after = "Run the command again after that. A rollback is not held to freezes."
	const weekend = ": weekend, no one is on call."
	for name, test := range map[string]struct {
		freezes    []policy.Freeze
		at         time.Time
		zone       *time.Location
		text, hint string
		until      time.Time
		untold     bool // GitHub does not say what time it is
	}{
		"none":         {},
		"not now":      {freezes: []policy.Freeze{daily(18, 8)}},
		"UTC":          {freezes: []policy.Freeze{deploytest.Weekend()}, text: "**production** is frozen until Mon 08:00 UTC" + weekend, hint: after, until: utc(time.November, 23, 8, 0)},
		"a zone":       {freezes: []policy.Freeze{deploytest.Weekend()}, zone: berlin(t), text: "**production** is frozen until Mon 08:00 Europe/Berlin (07:00 UTC)" + weekend, hint: after, until: utc(time.November, 23, 7, 0)},
		"today":        {freezes: []policy.Freeze{daily(9, 20)}, zone: berlin(t), text: "**production** is frozen until 20:00 Europe/Berlin (19:00 UTC): nights.", hint: after, until: utc(time.November, 21, 19, 0)},
		"across days":  {freezes: []policy.Freeze{daily(9, 0)}, zone: berlin(t), text: "**production** is frozen until Sun 00:00 Europe/Berlin (Sat 23:00 UTC): nights.", hint: after, until: utc(time.November, 21, 23, 0)},
		"with a date":  {freezes: []policy.Freeze{yearEnd}, zone: berlin(t), text: "**production** is frozen until 2027-01-04 08:00 Europe/Berlin (07:00 UTC): year\\-end @\u200dall, holidays.", hint: after, until: time.Date(2027, time.January, 4, 7, 0, 0, 0, time.UTC)},
		"that touch":   {freezes: []policy.Freeze{deploytest.Weekend(), daily(8, 9)}, text: "**production** is frozen until Mon 09:00 UTC" + weekend, hint: after, until: utc(time.November, 23, 9, 0)},
		"without end":  {freezes: []policy.Freeze{daily(8, 18), daily(18, 8)}, text: "**production** is frozen, and no end is known: nights.", hint: "The freezes in `.github/lockstep.yml` leave no gap. Correct them on the default branch."},
		"no time":      {freezes: []policy.Freeze{daily(18, 8)}, untold: true, text: "GitHub did not say what time it is: I cannot tell whether **production** is frozen.", hint: "Run the command again."},
		"the last":     {freezes: []policy.Freeze{daily(8, 10)}, at: utc(time.November, 21, 10, 0).Add(-time.Second), text: "**production** is frozen until 10:00 UTC: nights.", hint: after, until: utc(time.November, 21, 10, 0)},
		"over":         {freezes: []policy.Freeze{daily(8, 10)}},
		"autumn night": {freezes: []policy.Freeze{{Name: "backup", Kind: policy.Daily, From: policy.Moment{Hour: 1}, Until: policy.Moment{Hour: 2, Minute: 30}}}, zone: berlin(t), at: utc(time.October, 25, 0, 45), text: "**production** is frozen until 02:30 Europe/Berlin (01:30 UTC): backup.", hint: after, until: utc(time.October, 25, 1, 30)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one := trial()
			one.Freeze(test.freezes...)
			if test.zone != nil {
				one.Config.Policy.Zone = test.zone
			}
			switch {
			case test.untold:
				one.Facts.Untold = true
			case !test.at.IsZero():
				one.Facts.ReadAt = test.at
			}
			d := decided(one)
			assert.True(t, test.until.Equal(d.RetryAfter()), d.RetryAfter())
			if test.text == "" {
				assert.Equal(t, deploy.DeploymentReady, d.Reason)
				return
			}
			assert.Equal(t, []string{"freeze"}, deploytest.Blocked(d))
			assert.Equal(t, deploy.FreezeActive, d.Reason)
			assert.Equal(t, []string{test.text, test.hint}, []string{d.Blocking()[0].Text, d.Blocking()[0].Hint})
		})
	}
}

// A freeze that begins within an hour is said at the start, and does not stop it.
func TestFreezeThatBeginsSoon(t *testing.T) {
	t.Parallel()
	from := func(hour, minute int) policy.Freeze {
		return policy.Freeze{Name: "nights", Kind: policy.Daily, From: policy.Moment{Hour: hour, Minute: minute}, Until: policy.Moment{Hour: 8}}
	}
	const text = "**production** will be frozen from "
	for name, test := range map[string]struct {
		freeze policy.Freeze
		text   string
	}{
		"in a minute":        {from(11, 1), text + "11:01 Europe/Berlin (10:01 UTC): nights."},
		"in an hour":         {from(12, 0), text + "12:00 Europe/Berlin (11:00 UTC): nights."},
		"in more than that":  {from(12, 1), ""},
		"a long time before": {from(23, 0), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one := trial()
			one.Freeze(test.freeze)
			one.Config.Policy.Zone = berlin(t)
			d := decided(one)
			assert.Equal(t, deploy.Proceed, d.Verdict)
			for _, finding := range d.Findings {
				if finding.Gate != "freeze" {
					continue
				}
				assert.Equal(t, test.text != "", finding.Level == deploy.Warn)
				if test.text != "" {
					assert.Equal(t, test.text, finding.Text)
					assert.Equal(t, "⚠️ "+test.text, finding.Notice)
				}
			}
		})
	}
}

// The second look has a time of its own: a freeze that has begun meanwhile stops it.
func TestFreezeThatBeginsBetweenTheLooks(t *testing.T) {
	t.Parallel()
	one := trial()
	one.Freeze(policy.Freeze{Name: "nights", Kind: policy.Daily, From: policy.Moment{Hour: 10, Minute: 1}, Until: policy.Moment{Hour: 8}})
	first := one.Facts
	assert.Equal(t, deploy.Proceed, decided(one).Verdict)
	second := first
	second.ReadAt = first.ReadAt.Add(time.Minute)
	one.Facts = second.Keep(first)
	assert.Equal(t, deploy.FreezeActive, decided(one).Reason)
}

// A rule that is only evaluated warns, and says so at the start.
func TestEvaluatedTimes(t *testing.T) {
	t.Parallel()
	one := trial()
	one.Soaking(41 * time.Minute)
	one.Config.Policy.Freezes = []policy.Freeze{deploytest.Weekend()}
	one.Govern(func(e *policy.Environment) { e.Enforcement = deploytest.Set(policy.Evaluate) })
	d := decided(one)
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Zero(t, d.RetryAfter())
	var notices []string
	for _, finding := range d.Findings {
		if finding.Softened == deploy.Evaluated {
			notices = append(notices, finding.Notice)
		}
	}
	assert.Equal(t, []string{
		"⚠️ A rule that is only evaluated is not met: " + ran + "41 min of the 2 h" + asksFor,
		"⚠️ A rule that is only evaluated is not met: **production** is frozen until Mon 08:00 UTC: weekend, no one is on call.",
	}, notices)
}
