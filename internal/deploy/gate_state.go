package deploy

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// The gates in this file look at the state of the pull request, which matters for its head only.

func needState(k *Case, n *Needs) {
	if k.DeploysHead() {
		n.Gates = true
	}
}

func stateParts(k *Case) []Part {
	if !k.DeploysHead() {
		return nil
	}
	return []Part{PullPart, GatesPart}
}

// draftGate keeps drafts out of every environment that is not open to them.
func draftGate() Gate {
	return Gate{Name: "draft", Needs: needState, Check: checkDraft, Parts: func(k *Case) []Part {
		if k.Config.Resolved.AllowsDrafts {
			return nil
		}
		return stateParts(k)
	}}
}

func checkDraft(k *Case) Finding {
	switch {
	case !k.DeploysHead() || k.Config.Resolved.AllowsDrafts:
		return pass("it does not matter whether the pull request is a draft")
	case !k.Pull.Draft:
		return pass("the pull request is not a draft")
	}
	hint := "Mark it as *Ready for review* (the button is at the end of the pull request) and run the command again."
	if drafts := openToDrafts(k.Config); len(drafts) > 0 {
		hint += " Drafts may be deployed to " + markdown.Codes(drafts, ", ") + "."
	}
	return block(PrechecksFailed, "This pull request is still a draft.", hint)
}

// openToDrafts lists where drafts may go, by the inputs or the rules file.
func openToDrafts(c config.Config) []string {
	if c.Resolved.Rules == nil {
		return c.Origin.Drafts
	}
	return slices.DeleteFunc(c.Environments(), func(name string) bool { return !c.For(name).Resolved.AllowsDrafts })
}

// dirty is GitHub's word for a head that cannot be merged into its base.
const dirty = "DIRTY"

// MergeUnknown is GitHub's word for a merge state that it has not computed yet, or no longer computes: the pull request has ended.
const MergeUnknown = "UNKNOWN"

func conflictsGate() Gate {
	return Gate{Name: "conflicts", Needs: needState, Parts: stateParts, Check: func(k *Case) Finding {
		base := markdown.Code(k.Pull.BaseRef)
		switch {
		case !k.DeploysHead():
			return pass("it does not matter whether the pull request can be merged")
		case k.Pull.State == "CLOSED":
			return Finding{
				Level: Warn,
				Text:  "The pull request was closed without being merged.",
				Hint:  "Make sure that it is the one that you mean; reopen it if it is still needed.",
			}
		case k.Pull.MergeState == MergeUnknown && k.Pull.State == "OPEN":
			return Finding{
				Level: Warn,
				Text:  "GitHub has not computed yet whether the branch has conflicts with " + base + ".",
				Hint:  "Look at the end of the pull request.",
			}
		case k.Pull.MergeState != dirty:
			return pass("the pull request has no conflicts")
		}
		return block(PrechecksFailed,
			"The branch has conflicts with "+base+".",
			"Merge "+base+" into the branch, resolve the conflicts, push, and run the command again.")
	}}
}
