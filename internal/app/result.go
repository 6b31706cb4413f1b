package app

import (
	"slices"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/track"
)

// Result is how a run ended: plain data, from which outputs, summary and exit status follow.
type Result struct {
	Config   config.Config
	Request  deploy.Request
	Facts    deploy.Facts    // read last
	Decision deploy.Decision // made last
	First    *Look           // what was read and decided first, nil where nothing was
	Ledger   *plan.Ledger    // nil where nothing could be begun
	Tracking Tracking

	Environment string   // that a mode without a command is about, "" for none
	Problems    []string // because of which the run could not begin
	Seconds     *int     // that the deployment took, nil before its end
	Unlocked    []string // mode unlock_on_merge: the environments whose locks were removed

	Occurred   time.Time // when a tracked state came about
	Record     string    // the event of what was begun or recorded, as JSON
	RecordFile string    // where it was written, "" for nowhere
}

// Look is what was read of a request, and decided on that.
type Look struct {
	Facts    deploy.Facts
	Decision deploy.Decision
}

// Tracking is what became of the events of a run.
type Tracking struct {
	EventID  string          // of the last one for the tracking endpoint, or of the first notice
	Status   string          // recorded, not_recorded or blocked; "" when nothing was sent
	Refusal  *track.Refusal  // the last one, nil for none
	Receipts []track.Receipt // of what the tracking endpoint recorded
}

func (t Tracking) receipt() *track.Receipt {
	if len(t.Receipts) == 0 {
		return nil
	}
	return &t.Receipts[len(t.Receipts)-1]
}

func (r Result) because(reason deploy.Reason) Result {
	r.Decision.Reason = reason
	return r
}

// invalid returns the result of a run that could not begin because of how it is set up.
func (r Result) invalid(problems ...string) Result {
	r.Problems = problems
	return r.because(deploy.UnexpectedError)
}

// neverStarted reports whether the run ended before it could look at what was asked for.
func (r Result) neverStarted() bool {
	return r.Decision.Reason == deploy.UnexpectedError && r.Ledger == nil
}

// failedAfterGates reports whether something went wrong with a deployment that every gate had let pass: nothing but
// the start itself has a finding that blocks.
func (r Result) failedAfterGates() bool {
	d := r.Decision
	refused := func(f deploy.Finding) bool { return f.Gate != "start" }
	return d.Reason == deploy.UnexpectedError && d.Target.SHA != "" &&
		r.Request.Command.Kind.Deploys() && !slices.ContainsFunc(d.Blocking(), refused)
}

func (r Result) starting() bool {
	return r.failedAfterGates() || slices.Contains([]deploy.Reason{
		deploy.DeploymentReady, deploy.NoopReady, deploy.ConfirmationRejected, deploy.ConfirmationTimedOut,
		deploy.RefChanged, deploy.DeploymentSHAMismatch, deploy.BaseBranchUpdateRequired,
	}, r.Decision.Reason)
}

func (r Result) knowsTarget() bool {
	return r.starting() || slices.Contains([]deploy.Reason{
		deploy.CommitSafetyFailed, deploy.DeploymentOrderFailed, deploy.LockConflict, deploy.TrackRecorded, deploy.TrackingBlocked,
	}, r.Decision.Reason)
}
