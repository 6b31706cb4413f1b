package deploy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/policy"
)

const shopIsDown = "the shop is down"

// overriding is a command of octocat, who may lift after, to production, which comes after staging; staging does not run
// the commit.
func overriding(changes ...func(*deploytest.Trial)) situation {
	s := ways()["head"]
	s.change(func(t *deploytest.Trial) {
		t.Config.Order, t.Config.Policy = nil, nil
		t.Govern(func(e *policy.Environment) { e.After = deploytest.Set([]string{"staging"}) })
		t.Config.Policy.Override = policy.Override{Line: 9, Allow: deploytest.Principals("octocat", "acme/sre"), Rules: []policy.RuleName{policy.AfterRule, policy.FreezeRule}}
		t.Request.Command.Overrides, t.Request.Command.Override = true, shopIsDown
		t.Facts.Deployments = map[string][]deploy.Deployment{"staging": {deploytest.Own(deploytest.OtherSHA, deploy.Active)}}
		for _, change := range changes {
			change(t)
		}
	})
	return s
}

func satisfied(t *deploytest.Trial) {
	t.Facts.Deployments = map[string][]deploy.Deployment{"staging": {deploytest.Own(deploytest.HeadSHA, deploy.Active)}}
}

func by(login string) func(*deploytest.Trial) {
	return func(t *deploytest.Trial) { t.Request.Event.Actor, t.Request.Event.Triggering = login, login }
}

func because(reason string) func(*deploytest.Trial) {
	return func(t *deploytest.Trial) { t.Request.Command.Override = reason }
}

func TestOverrideLifts(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]situation{
		"a user":                 overriding(),
		"a user in another case": overriding(by("OctoCat")),
		"a member":               overriding(by("bob"), func(t *deploytest.Trial) { t.Answer("acme/sre", "bob", deploy.Member{Active: true}) }),
		"a noop":                 overriding(func(t *deploytest.Trial) { t.Request.Command.Kind = command.Noop }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := s.decide()
			assert.Equal(t, deploy.Proceed, d.Verdict, d.Blocking())
			who := s.request.Event.Actor
			assert.Equal(t, &deploy.Override{Rules: []policy.RuleName{policy.AfterRule}, Reason: shopIsDown, By: who}, d.Override)
			order := deploytest.Said(t, d, "order")
			assert.Equal(t, deploy.Warn, order.Level)
			assert.Equal(t, deploy.Overridden, order.Softened)
			assert.Equal(t, "⚠️ **"+who+"** overrides `after`: `production` comes after `staging`, which must run this commit first. Reason: `the shop is down`.", order.Notice)
			assert.Equal(t, deploy.Pass, deploytest.Said(t, d, "override").Level)
		})
	}
}

func TestOverrideRefused(t *testing.T) {
	t.Parallel()
	short := "`--override` needs a reason of 10 characters or more."
	typeIt := "Type `.deploy production --override <reason>`."
	mayNot := "`bob` may not lift rules. GitHub was not asked about `acme/sre`: at most 10 memberships are looked up."
	for name, test := range map[string]struct {
		s    situation
		text string
		hint string
	}{
		"no reason":                         {overriding(because("")), short, typeIt},
		"short reason":                      {overriding(because("too short")), short, typeIt},
		"blanks and what is not seen":       {overriding(because("a \n\t \u200b\u200b\u202e\u2066\u00ad b     ")), short, typeIt},
		"short reason, and nothing to lift": {overriding(because("x"), satisfied), short, typeIt},
		"for a rollback":                    {overriding(because("x"), func(t *deploytest.Trial) { t.Request.Command.StableBranch = true }), short, "Type `.deploy main to production --override <reason>`."},
		"someone else":                      {overriding(by("bob")), mayNot, "These may: `octocat`, `acme/sre`."},
		"a bot":                             {overriding(by("octocat[bot]")), "`octocat[bot]` may not lift rules.", "These may: `octocat`, `acme/sre`."},
		"no override in the file": {
			overriding(func(t *deploytest.Trial) { t.Config.Policy.Override = policy.Override{} }),
			"No one can lift rules here: the rules file has no `override`.", "Meet the rules, or change the file on the default branch.",
		},
		"another rule": {
			overriding(func(t *deploytest.Trial) { t.Config.Policy.Override.Rules = []policy.RuleName{policy.FreezeRule} }),
			"`--override` does not lift `after`.", "The rules file lets it lift `freeze`.",
		},
		"started again": {
			overriding(func(t *deploytest.Trial) { t.Request.Event.Run.Attempt = 2 }),
			"`--override` is void where a run is started again.", "Type the command again, in a new comment.",
		},
		"started again by someone with the right": {
			overriding(by("bob"), func(t *deploytest.Trial) { rerun(t, "octocat") }),
			"`--override` is void where a run is started again.", "Type the command again, in a new comment.",
		},
		"behind the separator": {overriding(func(t *deploytest.Trial) {
			t.Request.Command.Overrides, t.Request.Command.Override = false, ""
			t.Request.Command.Params.Raw = "--override " + shopIsDown
		}), "Behind `|` `--override` is a parameter, and lifts nothing.", "Type it before the separator: `.deploy production --override <reason>`."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := test.s.decide()
			assert.Equal(t, deploy.Refuse, d.Verdict)
			assert.Nil(t, d.Override)
			said := deploytest.Said(t, d, "override")
			assert.Equal(t, deploy.Block, said.Level)
			assert.Equal(t, test.text, said.Text)
			assert.Equal(t, test.hint, said.Hint)
		})
	}
}

// Where nothing needs lifting, the flag changes nothing, with or without the right.
func TestOverrideOfNothing(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]situation{
		"with the right":          overriding(satisfied),
		"without the right":       overriding(satisfied, by("bob")),
		"no override in the file": overriding(satisfied, func(t *deploytest.Trial) { t.Config.Policy.Override = policy.Override{} }),
		"only evaluated": overriding(func(t *deploytest.Trial) {
			t.Govern(func(e *policy.Environment) { e.Enforcement = deploytest.Set(policy.Evaluate) })
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := s.decide()
			assert.Equal(t, deploy.Proceed, d.Verdict, d.Blocking())
			assert.Nil(t, d.Override)
			said := deploytest.Said(t, d, "override")
			assert.Equal(t, deploy.Warn, said.Level)
			assert.Equal(t, "`--override` has nothing to lift: it is not recorded.", said.Text)
		})
	}
}

// A reason is text of a stranger: it is shown on one line, as code, and cut.
func TestOverrideReason(t *testing.T) {
	t.Parallel()
	s := overriding(because(deploytest.Hostile + "\u202e" + strings.Repeat("ä", 300)))
	d := s.decide()
	deploytest.AssertHarmless(t, deploy.Finding{Text: deploytest.Said(t, d, "order").Notice})
	assert.Len(t, []rune(d.Override.Reason), 200)
	assert.NotContains(t, d.Override.Reason, "\u202e")
	assert.NotContains(t, d.Override.Reason, "\n")
}

// Without a rules file there is nothing to lift, and nothing is said.
func TestOverrideWithoutRules(t *testing.T) {
	t.Parallel()
	s := ways()["head"]
	s.request.Command.Overrides, s.request.Command.Override = true, shopIsDown
	s.facts.Deployments = nil
	d := s.decide()
	assert.Equal(t, deploy.Refuse, d.Verdict)
	assert.NotContains(t, deploytest.Gates(d), "override")
	assert.Nil(t, d.Override)
}

func TestUnknownFlags(t *testing.T) {
	t.Parallel()
	for flag, want := range map[string]string{
		"--overide":                     "Unknown flag `--overide`. Did you mean `--override`?",
		"--raeson":                      "Unknown flag `--raeson`. Did you mean `--reason`?",
		"--x":                           "Unknown flag `--x`.",
		"--`@all":                       "Unknown flag ``--`@all``.",
		"--" + strings.Repeat("x", 300): "Unknown flag `--" + strings.Repeat("x", 198) + "…`.",
		"--override":                    "With `--override`, write the environment before the flag.",
		"":                              "",
	} {
		t.Run(flag, func(t *testing.T) {
			t.Parallel()
			s := overriding(func(t *deploytest.Trial) {
				t.Request.Command = command.Command{Kind: command.Deploy, Flag: flag}
			})
			d := s.decide()
			assert.Equal(t, deploy.InvalidEnvironment, d.Reason)
			assert.Equal(t, strings.TrimSpace("The command does not name an environment that I know. "+want), deploytest.Said(t, d, "environment").Text)
		})
	}
	s := ways()["head"]
	s.request.Command = command.Command{Kind: command.Deploy, Flag: "--override"}
	assert.Contains(t, deploytest.Said(t, s.decide(), "environment").Text, "no such file is in effect")
}
