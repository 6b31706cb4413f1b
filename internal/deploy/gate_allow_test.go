package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/policy"
)

const listOfAll = "These may: `acme/release`, `role:maintain`, `alice`."

func TestAllow(t *testing.T) {
	t.Parallel()
	release := func(t *deploytest.Trial, login string, m deploy.Member) { t.Answer("acme/release", login, m) }
	for name, test := range map[string]struct {
		change func(*deploytest.Trial)
		text   string // "" where it passes
		hint   string
	}{
		"listed, in another case": {func(t *deploytest.Trial) { t.Request.Event.Actor, t.Request.Event.Triggering = "ALICE", "ALICE" }, "", ""},
		"role":                    {func(t *deploytest.Trial) { t.Facts.Actor.Role = "maintain" }, "", ""},
		"member":                  {func(t *deploytest.Trial) { release(t, "octocat", deploy.Member{Active: true}) }, "", ""},
		"no member": {
			func(t *deploytest.Trial) { release(t, "octocat", deploy.Member{}) },
			"`octocat` may not deploy to **production**. GitHub answered 404 for `acme/release`: not a member, or `team_token` may not read the team's members.", listOfAll,
		},
		"no token": {
			func(t *deploytest.Trial) {
				release(t, "octocat", deploy.Member{Problem: &deploy.Problem{Text: "There is no token.", Hint: "Give `team_token`."}})
			},
			"`octocat` may not deploy to **production**. There is no token.", "Give `team_token`. " + listOfAll,
		},
		"not asked": {
			func(*deploytest.Trial) {},
			"`octocat` may not deploy to **production**. GitHub was not asked about `acme/release`: at most 10 memberships are looked up.", listOfAll,
		},
		"a bot": {
			func(t *deploytest.Trial) {
				t.Request.Event.Actor, t.Request.Event.Triggering = "Alice[Bot]", "Alice[Bot]"
			},
			"`Alice[Bot]` may not deploy to **production**. Bots cannot be listed.", listOfAll,
		},
		"rerun by a member": {func(t *deploytest.Trial) {
			release(t, "octocat", deploy.Member{Active: true})
			release(t, "hubot", deploy.Member{Active: true})
			rerun(t, "hubot")
		}, "", ""},
		"rerun by someone else": {func(t *deploytest.Trial) {
			release(t, "octocat", deploy.Member{Active: true})
			release(t, "hubot", deploy.Member{})
			rerun(t, "hubot")
		}, "`hubot`, who started this run again, may not deploy to **production**. GitHub answered 404 for `acme/release`: not a member, or `team_token` may not read the team's members.", listOfAll},
		"rerun of someone else's command": {func(t *deploytest.Trial) {
			release(t, "octocat", deploy.Member{})
			rerun(t, "alice")
		}, "`octocat` may not deploy to **production**. GitHub answered 404 for `acme/release`: not a member, or `team_token` may not read the team's members.", listOfAll},
		"role of the other one": {func(t *deploytest.Trial) {
			rerun(t, "alice")
			t.Facts.Rerunner.Role = "maintain"
			release(t, "octocat", deploy.Member{Invited: true})
		}, "`octocat` may not deploy to **production**. The invitation to `acme/release` is not accepted yet.", listOfAll},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ways()["head"]
			s.change(func(trial *deploytest.Trial) {
				trial.Allow("acme/release", "role:maintain", "alice")
				trial.Config.PolicyFile.Path = config.DefaultPolicyPath
				test.change(trial)
			})
			finding := deploytest.Said(t, s.decide(), "allow")
			if test.text == "" {
				assert.Equal(t, deploy.Pass, finding.Level, finding.Text)
				return
			}
			assert.Equal(t, deploy.Finding{Gate: "allow", Level: deploy.Block, Code: deploy.NotAllowed, Text: test.text, Hint: test.hint}, finding)
		})
	}
}

func rerun(t *deploytest.Trial, by string) {
	t.Request.Event.Run.Attempt, t.Request.Event.Triggering = 2, by
	t.Facts.Rerunner = deploy.Actor{Login: by, Permission: "write", Role: "write"}
}

// No one lifts the list, and to evaluate rules does not soften it.
func TestAllowIsNeverSoftened(t *testing.T) {
	t.Parallel()
	s := ways()["head"]
	s.change(func(trial *deploytest.Trial) {
		trial.Allow("alice")
		trial.Govern(func(e *policy.Environment) { e.Enforcement = deploytest.Set(policy.Evaluate) })
		trial.Config.Policy.Override = policy.Override{Line: 9, Allow: deploytest.Principals("octocat"), Rules: []policy.RuleName{policy.AfterRule, ""}}
		trial.Request.Command.Overrides, trial.Request.Command.Override = true, "the shop is down"
	})
	d := s.decide()
	assert.Equal(t, deploy.NotAllowed, d.Reason)
	assert.Equal(t, []string{"allow"}, deploytest.Blocked(d))
	assert.Nil(t, d.Override)
}

func TestAllowOfTrackedSteps(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		event string
		list  []string
		actor string
		rerun string // who starts the run again
		text  string // "" where it passes
		needs deploy.Needs
	}{
		"listed event":      {"push", []string{"event:push"}, "octocat", "", "", deploy.Needs{}},
		"people only":       {"push", []string{"octocat"}, "octocat", "", "A start by the event `push` may not deploy to **production**. It is deployed to by people only.", deploy.Needs{}},
		"another event":     {"schedule", []string{"event:push"}, "octocat", "", "A start by the event `schedule` may not deploy to **production**. `allow` does not have `event:schedule`.", deploy.Needs{}},
		"event called push": {"Push", []string{"event:push"}, "octocat", "", "A start by the event `Push` may not deploy to **production**. `allow` does not have `event:Push`.", deploy.Needs{}},
		"by hand":           {"workflow_dispatch", []string{"octocat"}, "octocat", "", "", deploy.Needs{}},
		"by a dispatch":     {"repository_dispatch", []string{"event:push"}, "octocat", "", "`octocat` may not deploy to **production**.", deploy.Needs{}},
		"by a comment":      {"issue_comment", []string{"alice"}, "octocat", "", "`octocat` may not deploy to **production**.", deploy.Needs{}},
		"by role":           {"workflow_dispatch", []string{"role:write"}, "octocat", "", "", deploy.Needs{Actor: "octocat"}},
		"login or role":     {"workflow_dispatch", []string{"role:admin", "octocat"}, "octocat", "", "", deploy.Needs{}},
		"by team": {
			"workflow_dispatch", []string{"acme/release"}, "octocat", "", "", deploy.Needs{Members: []deploy.Membership{deploy.MembershipOf("acme/release", "octocat")}},
		},
		"a bot by hand":            {"workflow_dispatch", []string{"acme/release"}, "octocat[bot]", "", "`octocat[bot]` may not deploy to **production**. Bots cannot be listed.", deploy.Needs{}},
		"started again":            {"push", []string{"event:push"}, "octocat", "hubot", "`hubot`, who started this run again, may not deploy to **production**.", deploy.Needs{}},
		"started again, the same":  {"push", []string{"event:push"}, "octocat", "octocat", "`octocat`, who started this run again, may not deploy to **production**.", deploy.Needs{}},
		"started again, listed":    {"push", []string{"event:push", "hubot"}, "octocat", "hubot", "", deploy.Needs{}},
		"started again, by a role": {"push", []string{"event:push", "role:write"}, "octocat", "hubot", "", deploy.Needs{Actor: "octocat", RerunBy: "hubot"}},
		"by hand, started again":   {"workflow_dispatch", []string{"octocat"}, "octocat", "hubot", "`hubot`, who started this run again, may not deploy to **production**.", deploy.Needs{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, c := deploytest.Tracking(config.Started)
			s := situation{r, c, deploytest.Facts()}
			s.change(func(trial *deploytest.Trial) {
				trial.Allow(test.list...)
				trial.Answer("acme/release", "octocat", deploy.Member{Active: true})
				trial.Request.Event.Name, trial.Request.Event.Actor, trial.Request.Event.Triggering = test.event, test.actor, test.actor
				if test.rerun != "" {
					rerun(trial, test.rerun)
				}
			})
			finding := deploytest.Said(t, s.decide(), "allow")
			if test.text == "" {
				assert.Equal(t, deploy.Pass, finding.Level, finding.Text)
			} else {
				assert.Equal(t, test.text, finding.Text)
			}
			needs := deploy.NeedsKnowing(s.request, s.config, s.facts)
			assert.Equal(t, test.needs.Actor, needs.Actor)
			assert.Equal(t, test.needs.RerunBy, needs.RerunBy)
			assert.Equal(t, test.needs.Members, needs.Members)
		})
	}
}

// What is not known yet may make a question about a team needless.
func TestAllowAwaitsTheRole(t *testing.T) {
	t.Parallel()
	r, c := deploytest.Tracking(config.Started)
	s := situation{r, c, deploytest.Facts()}
	s.change(func(trial *deploytest.Trial) {
		trial.Allow("acme/release", "role:admin")
		trial.Request.Event.Name = "workflow_dispatch"
		delete(trial.Facts.Read, deploy.ActorPart)
		trial.Facts.Actor = deploy.Actor{}
	})
	assert.Empty(t, deploy.NeedsKnowing(s.request, s.config, s.facts).Members)
	assert.Equal(t, "octocat", deploy.NeedsKnowing(s.request, s.config, s.facts).Actor)
	s.facts.MarkRead(deploy.ActorPart)
	s.facts.Actor = deploy.Actor{Login: "octocat", Permission: "write"}
	assert.Len(t, deploy.NeedsKnowing(s.request, s.config, s.facts).Members, 1)
	s.facts.Actor.Permission = "admin"
	assert.Empty(t, deploy.NeedsKnowing(s.request, s.config, s.facts).Members)
}

// The pairs of allow come before those of override; a second look asks for none.
func TestNeedsOfPeople(t *testing.T) {
	t.Parallel()
	s := situation{deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Facts()}
	s.change(func(trial *deploytest.Trial) {
		trial.Allow("acme/release")
		trial.Config.Policy.Override = policy.Override{Line: 9, Allow: deploytest.Principals("acme/sre", "acme/release")}
	})
	release, sre := deploy.MembershipOf("acme/release", "octocat"), deploy.MembershipOf("acme/sre", "octocat")
	assert.Equal(t, []deploy.Membership{release}, deploy.NeedsKnowing(s.request, s.config, s.facts).Members)
	s.request.Command.Overrides = true
	assert.Equal(t, []deploy.Membership{release, sre}, deploy.NeedsKnowing(s.request, s.config, s.facts).Members)
	assert.Empty(t, deploy.RecheckNeeds(s.request, s.config, deploytest.HeadSHA).Members)
	s.request.Event.Run.Attempt = 2
	assert.Equal(t, []deploy.Membership{release}, deploy.NeedsKnowing(s.request, s.config, s.facts).Members)
}
