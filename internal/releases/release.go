package releases

import (
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// Kind says which way a successful deployment went.
type Kind string

// The kinds.
const (
	First    Kind = "first"    // nothing is known to have succeeded before
	Forward  Kind = "forward"  // it brought something, or at least other files
	Rollback Kind = "rollback" // it went back to what ran before
	Redeploy Kind = "redeploy" // the same files as what ran
)

// Outcome is what became of a deployment, by its statuses alone.
type Outcome string

// The outcomes.
const (
	Succeeded Outcome = "success"
	Failed    Outcome = "failure"
	Aborted   Outcome = "aborted"   // nothing was deployed: the start was called off, or the job was cancelled
	Abandoned Outcome = "abandoned" // it got no result
	Running   Outcome = "in_progress"
)

// Release is one deployment with what it brought.
type Release struct {
	deploy.Deployment

	Result      Outcome
	StartedAt   time.Time // its first status in_progress, or else when it was created
	SucceededAt time.Time // its first success, zero for none
	FailedAt    time.Time // its last failure that no success follows, zero for none

	Kind    Kind     // of one that succeeded, "" for the others
	Changes []Change // what no earlier release had, newest first; nil for all but Forward
	More    []Change // further commits of pull requests of which an earlier release had a part
	Unknown string   // why it is not known what it brought, "" where it is
}

// Change is a pull request, or a commit without one.
type Change struct {
	deploy.Change

	Pull       *Pull     // nil for a commit without a pull request
	AuthoredAt time.Time // of the commit, where there is no pull request
}
