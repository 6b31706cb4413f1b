package deploy

import (
	"time"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
)

// Publishing returns the request of mode status: what runs where, for everyone who may see the run. The pull request is
// that of the event, if it is about one.
func (r Request) Publishing() Request {
	r.Command = command.Command{Kind: command.Status, KnownEnvironment: true}
	return r
}

// publishes reports whether the workflow shows what runs where, rather than a user who needs a permission for it.
func (k *Case) publishes() bool {
	return k.Config.Mode == config.ShowStatus && k.Command.Kind == command.Status
}

// publish decides on a board that the workflow asks for. What cannot be read is said; nothing at all is a failure.
func (d *Decision) publish(r Request, c config.Config, f Facts) {
	d.Reason, d.Board = StatusCompleted, new(BoardOf(r.typedAt(f.ReadAt), c, f))
	level, unread := Warn, d.Board.unread()
	if len(d.Board.Rows) > 0 && unread == len(d.Board.Rows) {
		level = Block
	}
	if broken := d.Policy.Problem; broken != nil {
		d.add(Finding{Gate: "policy", Level: Warn, Text: broken.Text, Hint: broken.Hint})
	}
	for _, row := range d.Board.Rows {
		if row.Problem != nil {
			d.add(Finding{Gate: "deployments", Level: level, Code: UnexpectedError, Text: row.Problem.Text, Hint: row.Problem.Hint})
		}
		if row.LockProblem != nil {
			d.add(Finding{Gate: "lock", Level: Warn, Text: row.LockProblem.Text, Hint: row.LockProblem.Hint})
		}
	}
}

// typedAt returns the request with a command that is typed at a time: the event has no comment.
func (r Request) typedAt(at time.Time) Request {
	r.Event.Comment.CreatedAt, r.Event.Comment.UpdatedAt = at, at
	return r
}

// publishingNeeds returns what has to be read for a board that the workflow asks for: first the rules file, which names
// the environments, and what time it is.
func publishingNeeds(r Request, c config.Config, f Facts) Needs {
	first := Needs{Run: r.run(), Policy: c.PolicyFile.Path, Pull: r.Event.Pull}
	if f.ReadAt.IsZero() && (first.Policy != "" || first.Pull != 0) {
		return first
	}
	return BoardNeeds(r.typedAt(f.ReadAt), c, f)
}

// unread counts the rows of which nothing is known.
func (b Board) unread() int {
	count := 0
	for _, row := range b.Rows {
		if row.Problem != nil {
			count++
		}
	}
	return count
}
