package app

import (
	"context"
	"errors"
	"strconv"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// finish ends a deployment that another job of the same run began, with what that job handed over.
// Where nothing was handed over nothing was begun.
func (r *run) finish(ctx context.Context, invalid error) int {
	r.advise()
	if invalid != nil {
		return r.fail(invalid)
	}
	ledger, err := r.handedOver()
	if err != nil {
		return r.fail(err)
	}
	r.decision.Reason = deploy.FinishCompleted
	if ledger.Phase != plan.Ready {
		r.runner.Log().Info("nothing to finish: no deployment was handed over")
		return r.report()
	}
	if r.session, err = r.reopen(ledger); err != nil {
		return r.fail(err)
	}
	// The job may be run again, and the deployment may have been ended by hand.
	r.session.repeats = true
	r.request.Command = ledger.Command()
	r.decision.Verdict, r.decision.Kind = deploy.Proceed, r.request.Command.Kind
	r.outputs.set("environment", ledger.Subject.Environment)
	r.outputs.set("noop", strconv.FormatBool(ledger.Subject.Noop))
	return r.finishHanded(ctx)
}

// finishHanded carries out the end.
func (r *run) finishHanded(ctx context.Context) int {
	ctx, cancel := withCleanupTimeout(ctx)
	defer cancel()
	err := r.end(ctx)
	r.sayEach(err)
	if err != nil {
		r.decision.Reason = deploy.UnexpectedError
	}
	return r.report()
}

// handedOver reads the input handoff, and makes sure that it comes from this run.
func (r *run) handedOver() (plan.Ledger, error) {
	ledger, err := plan.ReadLedger(r.config.Handoff)
	if err != nil {
		return plan.Ledger{}, config.Errors{{Input: "handoff", Accepted: "accepted is the output handoff of the step that started the deployment"}}
	}
	if ledger.Phase == plan.Ready && ledger.RunID != r.request.Event.Run.ID {
		return plan.Ledger{}, errors.New("the input handoff comes from another workflow run; give it the output of a job of this run")
	}
	return ledger, nil
}
