package deploy

import (
	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// decideLock decides on a command about a lock. An environment that nobody knows is told even where
// locks are switched off.
func (d *Decision) decideLock(r Request, c config.Config, f Facts) {
	d.Reason = LockingDisabled
	d.run([]gate{{"environment", checkEnvironment}}, r, c, f)
	if d.Verdict == Refuse || c.Locks.Disabled {
		return
	}
	switch r.Command.Kind {
	case command.Lock:
		d.decideClaim(r, c, f)
	case command.LockInfo:
		d.Reason = LockInfoCompleted
		d.run([]gate{{"lock", checkLocksReadable}}, r, c, f)
	default:
		d.Reason = UnlockCompleted
		d.run([]gate{{"lock", checkLocksRead}}, r, c, f)
	}
}

// decideClaim decides on a command that claims a lock.
func (d *Decision) decideClaim(r Request, c config.Config, f Facts) {
	d.Reason = LockAcquired
	d.run([]gate{{"parameters", checkPeriod}, {"lock", checkLock}}, r, c, f)
	held := d.Locks.Target.Status == Ours || d.Locks.Target.Status == OwnedByActor
	if d.Verdict != Refuse && held {
		d.Reason = LockAlreadyOwned
	}
}

// checkPeriod wants the time that a lock is asked for to be one.
func checkPeriod(r Request, _ config.Config, _ Facts) Finding {
	if r.Unreadable == nil {
		return Finding{Text: "the command can be read"}
	}
	return Finding{
		Level: Block, Code: UnexpectedError,
		Text: "The command cannot be read: " + markdown.Code(r.Unreadable.Error()) + ".",
		Hint: "Write for example " + markdown.Code("--for 2h") + ", with `m`, `h`, `d` or `w` for minutes, hours, days or weeks.",
	}
}
