package app

import (
	"context"
	"errors"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/execute"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// finish ends what another job has started.
func finish(ctx context.Context, a *App, in input) Result {
	a.advise(in.config)
	if len(in.problems) > 0 {
		return in.result().invalid(in.problems...).orResult(deploy.InvalidResultInputs)
	}
	if err := in.config.Result.Check(); err != nil {
		return in.result().invalid(err.Error()).orResult(deploy.InvalidResultInputs)
	}
	ledger, err := handedOver(in)
	if err != nil {
		return in.result().invalid(err.Error()).orResult(deploy.InvalidResultContext)
	}
	switch {
	case ledger.Phase == plan.Ready:
		return finishHanded(ctx, a, in, ledger.WithResult(in.result().Request, in.config))
	case in.config.Handoff == "" && in.event.IsCommand():
		return finishFound(ctx, a, in)
	}
	a.runner.Log().Info("nothing to finish: no deployment was handed over")
	return in.result().because(deploy.FinishCompleted).orResult(deploy.InvalidResultContext)
}

// orResult gives the reason in the words of branch-deploy's result mode, where that is what was asked for.
func (r Result) orResult(reason deploy.Reason) Result {
	if r.Config.Result.Mode {
		r.Decision.Reason = reason
	}
	return r
}

// finishHanded ends what another job has handed over, once GitHub confirms that it is of this run.
func finishHanded(ctx context.Context, a *App, in input, ledger plan.Ledger) Result {
	ledger.Handed, ledger.Tracked = true, false
	return a.adopting(in, ledger, func(r *run) Result {
		confirmed, known, err := r.github.ConfirmStart(ctx, ledger)
		switch {
		case err != nil:
			return r.unverified(ctx, errors.Join(err, staysLocked(ledger)))
		case !known, !confirmed.OwnCommitStatus():
			if left := staysLocked(ledger); left != nil {
				r.say(r.runner.Warning, left)
			}
			return r.nothingLeft().invalid(in.notOfRun().Error()).orResult(deploy.InvalidResultContext)
		}
		confirmed, unproven := confirmed.WithProof(in.result().Request, in.config)
		if unproven != "" {
			r.runner.Warning(unproven)
		}
		confirmed.Foreign = false // it is confirmed, and stays so for the post step
		return r.finishConfirmed(ctx, confirmed)
	})
}

// adopting goes on with a start of another job or step, in a run that reaches the start's receivers.
func (a *App) adopting(in input, ledger plan.Ledger, end func(*run) Result) Result {
	r, err := a.newRun(in.result(), a.reopenReceivers(in.config, ledger))
	if err != nil {
		return in.result().invalid(listed(err)...).orResult(deploy.InvalidResultInputs)
	}
	if err := r.exec.Adopt(ledger); err != nil {
		return r.failQuietly(err).orResult(deploy.ResultCompletionFailed)
	}
	return end(r)
}

// finishConfirmed ends a deployment that this run is known to have started.
func (r *run) finishConfirmed(ctx context.Context, ledger plan.Ledger) Result {
	r.exec.Ledger, r.result.Environment = ledger, ledger.Subject.Environment
	if r.result.Request.Event.Run.Attempt != ledger.RunAttempt {
		mayEnd, err := r.mayEnd(ctx, ledger)
		switch {
		case err != nil:
			return r.unverified(ctx, err)
		case !mayEnd:
			return r.keepEnd(ctx, ledger)
		}
	}
	checked, mayEnd, err := r.healthOfEnd(ctx, ledger)
	switch {
	case err != nil:
		return r.unverified(ctx, errors.Join(err, staysLocked(ledger)))
	case !mayEnd:
		return r.keepEnd(ctx, ledger)
	}
	return r.tracker.withRecord(r.complete(ctx, checked))
}

// unverified ends a step that could not find out what it may end. One that was told to stop leaves that to its post step.
func (r *run) unverified(ctx context.Context, cause error) Result {
	r.sayEach(cause)
	left := r.result
	if ctx.Err() == nil {
		left = r.nothingLeft()
	}
	return left.because(deploy.UnexpectedError).orResult(deploy.ResultVerificationFailed)
}

// staysLocked says what is left where a start could not be confirmed, nil for nothing.
func staysLocked(l plan.Ledger) error {
	if l.Lock == nil {
		return nil
	}
	return lockStays("the lock of " + markdown.Code(l.Subject.Environment))
}

// locksStay says what may be left where it is not known what this run has started, nil for nothing.
func locksStay(c config.Config) error {
	if c.Locks.Disabled {
		return nil
	}
	return lockStays("a lock that this run has taken")
}

func lockStays(which string) error {
	return &problemError{problem: deploy.Problem{
		Text: "Nothing was ended: " + which + " stays.",
		Hint: "Run this job again. If it stays like this, the next deployment there takes the lock over.",
	}}
}

// nothingLeft leaves nothing to the post step.
func (r *run) nothingLeft() Result {
	if err := r.exec.Adopt(plan.Ledger{Phase: plan.Closed}); err != nil {
		r.say(r.runner.Warning, err)
	}
	without := r.result
	without.Ledger = nil
	return without
}

// finishing is the input of a step that ends what another job has started, whatever its expressions evaluate to by now.
func (in input) finishing() input {
	in.config.Mode = config.Finish
	return in
}

// mayEnd reports whether an attempt may end what another attempt has started. An end is never changed: jobs that were
// run again alone were not checked. What a rehearsal came to is only in its comment.
func (r *run) mayEnd(ctx context.Context, l plan.Ledger) (bool, error) {
	r.runner.Warning(message.OtherAttempt(l.RunAttempt, r.result.Request.Event.Run.Attempt))
	if l.Subject.Noop {
		id, err := r.github.FindComment(ctx, plan.ResultMarker(l), l.Subject.StartedAt)
		return id == 0, err
	}
	state, err := r.github.HowEnded(ctx, l)
	return state == "" || !r.skipped() && state == plan.FinalState(l, r.result.Config.Status), err
}

// keepEnd leaves an end as it is, and says so: on the pull request, unless the jobs that deploy were skipped.
func (r *run) keepEnd(ctx context.Context, l plan.Ledger) Result {
	ctx, cancel := withCleanupTimeout(ctx)
	defer cancel()
	r.exec.Ledger, r.exec.Repeats = l, true
	steps, said := plan.KeepEnd(l, r.result.Request.Event.Run.Attempt), message.EndKept(l.Subject)
	if r.skipped() {
		steps, said = plan.Release(l), message.NothingAgain(l.Subject)
	}
	r.sayEach(r.exec.Run(ctx, steps, execute.End))
	r.runner.Error("The deployment to " + markdown.Code(l.Subject.Environment) + " has ended already. Its end is not changed.")
	r.summarize(said)
	return r.result.because(deploy.UnexpectedError).orResult(deploy.InvalidResultContext)
}

// skipped reports whether the jobs that deploy did nothing.
func (r *run) skipped() bool { return r.rawStatus() == "skipped" }

// rawStatus is how the workflow spells what came of the deployment.
func (r *run) rawStatus() string {
	if c := r.result.Config; c.Result.Mode || r.overruled {
		return string(c.Result.Jobs)
	}
	return r.runner.Input("status")
}

// finishFound ends what this run has started, although nothing was handed over: the runner drops an output in which
// it finds a secret.
func finishFound(ctx context.Context, a *App, in input) Result {
	r, err := a.newRun(in.result(), receivers{})
	if err != nil {
		return in.result().invalid(listed(err)...)
	}
	request := in.result().Request
	request.Command, _ = deploy.Grammar(in.config).Parse(in.event.Comment.Body) // parameters that cannot be read change no kind
	if err := r.exec.Adopt(plan.Ledger{Phase: plan.Seeking}); err != nil {
		return r.failQuietly(err).orResult(deploy.ResultCompletionFailed)
	}
	find := r.github.FindStart
	if in.config.Locks.Disabled {
		find = r.github.FindDeployment
	}
	traces, err := find(ctx, in.event)
	if err != nil {
		return r.unverified(ctx, errors.Join(err, locksStay(in.config)))
	}
	ledger, left := plan.Recover(request, in.config, traces)
	switch left {
	case plan.EndLeft:
		a.runner.Warning("The handoff is empty: GitHub hands on no output in which it finds a secret. " +
			"I found what this run has started, and end it by the inputs of this step.")
		ledger = ledger.WithResult(request, in.config)
		ledger.Handed = true
		r.exec.Ledger = ledger
		if err := r.exec.Run(ctx, plan.FindReaction(ledger), execute.Answer); err != nil {
			return r.failQuietly(err).orResult(deploy.ResultCompletionFailed)
		}
		found := r.exec.Ledger
		return a.adopting(in, found, func(again *run) Result { return again.finishConfirmed(ctx, found) })
	case plan.LockLeft, plan.UnknownLockLeft:
		return r.releaseFound(ctx, ledger, left)
	case plan.NothingLeft:
	}
	a.runner.Log().Info("nothing to finish: this run has started nothing that has not ended")
	return r.nothingLeft().because(deploy.FinishCompleted).orResult(deploy.InvalidResultContext)
}

// releaseFound releases a lock without which nothing is left of a start. Where its end is not known, that is a failure.
func (r *run) releaseFound(ctx context.Context, l plan.Ledger, left plan.Left) Result {
	ctx, cancel := withCleanupTimeout(ctx)
	defer cancel()
	r.exec.Ledger = l
	err := r.exec.Run(ctx, plan.Release(l), execute.End)
	r.sayEach(err)
	r.result.Environment = l.Subject.Environment
	if left == plan.UnknownLockLeft {
		r.sayEach(&problemError{problem: deploy.Problem{
			Text: "The handoff is empty, and the start of this run cannot be ended. It left the lock of " +
				markdown.Code(l.Subject.Environment) + " behind, and no deployment.",
			Hint: "The lock was released. Look at the job that starts deployments.",
		}})
	}
	if err != nil || left == plan.UnknownLockLeft {
		return r.result.because(deploy.UnexpectedError).orResult(deploy.ResultCompletionFailed)
	}
	return r.result.because(deploy.FinishCompleted).orResult(deploy.InvalidResultContext)
}

// errContext says what the input context is to be.
func errContext() error {
	return &config.InputError{Input: "context", Accepted: `it is not the output "context" of a start in this workflow run`}
}

// errHandoff says what the input handoff is to be.
func errHandoff() error {
	return &config.InputError{Input: "handoff", Accepted: "it is not the start of this run: accepted is the output handoff of the job that started the deployment"}
}

// notOfRun says that what was handed over names something that this run has not started.
func (in input) notOfRun() error {
	if in.config.Result.Context != "" {
		return errContext()
	}
	return errHandoff()
}

// handedOver reads the input handoff or context, and makes sure that it comes from this run.
func handedOver(in input) (plan.Ledger, error) {
	if given := in.config.Result.Context; given != "" {
		ledger, err := plan.ReadContext(in.result().Request, in.config, given)
		if err != nil || ledger.Phase != plan.Ready || ledger.RunID != in.event.Run.ID {
			return plan.Ledger{}, errContext()
		}
		return ledger, nil
	}
	ledger, err := plan.ReadHandoff(in.config.Handoff)
	if err != nil {
		return plan.Ledger{}, &config.InputError{Input: "handoff", Accepted: "accepted is the output handoff of the step that started the deployment"}
	}
	switch {
	case in.config.Handoff == "":
		return ledger, nil
	case ledger.Phase != plan.Ready: // no start hands over anything else
		return plan.Ledger{}, errHandoff()
	case ledger.RunID != in.event.Run.ID:
		return plan.Ledger{}, errors.New("the input handoff comes from another workflow run; give it the output of a job of this run")
	case ledger.TriggerID != in.event.Comment.ID || ledger.Pull != in.event.Pull:
		return plan.Ledger{}, errHandoff()
	}
	return ledger, nil
}
