package message

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// LockRemoved says which lock was removed, and warns of what that may break.
func LockRemoved(r deploy.Request, c config.Config, d deploy.Decision) string {
	state := d.Locks.Target
	doc, where := state.Lock.Document, place(state.Target)
	text := fmt.Sprintf("### 🔓 Deployment Lock Removed\n\n%s removed the lock on %s", bold(r.Event.By()), where)
	if state.Status == deploy.Corrupt {
		text += fmt.Sprintf(". Its owner is unknown, because the lock could not be read: %s.\n\n", markdown.Text(state.Lock.Unreadable))
		return text + afterwards(r, c, d) + "\n"
	}
	text += fmt.Sprintf(", which %s took%s.", someone(doc.CreatedBy), sinceWhen(doc, d.At))
	if state.Status == deploy.Stale {
		text += " It was stale: " + markdown.Text(state.Why) + "."
	}
	return text + "\n\n" + cmp.Or(stillRunning(r, state), afterwards(r, c, d)) + "\n" + reason(doc)
}

func sinceWhen(doc lock.Document, at time.Time) string {
	if doc.CreatedAt.IsZero() {
		return ""
	}
	return " at " + deploy.FormatTime(doc.CreatedAt) + inBrackets("age "+age(at, doc.CreatedAt))
}

func stillRunning(r deploy.Request, state deploy.LockState) string {
	doc := state.Lock.Document
	if doc.Sticky || state.Lock.Run == deploy.RunEnded {
		return ""
	}
	may := "may still be in progress"
	if state.Lock.Run == deploy.RunGoing {
		may = "is still in progress"
	}
	return fmt.Sprintf("> ⚠️ The lock belonged to a deployment by %s that %s%s. That deployment continues, and nothing keeps others from deploying to %s at the same time: wait until it has ended, or cancel its run.",
		someone(doc.CreatedBy), may, wrap(" in ", runLink(r, doc), ""), place(state.Target))
}

func afterwards(r deploy.Request, c config.Config, d deploy.Decision) string {
	target, holder := d.Locks.Target.Target, globalHolder(d)
	switch {
	case target.Global:
		return cmp.Or(otherLocks(r, d, "These environments still have locks of their own:"), "Every environment is free again.")
	case holder == "":
		return bold(target.Environment) + " is free again."
	}
	return fmt.Sprintf("There is still a global lock, %s. To remove it, %s.", holder, howToUnlock(c, lock.Target{Global: true}))
}

// LockMissing says that there was no lock to remove.
func LockMissing(r deploy.Request, d deploy.Decision) string {
	target := lock.Target{Environment: r.Command.Environment, Global: r.Command.Global}
	return fmt.Sprintf("🔓 There is no lock on %s: nothing to remove.%s\n",
		place(target), wrap(" There is a global lock, ", globalHolder(d), "."))
}

func globalHolder(d deploy.Decision) string {
	global := d.Locks.Global
	if d.Locks.Target.Target.Global || !slices.Contains([]deploy.LockStatus{deploy.Ours, deploy.OwnedByActor, deploy.Held, deploy.Corrupt}, global.Status) {
		return ""
	}
	if global.Status == deploy.Corrupt {
		return "whose owner is unknown"
	}
	return "taken by " + someone(global.Lock.Document.CreatedBy)
}

// otherLocks lists the locks on single environments that are in effect, under a title; "" for none.
func otherLocks(r deploy.Request, d deploy.Decision, title string) string {
	var items []string
	for _, state := range d.Locks.Others {
		if state.Status != deploy.Stale {
			items = append(items, "- "+place(state.Target)+": "+lockItem(r, state))
		}
	}
	if len(items) == 0 {
		return ""
	}
	return title + "\n\n" + strings.Join(items, "\n")
}

func lockItem(r deploy.Request, state deploy.LockState) string {
	said := state.Lock.Document
	who := someone(said.CreatedBy)
	switch {
	case state.Status == deploy.Corrupt:
		return "a lock whose owner is unknown"
	case said.Sticky:
		return "locked by " + who + inBrackets(commentLink(r, said))
	}
	return who + " is deploying" + inBrackets(runLink(r, said))
}
