package deploy

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkChecks wants the checks of the commit to have passed, and to be those of the pull request's
// head.
func checkChecks(r Request, c config.Config, f Facts) Finding {
	if !deploysHead(r) {
		return Finding{Text: "checks of the pull request do not matter"}
	}
	if problem, missing := f.unavailable(PullPart); missing {
		return blockUnavailable(problem)
	}
	head, checked := f.Pull.Head.SHA, f.Pull.Checks.SHA
	if head != "" && checked != "" && head != checked {
		return Finding{
			Level: Block, Code: PrechecksFailed,
			Text: "The pull request moved while it was being checked: its head is " + markdown.Code(Short(head)) + ", and the checks belong to " + markdown.Code(Short(checked)) + ".",
			Hint: "Wait a moment and run the command again.",
		}
	}
	s := summarize(r, c, f)
	if s.state.Fine() {
		return Finding{Text: s.passed(r)}
	}
	finding := s.refusal(f)
	finding.Level, finding.Code = Block, PrechecksFailed
	return finding
}

// passed says why the checks are no obstacle.
func (s summary) passed(r Request) string {
	if s.state == ChecksSkipped {
		return "checks do not count in " + markdown.Code(r.Command.Environment)
	}
	if s.state == NoChecks {
		return "no check reports on this commit"
	}
	return "the checks of this commit have passed"
}

// refusal says which checks stand in the way, and what to do about them.
func (s summary) refusal(f Facts) Finding {
	if problem, missing := f.unavailable(ChecksPart); missing {
		return Finding{Text: problem.Text, Hint: problem.Hint}
	}
	amount := plural(len(s.names), "check")
	switch s.state {
	case ChecksFailed:
		return Finding{
			Text: amount + " of this commit failed: " + firstFew(s.names) + ".",
			Hint: "Find out why on the *Checks* tab, push a correction or rerun what failed by chance, and run the command again.",
		}
	case ChecksPending:
		return Finding{
			Text: amount + " of this commit " + verb(s.names, "has", "have") + " not ended yet: " + firstFew(s.names) + ".",
			Hint: "Wait for the result and run the command again." + s.unseenHint(),
		}
	case ChecksMissing:
		return Finding{
			Text: amount + " that must pass " + verb(s.names, "has", "have") + " not reported on this commit: " + firstFew(s.names) + ".",
			Hint: "Wait for the report and run the command again, or correct the names in the input `checks`.",
		}
	case NoChecks, ChecksPassed, ChecksUnavailable, ChecksSkipped:
	}
	return Finding{
		Text: "The checks of this commit cannot be judged: " + s.problem + ".",
		Hint: "Run the command again in a moment. If it stays so, rerun the checks, or name those that count in the input `checks`.",
	}
}

// unseenHint tells how to go on where a required check never reports.
func (s summary) unseenHint() string {
	if len(s.unseen) == 0 {
		return ""
	}
	return " A rule of the base requires " + firstFew(s.unseen) + ", which " + verb(s.unseen, "has", "have") +
		" not reported at all; if that never happens, the workflow can set `ignored_checks`, or `unreported_checks: ignore`."
}
