package deploy_test

import (
	"cmp"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// What people read when a lock blocks.
func TestLockRefusal(t *testing.T) {
	t.Parallel()
	const (
		release = "`.unlock production`"
		wait    = "Wait until it has ended, then run the command again. If its runner was lost, remove the lock with " + release + "."
	)
	elsewhere, reasoned, legacy := deploytest.StickyLock("hubot"), deploytest.StickyLock("hubot"), deploytest.PassingLock("hubot", 0, deploy.RunUnknown)
	elsewhere.Document.Link, reasoned.Document.Reason = deploytest.LinkTo(7), "load test"
	unlinked := elsewhere
	unlinked.Document.Link = "https://github.com/acme/other/pull/7"
	for name, test := range map[string]struct {
		lock       deploy.Lock
		text, hint string
	}{
		"sticky":                 {deploytest.StickyLock("hubot"), "`hubot` has locked `production`.", "Ask `hubot` to release it, or remove the lock with " + release + "."},
		"with a reason":          {reasoned, "`hubot` has locked `production`: `load test`.", "Ask `hubot` to release it, or remove the lock with " + release + "."},
		"from elsewhere":         {elsewhere, "`hubot` has locked `production` from [another pull request](https://github.com/acme/shop/pull/7#issuecomment-1).", "Ask `hubot` to release it, or remove the lock with " + release + "."},
		"from another place":     {unlinked, "`hubot` has locked `production` from another pull request.", "Ask `hubot` to release it, or remove the lock with " + release + "."},
		"going":                  {deploytest.PassingLock("hubot", 77, deploy.RunGoing), "`hubot` is deploying to `production` in [another run](https://github.com/acme/shop/actions/runs/77).", wait},
		"of branch-deploy":       {legacy, "`hubot` is deploying to `production`.", wait},
		"going, by the same one": {deploytest.PassingLock("octocat", 77, deploy.RunGoing), "You are deploying to `production` in [another run](https://github.com/acme/shop/actions/runs/77).", wait},
		"broken": {
			deploytest.CorruptLock(),
			"There is a lock of `production` (branch `production-branch-deploy-lock`), but its owner is unknown: the branch has no file lock.json.",
			"Nothing was changed. Find out who made it, then remove it with " + release + ".",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := holding(deploytest.Asking(command.Deploy, "production"), "production", test.lock)
			assert.Equal(t, deploy.Refuse, d.Verdict)
			assert.Equal(t, deploy.Stop, d.Outcome())
			assert.Equal(t, deploy.Finding{
				Gate: "lock", Level: deploy.Block, Code: deploy.LockConflict, Text: test.text, Hint: test.hint,
			}, deploytest.Said(t, d, "lock"))
		})
	}
}

// Where locks belong to pull requests, one's own lock of another one is in the way.
func TestLockOfAnotherPullRequest(t *testing.T) {
	t.Parallel()
	s := situation{deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Facts()}
	s.config.Locks.Owner = config.OwnedByPull
	l := deploytest.StickyLock("octocat")
	l.Document.Link = deploytest.LinkTo(7)
	s.hold("production", l)
	finding := deploytest.Said(t, s.decide(), "lock")
	assert.Equal(t, "You have locked `production` from [another pull request](https://github.com/acme/shop/pull/7#issuecomment-1).", finding.Text)
	assert.Equal(t, "Locks belong to pull requests here. Run the command on the one that has the lock, or remove the lock with `.unlock production`.", finding.Hint)
	l.Document.Link = "no link"
	s.hold("production", l)
	assert.Equal(t, "You have locked `production`.", deploytest.Said(t, s.decide(), "lock").Text, "a lock without a pull request belongs to none")
	s.request.Event.Pull = 0
	assert.Equal(t, deploy.LockConflict, s.decide().Reason)
}

// Logins are compared to the letter, as branch-deploy does.
func TestLockOwnerCase(t *testing.T) {
	t.Parallel()
	assert.Equal(t, deploy.LockConflict, holding(deploytest.Asking(command.Deploy, "production"), "production", deploytest.StickyLock("Octocat")).Reason)
}

// The lock of all environments comes first; a workflow without a word for it has no command either.
func TestGlobalLockRefusal(t *testing.T) {
	t.Parallel()
	s := situation{deploytest.Asking(command.Lock, "production"), deploytest.Settings(), deploytest.Facts()}
	s.hold("production", deploytest.StickyLock("someone-else"))
	s.hold("global", deploytest.StickyLock("hubot"))
	assert.Equal(t, deploy.Finding{
		Gate: "lock", Level: deploy.Block, Code: deploy.LockConflict,
		Text: "`hubot` has locked all environments.",
		Hint: "Ask `hubot` to release it, or remove the lock with `.unlock --global`.",
	}, deploytest.Said(t, s.decide(), "lock"))
	s.config.Commands.GlobalFlag = ""
	assert.Equal(t, "Ask `hubot` to release it, or remove the lock by deleting the branch `global-branch-deploy-lock`.", deploytest.Said(t, s.decide(), "lock").Hint)
	s.facts.Locks = nil
	s.hold("production", deploytest.StickyLock("hubot"))
	assert.Contains(t, deploytest.Said(t, s.decide(), "lock").Hint, "remove the lock with `.unlock production`.")
	s.config.Commands.Unlock = ""
	assert.Contains(t, deploytest.Said(t, s.decide(), "lock").Hint, "remove the lock by deleting the branch `production-branch-deploy-lock`.")
}

// A finding reports that a lock is taken over, from its owner and why.
func TestLockTakeover(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lock    deploy.Lock
		because string
		why     string
	}{
		"expired":           {deploytest.Expired(deploytest.StickyLock("hubot")), "from `hubot`, because it has expired.", "it has expired"},
		"one's own expired": {deploytest.Expired(deploytest.StickyLock("octocat")), "from `octocat`, because it has expired.", "it has expired"},
		"left behind":       {deploytest.PassingLock("hubot", 77, deploy.RunEnded), "from `hubot`, because the run that took it has ended.", "the run that took it has ended"},
		"of branch-deploy": {
			deploytest.PassingLock("octocat", 0, deploy.RunUnknown), "from `octocat`, because it belongs to you and does not say which run took it.",
			"it belongs to you and does not say which run took it",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := holding(deploytest.Asking(command.Deploy, "production"), "production", test.lock)
			assert.Equal(t, deploy.DeploymentReady, d.Reason)
			assert.Equal(t, deploy.Finding{
				Gate: "lock", Level: deploy.Warn, Text: "I take over the lock of `production` " + test.because,
			}, deploytest.Said(t, d, "lock"))
			assert.Equal(t, test.why, d.Locks.Target.Why)
			assert.Equal(t, deploytest.OtherSHA, d.Locks.Target.Lock.Tip)
		})
	}
	s := situation{deploytest.Asking(command.Noop, "production"), deploytest.Settings(), deploytest.Facts()}
	s.config.Locks.Owner = config.OwnedByPull
	s.hold("production", deploytest.PassingLock("hubot", 0, deploy.RunUnknown))
	assert.Equal(t, "it belongs to this pull request and does not say which run took it", s.decide().Locks.Target.Why)
}

// A stale lock of all environments is a warning, with our own command to remove it, whatever its file says.
func TestGlobalLockIsOver(t *testing.T) {
	t.Parallel()
	const over = "The lock of all environments is stale: it has expired."
	s := situation{deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Facts()}
	s.hold("global", deploytest.Expired(deploytest.StickyLock("hubot")))
	d := s.decide()
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Equal(t, deploy.Finding{
		Gate: "lock", Level: deploy.Warn, Text: over, Hint: "Remove the lock of all environments with `.unlock --global`.",
	}, deploytest.Said(t, d, "lock"))
	assert.Equal(t, deploy.Free, d.Locks.Target.Status)

	s.hold("production", deploytest.Expired(deploytest.StickyLock("hubot")))
	finding := deploytest.Said(t, s.decide(), "lock")
	assert.Equal(t, "I take over the lock of `production` from `hubot`, because it has expired. "+over, finding.Text, "both are mentioned")
	assert.Equal(t, "Remove the lock of all environments with `.unlock --global`.", finding.Hint)

	s.request = deploytest.Globally(command.Lock)
	finding = deploytest.Said(t, s.decide(), "lock")
	assert.Equal(t, "I take over the lock of all environments from `hubot`, because it has expired.", finding.Text)
	assert.Empty(t, finding.Hint, "there is no need to remove what is taken over")
}

// Anyone may remove a lock, and ask about it, regardless of its owner.
func TestUnlockAndInfoOfEveryLock(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]deploy.Lock{
		"sticky":      deploytest.StickyLock("hubot"),
		"one's own":   deploytest.StickyLock("octocat"),
		"going":       deploytest.PassingLock("hubot", 77, deploy.RunGoing),
		"left behind": deploytest.PassingLock("hubot", 77, deploy.RunEnded),
		"expired":     deploytest.Expired(deploytest.StickyLock("hubot")),
	} {
		for _, place := range []string{"production", "global"} {
			for kind, reason := range map[command.Kind]deploy.Reason{
				command.Unlock: deploy.UnlockCompleted, command.LockInfo: deploy.LockInfoCompleted,
			} {
				t.Run(kind.String()+", "+name+", "+place, func(t *testing.T) {
					t.Parallel()
					d := holding(deploytest.Asking(kind, "production"), place, l)
					assert.Equal(t, deploy.Proceed, d.Verdict)
					assert.Equal(t, reason, d.Reason)
					assert.Equal(t, deploy.Complete, d.Outcome())
					assert.Empty(t, d.Warnings())
					found := d.Locks.Target
					if place == "global" {
						found = d.Locks.Global
					}
					assert.Equal(t, deploytest.OtherSHA, found.Lock.Tip, "what is meant is known")
				})
			}
		}
	}
}

// A lock whose owner is unknown blocks everything that claims one, and nothing is taken.
func TestCorruptLockMatrix(t *testing.T) {
	t.Parallel()
	for _, r := range []deploy.Request{
		deploytest.Asking(command.Deploy, "production"), deploytest.Asking(command.Noop, "production"),
		deploytest.Asking(command.Lock, "production"), deploytest.Globally(command.Lock),
		deploytest.Asking(command.LockInfo, "production"), deploytest.Globally(command.LockInfo),
		deploytest.Asking(command.Unlock, "production"), deploytest.Globally(command.Unlock),
	} {
		for _, place := range []string{"production", "global"} {
			t.Run(r.Command.Kind.String()+" of "+cmp.Or(r.Command.Environment, "all")+", lock of "+place, func(t *testing.T) {
				t.Parallel()
				d := holding(r, place, deploytest.CorruptLock())
				about := r.Command.Global && place == "production"
				if r.Command.Kind == command.Unlock || about {
					assert.Equal(t, deploy.Proceed, d.Verdict)
					assert.False(t, d.Reason.Fails())
					return
				}
				assert.Equal(t, deploy.Refuse, d.Verdict)
				assert.Equal(t, deploy.LockConflict, d.Reason)
				assert.Equal(t, r.Command.Kind == command.LockInfo, d.Outcome() == deploy.Failure)
				assert.True(t, d.Reason.Fails())
				assert.Contains(t, deploytest.Said(t, d, "lock").Text, "its owner is unknown: the branch has no file lock.json.")
			})
		}
	}
}

// Locks that could not be read count as held.
func TestLocksUnavailable(t *testing.T) {
	t.Parallel()
	for _, kind := range []command.Kind{command.Deploy, command.Noop, command.Lock, command.LockInfo, command.Unlock} {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			d := deploy.Decide(deploytest.Asking(kind, "production"), deploytest.Settings(), deploytest.Without(deploy.LocksPart))
			assert.Equal(t, deploy.Refuse, d.Verdict)
			assert.Equal(t, deploy.UnexpectedError, d.Reason)
			assert.Equal(t, deploy.Finding{
				Gate: "lock", Level: deploy.Block, Code: deploy.UnexpectedError, Text: "I could not read the locks.", Hint: "Add a permission.",
			}, deploytest.Said(t, d, "lock"))
			assert.Equal(t, deploy.LockStates{}, d.Locks, "unavailable locks are not free")
		})
	}
}

// Whether a run has ended is worth a hint only where it is the question.
func TestRunUnavailable(t *testing.T) {
	t.Parallel()
	const unknown = " I could not find out whether that run has ended. Add a permission."
	for name, test := range map[string]struct {
		lock deploy.Lock
		hint bool
	}{
		"unknown":          {deploytest.PassingLock("hubot", 77, deploy.RunUnknown), true},
		"one's own":        {deploytest.PassingLock("octocat", 77, deploy.RunUnknown), true},
		"going":            {deploytest.PassingLock("hubot", 77, deploy.RunGoing), false},
		"of branch-deploy": {deploytest.PassingLock("hubot", 0, deploy.RunUnknown), false},
		"sticky":           {deploytest.StickyLock("hubot"), false},
		"broken":           {deploytest.CorruptLock(), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := situation{deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Without(deploy.RunPart)}
			s.hold("production", test.lock)
			finding := deploytest.Said(t, s.decide(), "lock")
			assert.Equal(t, deploy.LockConflict, finding.Code)
			if test.hint {
				assert.Contains(t, finding.Hint, "remove the lock with `.unlock production`."+unknown)
			} else {
				assert.NotContains(t, finding.Hint, "could not find out")
			}
		})
	}
	s := situation{deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Facts()}
	s.facts.Unavailable[deploy.RunPart] = deploy.Problem{Text: "No."}
	s.hold("production", deploytest.PassingLock("hubot", 77, deploy.RunUnknown))
	assert.Regexp(t, `has ended\.$`, deploytest.Said(t, s.decide(), "lock").Hint)
}

// A recheck blocks unless the request still has its lock.
func TestLockOnRecheck(t *testing.T) {
	t.Parallel()
	another := deploytest.StickyLock("hubot")
	for name, test := range map[string]struct {
		lock       *deploy.Lock
		text, hint string
	}{
		"removed": {
			nil, "The lock of `production` was removed while the deployment was being started.",
			"Find out who needs the environment, then run the command again.",
		},
		"of someone else": {
			&another, "`hubot` has locked `production`.", "Ask `hubot` to release it, or remove the lock with `.unlock production`.",
		},
		"expired": {
			new(deploytest.Expired(deploytest.StickyLock("octocat"))),
			"This deployment no longer has the lock of `production`: the lock of `octocat` is stale, because it has expired.",
			"Run the command again to take over that lock.",
		},
		"left behind by someone else": {
			new(deploytest.PassingLock("hubot", 77, deploy.RunEnded)),
			"This deployment no longer has the lock of `production`: the lock of `hubot` is stale, because the run that took it has ended.",
			"Run the command again to take over that lock.",
		},
	} {
		for _, kind := range []command.Kind{command.Deploy, command.Noop} {
			t.Run(kind.String()+", "+name, func(t *testing.T) {
				t.Parallel()
				s := situation{deploytest.Asking(kind, "production"), deploytest.Settings(), deploytest.Facts()}
				s.request.Pinned = deploytest.HeadSHA
				if test.lock != nil {
					s.hold("production", *test.lock)
				}
				d := s.decide()
				assert.Equal(t, deploy.LockConflict, d.Reason)
				assert.Equal(t, deploy.Finding{
					Gate: "lock", Level: deploy.Block, Code: deploy.LockConflict, Text: test.text, Hint: test.hint,
				}, deploytest.Said(t, d, "lock"))
				s.config.Locks.Disabled = true
				assert.Equal(t, deploy.Proceed, s.decide().Verdict, "without locks there is no lock to lose")
			})
		}
	}
	s := situation{deploytest.Asking(command.Lock, "production"), deploytest.Settings(), deploytest.Facts()}
	s.request.Pinned = deploytest.HeadSHA
	assert.Equal(t, deploy.LockAcquired, s.decide().Reason, "commands about locks deploy nothing")
}

// A claim tells the comment and not the user: who re-runs the command of another, or edits it, does not have that user's
// lock.
func TestClaimOfAnotherUser(t *testing.T) {
	t.Parallel()
	for name, reason := range map[string]string{"as it is": "", "renewal": "longer tests"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := situation{deploytest.Asking(command.Lock, "production"), deploytest.Settings(), deploytest.Facts()}
			s.request.Command.Reason = reason
			l := deploytest.StickyLock("hubot")
			l.Document.ClaimID = s.decide().Claim.ID()
			s.hold("production", l)
			d := s.decide()
			assert.Equal(t, deploy.LockConflict, d.Reason)
			assert.Equal(t, deploy.Held, d.Locks.Target.Status)
			s.config.Locks.Owner = config.OwnedByPull
			assert.Equal(t, deploy.Ours, s.decide().Locks.Target.Status, "the claim names the pull request")
		})
	}
}

// A recheck recognizes the lock of its own run even where the ref of the claim has moved or is unknown.
// Before that only the claim counts.
func TestOwnRunOnRecheck(t *testing.T) {
	t.Parallel()
	s := situation{deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Facts()}
	s.config.Origin.Forks, s.facts.Pull.CrossRepo = true, true
	s.again(deploytest.OtherSHA)
	d := s.decide()
	assert.Equal(t, []string{"commit"}, deploytest.Blocked(d), "the claim of a fork names its commit")
	assert.Equal(t, deploy.Ours, d.Locks.Target.Status)

	s.facts = deploytest.Without(deploy.PullPart)
	s.facts.Pull = deploy.PullRequest{}
	s.again(deploytest.HeadSHA)
	assert.NotContains(t, deploytest.Blocked(s.decide()), "lock")

	for name, change := range map[string]func(*situation){
		"no recheck":      func(s *situation) { s.request.Pinned = "" },
		"another run":     func(s *situation) { s.request.Event.Run.ID = 4712 },
		"another attempt": func(s *situation) { s.request.Event.Run.Attempt = 2 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := situation{deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Facts()}
			s.again(deploytest.HeadSHA)
			change(&s)
			assert.Equal(t, deploy.LockConflict, s.decide().Reason)
		})
	}
	s = situation{deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Facts()}
	s.again(deploytest.HeadSHA)
	s.request.Event.Run.ID = 0
	s.hold("production", deploytest.PassingLock("hubot", 0, deploy.RunUnknown))
	assert.Equal(t, deploy.LockConflict, s.decide().Reason, "an unknown run is not our own")
}

// locksDisabled are situations without locks, in which the branch of one exists or the branches are unknown.
func locksDisabled(r deploy.Request) map[string]situation {
	all := map[string]situation{}
	for _, place := range []string{"production", "global"} {
		for name, l := range map[string]deploy.Lock{"sticky": deploytest.StickyLock("hubot"), "corrupt": deploytest.CorruptLock()} {
			s := situation{r, deploytest.Settings(), deploytest.Facts()}
			s.config.Locks.Disabled = true
			s.hold(place, l)
			all[name+" lock of "+place] = s
		}
	}
	s := situation{r, deploytest.Settings(), deploytest.Without(deploy.LocksPart)}
	s.config.Locks.Disabled = true
	all["unavailable"] = s
	return all
}

// Where locks are switched off, existing ones do not matter.
func TestLocksDisabled(t *testing.T) {
	t.Parallel()
	for name, s := range locksDisabled(deploytest.Asking(command.Deploy, "production")) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := s.decide()
			assert.Equal(t, deploy.DeploymentReady, d.Reason)
			assert.Equal(t, deploy.Pass, deploytest.Said(t, d, "lock").Level)
			assert.Equal(t, deploy.LockStates{}, d.Locks)
		})
	}
}

func TestLockCommandsDisabled(t *testing.T) {
	t.Parallel()
	for _, kind := range []command.Kind{command.Lock, command.Unlock, command.LockInfo} {
		for what, r := range map[string]deploy.Request{
			"production": deploytest.Asking(kind, "production"), "all": deploytest.Globally(kind), "an unknown environment": deploytest.Asking(kind, ""),
		} {
			for name, s := range locksDisabled(r) {
				t.Run(kind.String()+" of "+what+", "+name, func(t *testing.T) {
					t.Parallel()
					d := s.decide()
					assert.Equal(t, []string{"permission", "environment"}, deploytest.Gates(d))
					if r.Command.KnownEnvironment {
						assert.Equal(t, deploy.Proceed, d.Verdict)
						assert.Equal(t, deploy.LockingDisabled, d.Reason)
						return
					}
					assert.Equal(t, deploy.InvalidEnvironment, d.Reason)
				})
			}
		}
	}
}

// A lock of an unknown environment is not mentioned.
func TestLockOfUnknownEnvironment(t *testing.T) {
	t.Parallel()
	d := holding(deploytest.Asking(command.Deploy, ""), "global", deploytest.StickyLock("hubot"))
	assert.Equal(t, []string{"environment"}, deploytest.Blocked(d))
	assert.Equal(t, deploy.Pass, deploytest.Said(t, d, "lock").Level)
	assert.Equal(t, deploy.LockStates{}, d.Locks)
}

// A branch with the name of a lock is deleted only if it is a lock, or has nothing of its own.
func TestUnlockPlainBranches(t *testing.T) {
	t.Parallel()
	const text = "The branch `production-branch-deploy-lock` is no lock: it has no file `lock.json`, and commits that are not on `main`."
	for name, test := range map[string]struct {
		plain *deploy.PlainBranch
		text  string // "" frees it
	}{
		"a broken lock":         {nil, ""},
		"nothing of its own":    {&deploy.PlainBranch{Author: "ada", Work: deploy.Know(0)}, ""},
		"work of someone":       {&deploy.PlainBranch{Author: "ada", Work: deploy.Know(2)}, text + " The newest one is by `ada`. Nothing was removed."},
		"work of no one":        {&deploy.PlainBranch{Work: deploy.Know(1)}, text + " Nothing was removed."},
		"it could not be known": {&deploy.PlainBranch{}, text + " Nothing was removed."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := deploytest.Facts()
			broken := deploytest.CorruptLock()
			broken.Branch, broken.Plain = "production-branch-deploy-lock", test.plain
			f.Locks = map[string]deploy.Lock{broken.Branch: broken}
			d := deploy.Decide(deploytest.Asking(command.Unlock, "production"), deploytest.Settings(), f)
			assert.Equal(t, test.text == "", d.Verdict == deploy.Proceed)
			if test.text != "" {
				assert.Equal(t, test.text, deploytest.Said(t, d, "lock").Text)
				assert.Equal(t, deploy.LockConflict, d.Reason)
			}
		})
	}
}

// A lock whose environment is no target any longer can be asked about and removed; nothing else can be done there.
func TestLeftLocks(t *testing.T) {
	t.Parallel()
	const branch = "qa-branch-deploy-lock"
	lockOf := func(environment string) deploy.Lock {
		l := deploytest.StickyLock("ada")
		l.Branch, l.Document.Environment = branch, environment
		return l
	}
	for name, test := range map[string]struct {
		named string
		lock  *deploy.Lock
		known bool
	}{
		"its lock":                 {"qa", new(lockOf("qa")), true},
		"another spelling":         {"QA", new(lockOf("qa")), true},
		"no lock":                  {"qa", nil, false},
		"a lock of something else": {"qa", new(lockOf("staging")), false},
		"a plain branch":           {"qa", new(deploytest.CorruptLock()), false},
		"the lock of all":          {"global", new(lockOf("global")), false},
	} {
		for _, kind := range []command.Kind{command.Unlock, command.LockInfo} {
			t.Run(kind.String()+" "+name, func(t *testing.T) {
				t.Parallel()
				r, f := deploytest.Asking(kind, ""), deploytest.Facts()
				r.Command.Unknown = test.named
				if test.lock != nil {
					f.Locks = map[string]deploy.Lock{branch: *test.lock, "global-branch-deploy-lock": *test.lock}
				}
				if test.known {
					delete(f.Locks, "global-branch-deploy-lock")
				}
				d := deploy.Decide(r, deploytest.Settings(), f)
				assert.Equal(t, test.known, d.Verdict == deploy.Proceed, "%+v", d.Blocking())
				assert.Equal(t, !test.known, d.Reason == deploy.InvalidEnvironment)
				delete(f.Read, deploy.LocksPart)
				assert.Equal(t, deploy.Refuse, deploy.Decide(r, deploytest.Settings(), f).Verdict, "without the locks")
			})
		}
	}
}
