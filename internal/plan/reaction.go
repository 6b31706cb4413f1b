package plan

import "github.com/lockstep-action/lockstep/internal/config"

// React adds a reaction to the comment that has the command.
type React struct {
	CommentID int64
	Content   string // +1, -1, laugh, confused, heart, hooray, rocket or eyes
	Initial   bool   // the first sign of life, which the final reaction replaces
}

func (React) effect()          {}
func (r React) String() string { return "react with " + r.Content }

func (r React) done(l *Ledger, done Done) {
	if r.Initial {
		l.ReactionID = done.ReactionID
	}
}

// Unreact takes the first sign of life away again.
type Unreact struct {
	CommentID  int64
	ReactionID int64
}

func (Unreact) effect()        {}
func (Unreact) String() string { return "take back the first reaction" }

func (Unreact) done(l *Ledger, _ Done) { l.ReactionID = 0 }

// replaceReaction replaces the first sign of life by the final reaction.
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
