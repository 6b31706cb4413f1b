package deploy_test

import (
	"cmp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/event"
	"github.com/lockstep-action/lockstep/internal/lock"
)

const treeSHA, otherTree = "4444444444444444444444444444444444444444", "5555555555555555555555555555555555555555"

// withTree is a deployment of a commit with that tree.
func withTree(d deploy.Deployment, tree string) deploy.Deployment {
	d.TreeSHA = tree
	return d
}

// What is on the default branch has to be deployed unless it certainly is.
func TestDecideMerge(t *testing.T) {
	t.Parallel()
	up, down := withTree(deploytest.Own(deploytest.OtherSHA, "ACTIVE"), treeSHA), withTree(deploytest.Own(deploytest.OtherSHA, "INACTIVE"), treeSHA)
	for name, test := range map[string]struct {
		live     []deploy.Deployment
		tree     string
		required bool
		text     string
	}{
		"the same files":           {[]deploy.Deployment{up}, treeSHA, false, "`production` runs what is on `main`"},
		"the same below another's": {[]deploy.Deployment{withTree(deploytest.Foreign(deploytest.OtherSHA, "ACTIVE"), otherTree), up}, treeSHA, true, "a newer deployment of another tool runs in `production`"},
		"the same below failures":  {[]deploy.Deployment{withTree(deploytest.Foreign(deploytest.OtherSHA, "FAILURE"), otherTree), up}, treeSHA, false, "`production` runs what is on `main`"},
		"other files":              {[]deploy.Deployment{up}, otherTree, true, "`main` differs from what runs in `production`"},
		"unknown files":            {[]deploy.Deployment{withTree(up, "")}, treeSHA, true, "`main` differs from what runs in `production`"},
		"all files are unknown":    {[]deploy.Deployment{withTree(up, "")}, "", true, "`main` differs from what runs in `production`"},
		"not active":               {[]deploy.Deployment{down}, treeSHA, true, "our newest deployment of `production` is not active"},
		"not active, above one":    {[]deploy.Deployment{down, up}, treeSHA, true, "our newest deployment of `production` is not active"},
		"nothing":                  {nil, treeSHA, true, "nothing of ours was deployed to `production` yet"},
		"only another tool's":      {[]deploy.Deployment{withTree(deploytest.Foreign(deploytest.OtherSHA, "ACTIVE"), treeSHA)}, treeSHA, true, "nothing of ours was deployed to `production` yet"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := deploytest.Facts()
			f.Live = test.live
			f.Default = deploy.Branch{Name: "main", Head: deploytest.Commit(deploytest.StableSHA)}
			f.Default.Head.TreeSHA = test.tree
			d := deploy.DecideMerge(deploytest.Settings(), f)
			reason, outcome := deploy.MergeDeployNotRequired, deploy.Stop
			if test.required {
				reason, outcome = deploy.MergeDeployRequired, deploy.Continue
			}
			assert.Equal(t, reason, d.Reason)
			assert.Equal(t, outcome, d.Outcome())
			assert.Equal(t, deploy.Proceed, d.Verdict)
			assert.Equal(t, []deploy.Finding{{Gate: "merge", Level: deploy.Pass, Text: test.text}}, d.Findings)
			assert.Equal(t, deploy.Target{
				Environment: "production", Ref: "main", SHA: deploytest.StableSHA, Kind: deploy.BranchTarget, Commit: f.Default.Head,
			}, d.Target)
			assert.Equal(t, f.ReadAt, d.At)
		})
	}
}

// ending is the end of pull request 12, in a repository whose environments have awkward names.
func ending() situation {
	s := situation{deploy.Request{Event: event.Event{Name: "pull_request", Action: "closed", Merged: true, Pull: 12}}, deploytest.Settings(), deploytest.Facts()}
	s.config.Mode, s.config.Targets = config.UnlockOnMerge, []string{"dev", "super production", "eu/west", "dev"}
	return s
}

func (s situation) unlock() deploy.Decision { return deploy.DecideUnlock(s.request, s.config, s.facts) }

// names lists the locks that end.
func names(d deploy.Decision) []string {
	var all []string
	for _, one := range d.Ended {
		all = append(all, one.Name())
	}
	return all
}

// Who closes a pull request without merging it may need no permission in the repository.
func TestDecideUnlockOfClosed(t *testing.T) {
	t.Parallel()
	const stays = "The lock of `dev` stays, because `eve` closed the pull request, and may not remove the lock of someone else."
	admin, none := deploy.Actor{Permission: "admin"}, deploy.Actor{Permission: "none"}
	for name, test := range map[string]struct {
		closer, rerunner deploy.Actor
		starts           string
		owner            string
		attempt          int
		merged, unread   bool
		frees            bool
	}{
		"the author closes":                      {closer: none, starts: "eve", owner: "hubot"},
		"the author merges":                      {closer: none, starts: "eve", owner: "hubot", merged: true, frees: true},
		"the author merges, and re-runs it":      {closer: none, starts: "eve", owner: "hubot", merged: true, attempt: 2},
		"the author re-runs an admin's merge":    {closer: admin, rerunner: none, starts: "ada", owner: "hubot", merged: true, attempt: 2},
		"an admin re-runs an admin's merge":      {closer: admin, rerunner: admin, starts: "ada", owner: "hubot", merged: true, attempt: 2, frees: true},
		"the owner re-runs the author's merge":   {closer: none, rerunner: none, starts: "ada", owner: "ada", merged: true, attempt: 2, frees: true},
		"the owner closes":                       {closer: none, starts: "eve", owner: "eve", frees: true},
		"one with the permission closes":         {closer: admin, starts: "eve", owner: "hubot", frees: true},
		"their permission is unknown":            {closer: admin, starts: "eve", owner: "hubot", unread: true},
		"an admin re-runs the author's closing":  {closer: none, rerunner: admin, starts: "ada", owner: "hubot"},
		"the author re-runs an admin's closing":  {closer: admin, rerunner: none, starts: "ada", owner: "hubot"},
		"an admin re-runs an admin's closing":    {closer: admin, rerunner: admin, starts: "ada", owner: "hubot", frees: true},
		"the owner re-runs the author's closing": {closer: none, rerunner: none, starts: "ada", owner: "ada", frees: true},
		"an unknown user, and a lock of no one":  {closer: admin, starts: "", owner: ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ending()
			s.request.Event.Merged, s.request.Event.Actor, s.request.Event.Triggering = test.merged, "eve", test.starts
			s.request.Event.Run.Attempt = test.attempt
			s.facts.Actor, s.facts.Rerunner = test.closer, test.rerunner
			if test.unread {
				delete(s.facts.Read, deploy.ActorPart)
			}
			s.hold("dev", deploytest.StickyLock(test.owner))
			d := s.unlock()
			if test.frees {
				assert.Equal(t, []string{"dev"}, names(d))
				return
			}
			assert.Empty(t, d.Ended)
			assert.Equal(t, deploy.Warn, d.Findings[0].Level)
			text := strings.Replace(stays, "eve", cmp.Or(test.starts, "eve"), 1)
			if test.attempt > 1 || test.starts == "ada" {
				text = strings.Replace(text, "closed the pull request", "started this run again", 1)
			}
			assert.Equal(t, text, d.Findings[0].Text)
			assert.Equal(t, "Remove it with `.unlock dev` if no one needs it.", d.Findings[0].Hint)
			needs := deploy.MergeNeeds(s.request, s.config)
			assert.Equal(t, "eve", needs.Actor)
		})
	}
}

func linked(l deploy.Lock, link string) deploy.Lock {
	l.Document.Link = link
	return l
}

// Which locks end with their pull request, and why others stay.
func TestDecideUnlockOfOneLock(t *testing.T) {
	t.Parallel()
	const remove = "Remove it with `.unlock super production` if no one needs it."
	for name, test := range map[string]struct {
		lock       deploy.Lock
		level      deploy.Level
		text, hint string
	}{
		"its own":               {lock: deploytest.StickyLock("hubot")},
		"its own, expired":      {lock: deploytest.Expired(deploytest.StickyLock("hubot"))},
		"its own, left behind":  {lock: deploytest.PassingLock("hubot", 77, deploy.RunEnded)},
		"of branch-deploy":      {lock: deploytest.PassingLock("hubot", 0, deploy.RunUnknown)},
		"another's":             {linked(deploytest.StickyLock("octocat"), deploytest.LinkTo(7)), deploy.Pass, "the lock of `super production` belongs to another pull request", ""},
		"another's, under way":  {linked(deploytest.PassingLock("octocat", 77, deploy.RunGoing), deploytest.LinkTo(7)), deploy.Pass, "the lock of `super production` belongs to another pull request", ""},
		"another's, similar":    {linked(deploytest.StickyLock("octocat"), deploytest.LinkTo(120)), deploy.Pass, "the lock of `super production` belongs to another pull request", ""},
		"under way":             {deploytest.PassingLock("hubot", 77, deploy.RunGoing), deploy.Warn, "The lock of `super production` stays, because its deployment is in progress.", "It ends with that deployment."},
		"perhaps under way":     {deploytest.PassingLock("hubot", 77, deploy.RunUnknown), deploy.Warn, "The lock of `super production` stays, because its deployment may be in progress.", remove},
		"broken":                {deploytest.CorruptLock(), deploy.Warn, "The lock of `super production` stays, because its owner is unknown: the branch has no file lock.json.", remove},
		"without pull request":  {linked(deploytest.StickyLock("hubot"), "https://github.com/acme/shop/issues/12"), deploy.Warn, "The lock of `super production` stays, because it does not say on which pull request it was made.", remove},
		"without a link at all": {linked(deploytest.StickyLock("hubot"), ""), deploy.Warn, "The lock of `super production` stays, because it does not say on which pull request it was made.", remove},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ending()
			s.hold("super production", test.lock)
			d := s.unlock()
			assert.Equal(t, deploy.Proceed, d.Verdict)
			assert.Equal(t, deploy.UnlockOnMergeCompleted, d.Reason)
			assert.Equal(t, s.facts.ReadAt, d.At)
			if test.text == "" {
				assert.Equal(t, []deploy.EndedLock{{
					Target: lock.Target{Environment: "super production"}, Lock: s.facts.Locks["super-production-branch-deploy-lock"],
				}}, d.Ended)
				test.text, test.level = "the lock of `super production` belongs to the pull request", deploy.Pass
			} else {
				assert.Empty(t, d.Ended)
			}
			assert.Equal(t, []deploy.Finding{{Gate: "unlock", Level: test.level, Text: test.text, Hint: test.hint}}, d.Findings)
		})
	}
}

// Locks are independent, and the output names the environments as the workflow does.
func TestDecideUnlockOfSeveralLocks(t *testing.T) {
	t.Parallel()
	s := ending()
	assert.Empty(t, s.unlock().Findings, "nothing is locked")
	s.hold("dev", deploytest.StickyLock("hubot"))
	s.hold("super production", deploytest.CorruptLock())
	s.hold("eu/west", deploytest.StickyLock("octocat"))
	s.hold("elsewhere", deploytest.StickyLock("octocat"))
	s.hold("global", deploytest.StickyLock("octocat"))
	d := s.unlock()
	assert.Equal(t, []string{"dev", "eu/west"}, names(d))
	assert.Len(t, d.Findings, 3)
	assert.Len(t, d.Warnings(), 1)

	s.config.Merge.Global = true
	assert.Equal(t, []string{"dev", "eu/west", "global"}, names(s.unlock()))
	s.hold("global", linked(deploytest.StickyLock("octocat"), deploytest.LinkTo(7)))
	assert.Equal(t, []string{"dev", "eu/west"}, names(s.unlock()))
	s.request.Event.Pull = 0
	s.hold("dev", linked(deploytest.StickyLock("octocat"), ""))
	assert.Empty(t, s.unlock().Ended, "no pull request owns no lock")
}

// A lock that could not be read is not removed, and there is a finding.
func TestDecideUnlockUnavailable(t *testing.T) {
	t.Parallel()
	s := ending()
	s.facts = deploytest.Without(deploy.RunPart)
	s.hold("dev", deploytest.PassingLock("hubot", 77, deploy.RunUnknown))
	d := s.unlock()
	assert.Empty(t, d.Ended)
	assert.Equal(t, "Remove it with `.unlock dev` if no one needs it. I could not find out whether its run has ended. Add a permission.", d.Findings[0].Hint)

	s.facts = deploytest.Without(deploy.LocksPart)
	s.hold("dev", deploytest.StickyLock("hubot"))
	d = s.unlock()
	assert.Empty(t, d.Ended)
	assert.Equal(t, deploy.Refuse, d.Verdict)
	assert.Equal(t, deploy.UnexpectedError, d.Reason)
	assert.Equal(t, []deploy.Finding{{
		Gate: "unlock", Level: deploy.Block, Code: deploy.UnexpectedError, Text: "I could not read the locks.", Hint: "Add a permission.",
	}}, d.Findings)
}

// Where locks are switched off, those that exist are left alone.
func TestDecideUnlockDisabled(t *testing.T) {
	t.Parallel()
	s := ending()
	s.config.Locks.Disabled = true
	s.hold("dev", deploytest.StickyLock("hubot"))
	d := s.unlock()
	assert.Equal(t, deploy.UnlockOnMergeCompleted, d.Reason)
	assert.Empty(t, d.Ended)
	assert.Equal(t, []deploy.Finding{{Gate: "unlock", Level: deploy.Pass, Text: "locks are switched off"}}, d.Findings)
}
