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

// Record is one state of a deployment or build, as the page of a run shows it. Unknown is empty.
type Record struct {
	Subject      Subject // without an environment for builds
	Product      string
	Version      string
	Status       config.Status
	Change       string // such as forward or rollback
	Ended        time.Time
	DeploymentID int64
	Checks       int // how many passed
	Artifacts    []string
	Receipt      string // the answer of the tracking endpoint, in a word or two
	ReceiptURL   string // its page there
	ReportOnly   []Rule // its report-only rules that would refuse
}

// Rule is a rule of the tracking endpoint, with its message.
type Rule struct{ Name, Message string }

// RecordSummary shows what was recorded, or why it was not.
func RecordSummary(r Record, d deploy.Decision) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## Lockstep: %s\n\n%s", recordTitle(r, d), table(r.rows()))
	b.WriteString(reportOnly(r))
	for _, f := range append(d.Blocking(), d.Warnings()...) {
		fmt.Fprintf(&b, "\n%s %s\n", sign(f.Level), strings.TrimSpace(f.Text+" "+f.Hint))
	}
	return b.String()
}

func recordTitle(r Record, d deploy.Decision) string {
	state := cmp.Or(string(r.Status), "recorded")
	switch {
	case d.Verdict == deploy.Refuse:
		state = "not " + state
	case r.Status != "":
		state = statusSign(r.Status) + " " + state
	}
	title := markdown.Text(r.Product) + " " + state
	if r.Subject.Environment == "" {
		return title
	}
	return title + " in " + markdown.Text(r.Subject.Environment)
}

func statusSign(s config.Status) string {
	return cmp.Or(map[config.Status]string{
		config.Completed: "✅", config.Failed: "❌", config.Started: "🔄", config.Pending: "⏳", config.Aborted: "🚫",
	}[s], "⚠️")
}

func (r Record) rows() [][2]string {
	s := r.Subject
	rows := [][2]string{
		{"Environment", linked(s.Environment, s.EnvironmentURL)},
		{"Commit", linked(s.SHA, s.CommitURL)},
		{"Ref", named(s.Ref)},
		{"By", named(s.Actor)},
		{"When", r.timeline()},
		{"Deployment", number(r.DeploymentID)},
	}
	if s.Ref == s.SHA {
		rows[2][1] = ""
	}
	return append(rows, r.more()...)
}

func (r Record) more() [][2]string {
	rows := [][2]string{
		{"Product", named(r.Product)},
		{"Version", named(r.Version)},
		{"Before", before(r.Subject)},
		{"Change", r.moved()},
		{"Artifacts", markdownCells(r.Artifacts)},
		{"Checks", r.checks()},
		{"Tracking", markdown.Link(markdown.Text(r.Receipt), r.ReceiptURL)},
	}
	if r.Version == r.Subject.SHA {
		rows[1][1] = ""
	}
	return rows
}

func (r Record) checks() string {
	if r.Checks == 0 {
		return ""
	}
	return fmt.Sprintf("%d, none failed", r.Checks)
}

func (r Record) timeline() string {
	from, to := r.Subject.StartedAt, r.Ended
	switch {
	case to.IsZero():
		return deploy.FormatTime(from)
	case to.Sub(from) < time.Second:
		return deploy.FormatTime(to)
	}
	return fmt.Sprintf("%s → %s (%s)", deploy.FormatTime(from), deploy.FormatTime(to), to.Sub(from).Round(time.Second))
}

func before(s Subject) string {
	if s.Live == nil {
		return ""
	}
	text := markdown.Cell(deploy.Short(s.Live.SHA))
	if s.Live.Version != "" && s.Live.Version != s.Live.SHA {
		text += ", version " + markdown.Cell(s.Live.Version)
	}
	return text
}

func (r Record) moved() string {
	live := r.Subject.Live
	text := markdown.Text(r.Change)
	if text == "" || live == nil || live.SHA == r.Subject.SHA {
		return text
	}
	if live.Ahead > 0 {
		text += ", " + deploy.Plural(live.Ahead, "commit") + " added"
	}
	if live.Behind > 0 {
		text += ", " + deploy.Plural(live.Behind, "commit") + " removed"
	}
	return markdown.Link(text, live.CompareURL)
}

func reportOnly(r Record) string {
	if len(r.ReportOnly) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n⚠️ Report-only rules of the tracking endpoint would refuse this:\n\n")
	for _, rule := range r.ReportOnly {
		fmt.Fprintf(&b, "- %s: %s\n", markdown.Code(rule.Name), markdown.Text(rule.Message))
	}
	return b.String()
}
