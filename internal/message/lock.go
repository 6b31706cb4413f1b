package message

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/period"
)

// LockClaimed says that a lock was taken, what that means, and how it ends.
func LockClaimed(r deploy.Request, c config.Config, d deploy.Decision, doc lock.Document) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### 🔒 Deployment Lock Claimed\n\n%s has locked %s: %s.\n\n", someone(doc.CreatedBy), place(doc.Target), allowedBy(r, c, doc.Target, doc))
	if doc.Global {
		b.WriteString("> 🌍 This is the **global** lock: it applies to every environment.\n\n")
	}
	if left := d.Locks.Target; left.Status == deploy.Stale {
		b.WriteString(paragraph(tookOver(place(left.Target), left.Lock.Document.CreatedBy, left.Why)))
	}
	b.WriteString(paragraph(otherLocks(r, c, d, "These environments also have locks of their own; deployments in progress there continue:")))
	b.WriteString(ending(c, doc.Target, doc, d.At) + "\n" + reason(doc))
	return b.String()
}

// LockOwned says that the actor already has the lock.
func LockOwned(r deploy.Request, c config.Config, d deploy.Decision) string {
	target, doc := d.Locks.Target.Target, d.Locks.Target.Lock.Document
	owned := "you already have the lock on " + place(target)
	if doc.CreatedBy != r.Event.Actor {
		owned = fmt.Sprintf("this pull request already has the lock on %s: %s took it", place(target), someone(doc.CreatedBy))
	}
	return fmt.Sprintf("### 🔒 Deployment Lock Information\n\n%s, %s (age %s). Nothing was changed.\n\n%s\n%s",
		bold(r.Event.Actor), owned, age(d.At, doc.CreatedAt), endOfOwn(r, c, d), reason(doc))
}

func endOfOwn(r deploy.Request, c config.Config, d deploy.Decision) string {
	target, doc := d.Locks.Target.Target, d.Locks.Target.Lock.Document
	if doc.Sticky {
		return ending(c, target, doc, d.At)
	}
	return fmt.Sprintf("The lock belongs to a deployment%s and is released when the deployment ends.\n\n**What to do:** To keep the environment locked, wait until the deployment has ended and type %s again. If its runner died, %s to remove the lock.",
		inBrackets(runLink(r, doc)), markdown.Code(lockCommand(c.Commands, target)), howToUnlock(c, target))
}

// LockInfo shows the global lock, and the lock that the command asks about.
func LockInfo(r deploy.Request, c config.Config, d deploy.Decision) string {
	text := "### Lock Details 🔒\n\n"
	states := slices.DeleteFunc(lockStates(d), func(s deploy.LockState) bool { return s.Status == deploy.Free })
	if len(states) == 0 {
		return text + noLock(r, c, d.Locks.Target.Target) + "\n"
	}
	parts := make([]string, len(states))
	for i, state := range states {
		parts[i] = lockSentence(r, c, state) + "\n\n" + lockDetails(r, c, d, state)
	}
	return text + strings.Join(parts, "\n")
}

func lockStates(d deploy.Decision) []deploy.LockState {
	if d.Locks.Target.Target.Global {
		return []deploy.LockState{d.Locks.Target}
	}
	return []deploy.LockState{d.Locks.Global, d.Locks.Target}
}

func noLock(r deploy.Request, c config.Config, target lock.Target) string {
	text := fmt.Sprintf("No one has locked %s in %s", place(target), markdown.Code(r.Event.Owner+"/"+r.Event.Repository))
	if !target.Global {
		text += ", and there is no global lock"
	}
	if c.Commands.Lock == "" {
		return text + "."
	}
	return text + ".\n\n**What to do:** To take the lock, type " + markdown.Code(lockCommand(c.Commands, target)) + "."
}

func lockSentence(r deploy.Request, c config.Config, state deploy.LockState) string {
	doc, where := state.Lock.Document, place(state.Target)
	who := someone(doc.CreatedBy)
	switch {
	case state.Status == deploy.Corrupt:
		return fmt.Sprintf("There is a lock on %s, but its owner is unknown. No one can deploy there until the lock is removed.", where)
	case state.Status == deploy.Stale:
		text := fmt.Sprintf("The lock of %s on %s is stale: %s.", who, where, markdown.Text(state.Why))
		if state.Target.Global {
			return text
		}
		return text + " The next deployment or lock command takes it over."
	case !doc.Sticky:
		return fmt.Sprintf("%s is deploying to %s. The lock is released when the deployment ends.", who, where)
	}
	return fmt.Sprintf("%s has locked %s: %s.", who, where, allowedBy(r, c, state.Target, doc))
}

func place(target lock.Target) string {
	if target.Global {
		return "all environments"
	}
	return bold(target.Environment)
}

func allowedBy(r deploy.Request, c config.Config, target lock.Target, doc lock.Document) string {
	where := "there"
	if target.Global {
		where = "anywhere"
	}
	who := "only " + someone(doc.CreatedBy)
	if c.Locks.Owner == config.OwnedByPull {
		switch doc.Pull() {
		case 0:
			who = "no one"
		case r.Event.Pull:
			who = "only commands on this pull request"
		default:
			who = fmt.Sprintf("only commands on pull request %d", doc.Pull())
		}
	}
	return who + " can deploy " + where + " now"
}

func ending(c config.Config, target lock.Target, doc lock.Document, at time.Time) string {
	if doc.ExpiresAt.IsZero() {
		return "The lock is sticky: it stays until someone removes it.\n\n**When you are done**, " + howToUnlock(c, target) + "."
	}
	return fmt.Sprintf("The lock expires at %s (in %s).\n\n**If you are done sooner**, %s.",
		deploy.FormatTime(doc.ExpiresAt), period.Format(doc.ExpiresAt.Sub(at)), howToUnlock(c, target))
}

func lockCommand(c config.Commands, target lock.Target) string {
	if target.Global {
		return c.Lock + " " + c.GlobalFlag
	}
	return c.Lock + " " + target.Environment
}
