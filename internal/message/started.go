package message

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// Started says that a deployment or a rehearsal begins.
func Started(s Subject) string {
	doing := fmt.Sprintf("deploying %s to %s", revision(s), bold(s.Environment))
	if s.rollsBack() {
		doing = fmt.Sprintf("rolling back %s to %s%s", bold(s.Environment), revision(s), goneBackTo(s))
	}
	if s.Noop {
		doing = "rehearsing (**noop**) " + action(s)
	}
	return fmt.Sprintf("### Deployment Triggered 🚀\n\n%s is %s. %s.\n\n", requester(s), doing, markdown.Link("Follow the run", s.RunURL)) +
		notices(s) + paragraph(comparison(s)) + paragraph(changes(s)) + paragraph(whyBack(s)) + paragraph(takeover(s)) + startDetails(s)
}

// whyBack is why someone rolls back, as they typed it.
func whyBack(s Subject) string {
	if s.Rollback == nil || s.Rollback.Reason == "" {
		return ""
	}
	return "**Reason:** " + markdown.Text(markdown.Brief(s.Rollback.Reason))
}

// goneBackTo says when the target of a rollback ran, in brackets, "" where nothing of it is known.
func goneBackTo(s Subject) string {
	back := s.Rollback
	if back == nil {
		return ""
	}
	var known []string
	pull := "of " + markdown.Text(fmt.Sprintf("#%d", back.Pull))
	switch version := markdown.Code(back.Version); {
	case back.Version != "" && back.Pull > 0:
		known = append(known, version+" "+pull)
	case back.Version != "":
		known = append(known, version)
	case back.Pull > 0:
		known = append(known, pull)
	}
	if !back.Until.IsZero() {
		known = append(known, "which ran there until "+deploy.FormatTime(back.Until))
	}
	if len(known) == 0 {
		return ""
	}
	return " (" + strings.Join(known, ", ") + ")"
}

func notices(s Subject) string {
	var b strings.Builder
	for _, notice := range s.Notices {
		b.WriteString(paragraph(notice))
	}
	return b.String()
}

// requester names who asked, and who started the run again where that is another user.
func requester(s Subject) string {
	if s.RerunBy == "" {
		return bold(s.Actor)
	}
	return bold(s.Actor) + " (re-run by " + bold(s.RerunBy) + ")"
}

func intended(s Subject) string {
	if s.Noop {
		return "the rehearsal (**noop**) of " + action(s)
	}
	return action(s)
}

func action(s Subject) string {
	if s.rollsBack() {
		return fmt.Sprintf("the rollback of %s to %s", bold(s.Environment), revision(s))
	}
	return fmt.Sprintf("the deployment of %s to %s", revision(s), bold(s.Environment))
}

// revision names what is deployed. The commit is unknown where only the lock of a start was found.
func revision(s Subject) string {
	if s.SHA == "" {
		return markdown.Code(s.Ref)
	}
	commit := markdown.Link(markdown.Code(deploy.Short(s.SHA)), s.CommitURL)
	if s.Fork {
		return "commit " + commit + " of a fork"
	}
	if s.Kind == deploy.SHATarget || s.Ref == s.SHA {
		return "commit " + commit
	}
	return markdown.Code(s.Ref) + " (" + commit + ")"
}

func comparison(s Subject) string {
	switch {
	case s.Live == nil:
		return ""
	case s.Rollback != nil && s.Rollback.Again:
		return "The last deployment of this commit failed: this tries again."
	case s.Live.SHA == s.SHA:
		return bold(s.Environment) + " already runs this commit." + unchanged(s)
	case !s.Live.Counted || s.Live.Ahead+s.Live.Behind <= 0:
		return strings.TrimSuffix(fmt.Sprintf("%s runs %s now. %s", bold(s.Environment), markdown.Code(deploy.Short(s.Live.SHA)), compared(s, "Compare")), " ")
	}
	return counted(s)
}

// unchanged names the command that goes back, where the stable branch is what runs already.
func unchanged(s Subject) string {
	if s.WayBack == "" {
		return ""
	}
	return " Nothing changes. To go back to what ran before, type " + markdown.Code(s.WayBack) + "."
}

func compared(s Subject, label string) string {
	if s.Live == nil || s.Live.SHA == s.SHA {
		return ""
	}
	link := markdown.Link(label, s.Live.CompareURL)
	if link == label {
		return ""
	}
	return link + "."
}

// counted says how many commits come and go. A rollback is meant to remove some.
func counted(s Subject) string {
	sign, adds, removes, rolls := "⚠️ ", "Adds", "removes", "Rolls"
	if s.rollsBack() {
		sign = ""
	}
	if s.Noop {
		adds, removes, rolls = "Would add", "remove", "Would roll"
	}
	ahead, behind, where := s.Live.Ahead, s.Live.Behind, bold(s.Environment)
	commits := func(count int) string { return markdown.Link(deploy.Plural(count, "commit"), s.Live.CompareURL) }
	switch {
	case behind <= 0:
		return fmt.Sprintf("%s %s to %s.", adds, commits(ahead), where)
	case ahead <= 0:
		return fmt.Sprintf("%s%s %s back by %s.", sign, rolls, where, commits(behind))
	}
	return fmt.Sprintf("%s%s %s and %s %d that %s on %s now.", sign, adds, commits(ahead), removes, behind, choose(behind == 1, "is", "are"), where)
}

func takeover(s Subject) string {
	if s.TookOver == nil {
		return ""
	}
	return tookOver(bold(s.Environment), s.TookOver.Owner, s.TookOver.Why)
}

// tookOver says that a stale lock was taken over; why is half a sentence.
func tookOver(place, owner, why string) string {
	return fmt.Sprintf("🔓 Took over the stale lock of %s on %s: %s.", someone(owner), place, markdown.Text(why))
}

// Confirm asks the actor whether to go on.
func Confirm(s Subject, timeout time.Duration) string { return question(s, timeout, "") }

// Answered returns the question with its answer.
func Answered(s Subject, timeout time.Duration, a deploy.Answer) string {
	who, when := bold(cmp.Or(s.RerunBy, s.Actor)), deploy.FormatTime(a.At)
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

// Unanswered returns the question of a run that has ended without an answer.
func Unanswered(s Subject, timeout time.Duration) string {
	return question(s, timeout, "⚠️ This prompt has expired: the run was interrupted. Run the command again.")
}

func question(s Subject, timeout time.Duration, outcome string) string {
	asked := fmt.Sprintf("%s, react to this comment within %s: 👍 confirms %s, 👎 rejects it. Only your reaction counts.",
		bold(cmp.Or(s.RerunBy, s.Actor)), seconds(timeout), intended(s))
	return "### Deployment Confirmation Required 🚦\n\n" + paragraph(asked) + notices(s) + paragraph(comparison(s)) + paragraph(changes(s)) + paragraph(takeover(s)) +
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

func seconds(timeout time.Duration) string { return deploy.Plural(int(timeout/time.Second), "second") }
