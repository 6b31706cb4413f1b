package deploy

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// LockStatus is the relation of a request to a lock.
type LockStatus string

// The relations of a request to a lock.
const (
	Free         LockStatus = "free"    // there is no lock
	Ours         LockStatus = "ours"    // this very request has it
	OwnedByActor LockStatus = "owned"   // the actor has it, by an earlier request
	Stale        LockStatus = "stale"   // its owner left it behind: it can be taken over
	Held         LockStatus = "held"    // someone else has it
	Corrupt      LockStatus = "corrupt" // there is a lock, and its owner is unknown
)

// LockState is the relation of a request to one lock.
type LockState struct {
	Target lock.Target
	Lock   Lock // zero when it is free
	Status LockStatus
	Why    string // why it is stale, as half a sentence; "" otherwise
}

// LockStates are the locks that matter to a request.
type LockStates struct {
	Looked bool // locks were looked at
	Target LockState
	Global LockState // the global lock; the same as Target for a command about it
	Others []Lock    // locks of single environments, for a command about the global one
}

// lockStates tells the relation of a request to the locks that matter to it. The zero LockStates says that there
// are none, or that they are not known.
func lockStates(k *Case) LockStates {
	if _, missing := k.Missing(LocksPart); missing || len(k.lockTargets()) == 0 {
		return LockStates{}
	}
	target := lockTarget(k.Request)
	all := LockStates{Looked: true, Target: k.lockState(target), Global: k.lockState(lock.Target{Global: true})}
	if target.Global {
		all.Others = k.environmentLocks()
	}
	return all
}

// environmentLocks are the locks of single environments.
func (k *Case) environmentLocks() []Lock {
	var locks []Lock
	for _, name := range envname.Distinct(k.Config.Targets) {
		locks = append(locks, k.locksOf(lock.Target{Environment: name})...)
	}
	return locks
}

// inOrder lists the locks in the order in which they count.
func (s LockStates) inOrder() []LockState { return []LockState{s.Global, s.Target} }

// lockTarget is what the request locks, or would have to.
func lockTarget(r Request) lock.Target {
	return lock.Target{Environment: r.Command.Environment, Global: r.Command.Global}
}

// lockBranches names the branches that may lock a target, ours first. Names of branches differ by case, and names of
// environments do not: another tool, or a workflow with other inputs, may have locked another spelling. GitHub has no
// exact lookup without regard to case, and the usual spellings are looked up by name.
func lockBranches(t lock.Target) []string {
	if t.Global {
		return []string{t.Branch()}
	}
	lower := strings.ToLower(t.Environment)
	var branches []string
	for _, name := range []string{t.Environment, lower, capitalized(lower)} {
		if branch := lock.Branch(name); !slices.Contains(branches, branch) {
			branches = append(branches, branch)
		}
	}
	return branches
}

// capitalized spells a name with a capital letter at its beginning.
func capitalized(name string) string {
	for i, letter := range name {
		return strings.ToUpper(string(letter)) + name[i+len(string(letter)):]
	}
	return name
}

// locksOf are the locks of a target, under every spelling that was read.
func (k *Case) locksOf(t lock.Target) []Lock {
	var found []Lock
	for _, branch := range lockBranches(t) {
		if one, locked := k.Facts.Locks[branch]; locked {
			found = append(found, one)
		}
	}
	return found
}

// claim is the claim that the request makes.
func (k *Case) claim() lock.Claim {
	return lock.Claim{
		Owner: k.Event.Owner, Repository: k.Event.Repository, Pull: k.Event.Pull, CommentID: k.Event.Comment.ID,
		Target: lockTarget(k.Request), Ref: k.claimedRef(), Sticky: Sticky(k.Command.Kind, k.Config.Locks),
	}
}

// claimedRef is what the lock is for: the ref of a deployment, the pull request's branch otherwise.
func (k *Case) claimedRef() string {
	if k.Command.Kind.Deploys() {
		return k.Target.Ref
	}
	return k.Pull.HeadRef
}

// Sticky reports whether a lock that a command takes stays until it is removed.
func Sticky(kind command.Kind, c config.Locks) bool {
	switch kind {
	case command.Deploy:
		return c.Sticky
	case command.Noop:
		return c.StickyNoop
	default:
		return kind == command.Lock
	}
}

// lockState tells the relation of a request to the lock of a target: to the one that counts most, where there are
// locks under several spellings.
func (k *Case) lockState(target lock.Target) LockState {
	state := LockState{Target: target, Status: Free}
	for _, found := range k.locksOf(target) {
		status, why := k.lockStatus(found)
		// A new lock does not replace one on another branch, and a stale one there is not in the way.
		ignored := status == Stale && found.Branch != target.Branch() && k.takesLocks()
		if !ignored && weight(status) > weight(state.Status) {
			state.Lock, state.Status, state.Why = found, status, why
		}
	}
	return state
}

// weight orders the relations to a lock by how much they count.
func weight(s LockStatus) int {
	if s == Corrupt {
		s = Held
	}
	return slices.Index([]LockStatus{Free, Stale, OwnedByActor, Ours, Held}, s)
}

// takesLocks reports whether the command takes a lock, rather than removing or showing one.
func (k *Case) takesLocks() bool {
	return k.Command.Kind != command.Unlock && k.Command.Kind != command.LockInfo
}

// lockStatus tells the relation of a request to a lock that exists, and why where it is Stale.
func (k *Case) lockStatus(l Lock) (status LockStatus, why string) {
	d := l.Document
	switch {
	case l.Unreadable != "":
		return Corrupt, ""
	case d.Expired(k.ReadAt):
		return Stale, "it has expired"
	case k.claims(d):
		return Ours, ""
	case !d.Sticky && l.Run == RunEnded:
		return Stale, "the run that took it has ended"
	case !k.owns(d):
		return Held, ""
	case d.Sticky || !k.Command.Kind.Deploys():
		return OwnedByActor, ""
	case d.RunID == 0:
		// No version of branch-deploy tells the run, and all let the owner go on.
		return Stale, "it belongs to " + k.lockOwner() + " and does not say which run took it"
	}
	return Held, ""
}

// claims reports whether a lock was taken by this very request. On a second look the run tells that as well,
// because the ref of the claim may have moved, or not have been read; and so it does for a tracked step, which
// records what another step of its run has the lock for.
func (k *Case) claims(d lock.Document) bool {
	if d.ClaimID == k.Claim.ID() {
		return true
	}
	run := k.Event.Run
	sameRun := k.Pinned != "" || k.tracks()
	return sameRun && d.RunID != 0 && d.RunID == run.ID && d.RunAttempt == run.Attempt
}

// owns reports whether a lock belongs to the actor.
func (k *Case) owns(d lock.Document) bool {
	if k.Config.Locks.Owner == config.OwnedByPull {
		return d.Pull() != 0 && d.Pull() == k.Event.Pull
	}
	return d.CreatedBy == k.Event.Actor
}

// lockOwner names the owner of a lock that the actor owns.
func (k *Case) lockOwner() string {
	if k.Config.Locks.Owner == config.OwnedByPull {
		return "this pull request"
	}
	return "you"
}
