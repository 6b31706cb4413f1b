package message

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// Started says that a deployment, or its rehearsal, begins.
func Started(s Subject) string {
	doing := fmt.Sprintf("deploying %s to %s", revision(s), bold(s.Environment))
	if s.Stable {
		doing = fmt.Sprintf("rolling back %s to %s", bold(s.Environment), revision(s))
	}
	if s.Noop {
		doing = "rehearsing (**noop**) " + action(s)
	}
	return fmt.Sprintf("### Deployment Triggered 🚀\n\n%s is %s. %s.\n\n%s%s%s",
		bold(s.Actor), doing, markdown.Link("Follow the run", s.RunURL), paragraph(comparison(s)), paragraph(takeover(s)), startDetails(s))
}

// intended names what is done, and that it is a rehearsal where it is one.
func intended(s Subject) string {
	if s.Noop {
		return "the rehearsal (**noop**) of " + action(s)
	}
	return action(s)
}

// action names what is done, or rehearsed.
func action(s Subject) string {
	what := fmt.Sprintf("the deployment of %s to %s", revision(s), bold(s.Environment))
	if s.Stable {
		what = fmt.Sprintf("the rollback of %s to %s", bold(s.Environment), revision(s))
	}
	return what
}

// revision names what is deployed.
func revision(s Subject) string {
	commit := markdown.Link(markdown.Code(deploy.Short(s.SHA)), s.CommitURL)
	if s.Fork {
		return "commit " + commit + " of a fork"
	}
	if s.Kind == deploy.SHATarget || s.Ref == s.SHA {
		return "commit " + commit
	}
	return markdown.Code(s.Ref) + " (" + commit + ")"
}

// comparison says how far a deployment moves its environment, "" where nothing is known to run there.
func comparison(s Subject) string {
	switch {
	case s.Live == nil:
		return ""
	case s.Live.SHA == s.SHA:
		return bold(s.Environment) + " already runs this commit."
	case !s.Live.Counted || s.Live.Ahead+s.Live.Behind <= 0:
		return strings.TrimSuffix(fmt.Sprintf("%s runs %s now. %s", bold(s.Environment), markdown.Code(deploy.Short(s.Live.SHA)), compared(s, "Compare")), " ")
	}
	return counted(s)
}

// compared links what a deployment changes, "" where there is nothing to link.
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
	if s.Stable {
		sign = ""
	}
	if s.Noop {
		adds, removes, rolls = "Would add", "remove", "Would roll"
	}
	ahead, behind, where := s.Live.Ahead, s.Live.Behind, bold(s.Environment)
	commits := func(count int) string { return markdown.Link(plural(count, "commit"), s.Live.CompareURL) }
	switch {
	case behind <= 0:
		return fmt.Sprintf("%s %s to %s.", adds, commits(ahead), where)
	case ahead <= 0:
		return fmt.Sprintf("%s%s %s back by %s.", sign, rolls, where, commits(behind))
	}
	return fmt.Sprintf("%s%s %s and %s %d that %s on %s now.", sign, adds, commits(ahead), removes, behind, are(behind), where)
}

// takeover says whose lock was taken over, "" for nobody's.
func takeover(s Subject) string {
	if s.TookOver == nil {
		return ""
	}
	return tookOver(bold(s.Environment), s.TookOver.Owner, s.TookOver.Why)
}

// tookOver says that the lock of a place was taken over; why is half a sentence.
func tookOver(place, owner, why string) string {
	return fmt.Sprintf("🔓 Took over the stale lock of %s on %s: %s.", someone(owner), place, markdown.Text(why))
}

// paragraph puts a blank line behind a text, if there is one.
func paragraph(text string) string {
	if text == "" {
		return ""
	}
	return text + "\n\n"
}

// bold shows a name.
func bold(name string) string { return "**" + markdown.Text(name) + "**" }

// someone shows a name that may be missing.
func someone(name string) string { return bold(cmp.Or(name, "someone")) }

// duration shows whole seconds as people say them.
func duration(seconds int) string {
	return (time.Duration(seconds) * time.Second).String()
}

// moment shows a time, to the second.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// plural counts things.
func plural(count int, thing string) string {
	if count == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", count, thing)
}

// are is the verb for so many things.
func are(count int) string {
	if count == 1 {
		return "is"
	}
	return "are"
}
