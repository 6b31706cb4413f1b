package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// Names of environments differ by case in lists, branches and deployments, and mean the same environment.

// The order can spell environments otherwise than the command does.
func TestSpellingInOrder(t *testing.T) {
	t.Parallel()
	s := situation{deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Facts()}
	s.config.Order = []string{"DEV", "Staging", "PRODUCTION", "after"}
	s.facts.Deployments = map[string][]deploy.Deployment{"Staging": {deploytest.Own(deploytest.HeadSHA, "ACTIVE")}}
	s.facts.MarkRead(deploy.DeploymentsPart+"DEV", deploy.DeploymentsPart+"Staging")
	assert.Equal(t, []string{"DEV", "Staging"}, deploy.NeedsFor(s.request, s.config).Environments)
	finding := deploytest.Said(t, s.decide(), "order")
	assert.Equal(t, "`production` comes after `DEV`, which must run this commit first.", finding.Text)
	s.facts.Deployments["DEV"] = s.facts.Deployments["Staging"]
	assert.Equal(t, deploy.Proceed, s.decide().Verdict)
	s.request.Command.Environment = "dev"
	assert.Empty(t, deploy.NeedsFor(s.request, s.config).Environments, "it is the first one")
	assert.Equal(t, deploy.Proceed, s.decide().Verdict)
}

// Another tool, or a workflow with other inputs, may have locked another spelling of production.
func TestSpellingOfALock(t *testing.T) {
	t.Parallel()
	ours := deploytest.StickyLock("octocat")
	ours.Document.Sticky = false
	ours.Document.ClaimID = deploy.NewCase(deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Facts()).Claim.ID()
	for name, test := range map[string]struct {
		locks  map[string]deploy.Lock // by environment
		status deploy.LockStatus
		branch string
		text   string // of a finding that blocks
	}{
		"of someone else": {
			map[string]deploy.Lock{"Production": deploytest.StickyLock("hubot")},
			deploy.Held, "Production-branch-deploy-lock", "`hubot` has locked `production`.",
		},
		"of another deployment": {
			map[string]deploy.Lock{"Production": deploytest.PassingLock("hubot", 77, deploy.RunGoing)},
			deploy.Held, "Production-branch-deploy-lock",
			"`hubot` is deploying to `production` in [another run](https://github.com/acme/shop/actions/runs/77).",
		},
		"corrupt": {
			map[string]deploy.Lock{"Production": deploytest.CorruptLock()},
			deploy.Corrupt, "Production-branch-deploy-lock",
			"There is a lock of `production` (branch `Production-branch-deploy-lock`), but its owner is unknown: the branch has no file lock.json.",
		},
		"of the actor":                {map[string]deploy.Lock{"Production": deploytest.StickyLock("octocat")}, deploy.OwnedByActor, "Production-branch-deploy-lock", ""},
		"of the request":              {map[string]deploy.Lock{"Production": ours}, deploy.Ours, "Production-branch-deploy-lock", ""},
		"expired":                     {map[string]deploy.Lock{"Production": deploytest.Expired(deploytest.StickyLock("hubot"))}, deploy.Free, "", ""},
		"of a run that ended":         {map[string]deploy.Lock{"Production": deploytest.PassingLock("hubot", 77, deploy.RunEnded)}, deploy.Free, "", ""},
		"in unusual spelling":         {map[string]deploy.Lock{"pRODUCTION": deploytest.StickyLock("hubot")}, deploy.Free, "", ""},
		"ours, and stale elsewhere":   {map[string]deploy.Lock{"production": ours, "Production": deploytest.Expired(deploytest.StickyLock("hubot"))}, deploy.Ours, "production-branch-deploy-lock", ""},
		"stale, and ours elsewhere":   {map[string]deploy.Lock{"production": deploytest.Expired(deploytest.StickyLock("hubot")), "Production": ours}, deploy.Ours, "Production-branch-deploy-lock", ""},
		"ours, and held elsewhere":    {map[string]deploy.Lock{"production": ours, "Production": deploytest.StickyLock("hubot")}, deploy.Held, "Production-branch-deploy-lock", "`hubot` has locked `production`."},
		"stale, and held elsewhere":   {map[string]deploy.Lock{"production": deploytest.Expired(deploytest.StickyLock("ada")), "Production": deploytest.StickyLock("hubot")}, deploy.Held, "Production-branch-deploy-lock", "`hubot` has locked `production`."},
		"held, and corrupt elsewhere": {map[string]deploy.Lock{"production": deploytest.StickyLock("hubot"), "Production": deploytest.CorruptLock()}, deploy.Held, "production-branch-deploy-lock", "`hubot` has locked `production`."},
		"held by two people":          {map[string]deploy.Lock{"production": deploytest.StickyLock("ada"), "Production": deploytest.StickyLock("hubot")}, deploy.Held, "production-branch-deploy-lock", "`ada` has locked `production`."},
		"two of the actor":            {map[string]deploy.Lock{"production": deploytest.StickyLock("octocat"), "Production": deploytest.StickyLock("octocat")}, deploy.OwnedByActor, "production-branch-deploy-lock", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := situation{deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Facts()}
			for environment, l := range test.locks {
				s.hold(environment, l)
			}
			d := s.decide()
			assert.Equal(t, test.status, d.Locks.Target.Status)
			assert.Equal(t, test.branch, d.Locks.Target.Lock.Branch)
			assert.Equal(t, test.status == deploy.Stale, len(d.Warnings()) == 1)
			if test.text == "" {
				assert.Equal(t, deploy.Proceed, d.Verdict)
				return
			}
			assert.Equal(t, deploy.LockConflict, d.Reason)
			finding := deploytest.Said(t, d, "lock")
			assert.Equal(t, test.text, finding.Text)
			assert.Contains(t, finding.Hint, "`.unlock production`")
		})
	}
}

// A command about a lock finds it under another spelling, and one about all environments lists it.
func TestSpellingOfALockInCommands(t *testing.T) {
	t.Parallel()
	for kind, reason := range map[command.Kind]deploy.Reason{
		command.Lock: deploy.LockConflict, command.Unlock: deploy.UnlockCompleted, command.LockInfo: deploy.LockInfoCompleted,
	} {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			d := holding(deploytest.Asking(kind, "production"), "Production", deploytest.StickyLock("hubot"))
			assert.Equal(t, reason, d.Reason)
			assert.Equal(t, "Production-branch-deploy-lock", d.Locks.Target.Lock.Branch)
			d = holding(deploytest.Globally(kind), "Production", deploytest.StickyLock("hubot"))
			require.Len(t, d.Locks.Others, 1)
			assert.Equal(t, "Production-branch-deploy-lock", d.Locks.Others[0].Lock.Branch)
		})
	}
}

// The end of a pull request unlocks its environments under every spelling.
func TestSpellingOfEndedLocks(t *testing.T) {
	t.Parallel()
	s := ending()
	s.config.Targets = []string{"dev", "production", "DEV"}
	s.hold("dev", deploytest.StickyLock("hubot"))
	s.hold("Dev", deploytest.StickyLock("octocat"))
	s.hold("Production", deploytest.StickyLock("hubot"))
	d := s.unlock()
	assert.Equal(t, []string{"dev", "dev", "production"}, names(d), "named as the workflow names them")
	var branches []string
	for _, ended := range d.Ended {
		branches = append(branches, ended.Lock.Branch)
	}
	assert.Equal(t, []string{"dev-branch-deploy-lock", "Dev-branch-deploy-lock", "Production-branch-deploy-lock"}, branches)
	s.hold("Dev", linked(deploytest.StickyLock("octocat"), deploytest.LinkTo(7)))
	assert.Equal(t, []string{"dev", "production"}, names(s.unlock()), "a spelling can belong to another pull request")
}

// Inputs that list environments mean them in any spelling.
func TestSpellingInLists(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		gate  string
		wrong func(*deploy.Facts)
		list  func(*config.Config, []string)
	}{
		"skip_ci": {
			"checks", func(f *deploy.Facts) { f.Pull.Checks = reported(deploytest.CheckRun("a", "FAILURE")) },
			func(c *config.Config, list []string) { c.Checks.Skip = list },
		},
		"skip_reviews": {
			"reviews", func(f *deploy.Facts) { f.Pull.ReviewDecision = deploy.ReviewRequired },
			func(c *config.Config, list []string) { c.Reviews.Skip = list },
		},
		"draft_permitted_targets": {
			"draft", func(f *deploy.Facts) { f.Pull.Draft = true },
			func(c *config.Config, list []string) { c.Origin.Drafts = list },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := situation{deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Facts()}
			test.wrong(&s.facts)
			test.list(&s.config, []string{"dev", "prod"})
			assert.Equal(t, []string{test.gate}, deploytest.Blocked(s.decide()))
			test.list(&s.config, []string{"dev", "PRODUCTION"})
			assert.Equal(t, deploy.Proceed, s.decide().Verdict)
		})
	}
}
