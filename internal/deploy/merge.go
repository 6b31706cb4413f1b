package deploy

import (
	"cmp"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// DecideMerge decides whether the environment lacks what the default branch has.
func DecideMerge(c config.Config, f Facts) Decision {
	k := NewCase(Request{}, c, f)
	head := f.Default.Head
	d := Decision{
		Verdict: Proceed, Reason: MergeDeployRequired, At: f.ReadAt,
		Target: Target{Environment: c.Environment, Ref: f.Default.Name, SHA: head.SHA, Kind: BranchTarget, Commit: head},
	}
	d.run(k, mergeGate())
	if _, required := mergeRequired(c, f); d.Verdict == Proceed && !required {
		d.Reason = MergeDeployNotRequired
	}
	return d
}

func mergeGate() Gate {
	return Gate{
		Name:  "merge",
		Parts: func(*Case) []Part { return []Part{DefaultPart, LivePart} },
		Check: func(k *Case) Finding {
			text, _ := mergeRequired(k.Config, k.Facts)
			return pass(text)
		},
	}
}

func mergeRequired(c config.Config, f Facts) (why string, required bool) {
	environment, branch := markdown.Code(c.Environment), markdown.Code(f.Default.Name)
	newest := newestOwn(f.Live)
	switch {
	case newest < 0:
		return "nothing of ours was deployed to " + environment + " yet", true
	case newest > 0 && Running(f.Live) != nil && !Running(f.Live).Own: // GitHub does not retire what runs in production
		return "a newer deployment of another tool runs in " + environment, true
	case f.Live[newest].State != Active:
		return "our newest deployment of " + environment + " is not active", true
	case f.Live[newest].TreeSHA == "" || f.Live[newest].TreeSHA != f.Default.Head.TreeSHA:
		return branch + " differs from what runs in " + environment, true
	}
	return environment + " runs what is on " + branch, false
}

// EndedLock is a lock that ends with its pull request.
type EndedLock struct {
	Target lock.Target
	Lock   Lock
}

// Name returns what was locked, as outputs spell it.
func (e EndedLock) Name() string {
	if e.Target.Global {
		return "global"
	}
	return e.Target.Environment
}

// DecideUnlock finds the locks that end with their pull request: Decision.Ended. Locks are independent of each other.
func DecideUnlock(r Request, c config.Config, f Facts) Decision {
	k := NewCase(r, c, f)
	d := Decision{Verdict: Proceed, Reason: UnlockOnMergeCompleted, At: f.ReadAt}
	if c.Locks.Disabled {
		d.Findings = []Finding{{Gate: "unlock", Level: Pass, Text: "locks are switched off"}}
		return d
	}
	if unread := endedLocksGate().run(k); unread.Level == Block {
		d.add(unread)
		return d
	}
	for _, target := range mayEnd(c) {
		for _, found := range k.locksOf(target) {
			d.end(k, EndedLock{Target: target, Lock: found})
		}
	}
	return d
}

func endedLocksGate() Gate {
	return Gate{
		Name:  "unlock",
		Parts: func(*Case) []Part { return []Part{LocksPart} },
		Check: func(*Case) Finding { return pass("the locks are known") },
	}
}

func mayEnd(c config.Config) []lock.Target {
	targets := environmentTargets(c)
	if c.Merge.Global {
		targets = append(targets, lock.Target{Global: true})
	}
	return targets
}

// end warns of a lock that stays against expectation, unless it is one of another pull request.
func (d *Decision) end(k *Case, l EndedLock) {
	finding := Finding{Gate: "unlock", Level: Pass}
	name, why := lockName(l.Target), cmp.Or(keeps(l.Lock), k.keepsFromCloser(l.Lock))
	switch pull := l.Lock.Document.Pull(); {
	case pull != 0 && pull != k.Event.Pull:
		finding.Text = "the lock of " + name + " belongs to another pull request"
	case why != "":
		finding.Level = Warn
		finding.Text = "The lock of " + name + " stays, because " + why + "."
		finding.Hint = keepHint(k, l)
	default:
		finding.Text = "the lock of " + name + " belongs to the pull request"
		d.Ended = append(d.Ended, l)
	}
	d.add(finding)
}

// keepsFromCloser says why a run leaves a lock of someone else alone.
func (k *Case) keepsFromCloser(l Lock) string {
	switch {
	case !k.closerNeedsPermission(), k.took(l.Document), permissionGate().run(k).Level == Pass:
		return ""
	case k.Event.Rerun():
		return markdown.Code(k.Event.By()) + " started this run again, and may not remove the lock of someone else"
	}
	return markdown.Code(k.Event.By()) + " closed the pull request, and may not remove the lock of someone else"
}

// closerNeedsPermission tells a merge, which needs one on GitHub, from other ends: the author of a pull request may close
// it without any permission. A run that is started again may find locks that are newer than the merge.
func (r Request) closerNeedsPermission() bool { return !r.Event.Merged || r.Event.Rerun() }

func keeps(l Lock) string {
	switch {
	case l.Unreadable != "":
		return "its owner is unknown: " + l.Unreadable
	case l.Document.Pull() == 0:
		return "it does not say on which pull request it was made"
	case l.Document.Sticky:
		return ""
	case l.Run == RunGoing:
		return "its deployment is in progress"
	case l.Run == RunUnknown && l.Document.RunID != 0:
		// Without a run it is of branch-deploy, no version of which keeps such a lock.
		return "its deployment may be in progress"
	}
	return ""
}

func keepHint(k *Case, l EndedLock) string {
	if l.Lock.Run == RunGoing {
		return "It ends with that deployment."
	}
	return "Remove it " + howToUnlock(k.Config.Commands, l.Target) + " if no one needs it." + k.unknownRun("its", l.Lock)
}
