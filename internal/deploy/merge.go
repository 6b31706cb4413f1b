package deploy

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// DecideMerge decides whether the default branch still has to be deployed: not if our newest deployment of the
// environment is active and has the same files.
func DecideMerge(c config.Config, f Facts) Decision {
	k := NewCase(Request{}, c, f)
	head := f.Default.Head
	d := Decision{
		Verdict: Proceed, Reason: MergeDeployRequired, At: f.ReadAt,
		Target: Target{Environment: c.Environment, Ref: f.Default.Name, SHA: head.SHA, Kind: BranchTarget, Commit: head},
	}
	d.run(k, mergeGate())
	if d.Verdict == Proceed {
		if _, required := mergeRequired(c, f); !required {
			d.Reason = MergeDeployNotRequired
		}
	}
	return d
}

// mergeGate wants both ends of the comparison to be known.
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

// mergeRequired says whether the environment lacks what the default branch has, and why.
func mergeRequired(c config.Config, f Facts) (why string, required bool) {
	environment, branch := markdown.Code(c.Environment), markdown.Code(f.Default.Name)
	newest, found := newestOwn(f.Live)
	switch {
	case !found:
		return "nothing of ours was deployed to " + environment + " yet", true
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

// DecideUnlock finds the locks that were made on a pull request which has ended: Decision.Ended. The lock of a
// deployment that is still in progress stays, and ends with it. Locks are independent of each other.
func DecideUnlock(r Request, c config.Config, f Facts) Decision {
	k := NewCase(r, c, f)
	d := Decision{Verdict: Proceed, Reason: UnlockOnMergeCompleted, At: f.ReadAt}
	d.run(k, endedLocksGate())
	if d.Verdict == Refuse || c.Locks.Disabled {
		return d
	}
	d.Findings = nil
	for _, target := range mayEnd(c) {
		for _, found := range k.locksOf(target) {
			d.end(k, EndedLock{Target: target, Lock: found})
		}
	}
	return d
}

// endedLocksGate wants the locks to be known before any of them is removed.
func endedLocksGate() Gate {
	return Gate{Name: "unlock", Parts: endedLocksParts, Check: func(k *Case) Finding {
		if k.Config.Locks.Disabled {
			return pass("locks are switched off")
		}
		return pass("the locks are known")
	}}
}

func endedLocksParts(k *Case) []Part {
	if k.Config.Locks.Disabled {
		return nil
	}
	return []Part{LocksPart}
}

// mayEnd lists what the end of a pull request may unlock.
func mayEnd(c config.Config) []lock.Target {
	var targets []lock.Target
	for _, environment := range envname.Distinct(c.Targets) {
		targets = append(targets, lock.Target{Environment: environment})
	}
	if c.Merge.Global {
		targets = append(targets, lock.Target{Global: true})
	}
	return targets
}

// end notes what happens to a lock. One that stays against expectation is worth a warning; one of another pull
// request is not.
func (d *Decision) end(k *Case, l EndedLock) {
	finding := Finding{Gate: "unlock", Level: Pass}
	name, why := lockName(l.Target), keeps(l.Lock)
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
	d.Findings = append(d.Findings, finding)
}

// keeps says why a lock stays although its pull request has ended, "" if it does not.
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

// keepHint says what to do about a lock that stays.
func keepHint(k *Case, l EndedLock) string {
	if l.Lock.Run == RunGoing {
		return "It ends with that deployment."
	}
	hint := "Remove it " + howToUnlock(k.Config.Commands, l.Target) + " if no one needs it."
	if problem, missing := k.unknownRun(l.Lock); missing {
		hint += " I could not find out whether its run has ended. " + problem.Hint
	}
	return strings.TrimSpace(hint)
}
