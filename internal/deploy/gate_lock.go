package deploy

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// lockGate wants the environment, and all environments together, to be free of locks of other people.
func lockGate() Gate {
	return Gate{Name: "lock", Needs: needLocks, Parts: lockParts, Check: checkLock}
}

func readableLockGate() Gate {
	return Gate{Name: "lock", Needs: needLocks, Parts: lockParts, Check: checkReadableLock}
}

func unlockGate() Gate {
	known := func(*Case) Finding { return pass("the locks are known") }
	return Gate{Name: "lock", Needs: needLocks, Parts: lockParts, Check: known}
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
	if k.Config.Locks.Disabled || !asked.KnownEnvironment || !about {
		return nil
	}
	targets := []lock.Target{{Global: true}}
	if !asked.Global {
		return append(targets, lock.Target{Environment: asked.Environment})
	}
	return append(targets, environmentTargets(k.Config)...)
}

func environmentTargets(c config.Config) []lock.Target {
	var targets []lock.Target
	for _, name := range envname.Distinct(c.Targets) {
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
	status := k.Locks.Target.Status
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
