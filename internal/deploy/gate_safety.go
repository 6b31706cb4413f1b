package deploy

import (
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkSafety wants the commit to be there already when the command is written: nobody can have meant
// one that was pushed afterwards. A rollback deploys what was merged, and is only warned.
func checkSafety(r Request, c config.Config, f Facts) Finding {
	t := target(r, c, f)
	if t.Commit.SHA == "" {
		return Finding{Text: "without a commit there is no date to look at"}
	}
	text, hint := tooLate(r, t.Commit)
	switch {
	case text == "":
		return Finding{Text: "the commit is older than the command"}
	case r.Command.StableBranch:
		return Finding{Level: Warn, Text: text}
	}
	return Finding{Level: Block, Code: CommitSafetyFailed, Text: text, Hint: hint}
}

// tooLate says what speaks against the commit's age, "" when nothing does. The author's date can be
// chosen freely, so that the time at which GitHub first saw a head counts as well. It does not for a
// commit that nobody can exchange, and which may have got its first check long after its push.
func tooLate(r Request, commit Commit) (text, hint string) {
	const again = "Look at the newest commits of the pull request, then write the command in a new comment."
	asked, name := r.Event.Comment.CreatedAt, markdown.Code(Short(commit.SHA))
	switch {
	case asked.IsZero():
		return "The event does not say when the command was written.", "Write the command in a new comment."
	case commit.AuthoredAt.IsZero():
		return "GitHub did not say when the commit " + name + " was written.", "Wait a moment and run the command again."
	case commit.AuthoredAt.After(asked):
		return "The commit " + name + " was written after the command: " + dates(commit.AuthoredAt, asked) + ".", again
	case deploysHead(r) && commit.SeenAt.After(asked):
		return "The commit " + name + " reached GitHub after the command: " + dates(commit.SeenAt, asked) + ".", again
	}
	return "", ""
}

func dates(commit, asked time.Time) string {
	return "at " + formatTime(commit) + ", and the command at " + formatTime(asked)
}
