package deploy

import "github.com/lockstep-action/lockstep/internal/markdown"

// checksGate wants the checks of the commit to have passed, and to belong to the pull request's head.
func checksGate() Gate {
	return Gate{Name: "checks", Needs: needState, Parts: checksParts, Code: checksCode, Check: checkChecks}
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

func checksCode(_ *Case, part Part) Reason {
	if part == ChecksPart {
		return PrechecksFailed
	}
	return UnexpectedError
}

func checkChecks(k *Case) Finding {
	if !k.DeploysHead() {
		return pass("checks of the pull request do not matter")
	}
	head, checked := k.Pull.Head.SHA, k.Pull.Checks.SHA
	if head != "" && checked != "" && head != checked {
		return Finding{
			Level: Block, Code: PrechecksFailed,
			Text: "The pull request moved while it was being checked: its head is " + markdown.Code(Short(head)) + ", and the checks belong to " + markdown.Code(Short(checked)) + ".",
			Hint: "Wait a moment and run the command again.",
		}
	}
	if k.Checks.State.Fine() {
		return pass(k.Checks.passed(k.Command.Environment))
	}
	return k.Checks.refusal()
}

// passed says why the checks let the deployment through.
func (r ChecksResult) passed(environment string) string {
	switch r.State {
	case ChecksSkipped:
		return "checks do not count in " + markdown.Code(environment)
	case NoChecks:
		return "no check reports on this commit"
	default:
		return "the checks of this commit have passed"
	}
}

// refusal says which checks block the deployment, and what to do about them.
func (r ChecksResult) refusal() Finding {
	finding := Finding{Level: Block, Code: PrechecksFailed}
	amount, names := plural(len(r.names), "check"), firstFew(r.names)
	switch r.State {
	case ChecksFailed:
		finding.Text = amount + " of this commit failed: " + names + "."
		finding.Hint = "Find out why on the *Checks* tab, push a fix, or rerun flaky checks, and run the command again."
	case ChecksPending:
		finding.Text = amount + " of this commit " + verb(r.names, "has", "have") + " not ended yet: " + names + "."
		finding.Hint = "Wait for the result and run the command again." + r.unseenHint()
	case ChecksMissing:
		finding.Text = amount + " that must pass " + verb(r.names, "has", "have") + " not reported on this commit: " + names + "."
		finding.Hint = "Wait for the report and run the command again, or correct the names in the input `checks`."
	default:
		finding.Text = "The checks of this commit could not be evaluated: " + r.problem + "."
		finding.Hint = "Run the command again in a moment. If this keeps happening, rerun the checks, or list those that count in the input `checks`."
	}
	return finding
}

// unseenHint says how to go on where a required check never reports.
func (r ChecksResult) unseenHint() string {
	if len(r.unseen) == 0 {
		return ""
	}
	return " A rule of the base requires " + firstFew(r.unseen) + ", which " + verb(r.unseen, "has", "have") +
		" not reported at all; if that never happens, the workflow can set `ignored_checks`, or `unreported_checks: ignore`."
}
