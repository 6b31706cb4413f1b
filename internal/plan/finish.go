package plan

import (
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
)

// End plans the end of a deployment: its status and the lock. Neither waits for the other.
func End(l Ledger, c config.Config) []Step {
	var steps []Step
	if !l.Subject.Noop {
		steps = append(steps, Step{Effect: jobStatus(l, c.Status), Must: true, Concurrent: true})
	}
	return append(steps, releaseOwn(l)...)
}

// Tell plans the word of the end to people and to other systems: the comment, the reaction, the labels and
// the events, whose id is that of the status. The ending says how the workflow spells it, when that was, and
// what the results are.
func Tell(l Ledger, c config.Config, ending message.Ending) []Step {
	s := l.Subject
	ending.Status, ending.DeploymentID, ending.Seconds = c.Status, l.DeploymentID, Seconds(l, ending.At)
	ending.ShowURL, ending.Rollback = c.URLInComment, rollback(s, c)
	steps := []Step{{Effect: resultComment(l, c, ending), Must: true}}
	steps = append(steps, replaceReaction(l, finalReaction(c.Status))...)
	steps = append(steps, labels(l, c)...)
	if !l.Subject.Noop {
		steps = append(steps, trackEnd(c)...)
	}
	return append(steps, notifyEnd(l, c)...)
}

// EndTracked plans the end of a tracked step that began in the main part of the same job.
func EndTracked(l Ledger, c config.Config) []Step {
	if l.Unrecorded {
		return tellEnd(l, c)
	}
	ended := Step{Effect: finalStatus(l, c.Status), Must: c.StrictEnds(), Permitted: true}
	return append([]Step{ended}, tellEnd(l, c)...)
}

// tellEnd plans the word of an end to other systems. It comes after the status, whose id it bears.
func tellEnd(l Ledger, c config.Config) []Step {
	steps := append(trackEnd(c), notifyEnd(l, c)...)
	if len(steps) > 0 {
		steps[0].Concurrent = false
	}
	return steps
}

// trackEnd tells the tracking endpoint how a job ended, if there is one.
func trackEnd(c config.Config) []Step {
	if !c.Tracks() {
		return nil
	}
	return []Step{{Effect: Ended(c), Must: c.StrictEnds(), Concurrent: true}}
}

// notifyEnd tells those who only want to know how a job ended.
func notifyEnd(l Ledger, c config.Config) []Step {
	ended := Ended(c)
	return notify(l, c, NotifySinks{Status: ended.Status, Message: ended.Message})
}

// resultComment writes the result into a comment of its own, or into the one that said that the
// deployment started.
func resultComment(l Ledger, c config.Config, ending message.Ending) Effect {
	if c.Messages.Style == config.UpdateComment && l.StartedCommentID != 0 {
		ending.Started = true
		return edit(l, l.StartedCommentID, ResultComment, message.Result(l.Subject, ending))
	}
	return comment(l, ResultComment, message.Result(l.Subject, ending))
}

// rollback is the command that brings the stable branch back, where something else was deployed.
func rollback(s message.Subject, c config.Config) string {
	if s.Noop || s.Stable || c.Commands.Deploy == "" {
		return ""
	}
	return c.Commands.Deploy + " " + c.StableBranch + " to " + s.Environment
}

// Seconds tells how long a deployment has taken, rounded to whole seconds.
func Seconds(l Ledger, now time.Time) int {
	return int(now.Sub(l.Subject.StartedAt).Round(time.Second) / time.Second)
}

// Interrupted says why a start that was found half done is abandoned.
func Interrupted() deploy.Problem {
	return deploy.Problem{
		Text: "The start was interrupted before the deployment was fully set up: the job was cancelled, or its runner died.",
		Hint: "Run the command again.",
	}
}

func finalReaction(s config.Status) string {
	if s == config.Completed {
		return "rocket"
	}
	return "-1"
}

// jobStatus spells how a job ended as a deployment status, as branch-deploy does: what is no success
// is a failure.
func jobStatus(l Ledger, s config.Status) SetStatus {
	ended := finalStatus(l, s)
	if ended.State == "error" {
		ended.State = "failure"
	}
	return ended
}

// finalStatus spells an ending as a GitHub deployment status. GitHub knows no cancelled state.
func finalStatus(l Ledger, s config.Status) SetStatus {
	switch s {
	case config.Completed:
		return status(l, "success", "")
	case config.Failed:
		return status(l, "failure", "")
	case config.Aborted:
		return status(l, "error", "aborted: "+howItEnded(s))
	case config.Pending, config.Started:
	}
	return status(l, "error", howItEnded(s))
}

// Ended tells how a job ended; one whose end is unknown counts as aborted.
func Ended(c config.Config) RecordEvent {
	switch s := c.Status; s {
	case config.Completed:
		return RecordEvent{Status: s}
	case config.Failed:
		return RecordEvent{Status: s, Message: howItEnded(s)}
	case config.Aborted, config.Pending, config.Started:
	}
	return RecordEvent{Status: config.Aborted, Message: howItEnded(c.Status)}
}

func howItEnded(s config.Status) string {
	switch s {
	case config.Failed:
		return "the job failed"
	case config.Aborted:
		return "the job was cancelled"
	case config.Completed, config.Pending, config.Started:
	}
	return "it is unknown how the job ended"
}
