package message

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

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
		b.WriteString("\n" + orderTable(c.For(d.Target.Environment), d))
	}
	b.WriteString(wrap("\n", changes(recorded.Subject), "\n"))
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
	if d.Reason == deploy.NothingToPromote {
		return "nothing to promote to " + markdown.Text(d.Target.Environment)
	}
	return strings.ReplaceAll(string(d.Reason), "_", " ")
}

func summaryRows(r deploy.Request, d deploy.Decision, deploymentID int64) [][2]string {
	event := r.Event.Name
	if event == "issue_comment" {
		event = ""
	}
	return [][2]string{
		{"Decision", markdown.Cell(string(d.Outcome())) + " (" + markdown.Cell(string(d.Reason)) + ")"},
		{"Event", named(event)},
		{"Requested by", markdown.Cell(r.Event.Actor)},
		{"Re-run by", named(r.Event.RerunBy())},
		{"Environment", named(d.Target.Environment)},
		{"Ref", named(d.Target.Ref)},
		{"Commit", named(d.Target.SHA)},
		{"Deployment", number(deploymentID)},
		{"Rules file", policyCell(d.Policy)},
	}
}

// policyCell says which rules file is in effect.
func policyCell(p deploy.PolicyState) string {
	switch path := markdown.Cell(p.File.Path); {
	case p.Problem != nil:
		return "not in effect: " + cell(p.Problem.Text)
	case p.File.Path == "":
		return ""
	case !p.File.Exists:
		return "none (" + path + " does not exist)"
	default:
		return path + " at " + markdown.Cell(deploy.Short(p.File.Commit)) + ", " + deploy.Plural(p.Lines, "line")
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
	case d.Locks.Renews:
		return "renewed (" + found + ")"
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
func CheckupSummary(findings []deploy.Finding, rules ...RulesView) string {
	var b strings.Builder
	b.WriteString("## Lockstep: check-up\n\n" + Checkup(findings))
	for _, one := range rules {
		b.WriteString(one.changes() + one.draft())
	}
	return b.String()
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
		{"Re-run by", named(s.RerunBy)},
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
