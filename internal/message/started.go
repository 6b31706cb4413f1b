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
		return bold(s.Environment) + " runs this commit already."
	case !s.Live.Counted || s.Live.Ahead+s.Live.Behind <= 0:
		return strings.TrimSuffix(fmt.Sprintf("%s runs %s now. %s", bold(s.Environment), markdown.Code(deploy.Short(s.Live.SHA)), compared(s, "Compare the two")), " ")
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

// counted says how many commits come and go. A rollback is there to take some back.
func counted(s Subject) string {
	sign, brings, takes, moves := "⚠️ ", "brings", "takes", "moves"
	if s.Stable {
		sign = ""
	}
	if s.Noop {
		brings, takes, moves = "would bring", "take", "would move"
	}
	ahead, behind, where := s.Live.Ahead, s.Live.Behind, bold(s.Environment)
	switch {
	case behind <= 0:
		return fmt.Sprintf("It %s %s to %s.", brings, markdown.Link(plural(ahead, "new commit"), s.Live.CompareURL), where)
	case ahead <= 0:
		return fmt.Sprintf("%sThis %s %s back by %s.", sign, moves, where, markdown.Link(plural(behind, "commit"), s.Live.CompareURL))
	}
	return fmt.Sprintf("%sIt %s %s to %s, and %s away %s that %s there now.", sign, brings,
		markdown.Link(plural(ahead, "new commit"), s.Live.CompareURL), where, takes, plural(behind, "commit"), runs(behind))
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
	return fmt.Sprintf("🔓 The lock of %s was taken over from %s, because %s.", place, somebody(owner), markdown.Text(why))
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

// somebody shows a name that may be missing.
func somebody(name string) string { return bold(cmp.Or(name, "somebody")) }

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

// runs is the verb for so many things.
func runs(count int) string {
	if count == 1 {
		return "runs"
	}
	return "run"
}
