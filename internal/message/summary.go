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

// Summary shows a run on the workflow run's page: what was asked, what each gate said, the result, and
// what was recorded of it.
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
	rows := [][2]string{
		{"Decision", markdown.Cell(string(d.Outcome())) + " (" + markdown.Cell(string(d.Reason)) + ")"},
		{"Requested by", markdown.Cell(r.Event.Actor)},
	}
	for _, row := range [][2]string{
		{"Environment", d.Target.Environment},
		{"Ref", d.Target.Ref},
		{"Commit", d.Target.SHA},
	} {
		if row[1] != "" {
			rows = append(rows, [2]string{row[0], markdown.Cell(row[1])})
		}
	}
	if deploymentID != 0 {
		rows = append(rows, [2]string{"Deployment", fmt.Sprint(deploymentID)})
	}
	return rows
}

// lockSummary says how it stands with the locks, where they were looked at.
func lockSummary(d deploy.Decision) [][2]string {
	if !d.Locks.Looked {
		return nil
	}
	var rows [][2]string
	for _, state := range lockStates(d) {
		if state.Status == deploy.Free && state.Target != d.Locks.Target.Target {
			continue // a global lock that is not there concerns nobody
		}
		name := "Lock of " + environmentCell(state.Target)
		if state.Target.Global {
			name = "Global lock"
		}
		rows = append(rows, [2]string{name, lockOutcome(d, state)})
	}
	return rows
}

// lockOutcome says what a run found of a lock, and what it made of it.
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

func sign(level deploy.Level) string {
	return map[deploy.Level]string{deploy.Pass: "✅", deploy.Warn: "⚠️", deploy.Block: "⛔"}[level]
}

// cell keeps Markdown text inside its column.
func cell(text string) string {
	return cmp.Or(strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(text), "\n", " "), "|", `\|`), "–")
}
