package plan

import (
	"cmp"
	"fmt"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/message"
)

// Lock is a lock of this run, and how far the run has come with it. Only this file changes that.
type Lock struct {
	Branch    string   `json:"branch"`
	ClaimID   string   `json:"claim_id"`
	Taker     lock.Job `json:"taker"`
	Sticky    bool     `json:"sticky,omitempty"`
	Attempted bool     `json:"attempted,omitempty"` // taking it was begun
	Confirmed bool     `json:"confirmed,omitempty"` // the second look found no other lock in the way
	Tip       string   `json:"tip,omitempty"`       // the commit that the branch points at, "" while it is unknown
	Command   string   `json:"command,omitempty"`   // removes the lock
}

// ownLock is the lock that a run takes, or that an earlier attempt of the same request took.
func ownLock(r deploy.Request, c config.Config, d deploy.Decision) *Lock {
	state := d.Locks.Target
	if d.Verdict == deploy.Refuse || r.Command.Kind == command.Unlock || r.Command.Kind == command.LockInfo {
		return nil
	}
	own := Lock{
		Branch: state.Target.Branch(), ClaimID: d.Claim.ID(), Taker: job(r), Sticky: d.Claim.Sticky,
		Command: deploy.UnlockCommand(c.Commands, state.Target),
	}
	switch {
	case acquiresLock(d):
		return &own
	case d.Locks.Looked && state.Status == deploy.Ours:
		own.Sticky = state.Lock.Document.Sticky
		own.Attempted, own.Confirmed, own.Tip = true, true, state.Lock.Tip
		return &own
	}
	return nil
}

func job(r deploy.Request) lock.Job {
	run := r.Event.Run
	return lock.Job{RunID: run.ID, RunAttempt: run.Attempt, Place: run.Place()}
}

// ConfirmLock notes that the lock, if it was taken, is granted: nothing turned out to be in its way.
func (l *Ledger) ConfirmLock() {
	if l.Lock != nil && l.Lock.Tip != "" {
		l.Lock.Confirmed = true
	}
}

// DropLock notes that the run has no lock of its own, or no longer.
func (l *Ledger) DropLock() { l.Lock = nil }

// TakeLock publishes a lock, as one step that either succeeds or leaves nothing.
type TakeLock struct {
	Repository string // GraphQL node id
	Branch     string
	Content    string // of the lock's file
	ClaimID    string
	Taker      lock.Job
	Instead    string // the commit of the lock that is taken over or renewed, "" when there must be none
	Renews     bool   // the lock is the actor's already: nothing that happens meanwhile takes that back
	Recheck    *deploy.Needs
}

func (TakeLock) effect()          {}
func (t TakeLock) String() string { return "take the lock " + t.Branch }

func (TakeLock) begin(l *Ledger) {
	if l.Lock != nil {
		l.Lock.Attempted = true
	}
}

func (TakeLock) rejected(l *Ledger) {
	if l.Lock != nil {
		l.Lock.Attempted = false
	}
}

// done notes the lock. The deployment counts as started from here on.
func (TakeLock) done(l *Ledger, done Done) {
	if l.Lock != nil {
		l.Lock.Tip = done.LockTip
	}
	if done.Facts != nil {
		l.Subject.StartedAt = done.Facts.ReadAt
	}
}

// FreeLock removes a lock if it is still the one that is meant.
type FreeLock struct {
	Repository string // GraphQL node id
	Branch     string
	Tip        string // the commit that the branch points at, "" when it is unknown: then claim and taker decide
	ClaimID    string
	Taker      lock.Job
	Own        bool // it is the run's own: if it was replaced there is nothing left to remove
}

func (FreeLock) effect()          {}
func (f FreeLock) String() string { return "release the lock " + f.Branch }

func (FreeLock) done(l *Ledger, _ Done) { l.DropLock() }

func (FreeLock) problem(l Ledger, why string) string {
	text := "The lock could not be released: " + why
	if l.Lock != nil && l.Lock.Command != "" {
		text += " Remove it with " + markdown.Code(l.Lock.Command) + "."
	}
	return text
}

// releaseOwn plans the release of the run's own lock. A sticky lock stays, unless another one turned
// out to be in the way while it was taken: then it was never granted.
func releaseOwn(l Ledger) []Step {
	if l.Lock == nil || !l.Lock.Attempted || (l.Lock.Sticky && l.Lock.Confirmed) {
		return nil
	}
	free := FreeLock{Repository: l.Repository, Branch: l.Lock.Branch, Tip: l.Lock.Tip, ClaimID: l.Lock.ClaimID, Taker: l.Lock.Taker, Own: true}
	return []Step{{Effect: free, Must: true, Concurrent: true}}
}

// Unlock plans the removal of the locks that have ended, one step each.
func Unlock(d deploy.Decision, l Ledger) []Step {
	var steps []Step
	for _, ended := range d.Ended {
		free := FreeLock{Repository: l.Repository, Branch: ended.Lock.Branch, Tip: ended.Lock.Tip}
		steps = append(steps, Step{Effect: free, Must: true, Concurrent: true})
	}
	return steps
}

func acquiresLock(d deploy.Decision) bool {
	return d.Locks.Looked && (d.Locks.Target.Status == deploy.Free || d.Locks.Target.Status == deploy.Stale)
}

func takeLock(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) TakeLock {
	document := lockDocument(r, c, d, l)
	return TakeLock{
		Repository: l.Repository, Branch: document.Target.Branch(), Content: document.Marshal(), ClaimID: document.ClaimID, Taker: document.Taker(),
		Instead: d.Locks.Target.Lock.Tip, Recheck: deploy.RecheckNeeds(r, c, d.Target.SHA),
	}
}

// renewLock does not make the lock one of the run: when the run fails, the lock of the actor stays.
func renewLock(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) TakeLock {
	document, before := renewedDocument(r, d, l), d.Locks.Target.Lock
	return TakeLock{
		Repository: l.Repository, Branch: before.Branch, Content: document.Marshal(), ClaimID: document.ClaimID, Taker: document.Taker(),
		Instead: before.Tip, Renews: true, Recheck: deploy.RecheckNeeds(r, c, d.Target.SHA),
	}
}

// renewedDocument keeps what the command does not change, also who took the lock, and where.
func renewedDocument(r deploy.Request, d deploy.Decision, l Ledger) lock.Document {
	document, taker := d.Locks.Target.Lock.Document, job(r)
	document.Reason = cmp.Or(r.Command.Reason, document.Reason)
	if r.Command.For > 0 {
		document.ExpiresAt = l.Subject.StartedAt.Add(r.Command.For)
	}
	document.ClaimID, document.Tool = d.Claim.ID(), lock.Tool
	document.RunID, document.RunAttempt, document.Job = taker.RunID, taker.RunAttempt, taker.Place
	return document
}

func lockDocument(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) lock.Document {
	e, target := r.Event, d.Locks.Target.Target
	document := lock.Document{
		Target: target, Reason: r.Command.Reason, Branch: d.Claim.Ref,
		CreatedAt: l.Subject.StartedAt, CreatedBy: e.By(), Sticky: d.Claim.Sticky,
		UnlockCommand: deploy.UnlockCommand(c.Commands, target),
		Link:          fmt.Sprintf("%s/%s/%s/pull/%d#issuecomment-%d", e.Run.ServerURL, e.Owner, e.Repository, e.Pull, e.Comment.ID),
		ClaimID:       d.Claim.ID(), Tool: lock.Tool, RunID: e.Run.ID, RunAttempt: e.Run.Attempt, Job: e.Run.Place(),
	}
	if c.Mode == config.Promote {
		document.Link = e.Run.URL
	}
	if l.Lock != nil && !l.Lock.Sticky {
		document.Reason = "deployment"
	}
	if l.Tracks() && r.Command.Kind.Changes() && !document.Sticky {
		document.Product, document.Version = l.Product, l.Version
	}
	if lasts := cmp.Or(r.Command.For, c.Locks.Expiry); document.Sticky && lasts > 0 {
		document.ExpiresAt = document.CreatedAt.Add(lasts)
	}
	return document
}

func tookOver(d deploy.Decision) *message.TookOver {
	state := d.Locks.Target
	if !acquiresLock(d) || state.Status != deploy.Stale {
		return nil
	}
	return &message.TookOver{Owner: state.Lock.Document.CreatedBy, Why: state.Why}
}

// acquire answers a command that claims a lock. The same command run again was answered before.
func acquire(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) []Step {
	switch {
	case acquiresLock(d):
		steps := []Step{{Effect: takeLock(r, c, d, l), Must: true}}
		return append(steps, bestEffort(answer(l, message.LockClaimed(r, c, d, lockDocument(r, c, d, l)), "+1"))...)
	case d.Locks.Renews:
		steps := []Step{{Effect: renewLock(r, c, d, l), Must: true}}
		return append(steps, bestEffort(answer(l, message.LockRenewed(r, c, d, renewedDocument(r, d, l)), "+1"))...)
	case d.Locks.Target.Status == deploy.Ours:
		return replaceReaction(l, "+1")
	}
	return bestEffort(answer(l, message.LockOwned(r, c, d), "+1"))
}

func release(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) []Step {
	state := d.Locks.Target
	if state.Status == deploy.Free {
		return answer(l, message.LockMissing(r, d), "+1")
	}
	free := FreeLock{Repository: l.Repository, Branch: state.Lock.Branch, Tip: state.Lock.Tip}
	return append([]Step{{Effect: free, Must: true}}, bestEffort(answer(l, message.LockRemoved(r, c, d), "+1"))...)
}

// bestEffort lets a command about a lock succeed whose answer cannot be written: the lock is as it was asked for.
func bestEffort(steps []Step) []Step {
	for i := range steps {
		steps[i].Must = false
	}
	return steps
}
