package plan

import (
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
)

// Finish plans what follows when the job has ended. No part waits for another, so that a failed
// comment does not cost the status.
func Finish(l Ledger, c config.Config, rawStatus string, now time.Time) []Step {
	s := l.Subject
	ending := message.Ending{
		Status: c.Status, RawStatus: rawStatus, DeploymentID: l.DeploymentID,
		At: now, Seconds: Seconds(l, now), ShowURL: c.URLInComment, Rollback: rollback(s, c),
	}
	var steps []Step
	if !s.Noop {
		steps = append(steps, Step{Effect: jobStatus(l, c.Status), Must: true})
	}
	steps = append(steps, Step{Effect: comment(l, "result", message.Result(s, ending)), Must: true, Beside: true})
	steps = append(steps, swap(l, finalReaction(c.Status))...)
	if c.Tracks() && !s.Noop {
		steps = append(steps, Step{Effect: announceEnd(c.Status), Must: c.Versioner.FailOnError == config.FailAlways, Beside: true})
	}
	return steps
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
		Text: "The start was interrupted before everything stood: the job was cancelled, or its runner was lost.",
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

// announceEnd tells how a job ended; one whose end is unknown counts as aborted.
func announceEnd(s config.Status) Announce {
	switch s {
	case config.Completed:
		return Announce{Status: s}
	case config.Failed:
		return Announce{Status: s, Message: howItEnded(s)}
	case config.Aborted, config.Pending, config.Started:
	}
	return Announce{Status: config.Aborted, Message: howItEnded(s)}
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
