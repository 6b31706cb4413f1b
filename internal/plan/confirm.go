package plan

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
)

// ask plans the question whether to go on: the lock is taken first, because no one else may deploy while the run
// waits.
func ask(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) []Step {
	prompt := comment(l, PromptComment, "")
	return append(acquireSteps(r, c, d, l), Step{Effect: prompt, Must: true})
}

// confirmed notes in the question that it was answered.
func confirmed(l Ledger, d deploy.Decision) []Step {
	if l.PromptID == 0 {
		return nil
	}
	return []Step{{Effect: answered(l, d), Concurrent: true}}
}

// unconfirmed notes in the question why nothing follows; that is the answer.
func unconfirmed(d deploy.Decision, l Ledger) []Step {
	steps := []Step{{Effect: answered(l, d), Must: true}}
	return append(steps, replaceReaction(l, "-1")...)
}

// answered gives the question the text that says how it was answered.
func answered(l Ledger, d deploy.Decision) EditComment {
	return edit(l, l.PromptID, PromptComment, message.Answered(l.Subject, l.Timeout, d.Answer))
}
