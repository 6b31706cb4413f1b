package deploy

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
)

// checkLock wants nobody else to hold the environment, or all environments.
func checkLock(r Request, c config.Config, f Facts) Finding {
	switch {
	case c.Locks.Disabled:
		return Finding{Text: "locks are switched off"}
	case !r.Command.KnownEnvironment:
		return Finding{Text: "without an environment there is no lock to look at"}
	}
	if finding := checkLocksRead(r, c, f); finding.Level == Block {
		return finding
	}
	all := lockStates(r, c, f)
	for _, state := range all.inOrder() {
		if state.Status == Corrupt || state.Status == Held {
			return lockRefusal(r, c, f, state)
		}
	}
	if lockLost(r, all.Target) {
		return refuseLockLost(all.Target)
	}
	return lockPass(c.Commands, all)
}

// checkLocksRead wants the locks to have been read.
func checkLocksRead(_ Request, _ config.Config, f Facts) Finding {
	if problem, missing := f.unavailable(LocksPart); missing {
		return blockUnavailable(problem)
	}
	return Finding{Text: "the locks were read"}
}

// checkLocksReadable wants the locks that are asked about to say whose they are.
func checkLocksReadable(r Request, c config.Config, f Facts) Finding {
	if finding := checkLocksRead(r, c, f); finding.Level == Block {
		return finding
	}
	for _, state := range lockStates(r, c, f).inOrder() {
		if state.Status == Corrupt {
			return lockRefusal(r, c, f, state)
		}
	}
	return Finding{Text: "the locks can be read"}
}

// lockLost reports whether a deployment no longer holds the lock that it held when it was looked at first.
func lockLost(r Request, state LockState) bool {
	return r.Pinned != "" && r.Command.Kind.Deploys() && state.Status != Ours && state.Status != OwnedByActor
}

// refuseLockLost refuses to go on without a lock.
func refuseLockLost(state LockState) Finding {
	finding := Finding{Level: Block, Code: LockConflict}
	name := lockName(state.Target)
	if state.Status == Stale {
		finding.Text = "Nothing holds " + name + " for this deployment any more: the lock of " + Holder(state.Lock) + " does not count, because " + state.Why + "."
		finding.Hint = "Run the command again, which takes that lock over."
		return finding
	}
	finding.Text = "The lock of " + name + " was removed while the deployment was being started."
	finding.Hint = "Find out who needs the environment, then run the command again."
	return finding
}

// lockPass lets a request go on, and warns of locks that do not count any more.
func lockPass(c config.Commands, all LockStates) Finding {
	var warnings []string
	name, hint := lockName(all.Target.Target), ""
	if all.Target.Status == Stale {
		warnings = append(warnings, "I take over the lock of "+name+" from "+Holder(all.Target.Lock)+", because "+all.Target.Why+".")
	}
	if all.Global.Status == Stale && !all.Target.Target.Global {
		global := lockName(all.Global.Target)
		warnings = append(warnings, "The lock of "+global+" does not count any more, because "+all.Global.Why+".")
		hint = "Remove the lock of " + global + " " + howToUnlock(c, all.Global.Target) + "."
	}
	if len(warnings) == 0 {
		return Finding{Text: "nobody else holds " + name}
	}
	return Finding{Level: Warn, Text: strings.Join(warnings, " "), Hint: hint}
}
