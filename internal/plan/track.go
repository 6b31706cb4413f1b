package plan

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// forTrack plans one state of a tracked step. The tracking endpoint may refuse it before GitHub learns of it.
func forTrack(c config.Config, d deploy.Decision, l Ledger) []Step {
	if d.Verdict != deploy.Proceed {
		return append(withdraw(l, d.Blocking()), blocked(l, d)...)
	}
	var steps []Step
	if l.Tracks() && !c.Status.Terminal() {
		steps = append(steps, Step{Effect: RecordEvent{Status: c.Status}, Must: true})
	}
	if l.End.Build || l.Unrecorded {
		return append(steps, recordState(l, c.Status)...)
	}
	return withCommitCount(l, append(steps, trackDeployment(c, d, l)...))
}

// withCommitCount counts the commits at the same time as the first step, unless that one reports them.
func withCommitCount(l Ledger, steps []Step) []Step {
	count := countCommits(l, config.Messages{}) // no comment lists what they are
	if len(count) == 0 || len(steps) == 0 {
		return steps
	}
	if _, reports := steps[0].Effect.(RecordEvent); !reports {
		steps[0].Concurrent = true
	}
	return append(count, steps...)
}

// trackDeployment plans the GitHub deployment of a tracked step, unless an earlier one created it. An end has taken
// place anyway: a step that cannot record it fails only where a workflow is strict about that.
func trackDeployment(c config.Config, d deploy.Decision, l Ledger) []Step {
	var steps []Step
	must := !c.Status.Terminal() || l.strict()
	if l.DeploymentID == 0 {
		steps = append(steps, Step{Effect: startDeployment(c, d.Target, l), Must: must, Permitted: true})
	}
	steps = append(steps, Step{Effect: trackStatus(l, c.Status), Must: must, Permitted: true})
	return append(steps, recordState(l, c.Status)...)
}

func recordState(l Ledger, s config.Status) []Step {
	if !s.Terminal() {
		return notify(l, NotifySinks{Status: s})
	}
	return append(commitStatus(l, s), afterStatus(reportEnd(l, s))...)
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
