package deploy

import "github.com/lockstep-action/lockstep/internal/markdown"

// checksGate wants the checks of the commit to have passed, and to belong to the pull request's head.
func checksGate() Gate {
	return Gate{Name: "checks", Needs: needState, Parts: checksParts, Check: checkChecks, Code: func(_ *Case, part Part) Reason {
		if part == ChecksPart {
			return PrechecksFailed
		}
		return UnexpectedError
	}}
}

func checksParts(k *Case) []Part {
	switch {
	case !k.DeploysHead():
		return nil
	case k.Config.Resolved.SkipsChecks:
		return []Part{PullPart}
	}
	return []Part{PullPart, ChecksPart}
}

func checkChecks(k *Case) Finding {
	if !k.DeploysHead() {
		return pass("checks of the pull request do not matter")
	}
	head, checked := k.Pull.Head.SHA, k.Pull.Checks.SHA
	if head != "" && checked != "" && head != checked {
		return block(PrechecksFailed,
			"The pull request moved while it was being checked: its head is "+markdown.Code(Short(head))+", and the checks belong to "+markdown.Code(Short(checked))+".",
			"Wait a moment and run the command again.")
	}
	switch k.Checks.State {
	case ChecksSkipped:
		return pass("checks do not count in " + markdown.Code(k.Command.Environment))
	case NoChecks:
		return pass("no check reports on this commit")
	case ChecksPassed:
		return pass("the checks of this commit have passed")
	default:
		return k.Checks.refusal()
	}
}

func (r ChecksResult) refusal() Finding {
	amount, names := Plural(len(r.names), "check"), firstFew(r.names)
	switch r.State {
	case ChecksFailed:
		return block(PrechecksFailed,
			amount+" of this commit failed: "+names+".",
			"Find out why on the *Checks* tab, push a fix, or rerun flaky checks, and run the command again.")
	case ChecksPending:
		return block(PrechecksFailed,
			amount+" of this commit "+has(r.names)+" not ended yet: "+names+".",
			"Wait for the result and run the command again."+r.unseenHint())
	case ChecksMissing:
		return block(PrechecksFailed,
			amount+" that must pass "+has(r.names)+" not reported on this commit: "+names+".",
			"Wait for the report and run the command again, or correct the names in the input `checks`.")
	default:
		return block(PrechecksFailed,
			"The checks of this commit could not be evaluated: "+r.problem+".",
			"Run the command again in a moment. If this keeps happening, rerun the checks, or list those that count in the input `checks`.")
	}
}

func (r ChecksResult) unseenHint() string {
	if len(r.unseen) == 0 {
		return ""
	}
	return " A rule of the base requires " + firstFew(r.unseen) + ", which " + has(r.unseen) +
		" not reported at all; if that never happens, the workflow can set `ignored_checks`, or `unreported_checks: ignore`."
}
