package deploy

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// lockGate wants the environment, and all environments together, to be free of locks of other people.
func lockGate() Gate {
	return Gate{Name: "lock", Needs: needLocks, Parts: lockParts, Check: checkLock}
}

func readableLockGate() Gate {
	return Gate{Name: "lock", Needs: needLocks, Parts: lockParts, Check: checkReadableLock}
}

// unlockGate wants the branch that would be deleted to be a lock, or to have nothing of its own.
func unlockGate() Gate {
	needs := func(k *Case, n *Needs) {
		needLocks(k, n)
		n.LockWork = k.Config.StableBranch
	}
	return Gate{Name: "lock", Needs: needs, Parts: lockParts, Check: func(k *Case) Finding {
		found := k.Locks.Target.Lock
		if found.Plain == nil || found.Plain.Work == Know(0) {
			return pass("the locks are known")
		}
		branch := markdown.Code(found.Branch)
		return block(LockConflict,
			"The branch "+branch+" is no lock: it has no file `"+lock.File+"`, and commits that are not on "+markdown.Code(k.Config.StableBranch)+"."+found.Plain.by()+" Nothing was removed.",
			"Rename the branch: it has the name of the lock of "+lockName(k.Locks.Target.Target)+", and keeps everyone from deploying there.")
	}}
}

// by names the author of the newest commit.
func (p PlainBranch) by() string {
	if p.Author == "" {
		return ""
	}
	return " The newest one is by " + markdown.Code(markdown.Brief(p.Author)) + "."
}

func needLocks(k *Case, n *Needs) {
	for _, target := range k.lockTargets() {
		n.Locks = append(n.Locks, lockBranches(target)...)
	}
	n.Locks = distinct(n.Locks)
}

func lockParts(k *Case) []Part {
	if len(k.lockTargets()) == 0 {
		return nil
	}
	return []Part{LocksPart}
}

func (k *Case) lockTargets() []lock.Target {
	asked := k.Command
	about := asked.Kind.AboutLocks() || asked.Kind.Deploys()
	named := asked.KnownEnvironment || k.mayBeLeft()
	if k.Config.Locks.Disabled || !named || !about {
		return nil
	}
	targets := []lock.Target{{Global: true}}
	if !asked.Global {
		return append(targets, lock.Target{Environment: cmp.Or(asked.Environment, asked.Unknown)})
	}
	return append(targets, environmentTargets(k.Config)...)
}

// mayBeLeft reports whether the command asks about the lock of an environment that is no target, or removes it: the
// environment may have been one when the lock was taken.
func (k *Case) mayBeLeft() bool {
	kind, name := k.Command.Kind, k.Command.Unknown
	return name != "" && (kind == command.Unlock || kind == command.LockInfo) && lock.Branch(name) != lock.GlobalBranch
}

// isLeft reports whether there is such a lock.
func (k *Case) isLeft() bool {
	_, missing := k.Missing(LocksPart)
	return !missing && k.mayBeLeft() && slices.ContainsFunc(k.locksOf(lock.Target{Environment: k.Command.Unknown}), func(l Lock) bool {
		return l.Unreadable == "" && envname.Same(l.Document.Environment, k.Command.Unknown)
	})
}

func environmentTargets(c config.Config) []lock.Target {
	var targets []lock.Target
	for _, name := range c.Environments() {
		targets = append(targets, lock.Target{Environment: name})
	}
	return targets
}

func checkLock(k *Case) Finding {
	switch {
	case k.Config.Locks.Disabled:
		return pass("locks are switched off")
	case !k.Command.KnownEnvironment:
		return pass("without an environment there is no lock to check")
	}
	for _, state := range k.Locks.inOrder() {
		if k.takenElsewhere(state.Lock) {
			return pass("the lock is that of another job of this run")
		}
		if state.Status == Corrupt || state.Status == Held {
			return lockRefusal(k, state)
		}
	}
	status := k.Locks.Target.Status
	if status == OwnedByActor && k.asksForMore() && !k.Locks.Renews {
		return lockRefusal(k, k.Locks.Target)
	}
	if k.Pinned != "" && k.Command.Kind.Deploys() && status != Ours && status != OwnedByActor {
		return refuseLostLock(k.Locks.Target)
	}
	return lockPass(k.Config.Commands, k.Locks)
}

func checkReadableLock(k *Case) Finding {
	for _, state := range k.Locks.inOrder() {
		if state.Status == Corrupt {
			return lockRefusal(k, state)
		}
	}
	return pass("the locks can be read")
}

func refuseLostLock(state LockState) Finding {
	name := lockName(state.Target)
	if state.Status == Stale {
		return block(LockConflict,
			"This deployment no longer has the lock of "+name+": the lock of "+Holder(state.Lock)+" is stale, because "+state.Why+".",
			"Run the command again to take over that lock.")
	}
	return block(LockConflict,
		"The lock of "+name+" was removed while the deployment was being started.",
		"Find out who needs the environment, then run the command again.")
}

func lockPass(c config.Commands, all LockStates) Finding {
	var warnings []string
	name, hint := lockName(all.Target.Target), ""
	if all.Target.Status == Stale {
		warnings = append(warnings, "I take over the lock of "+name+" from "+Holder(all.Target.Lock)+", because "+all.Target.Why+".")
	}
	if all.Global.Status == Stale && !all.Target.Target.Global {
		global := lockName(all.Global.Target)
		warnings = append(warnings, "The lock of "+global+" is stale: "+all.Global.Why+".")
		hint = "Remove the lock of " + global + " " + howToUnlock(c, all.Global.Target) + "."
	}
	if len(warnings) == 0 {
		return pass("no one else has a lock of " + name)
	}
	return Finding{Level: Warn, Text: strings.Join(warnings, " "), Hint: hint}
}

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
	Global LockState   // the global lock; the same as Target for a command about it
	Others []LockState // locks of single environments, for a command about the global one
	Renews bool        // the command changes the reason or the end of its target's lock
}

// Granted reports whether the request has its lock, and no other one is in the way.
func (s LockStates) Granted() bool {
	return s.Looked && s.Target.Status == Ours && weight(s.Global.Status) < weight(Held)
}

func lockStates(k *Case) LockStates {
	if _, missing := k.Missing(LocksPart); missing || len(k.lockTargets()) == 0 {
		return LockStates{}
	}
	all := LockStates{Looked: true, Target: k.lockState(k.Claim.Target), Global: k.lockState(lock.Target{Global: true})}
	all.Renews = k.renews(all.Target)
	if !k.Claim.Target.Global {
		return all
	}
	for _, target := range environmentTargets(k.Config) {
		for _, found := range k.locksOf(target) {
			status, why := k.lockStatus(found)
			all.Others = append(all.Others, LockState{Target: target, Lock: found, Status: status, Why: why})
		}
	}
	return all
}

// renews reports whether the command changes a lock that it finds. A lock of its own comment is as the command asks,
// unless another run took it: then the comment was edited since.
func (k *Case) renews(s LockState) bool {
	d := s.Lock.Document
	edited := s.Status == Ours && d.RunID != 0 && d.RunID != k.Event.Run.ID
	return k.asksForMore() && d.Sticky && (edited || s.Status == OwnedByActor)
}

// asksForMore reports whether the command gives its lock a reason or an end.
func (k *Case) asksForMore() bool {
	return k.Command.Kind == command.Lock && (k.Command.Reason != "" || k.Command.For > 0)
}

func (s LockStates) inOrder() []LockState { return []LockState{s.Global, s.Target} }

// lockBranches names the branches that may lock a target, ours first: unlike environments, branches differ by case,
// and GitHub looks them up by exact name. Another tool or workflow may have locked another spelling.
func lockBranches(t lock.Target) []string {
	if t.Global {
		return []string{t.Branch()}
	}
	lower := strings.ToLower(t.Environment)
	_, first := utf8.DecodeRuneInString(lower)
	capitalized := strings.ToUpper(lower[:first]) + lower[first:]
	return distinct([]string{lock.Branch(t.Environment), lock.Branch(lower), lock.Branch(capitalized)})
}

func (k *Case) locksOf(t lock.Target) []Lock {
	var found []Lock
	for _, branch := range lockBranches(t) {
		if one, locked := k.Facts.Locks[branch]; locked {
			found = append(found, one)
		}
	}
	return found
}

func (k *Case) claim() lock.Claim {
	claim := lock.Claim{
		Owner: k.Event.Owner, Repository: k.Event.Repository, Pull: k.Event.Pull, CommentID: k.Event.Comment.ID,
		Target: lock.Target{Environment: k.Command.Environment, Global: k.Command.Global},
		Ref:    k.Pull.HeadRef, Sticky: Sticky(k.Command.Kind, k.Config.Locks),
	}
	if k.Command.Kind.Deploys() {
		claim.Ref = k.Target.Ref
	}
	if k.promotes() { // no comment tells one from another, and no one is there to remove a lock that stays
		claim.CommentID, claim.Sticky = k.Event.Run.ID, false
	}
	return claim
}

// Sticky reports whether a lock that a command takes stays until it is removed.
func Sticky(kind command.Kind, c config.Locks) bool {
	switch kind {
	case command.Deploy, command.Rollback:
		return c.Sticky
	case command.Noop:
		return c.StickyNoop
	default:
		return kind == command.Lock
	}
}

// lockState tells the relation to the lock that counts most, where there are locks under several spellings.
func (k *Case) lockState(target lock.Target) LockState {
	state := LockState{Target: target, Status: Free}
	takes := k.Command.Kind != command.Unlock && k.Command.Kind != command.LockInfo
	for _, found := range k.locksOf(target) {
		status, why := k.lockStatus(found)
		// A new lock does not replace one on another branch, and a stale one there is not in the way.
		ignored := status == Stale && found.Branch != target.Branch() && takes
		if !ignored && weight(status) > weight(state.Status) {
			state.Lock, state.Status, state.Why = found, status, why
		}
	}
	return state
}

func weight(s LockStatus) int {
	if s == Corrupt {
		s = Held
	}
	return slices.Index([]LockStatus{Free, Stale, OwnedByActor, Ours, Held}, s)
}

func (k *Case) lockStatus(l Lock) (status LockStatus, why string) {
	d := l.Document
	switch {
	case l.Unreadable != "":
		return Corrupt, ""
	case d.Expired(k.ReadAt):
		return Stale, "it has expired"
	case k.takenElsewhere(l):
		return Held, ""
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

// takenElsewhere reports whether another job of this very attempt has the lock for the same command. The first time
// that a job looks, none of the locks can be its own.
func (k *Case) takenElsewhere(l Lock) bool {
	by := l.TakenIn()
	return by.ID != 0 && by == k.run() && k.startsByComment() && (k.Pinned == "" || l.Document.Job != k.Event.Run.Place())
}

// claims takes the same run for the same request on a second look, because the ref of the claim may have moved, and
// for a tracked step, which records what another step of its run has the lock for. A claim tells the comment and not the
// user: others may re-run its command, or edit it.
func (k *Case) claims(d lock.Document) bool {
	byPull := k.Config.Locks.Owner == config.OwnedByPull && !k.promotes() // the claim names the pull request
	if d.ClaimID == k.Claim.ID() && (byPull || k.owns(d)) {
		return true
	}
	sameRun := d.RunID != 0 && RunID{ID: d.RunID, Attempt: d.RunAttempt} == k.run()
	return sameRun && (k.Pinned != "" || k.tracks())
}

// owns reports whether a lock is one of the actor's. A promotion has no actor: a lock of anyone stops it.
func (k *Case) owns(d lock.Document) bool {
	if k.promotes() {
		return false
	}
	if k.Config.Locks.Owner == config.OwnedByPull {
		return d.Pull() != 0 && d.Pull() == k.Event.Pull
	}
	return k.took(d)
}

// took reports whether the user who started this attempt is the one who took the lock.
func (k *Case) took(d lock.Document) bool {
	return d.CreatedBy != "" && d.CreatedBy == k.Event.Triggering
}

func (k *Case) lockOwner() string {
	if k.Config.Locks.Owner == config.OwnedByPull {
		return "this pull request"
	}
	return "you"
}
