package app

import (
	"context"
	"errors"
	"sync"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/execute"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/runner"
	"github.com/lockstep-action/lockstep/internal/template"
)

// Post completes what Main began, after the job has ended however it did, and returns the exit status.
func (a *App) Post(ctx context.Context) int {
	ledger, err := plan.ReadLedger(a.runner.State(stateKey))
	if err != nil {
		return a.runner.Exit(err)
	}
	if ledger.Phase == plan.Idle || ledger.Phase == plan.Closed {
		a.runner.Log().Info("nothing to complete")
		return 0
	}
	if ledger.End.SkipCompleting && ledger.Phase == plan.Ready {
		a.runner.Log().Info("the end of the deployment is left to the workflow")
		return 0
	}
	in, err := a.input()
	if err != nil && !errors.Is(err, runner.ErrNoPayload) {
		return a.runner.Exit(err)
	}
	r, err := a.newRun(in.result(), a.reopenReceivers(in.config, ledger))
	if err != nil {
		return a.runner.Exit(err)
	}
	for _, problem := range in.problems {
		a.runner.Warning(problem)
	}
	ended := r.complete(ctx, ledger)
	for _, output := range secondsOutput(ended) {
		a.give(output)
	}
	if ended.Decision.Reason.Fails() {
		return 1
	}
	return 0
}

func finish(ctx context.Context, a *App, in input) Result {
	a.advise(in.config)
	if len(in.problems) > 0 {
		return in.result().invalid(in.problems...)
	}
	ledger, err := handedOver(in)
	if err != nil {
		return in.result().invalid(err.Error())
	}
	switch {
	case ledger.Phase == plan.Ready:
		return finishHanded(ctx, a, in, ledger)
	case in.config.Handoff == "" && in.event.IsCommand():
		return finishFound(ctx, a, in)
	}
	a.runner.Log().Info("nothing to finish: no deployment was handed over")
	return in.result().because(deploy.FinishCompleted)
}

func finishHanded(ctx context.Context, a *App, in input, ledger plan.Ledger) Result {
	r, err := a.newRun(in.result(), a.reopenReceivers(in.config, ledger))
	if err != nil {
		return in.result().invalid(listed(err)...)
	}
	r.result.Environment = ledger.Subject.Environment
	if in.event.Run.Attempt != ledger.RunAttempt {
		mayEnd, err := r.mayEnd(ctx, ledger)
		switch {
		case err != nil:
			return r.failQuietly(err)
		case !mayEnd:
			return r.keepEnd(ctx, ledger)
		}
	}
	return r.tracker.withRecord(r.complete(ctx, ledger))
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
	r.sayEach(r.exec.Run(ctx, plan.KeepEnd(l, r.result.Request.Event.Run.Attempt, r.skipped()), execute.End))
	r.runner.Error("The deployment to " + markdown.Code(l.Subject.Environment) + " has ended already. Its end is not changed.")
	return r.result.because(deploy.UnexpectedError)
}

// skipped reports whether the jobs that deploy did nothing.
func (r *run) skipped() bool { return r.runner.Input("status") == "skipped" }

// finishFound ends what this run has started, although nothing was handed over: the runner drops an output in which
// it finds a secret.
func finishFound(ctx context.Context, a *App, in input) Result {
	r, err := a.newRun(in.result(), receivers{})
	if err != nil {
		return in.result().invalid(listed(err)...)
	}
	request := in.result().Request
	request.Command, _ = deploy.Grammar(in.config).Parse(in.event.Comment.Body) // parameters that cannot be read change no kind
	traces, err := r.github.FindStart(ctx, in.event, in.config.Locks.Disabled)
	if err != nil {
		return r.failQuietly(err)
	}
	ledger, left := plan.Recover(request, in.config, traces)
	switch left {
	case plan.EndLeft:
		a.runner.Warning("The handoff is empty: GitHub hands on no output in which it finds a secret. " +
			"I found what this run has started, and end it by the inputs of this step.")
		r.exec.Ledger = ledger
		if err := r.exec.Run(ctx, plan.FindReaction(ledger), execute.Answer); err != nil {
			return r.failQuietly(err)
		}
		return finishHanded(ctx, a, in, r.exec.Ledger)
	case plan.LockLeft, plan.UnknownLockLeft:
		return r.releaseFound(ctx, ledger, left)
	case plan.NothingLeft:
	}
	a.runner.Log().Info("nothing to finish: this run has started nothing that has not ended")
	return r.result.because(deploy.FinishCompleted)
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
		r.runner.Error("The handoff is empty, and the start of this run cannot be ended. It left the lock of " +
			markdown.Code(l.Subject.Environment) + " behind, and no deployment. " +
			"The lock was released; look at the job that starts deployments.")
	}
	if err != nil || left == plan.UnknownLockLeft {
		return r.result.because(deploy.UnexpectedError)
	}
	return r.result.because(deploy.FinishCompleted)
}

// handedOver reads the input handoff, and makes sure that it comes from this run.
func handedOver(in input) (plan.Ledger, error) {
	ledger, err := plan.ReadHandoff(in.config.Handoff)
	if err != nil {
		return plan.Ledger{}, &config.InputError{Input: "handoff", Accepted: "accepted is the output handoff of the step that started the deployment"}
	}
	if ledger.Phase == plan.Ready && ledger.RunID != in.event.Run.ID {
		return plan.Ledger{}, errors.New("the input handoff comes from another workflow run; give it the output of a job of this run")
	}
	return ledger, nil
}

// complete carries out the end of a deployment, or the way out of one that was cut off while it was being started.
// What an earlier stage may have carried out is looked for first: one that was cut off, or one that a finishing job
// repeats.
func (r *run) complete(ctx context.Context, l plan.Ledger) Result {
	ctx, cancel := withCleanupTimeout(ctx)
	defer cancel()
	r.exec.Ledger, r.exec.Repeats = l, l.Phase != plan.Ready || r.result.Config.Mode == config.Finish
	r.result.Request.Command = l.Command()
	r.result.Decision = deploy.Decision{Kind: l.Command().Kind, Verdict: deploy.Proceed, Reason: deploy.FinishCompleted}
	err := r.completeEnd(ctx)
	r.sayEach(err)
	if err != nil {
		r.result.Decision.Reason = deploy.UnexpectedError
	}
	return r.result
}

// completeEnd carries out the end of what was started: its status and lock first, with the template read at the same
// time, and then what people see of it.
func (r *run) completeEnd(ctx context.Context) error {
	l, now := r.exec.Ledger, r.deps.Now()
	if l.Phase == plan.Starting {
		return r.exec.Run(ctx, plan.Abandon(l, plan.Interrupted()), execute.Withdraw)
	}
	c := r.result.Config
	ending := message.Ending{Status: c.Status, RawStatus: r.runner.Input("status"), At: now, Results: r.runner.Getenv("DEPLOY_MESSAGE")}
	if l.Tracked {
		ending.Status = c.Track.JobStatus
	} else {
		r.result.Seconds = new(plan.Seconds(l, now))
	}
	var group sync.WaitGroup
	var failed error
	group.Go(func() { ending.Template, failed = readTemplate(ctx, r.github, l.End.Template) })
	err := r.exec.Run(ctx, plan.End(l, ending.Status), execute.Ending)
	group.Wait()
	if failed != nil {
		ending.TemplateProblem = plainly(failed)
	}
	told := r.exec.Run(ctx, plan.Tell(r.exec.Ledger, ending), execute.End)
	if ended := plan.Ended(ending.Status).Status; !l.Subject.Noop {
		r.summarize(message.RecordSummary(recordOf(r.result, ended, r.tracker.occurred(ended)), deploy.Decision{}))
	}
	return errors.Join(err, failed, told)
}

func readTemplate(ctx context.Context, github *gh.Client, file deploy.File) (*template.Template, error) {
	if file.Path == "" {
		return nil, nil
	}
	facts, err := github.Facts(ctx, deploy.Needs{Template: file})
	if err != nil {
		return nil, err
	}
	problem, unread := facts.Unavailable[deploy.TemplatePart]
	switch {
	case unread:
		return nil, &problemError{problem: problem}
	case facts.Template == nil:
		return nil, nil
	}
	parsed, err := template.Parse(*facts.Template)
	switch {
	case err != nil:
		return nil, &problemError{problem: deploy.UnusableTemplate(file.Path, err), cause: err}
	case parsed.Empty():
		return nil, nil
	}
	return &parsed, nil
}

func plainly(err error) string {
	if found, isProblem := errors.AsType[*problemError](err); isProblem && found.cause != nil {
		return found.cause.Error()
	}
	return "it could not be read"
}
