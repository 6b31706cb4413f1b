package deploy

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// DecideMerge decides whether what the default branch holds still has to be deployed: not if the newest
// deployment of the environment that is ours is active and has the same files.
func DecideMerge(c config.Config, f Facts) Decision {
	head := f.Default.Head
	d := Decision{
		Verdict: Proceed, Reason: MergeDeployRequired, At: f.ReadAt,
		Target: Target{Environment: c.Environment, Ref: f.Default.Name, SHA: head.SHA, Kind: BranchTarget, Commit: head},
	}
	text, required := mergeRequired(c, f)
	if !required {
		d.Reason = MergeDeployNotRequired
	}
	d.Findings = []Finding{{Gate: "merge", Text: text}}
	return d
}

// mergeRequired says whether the environment lacks what the default branch holds, and why.
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
	return environment + " runs what " + branch + " holds", false
}

// EndedLock is a lock that ends with its pull request.
type EndedLock struct {
	Target lock.Target
	Lock   Lock
}

// Name names what was locked, as outputs do.
func (e EndedLock) Name() string {
	if e.Target.Global {
		return "global"
	}
	return e.Target.Environment
}

// DecideUnlock finds the locks that were made on a pull request which has ended: Decision.Ended. Those
// of a deployment that is still under way stay, and end with it. Each lock stands for itself.
func DecideUnlock(r Request, c config.Config, f Facts) Decision {
	d := Decision{Verdict: Proceed, Reason: UnlockOnMergeCompleted, At: f.ReadAt}
	if c.Locks.Disabled {
		d.Findings = []Finding{{Gate: "unlock", Text: "locks are switched off"}}
		return d
	}
	if problem, missing := f.unavailable(LocksPart); missing {
		finding := blockUnavailable(problem)
		finding.Gate = "unlock"
		d.Verdict, d.Reason, d.Findings = Refuse, finding.Code, []Finding{finding}
		return d
	}
	for _, target := range mayEnd(c) {
		if found, locked := f.Locks[target.Branch()]; locked {
			d.end(r, c, f, EndedLock{Target: target, Lock: found})
		}
	}
	return d
}

// mayEnd lists what the end of a pull request may unlock.
func mayEnd(c config.Config) []lock.Target {
	var targets []lock.Target
	for _, environment := range distinct(c.Targets) {
		targets = append(targets, lock.Target{Environment: environment})
	}
	if c.Merge.Global {
		targets = append(targets, lock.Target{Global: true})
	}
	return targets
}

// end notes what becomes of a lock. One that stays against expectation is worth a warning; one of
// another pull request is not.
func (d *Decision) end(r Request, c config.Config, f Facts, l EndedLock) {
	finding := Finding{Gate: "unlock"}
	name, why := lockName(l.Target), keeps(l.Lock)
	switch pull := l.Lock.Document.Pull(); {
	case pull != 0 && pull != r.Event.Pull:
		finding.Text = "the lock of " + name + " belongs to another pull request"
	case why != "":
		finding.Level = Warn
		finding.Text = "The lock of " + name + " stays, because " + why + "."
		finding.Hint = keepHint(c, f, l)
	default:
		finding.Text = "the lock of " + name + " belongs to the pull request"
		d.Ended = append(d.Ended, l)
	}
	d.Findings = append(d.Findings, finding)
}

// keeps says why a lock stays even if its pull request has ended, "" if it does not.
func keeps(l Lock) string {
	switch {
	case l.Unreadable != "":
		return "it does not say whose it is: " + l.Unreadable
	case l.Document.Pull() == 0:
		return "it does not say on which pull request it was made"
	case l.Document.Sticky:
		return ""
	case l.Run == RunGoing:
		return "the deployment that holds it is under way"
	case l.Run == RunUnknown && l.Document.RunID != 0:
		// Without a run it is of branch-deploy, no version of which keeps such a lock.
		return "the deployment that holds it may be under way"
	}
	return ""
}

// keepHint says what to do about a lock that stays.
func keepHint(c config.Config, f Facts, l EndedLock) string {
	if l.Lock.Run == RunGoing {
		return "It ends with that deployment."
	}
	hint := "Remove it " + howToUnlock(c.Commands, l.Target) + " if nobody needs it."
	if problem, missing := unknownRun(f, l.Lock); missing {
		hint += " I could not find out whether its run has ended. " + problem.Hint
	}
	return strings.TrimSpace(hint)
}
