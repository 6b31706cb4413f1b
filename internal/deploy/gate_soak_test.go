package deploy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// trial is a deployment of the head to production.
func trial() deploytest.Trial {
	return deploytest.Trial{Request: deploytest.Asking(command.Deploy, "production"), Config: deploytest.Settings(), Facts: deploytest.Facts()}
}

func decided(t deploytest.Trial) deploy.Decision {
	return deploy.Decide(t.Request, t.Config, t.Facts)
}

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	assert.NoError(t, err)
	return zone
}

const (
	nothing  = ""
	readyAt  = "2026-11-21T11:19:05Z"
	ready    = "Ready at 11:20 UTC. Run the command again then."
	ran      = "`1111111` has run in **staging** for "
	asksFor  = " that **production** asks for."
	notKnown = "GitHub does not say since when `1111111` runs in **staging**."
)

// What the rule says, and when what it refuses goes. The facts were read at 10:00 UTC.
func TestSoak(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change           func(*deploytest.Trial)
		text, hint, time string
	}{
		"41 minutes":           {soaking(41 * time.Minute), ran + "41 min of the 2 h" + asksFor, ready, readyAt},
		"an instant":           {soaking(12 * time.Second), ran + "12 s of the 2 h" + asksFor, "Ready at 12:00 UTC. Run the command again then.", "2026-11-21T11:59:53Z"},
		"as long as it has to": {soaking(2 * time.Hour), "`1111111` reaches the 2 h in **staging** that **production** asks for in a few seconds.", "Ready at 10:01 UTC. Run the command again then.", "2026-11-21T10:00:05Z"},
		"a second too early":   {soaking(2*time.Hour + 4*time.Second), "`1111111` reaches the 2 h in **staging** that **production** asks for in a few seconds.", "Ready at 10:01 UTC. Run the command again then.", "2026-11-21T10:00:01Z"},
		"with the margin":      {soaking(2*time.Hour + 5*time.Second), nothing, nothing, nothing},
		"long ago":             {soaking(9 * 24 * time.Hour), nothing, nothing, nothing},
		"in a zone": {func(t *deploytest.Trial) {
			t.Soaking(41 * time.Minute)
			t.Config.Policy.Zone = time.FixedZone("Asia/Kolkata", 19800)
		}, ran + "41 min of the 2 h" + asksFor, "Ready at 11:20 UTC (16:50 Asia/Kolkata). Run the command again then.", readyAt},
		"for a day and a half": {func(t *deploytest.Trial) {
			t.Soaking(25*time.Hour + 90*time.Second)
			t.Govern(func(e *policy.Environment) { e.Soak = deploytest.Set(36 * time.Hour) })
		}, ran + "1 d 1 h 1 min of the 1 d 12 h" + asksFor, "Ready at 20:59 UTC. Run the command again then.", "2026-11-21T20:58:35Z"},
		"by another day": {func(t *deploytest.Trial) {
			t.Soaking(time.Hour)
			t.Govern(func(e *policy.Environment) { e.Soak = deploytest.Set(90*time.Second + 48*time.Hour) })
		}, ran + "1 h of the 2 d 1 min 30 s" + asksFor, "Ready at Mon 09:02 UTC. Run the command again then.", "2026-11-23T09:01:35Z"},
		"a clock that is a little behind": {soaking(-5 * time.Second), ran + "0 s of the 2 h" + asksFor, "Ready at 12:01 UTC. Run the command again then.", "2026-11-21T12:00:10Z"},
		"a clock that went back": {
			soaking(-time.Minute), "GitHub says that `1111111` succeeded in **staging** at 2026-11-21 10:01:00 UTC, and that it is 2026-11-21 10:00:00 UTC now: one of its clocks is wrong.",
			"Ready at 12:02 UTC. Run the command again then.", "2026-11-21T12:01:05Z",
		},
		"since when is not known": {func(t *deploytest.Trial) {
			t.Soaking(0)
			t.Facts.Deployments["staging"][0].SucceededAt = deploy.Known[time.Time]{}
		}, notKnown, "Run the command again. If this keeps happening, deploy the commit there again.", nothing},
		"the time is not known": {func(t *deploytest.Trial) {
			t.Soaking(9 * time.Hour)
			t.Facts.ReadAt = time.Time{}
		}, "GitHub did not say what time it is: I cannot tell how long the commit has run.", "Run the command again.", nothing},
		"nothing comes before": {func(t *deploytest.Trial) {
			t.Config.Order = nil
			t.Govern(func(e *policy.Environment) { e.Soak = deploytest.Set(time.Hour) })
		}, "The rules ask for a soak time, and for no environment that comes before.", "Add `after` to the rules file.", nothing},
		"false": {func(t *deploytest.Trial) {
			t.Soaking(0)
			t.Govern(func(e *policy.Environment) { e.Soak = deploytest.Set(time.Duration(0)) })
		}, nothing, nothing, nothing},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one := trial()
			test.change(&one)
			d := decided(one)
			at := nothing
			if until := d.RetryAfter(); !until.IsZero() {
				at = until.UTC().Format(time.RFC3339)
			}
			assert.Equal(t, test.time, at)
			if test.text == nothing {
				assert.Equal(t, deploy.DeploymentReady, d.Reason)
				return
			}
			assert.Equal(t, []string{"soak"}, deploytest.Blocked(d))
			assert.Equal(t, deploy.SoakPending, d.Reason)
			assert.Equal(t, test.text, d.Blocking()[0].Text)
			assert.Equal(t, test.hint, d.Blocking()[0].Hint)
		})
	}
}

func soaking(ran time.Duration) func(*deploytest.Trial) {
	return func(t *deploytest.Trial) { t.Soaking(ran) }
}

// With several environments before, each has to be there long enough, and the latest says when it goes.
func TestSoakInSeveralEnvironments(t *testing.T) {
	t.Parallel()
	ago := func(d time.Duration) []deploy.Deployment {
		one := deploytest.Own(deploytest.HeadSHA, deploy.Active)
		one.SucceededAt = deploy.Know(deploytest.Facts().ReadAt.Add(-d))
		return []deploy.Deployment{one}
	}
	for name, test := range map[string]struct {
		dev, staging []deploy.Deployment
		blocked      []string
		text, hint   string
	}{
		"both long enough": {ago(3 * time.Hour), ago(4 * time.Hour), nil, nothing, nothing},
		"one":              {ago(3 * time.Hour), ago(time.Hour), []string{"soak"}, ran + "1 h of the 2 h" + asksFor, "Ready at 11:01 UTC. Run the command again then."},
		"both": {
			ago(30 * time.Minute), ago(time.Hour),
			[]string{"soak"},
			"`1111111` has run in **dev** for 30 min of the 2 h" + asksFor + " " + ran + "1 h of the 2 h" + asksFor, "Ready at 11:31 UTC. Run the command again then.",
		},
		"one, and nothing in the other": {
			ago(time.Hour), nil,
			[]string{"order", "soak"},
			"`1111111` has run in **dev** for 1 h of the 2 h" + asksFor + " The soak time of 2 h in **staging** has not begun.", "It begins when `1111111` runs there.",
		},
		"another commit in one": {
			ago(3 * time.Hour),
			[]deploy.Deployment{deploytest.Own(deploytest.OtherSHA, deploy.Active)},
			[]string{"order", "soak"},
			"The soak time of 2 h in **staging** has not begun.", "It begins when `1111111` runs there.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one := trial()
			one.Govern(func(e *policy.Environment) {
				e.After, e.Soak = deploytest.Set([]string{"dev", "staging"}), deploytest.Set(2*time.Hour)
			})
			one.Facts.Deployments = map[string][]deploy.Deployment{"dev": test.dev, "staging": test.staging}
			d := decided(one)
			assert.Equal(t, test.blocked, deploytest.Blocked(d))
			if len(test.blocked) > 0 {
				last := d.Blocking()[len(test.blocked)-1]
				assert.Equal(t, []string{test.text, test.hint}, []string{last.Text, last.Hint})
			}
			if len(test.blocked) > 1 {
				assert.Equal(t, deploy.DeploymentOrderFailed, d.Reason)
				assert.Zero(t, d.RetryAfter())
			}
		})
	}
}

// The soak time does not rely on the order, which may only be evaluated or be lifted.
func TestSoakWithoutTheOrder(t *testing.T) {
	t.Parallel()
	one := trial()
	one.Soaking(3 * time.Hour)
	assert.Equal(t, deploy.Proceed, decided(one).Verdict)
	one.Facts.Deployments["staging"][0].State = "FAILURE"
	for _, finding := range decided(one).Findings {
		if finding.Gate == "soak" {
			assert.Equal(t, deploy.Block, finding.Level)
			assert.Equal(t, "The soak time of 2 h in **staging** has not begun.", finding.Text)
		}
	}
}

// Rehearsals and rollbacks do not wait; what only looks like a rollback does.
func TestWaysThatWait(t *testing.T) {
	t.Parallel()
	tracked, c := deploytest.Tracking(config.Started)
	for rule, arrange := range map[string]func(*deploytest.Trial){
		"soak":   soaking(time.Minute),
		"freeze": func(t *deploytest.Trial) { t.Freeze(deploytest.Weekend()) },
	} {
		for name, test := range map[string]struct {
			request deploy.Request
			config  config.Config
			held    bool
		}{
			"head":          {deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), true},
			"noop":          {deploytest.Asking(command.Noop, "production"), deploytest.Settings(), false},
			"stable branch": {deploytest.Rollback("production"), deploytest.Settings(), true},
			"tracked start": {tracked, c, true},
		} {
			t.Run(rule+" of a "+name, func(t *testing.T) {
				t.Parallel()
				one := deploytest.Trial{Request: test.request, Config: test.config, Facts: deploytest.Facts()}
				arrange(&one)
				d := decided(one)
				if test.held {
					assert.Equal(t, []string{rule}, deploytest.Blocked(d))
				} else {
					assert.Empty(t, deploytest.Blocked(d))
				}
			})
		}
	}
}

// What is read again inside a write has the times, too.
func TestSoakNeedsTimes(t *testing.T) {
	t.Parallel()
	one := trial()
	one.Soaking(0)
	assert.True(t, deploy.NeedsFor(one.Request, one.Config).Times)
	assert.True(t, deploy.RecheckNeeds(one.Request, one.Config, deploytest.HeadSHA).Times)
	one.Request.Command.Kind = command.Noop
	assert.False(t, deploy.NeedsFor(one.Request, one.Config).Times)
	without := trial()
	assert.False(t, deploy.NeedsFor(without.Request, without.Config).Times)
}
