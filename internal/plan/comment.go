package plan

import (
	"fmt"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
)

// Comment writes a comment on a pull request.
type Comment struct {
	Kind    CommentKind
	Pull    int
	PullID  string // GraphQL node id of the pull request, "" when it is unknown
	Marker  string // found again by this hidden text
	Body    string // "" for a start or a question: their text is rendered when they are sent
	Recheck *deploy.Needs
}

// CommentKind says what a comment is for.
type CommentKind string

// The values of CommentKind.
const (
	AnswerComment  CommentKind = "answer"  // to a command that starts nothing
	PromptComment  CommentKind = "confirm" // asks for a confirmation
	StartedComment CommentKind = "started" // a deployment begins
	ResultComment  CommentKind = "result"  // a deployment has ended
)

func (Comment) effect() {}

func (c Comment) String() string {
	if c.Recheck != nil {
		return "comment, and look again"
	}
	return "comment"
}

func (c Comment) resolve(l *Ledger) Effect { return c.render(l) }

// render returns the comment with the counted commits, the cleanup that failed, and the marker.
func (c Comment) render(l *Ledger) Comment {
	switch {
	case c.Body != "":
	case c.Kind == StartedComment:
		c.Body = message.Started(l.Subject)
	case c.Kind == PromptComment:
		c.Body = message.Confirm(l.Subject, l.Timeout)
	}
	c.Body = message.Limit(c.Body, message.Notes(l.problems)+c.Marker)
	return c
}

func (c Comment) done(l *Ledger, done Done) {
	switch c.Kind {
	case StartedComment:
		l.StartedCommentID = done.CommentID
	case PromptComment:
		l.PromptID = done.CommentID
	case AnswerComment, ResultComment:
	}
}

// EditComment gives one of the run's own comments a new text. If it was deleted, it is written anew.
type EditComment struct {
	CommentID int64
	New       Comment
}

func (EditComment) effect()        {}
func (EditComment) String() string { return "change a comment" }

func (e EditComment) resolve(l *Ledger) Effect {
	e.New = e.New.render(l)
	return e
}

func comment(l Ledger, kind CommentKind, body string) Comment {
	marker := fmt.Sprintf("<!-- lockstep:%s run=%d.%d comment=%d -->", kind, l.RunID, l.RunAttempt, l.TriggerID)
	return Comment{Kind: kind, Pull: l.Pull, PullID: l.PullID, Marker: marker, Body: body}
}

func edit(l Ledger, id int64, kind CommentKind, body string) EditComment {
	return EditComment{CommentID: id, New: comment(l, kind, body)}
}

func answer(l Ledger, body, reaction string) []Step {
	return append([]Step{{Effect: comment(l, AnswerComment, body), Must: true}}, replaceReaction(l, reaction)...)
}

// React adds a reaction to the comment that has the command.
type React struct {
	CommentID int64
	Content   string // +1, -1, laugh, confused, heart, hooray, rocket or eyes
	Initial   bool   // the first sign of life, which the final reaction replaces
}

func (React) effect()          {}
func (r React) String() string { return "react with " + r.Content }

func (r React) done(l *Ledger, done Done) {
	switch {
	case r.Initial:
		l.ReactionID = done.ReactionID
	case r.Content == "+1":
		l.approvalID = done.ReactionID
	}
}

// Unreact takes the first sign of life away again.
type Unreact struct {
	CommentID  int64
	ReactionID int64
}

func (Unreact) effect()        {}
func (Unreact) String() string { return "take back a reaction" }

func (u Unreact) done(l *Ledger, _ Done) {
	if l.approvalID == 0 || u.ReactionID != l.approvalID {
		l.ReactionID = 0
	}
}

func replaceReaction(l Ledger, reaction string) []Step {
	if l.Reaction == "" || (l.ReactionID != 0 && l.Reaction == reaction) {
		return nil
	}
	steps := []Step{{Effect: React{CommentID: l.TriggerID, Content: reaction}, Concurrent: true}}
	if l.ReactionID != 0 {
		steps = append(steps, Step{Effect: Unreact{CommentID: l.TriggerID, ReactionID: l.ReactionID}, Concurrent: true})
	}
	return steps
}

func finalReaction(s config.Status) string {
	if s == config.Completed {
		return "rocket"
	}
	return "-1"
}
