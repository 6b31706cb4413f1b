package message

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// Status says what runs where, and what is in the way of the pull request; for one environment with everything that is
// known of it.
func Status(r deploy.Request, c config.Config, d deploy.Decision) string {
	if d.About != "" && len(d.Board.Rows) == 1 {
		return statusOfOne(r, c, d, d.Board.Rows[0])
	}
	text := statusOfAll(r, c, d.Policy, *d.Board)
	if js.UTF16Len(text) <= maxComment-reserved {
		return text
	}
	// The longest part of a row is why it is refused: that is what a comment about the one environment says.
	brief := *d.Board
	brief.Rows = slices.Clone(brief.Rows)
	for i := range brief.Rows {
		brief.Rows[i] = withoutReason(c, brief.Rows[i])
	}
	return statusOfAll(r, c, d.Policy, brief)
}

func statusOfAll(r deploy.Request, c config.Config, p deploy.PolicyState, b deploy.Board) string {
	return "### What runs where\n\n" + brokenPolicy(p) + BoardTable(r, b) + leftOut(c, b) + boardOrder(b)
}

// brokenPolicy says what is wrong with the rules file, "" for nothing.
func brokenPolicy(p deploy.PolicyState) string {
	if p.Problem == nil {
		return ""
	}
	return "⚠️ " + p.Problem.Text + "\n\n" + wrap("**What to do:** ", p.Problem.Hint, "\n\n")
}

// withoutReason leaves out why a row is refused.
func withoutReason(c config.Config, row deploy.BoardRow) deploy.BoardRow {
	if row.Asked == nil || row.Asked.Verdict != deploy.Refuse {
		return row
	}
	why := *row.Asked
	why.Findings = []deploy.Finding{{Level: deploy.Block, Text: markdown.Code(c.Commands.Status+" "+row.Environment) + " says why."}}
	row.Asked = &why
	return row
}

func leftOut(c config.Config, b deploy.Board) string {
	if len(b.LeftOut) == 0 {
		return ""
	}
	text := fmt.Sprintf("\n%s left out: at most %d are shown.", deploy.Plural(len(b.LeftOut), "environment"), deploy.MostOnBoard)
	if c.Commands.Status != "" {
		text += " Type " + markdown.Code(c.Commands.Status+" <environment>") + " to see one of them."
	}
	return text + "\n"
}

// BoardTable returns the table of all environments, with a column for the pull request where one asks.
func BoardTable(r deploy.Request, b deploy.Board) string {
	return boardTable(r, b, agesAt{b.At})
}

// clock writes the times of a table.
type clock interface {
	since(deploy.Known[time.Time]) string
	until(time.Time) string
}

// agesAt writes how long ago something was, for those who read it at once.
type agesAt struct{ at time.Time }

func (c agesAt) since(t deploy.Known[time.Time]) string { return ago(t, c.at) }
func (c agesAt) until(t time.Time) string               { return untilText(t, c.at) }

// pointsInTime writes when something was, for those who read it later.
type pointsInTime struct{}

func (pointsInTime) until(t time.Time) string { return untilText(t, time.Time{}) }

func (c pointsInTime) since(t deploy.Known[time.Time]) string {
	return choose(t.OK, c.until(t.Value), "?")
}

func boardTable(r deploy.Request, b deploy.Board, times clock) string {
	if len(b.Rows) == 0 {
		return "The settings name no environment.\n"
	}
	asks := slices.ContainsFunc(b.Rows, func(row deploy.BoardRow) bool { return row.Asked != nil })
	head, line := "| Environment | Runs | Since | By | State | Lock |", "| --- | --- | --- | --- | --- | --- |"
	if asks {
		head, line = head+" This pull request |", line+" --- |"
	}
	var t strings.Builder
	t.WriteString(head + "\n" + line + "\n")
	for _, row := range b.Rows {
		cells := []string{
			linked(row.Environment, row.URL), cmp.Or(runningCell(r, row), "–"), "–", "–", stateCell(row), lockCell(row, times),
		}
		if running := row.Running; running != nil {
			cells[2], cells[3] = times.since(running.SucceededAt), cmp.Or(named(markdown.Brief(running.By())), "–")
		}
		if asks {
			cells = append(cells, askedCell(row))
		}
		t.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	return t.String()
}

func runningCell(r deploy.Request, row deploy.BoardRow) string {
	if row.Running == nil {
		return choose(row.Untold || row.Problem != nil, "?", "")
	}
	return deployedCell(r, *row.Running)
}

// deployedCell names what a deployment is about: commit, version and pull request.
func deployedCell(r deploy.Request, d deploy.Deployment) string {
	text := commitCell(d)
	if version := d.Named(); version != "" {
		text += " " + markdown.Cell(markdown.Brief(version))
	}
	if d.Pull > 0 {
		text += " " + pullCell(r, d.Pull)
	}
	return text
}

func commitCell(d deploy.Deployment) string {
	commit := markdown.Cell(deploy.Short(d.SHA))
	if d.Commit == nil {
		return commit
	}
	return markdown.Link(commit, d.Commit.URL)
}

func pullCell(r deploy.Request, number int) string {
	return markdown.Link(markdown.Text("#"+strconv.Itoa(number)), deploy.PageURL(r, "pull", strconv.Itoa(number)))
}

// ago says how long something has been so, in one unit.
func ago(since deploy.Known[time.Time], at time.Time) string {
	if !since.OK {
		return "?"
	}
	const day = 24 * time.Hour
	switch passed := max(0, at.Sub(since.Value)); {
	case passed < 2*time.Hour:
		return strconv.Itoa(int(passed/time.Minute)) + " min"
	case passed < 2*day:
		return strconv.Itoa(int(passed/time.Hour)) + " h"
	default:
		return strconv.Itoa(int(passed/day)) + " d"
	}
}

func stateCell(row deploy.BoardRow) string {
	switch row.State {
	case deploy.Runs:
		return "🟢"
	case deploy.RolledBack:
		return "🟢 rolled back"
	case deploy.Deploying, deploy.CheckingState, deploy.LastFailed:
		return stateSigns(row.State) + markdown.Link(attempt(*row.Newest), row.Newest.LogURL)
	case deploy.NothingYet:
		return "⚪ nothing yet"
	case deploy.TakenDown:
		return "⚪ taken down"
	case deploy.StateUnknown:
	}
	return "❔ unknown"
}

func stateSigns(state deploy.BoardState) string {
	return choose(state == deploy.LastFailed, "🔴 ", "🔵 ")
}

// attempt says what became of the last attempt.
func attempt(d deploy.Deployment) string {
	outcome := d.Outcome()
	return choose(outcome.Unsuccessful(), "last attempt ", "") + outcome.Words()
}

func lockCell(row deploy.BoardRow, times clock) string {
	if row.LockProblem != nil {
		return "❔ unknown"
	}
	if row.Lock == nil {
		return "–"
	}
	state, doc := row.Lock, row.Lock.Lock.Document
	who := cmp.Or(named(markdown.Brief(doc.CreatedBy)), "someone")
	where := choose(state.Target.Global, ", all environments", "")
	switch {
	case state.Status == deploy.Corrupt:
		return "🔒 owner unknown" + where
	case state.Status == deploy.Stale:
		return "🔓 stale: " + who + where
	case !doc.Sticky:
		return "🔒 " + who + where + ", deploying"
	case doc.ExpiresAt.IsZero():
		return "🔒 " + who + where
	}
	return "🔒 " + who + where + ", until " + times.until(doc.ExpiresAt)
}

func untilText(until, at time.Time) string {
	if until.UTC().Format(time.DateOnly) == at.UTC().Format(time.DateOnly) {
		return until.UTC().Format("15:04 UTC")
	}
	return until.UTC().Format("2006-01-02 15:04 UTC")
}

// askedCell has the command to type, or why it would be refused.
func askedCell(row deploy.BoardRow) string {
	blocking := row.Asked.Blocking()
	if row.Asked.Verdict != deploy.Refuse || len(blocking) == 0 {
		return "✔ " + markdown.Cell(row.Command)
	}
	first, _, more := strings.Cut(blocking[0].Text, "\n\n")
	if more { // a list of mistakes, which is shown above
		first = strings.TrimSuffix(first, ":") + "."
	}
	return "✘ " + cell(first)
}

// boardOrder draws which environment comes after which.
func boardOrder(b deploy.Board) string {
	var all []ordered
	for _, row := range b.Rows {
		all = append(all, ordered{row.Environment, row.After})
	}
	return graph(all)
}
