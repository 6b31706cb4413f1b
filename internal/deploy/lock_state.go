package deploy

import (
	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// LockStatus says how a request stands to a lock.
type LockStatus string

// The ways to stand to a lock.
const (
	Free         LockStatus = "free"    // nobody holds it
	Ours         LockStatus = "claimed" // this very request holds it
	OwnedByActor LockStatus = "owned"   // whoever asks holds it, by an earlier request
	Stale        LockStatus = "left"    // whoever took it left it behind, so that it can be taken over
	Held         LockStatus = "busy"    // somebody holds it
	Corrupt      LockStatus = "broken"  // there is a lock, and it does not say whose it is
)

// LockState is how a request stands to one lock.
type LockState struct {
	Target lock.Target
	Lock   Lock // zero when it is free
	Status LockStatus
	Why    string // why it is left, as half a sentence; "" otherwise
}

// LockStates are the locks that matter to a request.
type LockStates struct {
	Looked bool // locks were looked at
	Target LockState
	Global LockState // the global lock; the same as Target for a command about it
	Others []Lock    // locks of single environments, for a command about the global one
}

// lockStates tells how a request stands to the locks: to none where they are switched off or could not
// be read, and where nobody knows which environment is meant.
func lockStates(r Request, c config.Config, f Facts) LockStates {
	if _, missing := f.unavailable(LocksPart); missing || c.Locks.Disabled || !r.Command.KnownEnvironment {
		return LockStates{}
	}
	target := lockTarget(r)
	all := LockStates{
		Looked: true,
		Target: lockState(target, r, c, f),
		Global: lockState(lock.Target{Global: true}, r, c, f),
	}
	if target.Global {
		all.Others = environmentLocks(c, f)
	}
	return all
}

// environmentLocks are the locks of single environments.
func environmentLocks(c config.Config, f Facts) []Lock {
	var locks []Lock
	for _, environment := range distinct(c.Targets) {
		if found, locked := f.Locks[lock.Branch(environment)]; locked {
			locks = append(locks, found)
		}
	}
	return locks
}

// inOrder lists the locks in the order in which they count.
func (s LockStates) inOrder() []LockState { return []LockState{s.Global, s.Target} }

// lockTarget is what the request locks, or would have to.
func lockTarget(r Request) lock.Target {
	return lock.Target{Environment: r.Command.Environment, Global: r.Command.Global}
}

// ClaimOf is the claim that a request makes.
func ClaimOf(r Request, c config.Config, f Facts) lock.Claim {
	return lock.Claim{
		Owner: r.Event.Owner, Repository: r.Event.Repository, Pull: r.Event.Pull, CommentID: r.Event.Comment.ID,
		Target: lockTarget(r), Ref: claimedRef(r, c, f), Sticky: Sticky(r.Command.Kind, c.Locks),
	}
}

// claimedRef is what the lock says it is held for: the ref of a deployment, the pull request's branch
// otherwise.
func claimedRef(r Request, c config.Config, f Facts) string {
	if r.Command.Kind.Deploys() {
		return target(r, c, f).Ref
	}
	return f.Pull.HeadRef
}

// Sticky reports whether a lock that a command takes stays until somebody removes it.
func Sticky(kind command.Kind, c config.Locks) bool {
	switch kind {
	case command.Deploy:
		return c.Sticky
	case command.Noop:
		return c.StickyNoop
	case command.Lock:
		return true
	case command.None, command.Unlock, command.LockInfo, command.Help, command.Deprecated, command.Naked:
	}
	return false
}

// lockState tells how a request stands to the lock of a target.
func lockState(target lock.Target, r Request, c config.Config, f Facts) LockState {
	found, locked := f.Locks[target.Branch()]
	state := LockState{Target: target, Lock: found, Status: Free}
	if !locked {
		return state
	}
	state.Status, state.Why = lockStatus(found, r, c, f)
	return state
}

// lockStatus tells how a request stands to a lock that exists, and why where that is Left.
func lockStatus(l Lock, r Request, c config.Config, f Facts) (held LockStatus, why string) {
	d := l.Document
	switch {
	case l.Unreadable != "":
		return Corrupt, ""
	case d.Expired(f.ReadAt):
		return Stale, "it has expired"
	case claims(d, r, c, f):
		return Ours, ""
	case !d.Sticky && l.Run == RunEnded:
		return Stale, "the run that took it has ended"
	case !owns(d, r, c):
		return Held, ""
	case d.Sticky || !r.Command.Kind.Deploys():
		return OwnedByActor, ""
	case d.RunID == 0:
		// No version of branch-deploy tells the run, and all let the owner go on.
		return Stale, "it belongs to " + asking(c) + " and does not say which run took it"
	}
	return Held, ""
}

// claims reports whether a lock was taken by this very request. On a second look the run tells that
// as well, because the ref of the claim may have moved, or not have been read; and so it does for a
// tracked step, which records what another step of its run holds the lock for.
func claims(d lock.Document, r Request, c config.Config, f Facts) bool {
	if d.ClaimID == ClaimOf(r, c, f).ID() {
		return true
	}
	run := r.Event.Run
	sameRun := r.Pinned != "" || c.Mode == config.TrackIt
	return sameRun && d.RunID != 0 && d.RunID == run.ID && d.RunAttempt == run.Attempt
}

// owns reports whether a lock belongs to whoever asks.
func owns(d lock.Document, r Request, c config.Config) bool {
	if c.Locks.Owner == config.OwnedByPull {
		return d.Pull() != 0 && d.Pull() == r.Event.Pull
	}
	return d.CreatedBy == r.Event.Actor
}

// asking names the owner of a lock that whoever asks owns.
func asking(c config.Config) string {
	if c.Locks.Owner == config.OwnedByPull {
		return "this pull request"
	}
	return "whoever asks"
}
