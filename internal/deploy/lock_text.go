package deploy

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// Holder names the owner of a lock.
func Holder(l Lock) string {
	return markdown.Code(markdown.Brief(cmp.Or(l.Document.CreatedBy, "someone")))
}

func lockName(t lock.Target) string {
	if t.Global {
		return "all environments"
	}
	return markdown.Code(t.Environment)
}

// UnlockCommand returns the command that removes a lock, "" where the settings have no such command.
func UnlockCommand(c config.Commands, t lock.Target) string {
	switch {
	case c.Unlock == "", t.Global && c.GlobalFlag == "":
		return ""
	case t.Global:
		return c.Unlock + " " + c.GlobalFlag
	}
	return c.Unlock + " " + t.Environment
}

func howToUnlock(c config.Commands, t lock.Target) string {
	if command := UnlockCommand(c, t); command != "" {
		return "with " + markdown.Code(command)
	}
	return "by deleting the branch " + markdown.Code(t.Branch())
}

func lockRefusal(k *Case, state LockState) Finding {
	release := howToUnlock(k.Config.Commands, state.Target)
	switch {
	case state.Lock.Plain != nil:
		return block(LockConflict,
			"The branch "+markdown.Code(state.Lock.Branch)+" is in the way of the lock of "+lockName(state.Target)+": it has no file `"+lock.File+"`."+state.Lock.Plain.by(),
			"Nothing was changed. If someone works on that branch, rename it. If it is what is left of a lock, remove it "+release+".")
	case state.Status == Corrupt:
		branch := markdown.Code(cmp.Or(state.Lock.Branch, state.Target.Branch()))
		return block(LockConflict,
			"There is a lock of "+lockName(state.Target)+" (branch "+branch+"), but its owner is unknown: "+state.Lock.Unreadable+".",
			"Nothing was changed. Find out who made it, then remove it "+release+".")
	case state.Lock.Document.Sticky:
		return block(LockConflict, heldBy(k, state), askHint(k, state, release))
	}
	return block(LockConflict,
		inProgress(k, state),
		"Wait until it has ended, then "+again(k)+". If its runner was lost, remove the lock "+release+"."+
			k.unknownRun("that", state.Lock))
}

func heldBy(k *Case, state LockState) string {
	d := state.Lock.Document
	who := Holder(state.Lock) + " has"
	if d.CreatedBy == k.Event.By() {
		who = "You have"
	}
	text := who + " locked " + lockName(state.Target)
	if d.Pull() != 0 && d.Pull() != k.Event.Pull {
		text += " from " + otherPull(k.Request, d)
	}
	if d.Reason != "" {
		return text + ": " + markdown.Code(markdown.Brief(d.Reason)) + "."
	}
	return text + "."
}

// otherPull links only places in this repository: a lock can name any address.
func otherPull(r Request, d lock.Document) string {
	label := "another pull request"
	if r.Event.Pull == 0 {
		label = "a pull request"
	}
	page, _, _ := strings.Cut(d.Link, "#")
	if page != PageURL(r, "pull", strconv.Itoa(d.Pull())) {
		return label
	}
	return markdown.Link(label, d.Link)
}

// askHint allows for a lock of the actor's own, where locks belong to pull requests.
func askHint(k *Case, state LockState, release string) string {
	switch {
	case state.Lock.Document.CreatedBy != k.Event.By():
		return "Ask " + Holder(state.Lock) + " to release it, or remove the lock " + release + "."
	case k.byStep():
		return "Locks belong to pull requests here. Remove the lock " + release + ", then " + again(k) + "."
	default:
		return "Locks belong to pull requests here. Run the command on the one that has the lock, or remove the lock " + release + "."
	}
}

func inProgress(k *Case, state LockState) string {
	d := state.Lock.Document
	who := Holder(state.Lock) + " is"
	if d.CreatedBy == k.Event.By() {
		who = "You are"
	}
	what := who + " deploying to " + lockName(state.Target)
	if run := RunURL(k.Request, d); run != "" {
		what += " in " + markdown.Link("another run", run)
	}
	return what + "."
}

// RunURL returns the page of the run that took a lock, "" when it is unknown.
func RunURL(r Request, d lock.Document) string {
	if d.RunID == 0 {
		return ""
	}
	return PageURL(r, "actions/runs", strconv.FormatInt(d.RunID, 10))
}

// PageURL returns the address of a page of the repository, "" when the server is unknown.
func PageURL(r Request, kind, path string) string {
	e := r.Event
	if e.Run.ServerURL == "" {
		return ""
	}
	escaped := (&url.URL{Path: path}).EscapedPath()
	return strings.Join([]string{e.Run.ServerURL, e.Owner, e.Repository, kind, escaped}, "/")
}

func (f Facts) unknownRun(which string, l Lock) string {
	problem, missing := f.Unavailable[RunPart]
	if !missing || l.Document.RunID == 0 || l.Run != RunUnknown {
		return ""
	}
	return strings.TrimRight(" I could not find out whether "+which+" run has ended. "+problem.Hint, " ")
}
