package app

import (
	"context"
	"errors"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// track records one state of a deployment, on any event.
func (r *run) track(ctx context.Context, invalid error) int {
	if r.config.Environment == "" && !r.config.Builds() {
		invalid = withProblem(invalid, &config.InputError{Input: "environment", Accepted: "mode track needs to know where the deployment goes"})
	}
	r.advise()
	if invalid != nil {
		return r.fail(invalid)
	}
	if r.config.Builds() && !r.config.Tracks() && !r.config.Notifies() {
		r.runner.Warning("The build is recorded nowhere: neither versioner_api_key nor the address of another receiver is set. " +
			"Secrets are empty in runs of pull requests from forks, and where their name is wrong.")
	}
	r.request.Command = command.Command{Kind: command.Deploy, Environment: r.config.Environment, KnownEnvironment: true}
	r.request.SHA = r.request.Event.SHA
	world, err := r.open()
	if err != nil {
		return r.fail(err)
	}
	r.session = world
	return r.trackState(ctx)
}

func withProblem(invalid error, one *config.InputError) error {
	if several, isList := errors.AsType[config.Errors](invalid); isList {
		return append(several, one)
	}
	return config.Errors{one}
}

// trackState reads what the state needs to be recorded, decides and records.
func (r *run) trackState(ctx context.Context) int {
	if r.config.Status.Terminal() { // nobody else tells the end, so that a stop has to wait for it
		reach, cancel := withCleanupTimeout(ctx)
		defer cancel()
		ctx = reach
	}
	r.session.ledger = r.trackLedger()
	if err := r.readForTrack(ctx); err != nil {
		return r.abort(ctx, err)
	}
	r.decision = deploy.Decide(r.request, r.config, r.facts)
	r.session.ledger = r.trackLedger()
	if err := r.findDeployment(ctx); err != nil {
		return r.abort(ctx, err)
	}
	if !r.config.Builds() {
		r.outputs.set("environment", r.config.Environment)
	}
	if r.decision.Verdict == deploy.Proceed && !r.config.Status.Terminal() {
		r.session.ledger.Phase = plan.Starting // so that the post step can take back what was cut off
	}
	if err := r.do(ctx, plan.For(r.request, r.config, r.decision, r.session.ledger)); err != nil {
		return r.abort(ctx, err)
	}
	if err := r.markReady(); err != nil {
		return r.abort(ctx, err)
	}
	return r.reportTracked()
}

// markReady notes that everything stands, and whether the post step has to end it.
func (r *run) markReady() error {
	if r.session.ledger.Phase == plan.Starting {
		r.session.ledger.Phase = plan.Closed
	}
	if r.endsOnPost() {
		r.session.ledger.Phase = plan.Ready
	}
	return r.save()
}

// endsOnPost reports whether the post step records how the job ended.
func (r *run) endsOnPost() bool {
	return r.config.Track.FinishOnPost && r.config.Status == config.Started && r.decision.Verdict == deploy.Proceed
}

// reportTracked ends the step; reporting a failed deployment fails it, so that a deployment step
// with continue-on-error still turns the job red.
func (r *run) reportTracked() int {
	status := r.report()
	if r.config.Status == config.Failed {
		what := "The deployment to " + r.config.Environment
		if r.config.Builds() {
			what = "The build"
		}
		r.runner.Error(what + " is reported as failed.")
		return 1
	}
	return status
}

// readForTrack reads the facts that a state needs. Where none is needed nothing is read. What has already
// happened is recorded also when GitHub does not say what ran before.
func (r *run) readForTrack(ctx context.Context) error {
	needs := deploy.NeedsFor(r.request, r.config)
	r.facts = deploy.Facts{ReadAt: r.deps.Now()}
	if needs.Pull == 0 && needs.Live == "" {
		return nil
	}
	facts, err := r.session.github.Facts(ctx, needs)
	if err != nil && needs.Pull == 0 && r.config.Status.Terminal() && ctx.Err() == nil {
		r.runner.Log().Info("it is not known what ran before", "error", err.Error())
		return nil
	}
	if err == nil {
		r.facts = facts
	}
	return err
}

// trackLedger opens the ledger of a tracked step: it has no comment to answer and no reaction.
func (r *run) trackLedger() plan.Ledger {
	l := r.newLedger()
	l.Pull, l.Reaction, l.TriggerID, l.Tracked = 0, "", 0, true
	l.DeploymentID = r.config.Track.DeploymentID
	return l
}

// findDeployment looks for the deployment that an earlier step of this run created. A token that
// may not look is told so once, and the tracking endpoint is still served.
func (r *run) findDeployment(ctx context.Context) error {
	if r.decision.Verdict != deploy.Proceed || r.session.ledger.DeploymentID != 0 || r.config.Builds() {
		return nil
	}
	id, err := r.session.github.OpenDeployment(ctx, r.session.ledger, r.config.Status)
	if gh.Denied(err) {
		r.say(r.runner.Warning, err)
		r.session.ledger.Unrecorded = true
		return nil
	}
	r.session.ledger.DeploymentID = id
	return err
}
