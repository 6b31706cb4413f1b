package plan

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// withCommitCount counts the commits since the last deployment beside the first step, unless that is already
// told of them.
func withCommitCount(l Ledger, steps []Step) []Step {
	live := l.Subject.Live
	if live == nil || live.Counted || len(steps) == 0 {
		return steps
	}
	if _, tells := steps[0].Effect.(RecordEvent); !tells {
		steps[0].Concurrent = true
	}
	return append([]Step{{Effect: CountCommits{Base: live.SHA, Head: l.Subject.SHA}}}, steps...)
}

// forTrack plans one state of a tracked step: the tracking endpoint has its say first, then the
// GitHub deployment is created, unless an earlier step did, and gets its status.
func forTrack(c config.Config, d deploy.Decision, l Ledger) []Step {
	if d.Verdict != deploy.Proceed {
		return append(withdraw(l, d.Blocking()), blocked(c, d)...)
	}
	var steps []Step
	if c.Tracks() && !c.Status.Terminal() {
		steps = append(steps, Step{Effect: RecordEvent{Status: c.Status}, Must: true})
	}
	if c.Builds() || l.Unrecorded {
		return append(steps, recordEnd(l, c)...)
	}
	return withCommitCount(l, append(steps, trackDeployment(c, d, l)...))
}

// trackDeployment plans the GitHub deployment of a tracked step, and the word of what became of it.
func trackDeployment(c config.Config, d deploy.Decision, l Ledger) []Step {
	var steps []Step
	must := mustRecord(c)
	if l.DeploymentID == 0 {
		steps = append(steps, Step{Effect: startDeployment(c, d.Target, l), Must: must, Permitted: true})
	}
	steps = append(steps, Step{Effect: trackStatus(l, c.Status), Must: must, Permitted: true})
	return append(steps, recordEnd(l, c)...)
}

// mustRecord reports whether a step fails that cannot record a state on GitHub. An end has taken place
// anyway, so that it counts only where a workflow is strict about it.
func mustRecord(c config.Config) bool {
	return !c.Status.Terminal() || c.StrictEnds()
}

// recordEnd plans the word of an end to the tracking endpoint, and that of every state to those who only
// want to know.
func recordEnd(l Ledger, c config.Config) []Step {
	if !c.Status.Terminal() {
		return notify(l, c, NotifySinks{Status: c.Status})
	}
	return tellEnd(l, c)
}

func trackStatus(l Ledger, s config.Status) SetStatus {
	switch s {
	case config.Pending:
		return status(l, "queued", "")
	case config.Started:
		return status(l, "in_progress", "")
	case config.Completed, config.Failed, config.Aborted:
	}
	return finalStatus(l, s)
}
