package deploy

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// DeploymentOutcome is what became of a deployment.
type DeploymentOutcome string

// The outcomes. The statuses of a deployment tell them: its state alone hides that it succeeded before it became inactive.
const (
	OutcomeSuccess   DeploymentOutcome = "success"
	OutcomeFailure   DeploymentOutcome = "failure"
	OutcomeAborted   DeploymentOutcome = "aborted"      // the job was cancelled, or the start was called off
	OutcomeLost      DeploymentOutcome = "lost"         // its run ended, or GitHub gave it up, without a result
	OutcomeWaiting   DeploymentOutcome = "waiting"      // it waits for its turn, or for an approval
	OutcomeUnderWay  DeploymentOutcome = "in_progress"  // it has not ended
	OutcomeChecking  DeploymentOutcome = "health_check" // the application is checked
	OutcomeUndefined DeploymentOutcome = "unknown"      // GitHub does not say
)

// InFlight reports whether the deployment has not ended.
func (o DeploymentOutcome) InFlight() bool {
	return o == OutcomeWaiting || o == OutcomeUnderWay || o == OutcomeChecking
}

// Unsuccessful reports whether the deployment has ended without success.
func (o DeploymentOutcome) Unsuccessful() bool {
	return o == OutcomeFailure || o == OutcomeAborted || o == OutcomeLost
}

// Words says the outcome for people, in one or two words.
func (o DeploymentOutcome) Words() string {
	return cmp.Or(map[DeploymentOutcome]string{
		OutcomeSuccess: "succeeded", OutcomeFailure: "failed", OutcomeAborted: "aborted", OutcomeLost: "lost",
		OutcomeWaiting: "waiting", OutcomeUnderWay: "deploying", OutcomeChecking: "checking health",
	}[o], "unknown")
}

// Outcome returns what became of the deployment.
func (d Deployment) Outcome() DeploymentOutcome {
	if d.everRan() {
		return OutcomeSuccess
	}
	switch newest := d.ending(); {
	case d.Failed() || newest.State == "FAILURE" || newest.State == "ERROR":
		if strings.HasPrefix(newest.Description, abortedMark) {
			return OutcomeAborted
		}
		return OutcomeFailure
	case d.InProgress() && d.CreatedBy.State == RunEnded, d.State == "ABANDONED":
		return OutcomeLost
	case d.State == "IN_PROGRESS" && newest.Description == CheckingHealth:
		return OutcomeChecking
	case d.State == "IN_PROGRESS":
		return OutcomeUnderWay
	case d.InProgress():
		return OutcomeWaiting
	}
	return OutcomeUndefined
}

// abortedMark begins the description of a status that says why nothing was deployed.
const abortedMark = "aborted"

// ending returns the newest status that says how the deployment went, zero for none: one of inactive follows it.
func (d Deployment) ending() Status {
	i := slices.IndexFunc(d.Statuses, func(s Status) bool { return !slices.Contains([]string{"INACTIVE", "DESTROYED"}, s.State) })
	if i < 0 {
		return Status{}
	}
	return d.Statuses[i]
}

// EndedAt returns when the deployment ended: when it succeeded last, or else when it failed. Unknown for one that has not
// ended.
func (d Deployment) EndedAt() Known[time.Time] {
	outcome := d.Outcome()
	if outcome == OutcomeSuccess {
		return d.SucceededAt
	}
	if outcome == OutcomeFailure || outcome == OutcomeAborted {
		return d.ending().CreatedAt
	}
	return Known[time.Time]{}
}

// ReplacedAt returns when the deployment became inactive, unknown for one that did not, or where GitHub does not say.
func (d Deployment) ReplacedAt() Known[time.Time] {
	if len(d.Statuses) > 0 && d.State == Inactive && d.Statuses[0].State == "INACTIVE" {
		return d.Statuses[0].CreatedAt
	}
	return Known[time.Time]{}
}

// By returns who asked for the deployment, or else which user made it; "" for none.
func (d Deployment) By() string {
	if d.Own && d.Actor != "" {
		return d.Actor
	}
	return d.Creator
}
