package message

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// Summary shows a command on the page of the workflow run: the request, the finding of each gate, the result,
// and the record.
func Summary(r deploy.Request, c config.Config, d deploy.Decision, recorded Record) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## Lockstep: %s\n\n%s", summaryTitle(d), table(slices.Concat(summaryRows(r, d, recorded.DeploymentID), recorded.more(), lockSummary(d))))
	if len(d.Findings) > 0 {
		b.WriteString("\n| | Gate | Finding |\n| --- | --- | --- |\n")
	}
	for _, f := range d.Findings {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", sign(f.Level), f.Gate, cell(f.Text+" "+f.Hint))
	}
	if len(d.Order) > 0 {
		b.WriteString("\n" + orderTable(c, d))
	}
	b.WriteString(reportOnly(recorded))
	return b.String()
}

func summaryTitle(d deploy.Decision) string {
	if d.Reason == deploy.DeploymentReady {
		return "deploying to " + markdown.Text(d.Target.Environment)
	}
	if d.Reason == deploy.NoopReady {
		return "rehearsing a deployment to " + markdown.Text(d.Target.Environment)
	}
	return strings.ReplaceAll(string(d.Reason), "_", " ")
}

func summaryRows(r deploy.Request, d deploy.Decision, deploymentID int64) [][2]string {
	return [][2]string{
		{"Decision", markdown.Cell(string(d.Outcome())) + " (" + markdown.Cell(string(d.Reason)) + ")"},
		{"Requested by", markdown.Cell(r.Event.Actor)},
		{"Environment", named(d.Target.Environment)},
		{"Ref", named(d.Target.Ref)},
		{"Commit", named(d.Target.SHA)},
		{"Deployment", number(deploymentID)},
	}
}

func lockSummary(d deploy.Decision) [][2]string {
	if !d.Locks.Looked {
		return nil
	}
	var rows [][2]string
	for _, state := range lockStates(d) {
		if state.Status == deploy.Free && state.Target != d.Locks.Target.Target {
			continue // no global lock is not worth a row
		}
		name := "Lock of " + environmentCell(state.Target)
		if state.Target.Global {
			name = "Global lock"
		}
		rows = append(rows, [2]string{name, lockOutcome(d, state)})
	}
	return rows
}

func lockOutcome(d deploy.Decision, state deploy.LockState) string {
	found := lockFound(state)
	if d.Verdict != deploy.Proceed || state.Target != d.Locks.Target.Target || d.Kind == command.LockInfo {
		return found
	}
	switch free := state.Status == deploy.Free; {
	case d.Kind == command.Unlock && !free:
		return "removed (" + found + ")"
	case d.Kind != command.Unlock && free:
		return "taken"
	case d.Kind != command.Unlock && state.Status == deploy.Stale:
		return "taken over (" + found + ")"
	}
	return found
}

func lockFound(state deploy.LockState) string {
	holder := "held by " + markdown.Cell(cmp.Or(state.Lock.Document.CreatedBy, "someone"))
	switch state.Status {
	case deploy.Free:
		return "none"
	case deploy.Corrupt:
		return "a lock whose owner is unknown"
	case deploy.Stale:
		return "stale, " + holder + ": " + markdown.Text(state.Why)
	case deploy.Ours, deploy.OwnedByActor, deploy.Held:
	}
	return holder
}

// Checkup shows the findings of a check of the setup: what must change, what should, and what passed.
func Checkup(findings []deploy.Finding) string {
	byLevel := map[deploy.Level][]deploy.Finding{}
	for _, finding := range findings {
		byLevel[finding.Level] = append(byLevel[finding.Level], finding)
	}
	blocking, advice, passed := byLevel[deploy.Block], byLevel[deploy.Warn], byLevel[deploy.Pass]
	var b strings.Builder
	switch {
	case len(blocking) > 0:
		fmt.Fprintf(&b, "**Must be fixed** (%d):\n\n%s", len(blocking), checkupList(blocking))
	case len(advice) > 0:
		b.WriteString("Nothing blocks deployments.\n")
	default:
		b.WriteString("No problems found.\n")
	}
	if len(advice) > 0 {
		fmt.Fprintf(&b, "\n**Recommended changes** (%d):\n\n%s", len(advice), checkupList(advice))
	}
	if len(passed) > 0 {
		fmt.Fprintf(&b, "\n<details><summary>Passed checks</summary>\n\n%s\n</details>\n", checkupList(passed))
	}
	return b.String()
}

func checkupList(findings []deploy.Finding) string {
	var b strings.Builder
	for _, finding := range findings {
		fmt.Fprintf(&b, "- %s %s\n", sign(finding.Level), strings.ReplaceAll(finding.Text, "\n", " "))
		if finding.Hint != "" {
			fmt.Fprintf(&b, "  **What to do:** %s\n", strings.ReplaceAll(finding.Hint, "\n", " "))
		}
	}
	return b.String()
}

// CheckupSummary shows a check of the setup on the page of the workflow run.
func CheckupSummary(findings []deploy.Finding) string {
	return "## Lockstep: check-up\n\n" + Checkup(findings)
}

// Unfinished shows on the page of the workflow run what could not be cleaned up.
func Unfinished(problems []deploy.Problem) string {
	var b strings.Builder
	b.WriteString("## Lockstep: cleanup incomplete\n\n")
	for _, problem := range problems {
		text := strings.TrimSpace(problem.Text + " " + problem.Hint)
		b.WriteString("- " + strings.ReplaceAll(text, "\n", " ") + "\n")
	}
	return b.String()
}
