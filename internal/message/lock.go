package message

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

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
	b.WriteString(globalNote(doc))
	if left := d.Locks.Target; left.Status == deploy.Stale {
		b.WriteString(paragraph(tookOver(place(left.Target), left.Lock.Document.CreatedBy, left.Why)))
	}
	b.WriteString(paragraph(otherLocks(r, d, "These environments also have locks of their own; deployments in progress there continue:")))
	b.WriteString(ending(c, doc.Target, doc, d.At) + "\n" + reason(doc))
	return b.String()
}

func globalNote(doc lock.Document) string {
	if !doc.Global {
		return ""
	}
	return "> 🌍 This is the **global** lock: it applies to every environment.\n\n"
}

// LockRenewed says what a lock is after its reason or its end was changed.
func LockRenewed(r deploy.Request, c config.Config, d deploy.Decision, doc lock.Document) string {
	target, taken := d.Locks.Target.Target, ""
	if doc.CreatedBy != r.Event.By() {
		taken = ", which " + someone(doc.CreatedBy) + " took"
	}
	return fmt.Sprintf("### 🔒 Deployment Lock Renewed\n\n%s has renewed the lock on %s%s: %s.\n\n%s%s\n%s",
		bold(r.Event.By()), place(target), taken, allowedBy(r, c, target, doc), globalNote(doc), ending(c, target, doc, d.At), reason(doc))
}

// LockOwned says that the actor already has the lock.
func LockOwned(r deploy.Request, c config.Config, d deploy.Decision) string {
	target, doc := d.Locks.Target.Target, d.Locks.Target.Lock.Document
	owned := "you already have the lock on " + place(target)
	if doc.CreatedBy != r.Event.By() {
		owned = fmt.Sprintf("this pull request already has the lock on %s: %s took it", place(target), someone(doc.CreatedBy))
	}
	return fmt.Sprintf("### 🔒 Deployment Lock Information\n\n%s, %s (age %s). Nothing was changed.\n\n%s\n%s",
		bold(r.Event.By()), owned, age(d.At, doc.CreatedAt), endOfOwn(r, c, d), reason(doc))
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

func lockDetails(r deploy.Request, c config.Config, d deploy.Decision, state deploy.LockState) string {
	if state.Status == deploy.Corrupt {
		return table(brokenRows(r, c, state))
	}
	return table(lockRows(r, c, d.At, state)) + reason(state.Lock.Document)
}

func brokenRows(r deploy.Request, c config.Config, state deploy.LockState) [][2]string {
	branch := state.Target.Branch()
	return [][2]string{
		{"Environment", environmentCell(state.Target)},
		{"Lock branch", markdown.Link(markdown.Cell(branch), deploy.PageURL(r, "tree", branch))},
		{"Problem", markdown.Text(state.Lock.Unreadable)},
		{"To remove it", cell(howToUnlock(c, state.Target))},
	}
}

func lockRows(r deploy.Request, c config.Config, at time.Time, state deploy.LockState) [][2]string {
	said := state.Lock.Document
	return [][2]string{
		{"Environment", environmentCell(state.Target)},
		{"Branch", named(markdown.Brief(said.Branch))},
		{"Created by", named(markdown.Brief(said.CreatedBy))},
		{"Created at", created(said)},
		{"Age", age(at, said.CreatedAt)},
		{"Sticky", stickiness(said)},
		{"Global", markdown.Cell(fmt.Sprint(state.Target.Global))},
		{"Expires at", expiry(said, at)},
		{"Comment", cmp.Or(commentLink(r, said), named(markdown.Brief(said.Link)))},
		{"Run", runCell(r, state.Lock)},
		{"Lock file", markdown.Link(markdown.Cell(lock.File), deploy.PageURL(r, "blob", state.Target.Branch()+"/"+lock.File))},
		{"To remove it", cell(howToUnlock(c, state.Target))},
	}
}

func environmentCell(target lock.Target) string {
	if target.Global {
		return "all"
	}
	return markdown.Cell(target.Environment)
}

// created says when a lock was taken. The time may be missing, because branch-deploy takes any text for one.
func created(said lock.Document) string {
	if said.CreatedAt.IsZero() {
		return "unknown"
	}
	return deploy.FormatTime(said.CreatedAt)
}

// age shows how old a lock is, as branch-deploy does. Clocks differ: no lock is younger than new.
func age(at, created time.Time) string {
	if created.IsZero() {
		return "unknown"
	}
	const minute, hour, day = 60, 60 * 60, 24 * 60 * 60
	seconds := int64(max(0, at.Sub(created)) / time.Second)
	return fmt.Sprintf("`%dd:%dh:%dm:%ds`", seconds/day, seconds%day/hour, seconds%hour/minute, seconds%minute)
}

func stickiness(said lock.Document) string {
	switch {
	case !said.Sticky:
		return "`false`: released when the deployment ends"
	case !said.ExpiresAt.IsZero():
		return "`true`"
	}
	return "`true`: stays until removed"
}

func expiry(said lock.Document, at time.Time) string {
	switch {
	case said.ExpiresAt.IsZero():
		return ""
	case said.Expired(at):
		return deploy.FormatTime(said.ExpiresAt) + " (expired)"
	}
	return deploy.FormatTime(said.ExpiresAt)
}

// commentLink links only comments on pull requests of this repository: a lock can have any text there.
func commentLink(r deploy.Request, said lock.Document) string {
	pull := said.Pull()
	address := deploy.PageURL(r, "pull", strconv.Itoa(pull))
	anchor, inside := strings.CutPrefix(said.Link, address)
	if pull == 0 || !inside || !commentAnchor.MatchString(anchor) {
		return ""
	}
	label := fmt.Sprintf("pull request %d", pull)
	if pull == r.Event.Pull {
		label = "this pull request"
	}
	return markdown.Link(label, said.Link)
}

func runCell(r deploy.Request, l deploy.Lock) string {
	return runLink(r, l.Document) + map[deploy.RunState]string{
		deploy.RunGoing: " (in progress)", deploy.RunEnded: " (ended)",
	}[l.Run]
}

var commentAnchor = regexp.MustCompile(`^(#issuecomment-[0-9]+)?$`)

func runLink(r deploy.Request, said lock.Document) string {
	address := deploy.RunURL(r, said)
	if address == "" {
		return ""
	}
	return markdown.Link(fmt.Sprintf("run %d", said.RunID), address)
}

func reason(said lock.Document) string {
	const ofDeployments = "deployment"
	if said.Reason == "" || (!said.Sticky && said.Reason == ofDeployments) {
		return ""
	}
	text := markdown.Fence("", visible(said.Reason)) + "\n"
	if markdown.Brief(said.Reason) != said.Reason {
		which := choose(said.Global, "global lock", "lock")
		return "\n<details><summary>Reason of the " + which + "</summary>\n\n" + text + "\n</details>\n"
	}
	return "\n**Reason:**\n\n" + text
}

// visible removes characters that turn words around.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			return ' '
		}
		return r
	}, unmarked(text))
}

func howToUnlock(c config.Config, target lock.Target) string {
	if command := deploy.UnlockCommand(c.Commands, target); command != "" {
		return "type " + markdown.Code(command)
	}
	return "delete the branch " + markdown.Code(target.Branch())
}
