package deploy

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// lockGate wants the environment, and all environments together, to be free of locks of other people.
func lockGate() Gate {
	return Gate{Name: "lock", Needs: needLocks, Parts: lockParts, Check: checkLock}
}

// readableLockGate wants the locks that are asked about to name their owner.
func readableLockGate() Gate {
	return Gate{Name: "lock", Needs: needLocks, Parts: lockParts, Check: checkReadableLock}
}

// unlockGate wants the locks to be known. Any lock may be removed.
func unlockGate() Gate {
	return Gate{
		Name: "lock", Needs: needLocks, Parts: lockParts,
		Check: func(*Case) Finding { return pass("the locks are known") },
	}
}

func needLocks(k *Case, n *Needs) {
	for _, target := range k.lockTargets() {
		for _, branch := range lockBranches(target) {
			if !slices.Contains(n.Locks, branch) {
				n.Locks = append(n.Locks, branch)
			}
		}
	}
}

func lockParts(k *Case) []Part {
	if len(k.lockTargets()) == 0 {
		return nil
	}
	return []Part{LocksPart}
}

// lockTargets lists the locks that matter to a command: none where they are switched off, and where the
// environment is not known.
func (k *Case) lockTargets() []lock.Target {
	asked := k.Command
	about := asked.Kind.AboutLocks() || asked.Kind.Deploys()
	if k.Config.Locks.Disabled || !asked.KnownEnvironment || !about {
		return nil
	}
	targets := []lock.Target{{Global: true}}
	if !asked.Global {
		return append(targets, lock.Target{Environment: asked.Environment})
	}
	for _, name := range envname.Distinct(k.Config.Targets) {
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
		if state.Status == Corrupt || state.Status == Held {
			return lockRefusal(k, state)
		}
	}
	if lostLock(k) {
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

// lostLock reports whether a deployment no longer has the lock that it had when it was checked first.
func lostLock(k *Case) bool {
	status := k.Locks.Target.Status
	return k.Pinned != "" && k.Command.Kind.Deploys() && status != Ours && status != OwnedByActor
}

// refuseLostLock refuses to go on without a lock.
func refuseLostLock(state LockState) Finding {
	finding := Finding{Level: Block, Code: LockConflict}
	name := lockName(state.Target)
	if state.Status == Stale {
		finding.Text = "This deployment no longer has the lock of " + name + ": the lock of " + Holder(state.Lock) + " is stale, because " + state.Why + "."
		finding.Hint = "Run the command again to take over that lock."
		return finding
	}
	finding.Text = "The lock of " + name + " was removed while the deployment was being started."
	finding.Hint = "Find out who needs the environment, then run the command again."
	return finding
}

// lockPass lets a request go on, and warns of stale locks.
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
