package message

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// statusOfOne says everything about one environment.
func statusOfOne(r deploy.Request, c config.Config, d deploy.Decision, row deploy.BoardRow) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### Status of %s\n\n%s%s", bold(row.Environment), brokenPolicy(d.Policy), table(statusRows(r, c, row, d.At)))
	b.WriteString(lastDeployments(r, row, d.At))
	b.WriteString(gatesOf(c, row))
	b.WriteString(rules(c, d))
	return b.String()
}

func statusRows(r deploy.Request, c config.Config, row deploy.BoardRow, at time.Time) [][2]string {
	rows := [][2]string{
		{"Runs", cmp.Or(runningSentence(r, row, at), "nothing")},
		{"State", stateCell(row)},
		{"Lock", statusLock(c, row, at)},
		{"Freeze", freezeCell(row)},
		{"Rollback", rollbackCell(r, c, row)},
		{"URL", linked(row.URL, row.URL)},
	}
	if row.Asked != nil {
		rows = append(rows, [2]string{"This pull request", askedCell(row)})
	}
	return rows
}

func runningSentence(r deploy.Request, row deploy.BoardRow, at time.Time) string {
	if row.Problem != nil {
		return cell(strings.TrimSpace(row.Problem.Text + " " + row.Problem.Hint))
	}
	if row.Untold {
		return "not known: none of the last " + deploy.Plural(len(row.Deployments), "deployment") + " succeeded"
	}
	if row.Running == nil {
		return ""
	}
	text := deployedCell(r, *row.Running) + ", for " + ago(row.Running.SucceededAt, at)
	if by := row.Running.By(); by != "" {
		text += ", by " + markdown.Cell(markdown.Brief(by))
	}
	return text
}

func statusLock(c config.Config, row deploy.BoardRow, at time.Time) string {
	switch {
	case c.Locks.Disabled:
		return ""
	case row.LockProblem != nil:
		return cell(strings.TrimSpace(row.LockProblem.Text + " " + row.LockProblem.Hint))
	case row.Lock == nil:
		return "none"
	}
	text := lockCell(row, agesAt{at})
	if why := row.Lock.Lock.Document.Reason; why != "" && row.Lock.Lock.Document.Sticky {
		text += ": " + markdown.Cell(markdown.Brief(why))
	}
	if row.Lock.Why != "" {
		text += ", because " + cell(markdown.Text(row.Lock.Why))
	}
	return text
}

func freezeCell(row deploy.BoardRow) string {
	if row.Freeze == nil {
		return ""
	}
	why := markdown.Text(markdown.Brief(row.Freeze.Name))
	if reason := strings.TrimRight(row.Freeze.Reason, ". "); reason != "" {
		why += ", " + markdown.Text(markdown.Brief(reason))
	}
	switch {
	case !row.Freeze.Active:
		return cell("from " + row.Freeze.When + ": " + why)
	case row.Freeze.When == "":
		return cell("🧊 frozen, and no end is known: " + why)
	}
	return cell("🧊 frozen until " + row.Freeze.When + ": " + why)
}

func rollbackCell(r deploy.Request, c config.Config, row deploy.BoardRow) string {
	if row.Rollback == nil || c.Commands.Rollback == "" {
		return ""
	}
	return markdown.Cell(c.Commands.Rollback+" "+row.Environment) + " goes back to " + deployedCell(r, *row.Rollback) + " (not yet confirmed)"
}

func lastDeployments(r deploy.Request, row deploy.BoardRow, at time.Time) string {
	if len(row.Deployments) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n#### Last deployments\n\n| Began | What | By | Outcome |\n| --- | --- | --- | --- |\n")
	for _, one := range row.Deployments[:min(len(row.Deployments), deploy.ShownDeployments)] {
		fmt.Fprintf(&b, "| %s ago | %s | %s | %s |\n", ago(deploy.Know(one.CreatedAt), at), deployedCell(r, one),
			cmp.Or(named(markdown.Brief(one.By())), "–"), outcomeCell(one, row.Running))
	}
	return b.String()
}

func outcomeCell(d deploy.Deployment, running *deploy.Deployment) string {
	outcome := d.Outcome()
	word := map[deploy.DeploymentOutcome]string{
		deploy.OutcomeSuccess: "✔ succeeded", deploy.OutcomeFailure: "✘ failed", deploy.OutcomeAborted: "✘ aborted", deploy.OutcomeLost: "✘ lost",
		deploy.OutcomeWaiting: "⏳ waiting", deploy.OutcomeUnderWay: "🔵 in progress", deploy.OutcomeChecking: "🔵 checking health",
		deploy.OutcomeUndefined: "❔ unknown",
	}[outcome]
	text := markdown.Link(word, d.LogURL)
	if d.Rollback != nil {
		text += ", rollback"
	}
	if !d.Own {
		text += ", not by Lockstep"
	}
	if running != nil && running.ID != "" && running.ID == d.ID {
		text += ", **runs**"
	}
	return text
}

// gatesOf lists what each check says about the deployment that the pull request may ask for.
func gatesOf(c config.Config, row deploy.BoardRow) string {
	if row.Asked == nil {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n#### What %s would say\n\n| | Check | Finding |\n| --- | --- | --- |\n", markdown.Code(row.Command))
	for _, f := range row.Asked.Findings {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", mark(f.Level), f.Gate, cell(f.Text+wrap(" **What to do:** ", f.Hint, "")))
	}
	blocking := row.Asked.Blocking()
	if blockedBy(*row.Asked, deploy.DeploymentOrderFailed) && len(row.Asked.Order) > 0 {
		b.WriteString("\n" + orderTable(c.For(row.Environment), *row.Asked))
	}
	return b.String() + tables(blocking)
}

func mark(level deploy.Level) string {
	return cmp.Or(map[deploy.Level]string{deploy.Pass: "✔", deploy.Warn: "⚠"}[level], "✘")
}
