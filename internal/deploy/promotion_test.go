package deploy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// A promotion is held to the rules that a tracked start is held to. Rules that say no are no failure.
func TestPromotionHeld(t *testing.T) {
	t.Parallel()
	for _, gate := range deploytest.Situations() {
		held := slices.Contains(strings.Fields(heldTo()[gate.Name]), "tracked")
		for _, situation := range gate.Situations {
			merged := strings.Contains(situation.Text, "`merged: true`") // what is promoted is
			if heldTo()[gate.Name] == "" || !situation.Stopped("head") || merged {
				continue
			}
			t.Run(gate.Name+", "+situation.Text, func(t *testing.T) {
				t.Parallel()
				trial := deploytest.Promotion()
				trial.Govern(func(e *policy.Environment) { e.After = deploytest.Set([]string{"staging"}) })
				trial.Config.Order = nil
				situation.Arrange(&trial)
				trial.Facts.Changes.Base, trial.Facts.Changes.Runs = deploytest.GoodSHA, true
				trial.Facts.Changes.Trees = true
				d := decided(trial)
				if !held {
					assert.Equal(t, deploy.Proceed, d.Verdict, "%v", d.Blocking())
					return
				}
				assert.Equal(t, deploy.Refuse, d.Verdict)
				assert.Contains(t, []deploy.Reason{deploy.NothingToPromote, deploy.UnexpectedError}, d.Reason)
			})
		}
	}
}

func TestPromotionReasons(t *testing.T) {
	t.Parallel()
	allow := func(names ...string) func(*deploytest.Trial) {
		return func(t *deploytest.Trial) {
			t.Config.Order = nil
			t.Govern(func(e *policy.Environment) { e.After = deploytest.Set([]string{"staging"}) })
			t.Allow(names...)
		}
	}
	lock := func(l deploy.Lock) func(*deploytest.Trial) {
		return func(t *deploytest.Trial) { t.Facts.Locks = map[string]deploy.Lock{"production-branch-deploy-lock": l} }
	}
	ours := deploytest.StickyLock("octocat")
	for name, test := range map[string]struct {
		change func(*deploytest.Trial)
		reason deploy.Reason
		gates  string
	}{
		"all is well": {func(*deploytest.Trial) {}, deploy.DeploymentReady, ""},
		"a broken rules file": {func(t *deploytest.Trial) {
			t.Govern()
			t.Facts.MarkUnavailable(deploy.PolicyPart, deploy.Problem{Text: "Line 9."})
		}, deploy.PolicyInvalid, "policy"},
		"no rule about the event":                            {allow("octocat"), deploy.NothingToPromote, "allow"},
		"the event is listed":                                {allow("event:schedule"), deploy.DeploymentReady, ""},
		"another event is listed":                            {allow("event:push"), deploy.NothingToPromote, "allow"},
		"the actor of a schedule has locked the environment": {lock(ours), deploy.NothingToPromote, "lock"},
		"someone has locked it":                              {lock(deploytest.StickyLock("monalisa")), deploy.NothingToPromote, "lock"},
		"the same, where locks belong to pull requests": {func(t *deploytest.Trial) {
			t.Config.Locks.Owner = "pull_request"
			lock(ours)(t)
		}, deploy.NothingToPromote, "lock"},
		"another promotion has the lock": {lock(deploytest.PassingLock("octocat", 4710, deploy.RunGoing)), deploy.NothingToPromote, "lock"},
		"another job of this run has it": {lock(deploytest.PassingLock("octocat", 4711, deploy.RunGoing)), deploy.NothingToPromote, "once"},
		"a run that ended left it":       {lock(deploytest.PassingLock("octocat", 4710, deploy.RunEnded)), deploy.DeploymentReady, ""},
		"the locks are not known": {func(t *deploytest.Trial) {
			t.Facts.MarkUnavailable(deploy.LocksPart, deploy.Problem{Text: "No."})
		}, deploy.UnexpectedError, "once lock"},
		"this run has started it already": {func(t *deploytest.Trial) {
			first := deploytest.Tried(deploytest.OtherSHA, 13, "FAILURE", "")
			first.CreatedBy.Run = deploy.RunID{ID: 4711, Attempt: 1}
			production(first)(t)
		}, deploy.NothingToPromote, "once"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			trial := deploytest.Promotion()
			test.change(&trial)
			d := decided(trial)
			assert.Equal(t, test.reason, d.Reason, "%v", d.Blocking())
			assert.Equal(t, strings.Fields(test.gates), append([]string{}, deploytest.Blocked(d)...))
		})
	}
}

// A promotion brings the pull request and the version of the commit along, where they are known.
func TestPromotedPull(t *testing.T) {
	t.Parallel()
	trial := deploytest.Promotion()
	assert.Equal(t, 11, decided(trial).Target.Pull)
	assert.Empty(t, decided(trial).Target.Version)
	for _, environment := range []string{"dev", "staging"} {
		trial.Facts.Deployments[environment][0].Version = "v1.4.2"
	}
	assert.Equal(t, "v1.4.2", decided(trial).Target.Version)
	trial.Facts.Deployments["staging"][0].Version = "v1.4.3"
	assert.Empty(t, decided(trial).Target.Version, "which one is it?")
	trial.Facts.Merged.Pulls = nil
	assert.Equal(t, 0, decided(trial).Target.Pull)
}

// Two runs never claim the same lock.
func TestPromotionClaims(t *testing.T) {
	t.Parallel()
	first, second := deploytest.Promotion(), deploytest.Promotion()
	second.Request.Event.Run.ID++
	first.Config.Locks.Sticky = true
	assert.NotEqual(t, decided(first).Claim.ID(), decided(second).Claim.ID())
	assert.False(t, decided(first).Claim.Sticky, "no one would remove it")
}
