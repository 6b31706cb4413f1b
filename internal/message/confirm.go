package message

import (
	"fmt"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// Confirm asks whoever gave the command whether to go on.
func Confirm(s Subject, timeout time.Duration) string { return question(s, timeout, "") }

// Answered is the question with what came of it.
func Answered(s Subject, timeout time.Duration, a deploy.Answer) string {
	who, when := bold(s.Actor), moment(a.At)
	switch a.Kind {
	case deploy.Confirmed:
		return question(s, timeout, fmt.Sprintf("✅ Confirmed by %s at %s.", who, when))
	case deploy.Rejected:
		return question(s, timeout, fmt.Sprintf("❌ Rejected by %s at %s. Nothing was deployed.", who, when))
	case deploy.TimedOut:
		return question(s, timeout, fmt.Sprintf("⏳ Timed out after %s and rejected at %s. Nothing was deployed. Run the command again when you are ready.",
			seconds(timeout), when))
	case deploy.NoAnswer:
	}
	return Unanswered(s, timeout)
}

// Unanswered is the question when nobody waits for an answer any more.
func Unanswered(s Subject, timeout time.Duration) string {
	return question(s, timeout, "⚠️ This prompt has expired: the run was interrupted. Run the command again.")
}

// question asks, and says what came of it where that is known.
func question(s Subject, timeout time.Duration, outcome string) string {
	asked := fmt.Sprintf("%s, react to this comment within %s: 👍 confirms %s, 👎 rejects it. Only your reaction counts.",
		bold(s.Actor), seconds(timeout), intended(s))
	return "### Deployment Confirmation Required 🚦\n\n" + paragraph(asked) + paragraph(comparison(s)) + paragraph(takeover(s)) +
		table(questionRows(s, timeout)) + "\n" + paragraph(outcome) + confirmationDetails(s)
}

func questionRows(s Subject, timeout time.Duration) [][2]string {
	verified := "⚠️ unverified"
	if s.Verified {
		verified = "verified"
	}
	return [][2]string{
		{"Commit", markdown.Link(markdown.Cell(s.SHA), s.CommitURL)},
		{"Committer", markdown.Cell(committer(s)) + ", " + verified},
		{"Environment", markdown.Cell(s.Environment)},
		{"Ref", markdown.Cell(s.Ref)},
		{"Type", markdown.Cell(string(s.Kind))},
		{"Time to answer", seconds(timeout)},
		{"Run", markdown.Link("log", s.RunURL)},
	}
}

func seconds(timeout time.Duration) string { return plural(int(timeout/time.Second), "second") }

// table shows facts by name, without those that have no value. The values are Markdown.
func table(rows [][2]string) string {
	var b strings.Builder
	b.WriteString("| | |\n| --- | --- |\n")
	for _, row := range rows {
		if row[1] != "" {
			fmt.Fprintf(&b, "| %s | %s |\n", row[0], row[1])
		}
	}
	return b.String()
}
