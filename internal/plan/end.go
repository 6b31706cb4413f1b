package plan

import (
	"fmt"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/message"
)

// End plans the end of what was started: the status of the deployment, that of the commit, and the lock.
func End(l Ledger, s config.Status) []Step {
	switch {
	case l.Tracked && l.Unrecorded:
		return commitStatus(l, s)
	case l.Tracked:
		return append([]Step{{Effect: finalStatus(l, s), Must: l.strict(), Permitted: true}}, commitStatus(l, s)...)
	case l.Subject.Noop:
		return append(commitStatus(l, s), releaseOwn(l)...)
	}
	steps := append([]Step{{Effect: jobStatus(l, s), Must: true, Concurrent: true}}, commitStatus(l, s)...)
	return append(steps, releaseOwn(l)...)
}

// FinalState is the state of a deployment's status at the end.
func FinalState(l Ledger, s config.Status) string {
	if l.Tracked {
		return finalStatus(l, s).State
	}
	return jobStatus(l, s).State
}

// ResultMarker returns the comment on the result, to be looked for.
func ResultMarker(l Ledger) Comment { return comment(l, ResultComment, "") }

// KeepEnd plans what is done where another attempt wants to end what has ended: a lock that was left is released, and
// the pull request says why nothing else changes.
func KeepEnd(l Ledger, attempt int) []Step {
	if l.Pull == 0 {
		return releaseOwn(l)
	}
	told := comment(l, AnswerComment, message.EndKept(l.Subject))
	told.Marker = fmt.Sprintf("<!-- lockstep:kept run=%d.%d comment=%d -->", l.RunID, attempt, l.TriggerID)
	return append(releaseOwn(l), Step{Effect: told, Must: true, Concurrent: true})
}

// Tell plans how people and other systems learn of the end. The ending has the status, how the workflow spells it,
// when that was, and what the results are; the rest of it is filled in here.
func Tell(l Ledger, ending message.Ending) []Step {
	if l.Tracked || l.Pull == 0 { // no conversation asked for it
		return afterStatus(reportEnd(l, ending.Status))
	}
	ending.DeploymentID, ending.Seconds = l.DeploymentID, Seconds(l, ending.At)
	ending.ShowURL, ending.Rollback, ending.Health = l.End.ShowURL, l.End.Rollback, l.Health
	steps := []Step{{Effect: resultComment(l, ending), Must: true, Unlocked: l.Subject.GoesBack()}}
	steps = append(steps, replaceReaction(l, finalReaction(ending.Status))...)
	steps = append(steps, labels(l, ending)...)
	return append(steps, reportEnd(l, ending.Status)...)
}

// afterStatus lets events wait for the status, whose id they bear.
func afterStatus(steps []Step) []Step {
	if len(steps) > 0 {
		steps[0].Concurrent = false
	}
	return steps
}

func reportEnd(l Ledger, s config.Status) []Step {
	var steps []Step
	ended := l.Ended(s)
	if l.Tracks() && !l.Subject.Noop {
		steps = append(steps, Step{Effect: ended, Must: l.strict(), Concurrent: true})
	}
	return append(steps, notify(l, NotifySinks{Status: ended.Status, Message: ended.Message})...)
}

func resultComment(l Ledger, ending message.Ending) Effect {
	ending.Started = l.End.Comments == config.UpdateComment && l.StartedCommentID != 0
	body := message.Result(l.Subject, ending)
	if ending.Started {
		return edit(l, l.StartedCommentID, ResultComment, body)
	}
	return comment(l, ResultComment, body)
}

// Seconds is how long a deployment has taken, rounded to whole seconds.
func Seconds(l Ledger, now time.Time) int {
	return max(0, int(now.Sub(l.Subject.StartedAt).Round(time.Second)/time.Second))
}

// jobStatus spells an ending as branch-deploy does: what is no success is a failure, but for jobs that were skipped.
func jobStatus(l Ledger, s config.Status) SetStatus {
	ended := finalStatus(l, s)
	if ended.State == "error" && !l.End.Skipped {
		ended.State = "failure"
	}
	return ended
}

// finalStatus spells an ending as a deployment status. GitHub knows no cancelled state.
func finalStatus(l Ledger, s config.Status) SetStatus {
	switch s {
	case config.Completed:
		return status(l, "success", "")
	case config.Failed:
		return status(l, "failure", l.healthFailure())
	case config.Aborted:
		return status(l, "error", "aborted: "+l.howItEnded(s))
	case config.Pending, config.Started:
	}
	return status(l, "error", l.howItEnded(s))
}

// Ended is the event of how a job ended; one whose end is unknown counts as aborted.
func (l Ledger) Ended(s config.Status) RecordEvent {
	switch s {
	case config.Completed:
		return RecordEvent{Status: s}
	case config.Failed:
		return RecordEvent{Status: s, Message: l.howItEnded(s)}
	case config.Aborted, config.Pending, config.Started:
	}
	return RecordEvent{Status: config.Aborted, Message: l.howItEnded(s)}
}

// healthFailure says what the application answered, "" where that is not why the deployment failed.
func (l Ledger) healthFailure() string {
	if !l.Health.Failed() {
		return ""
	}
	return l.Health.Failure()
}

func (l Ledger) howItEnded(s config.Status) string {
	switch {
	case s == config.Failed && l.Health.Failed():
		return l.healthFailure()
	case s == config.Failed:
		return "the job failed"
	case s == config.Aborted && l.Health.WasStopped():
		return "the job was cancelled during the health check"
	case s == config.Aborted && l.End.Skipped:
		return "a job that deploys was skipped"
	case s == config.Aborted:
		return "the job was cancelled"
	}
	return "it is unknown how the job ended"
}
