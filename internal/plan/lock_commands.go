package plan

import (
	"fmt"
	"time"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/message"
)

// acquiresLock reports whether a decision takes a lock, which may be a stale one.
func acquiresLock(d deploy.Decision) bool {
	return d.Locks.Looked && (d.Locks.Target.Status == deploy.Free || d.Locks.Target.Status == deploy.Stale)
}

// takeLock plans the lock of a request.
func takeLock(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) TakeLock {
	document := lockDocument(r, c, d, l)
	return TakeLock{
		Repository: l.Repository, Branch: document.Target.Branch(), Content: document.Marshal(), ClaimID: document.ClaimID,
		Instead: d.Locks.Target.Lock.Tip, Recheck: deploy.RecheckNeeds(r, c),
	}
}

// lockDocument is what the lock says.
func lockDocument(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) lock.Document {
	e, target := r.Event, d.Locks.Target.Target
	document := lock.Document{
		Target: target, Reason: lockReason(r.Command, l), Branch: d.Claim.Ref,
		CreatedAt: l.Subject.StartedAt, CreatedBy: e.Actor, Sticky: d.Claim.Sticky,
		UnlockCommand: deploy.UnlockCommand(c.Commands, target),
		Link:          fmt.Sprintf("%s/%s/%s/pull/%d#issuecomment-%d", e.Run.ServerURL, e.Owner, e.Repository, e.Pull, e.Comment.ID),
		ClaimID:       d.Claim.ID(), Tool: lock.Tool, RunID: e.Run.ID, RunAttempt: e.Run.Attempt,
	}
	if l.Tracks() && r.Command.Kind == command.Deploy && !document.Sticky {
		document.Product, document.Version = l.Product, l.Version
	}
	if lasts := lasting(r.Command, c.Locks); document.Sticky && lasts > 0 {
		document.ExpiresAt = document.CreatedAt.Add(lasts)
	}
	return document
}

// lockReason is what a lock is held for: a lock that ends with its deployment says just that.
func lockReason(asked command.Command, l Ledger) string {
	if l.Lock != nil && !l.Lock.Sticky {
		return "deployment"
	}
	return asked.Reason
}

// lasting is how long a lock counts, 0 for until it is removed.
func lasting(asked command.Command, c config.Locks) time.Duration {
	if asked.For != 0 {
		return asked.For
	}
	return c.Expiry
}

// tookOver is the stale lock that is taken over, nil for none.
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
	case d.Locks.Target.Status == deploy.Ours:
		return replaceReaction(l, "+1")
	}
	return bestEffort(answer(l, message.LockOwned(r, c, d), "+1"))
}

// release answers a command that removes a lock of anyone.
func release(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) []Step {
	state := d.Locks.Target
	if state.Status == deploy.Free {
		return answer(l, message.LockMissing(r, d), "+1")
	}
	free := FreeLock{Repository: l.Repository, Branch: state.Lock.Branch, Tip: state.Lock.Tip}
	return append([]Step{{Effect: free, Must: true}}, bestEffort(answer(l, message.LockRemoved(r, c, d), "+1"))...)
}

// bestEffort lets a command about a lock succeed whose answer cannot be written: the lock is as it
// was asked for.
func bestEffort(steps []Step) []Step {
	for i := range steps {
		steps[i].Must = false
	}
	return steps
}
