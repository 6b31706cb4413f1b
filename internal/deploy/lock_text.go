package deploy

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// Holder names the owner of a lock.
func Holder(l Lock) string { return markdown.Code(cmp.Or(l.Document.CreatedBy, "someone")) }

// lockName names what a lock is about.
func lockName(t lock.Target) string {
	if t.Global {
		return "all environments"
	}
	return markdown.Code(t.Environment)
}

// UnlockCommand is the command that removes a lock.
func UnlockCommand(c config.Commands, t lock.Target) string {
	if t.Global {
		return c.Unlock + " " + c.GlobalFlag
	}
	return c.Unlock + " " + t.Environment
}

// howToUnlock says how to remove a lock: by its branch where the workflow has no command for it.
func howToUnlock(c config.Commands, t lock.Target) string {
	if c.Unlock == "" || (t.Global && c.GlobalFlag == "") {
		return "by deleting the branch " + markdown.Code(t.Branch())
	}
	return "with " + markdown.Code(UnlockCommand(c, t))
}

// lockRefusal says who holds a lock, and what to do about it.
func lockRefusal(k *Case, state LockState) Finding {
	finding := Finding{Level: Block, Code: LockConflict}
	release := howToUnlock(k.Config.Commands, state.Target)
	switch {
	case state.Status == Corrupt:
		finding.Text = "There is a lock of " + lockName(state.Target) + " (branch " + markdown.Code(cmp.Or(state.Lock.Branch, state.Target.Branch())) + "), " +
			"but its owner is unknown: " + state.Lock.Unreadable + "."
		finding.Hint = "Nothing was changed. Find out who made it, then remove it " + release + "."
	case state.Lock.Document.Sticky:
		finding.Text = heldBy(k, state)
		finding.Hint = askHint(k, state, release)
	default:
		finding.Text = inProgress(k, state)
		finding.Hint = "Wait until it has ended, then " + again(k) + ". " + k.waitHint(state.Lock, release)
	}
	return finding
}

// heldBy says who has locked an environment, and why.
func heldBy(k *Case, state LockState) string {
	d := state.Lock.Document
	who := Holder(state.Lock) + " has"
	if d.CreatedBy == k.Event.Actor {
		who = "You have"
	}
	text := who + " locked " + lockName(state.Target)
	if d.Pull() != 0 && d.Pull() != k.Event.Pull {
		text += " from " + otherPull(k.Request, d)
	}
	if d.Reason != "" {
		return text + ": " + markdown.Code(d.Reason) + "."
	}
	return text + "."
}

// otherPull links the pull request that a lock belongs to. A lock can name any address: only places in
// this repository are linked.
func otherPull(r Request, d lock.Document) string {
	label := "another pull request"
	if r.Event.Pull == 0 {
		label = "a pull request"
	}
	page, _, _ := strings.Cut(d.Link, "#")
	if page != inRepository(r, "pull", strconv.Itoa(d.Pull())) {
		return label
	}
	return markdown.Link(label, d.Link)
}

// askHint says how to get past a sticky lock. It can be the actor's own one, where locks belong to pull requests
// and it was made on another one.
func askHint(k *Case, state LockState, release string) string {
	switch {
	case state.Lock.Document.CreatedBy != k.Event.Actor:
		return "Ask " + Holder(state.Lock) + " to release it, or remove the lock " + release + "."
	case k.tracks():
		return "Locks belong to pull requests here. Remove the lock " + release + ", then " + again(k) + "."
	default:
		return "Locks belong to pull requests here. Run the command on the one that has the lock, or remove the lock " + release + "."
	}
}

// inProgress says who is deploying.
func inProgress(k *Case, state LockState) string {
	d := state.Lock.Document
	who := Holder(state.Lock) + " is"
	if d.CreatedBy == k.Event.Actor {
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
	if d.RunID == 0 || r.Event.Run.ServerURL == "" {
		return ""
	}
	return inRepository(r, "actions", "runs", strconv.FormatInt(d.RunID, 10))
}

// inRepository is the address of a page of the repository.
func inRepository(r Request, page ...string) string {
	e := r.Event
	return strings.Join(append([]string{e.Run.ServerURL, e.Owner, e.Repository}, page...), "/")
}

// waitHint says how to get past a deployment that only seems to be in progress.
func (f Facts) waitHint(l Lock, release string) string {
	hint := "If its runner was lost, remove the lock " + release + "."
	if problem, missing := f.unknownRun(l); missing {
		hint += " I could not find out whether that run has ended. " + problem.Hint
	}
	return strings.TrimSpace(hint)
}

// unknownRun finds why it is not known whether the run is over that took a lock.
func (f Facts) unknownRun(l Lock) (Problem, bool) {
	if l.Document.RunID == 0 || l.Run != RunUnknown {
		return Problem{}, false
	}
	problem, missing := f.Unavailable[RunPart]
	return problem, missing
}
