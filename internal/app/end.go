package app

import (
	"context"
	"errors"
	"sync"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/execute"
	"github.com/lockstep-action/lockstep/internal/gh"
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
	if ledger.End.SkipCompleting && ledger.Phase == plan.Ready && !ledger.Handed {
		a.runner.Log().Info("the end of the deployment is left to the workflow")
		return 0
	}
	in, err := a.input()
	if err != nil && !errors.Is(err, runner.ErrNoPayload) {
		return a.runner.Exit(err)
	}
	for _, problem := range in.problems {
		a.runner.Warning(problem)
	}
	ended, err := a.postEnd(ctx, in, ledger)
	if err != nil {
		return a.runner.Exit(err)
	}
	for _, problem := range ended.Problems {
		a.runner.Error(problem)
	}
	if len(ended.Problems) > 0 {
		a.summarize(summary(ended))
	}
	outputs := append(secondsOutput(ended), healthOutputs(ended)...)
	if ended.Decision.Reason == deploy.HealthCheckFailed {
		outputs = append(outputs, Output{"reason_code", string(ended.Decision.Reason)})
	}
	for _, output := range outputs {
		a.give(output)
	}
	if ended.Decision.Reason.Fails() {
		return 1
	}
	return 0
}

// postEnd ends what is left to the post step. A step that ends what another job has started was cut off while it looked
// whether it may.
func (a *App) postEnd(ctx context.Context, in input, l plan.Ledger) (Result, error) {
	switch {
	case l.Phase == plan.Seeking:
		return finishFound(ctx, a, in.finishing()), nil
	case l.Phase == plan.Ready && l.Handed:
		return finishHanded(ctx, a, in.finishing(), l), nil
	}
	r, err := a.newRun(in.result(), a.reopenReceivers(in.config, l))
	if err != nil {
		return Result{}, err
	}
	r.github.Assume(l.Skew)
	return r.complete(ctx, l), nil
}

// complete carries out the end of a deployment, or the way out of one that was cut off while it was being started.
// What an earlier stage may have carried out is looked for first: one that was cut off, or one that a finishing job
// repeats.
func (r *run) complete(ctx context.Context, l plan.Ledger) Result {
	r.exec.Ledger, r.exec.Repeats = l, false
	r.checkHealth(ctx)
	r.exec.Repeats = l.Phase != plan.Ready || r.result.Config.Mode == config.Finish
	ctx, cancel := withCleanupTimeout(ctx)
	defer cancel()
	r.result.Request.Command = l.Command()
	r.result.Decision = deploy.Decision{Kind: l.Command().Kind, Verdict: deploy.Proceed, Reason: deploy.FinishCompleted}
	err := r.completeEnd(ctx)
	r.sayEach(err)
	switch {
	case err != nil:
		return r.result.because(deploy.UnexpectedError).orResult(deploy.ResultCompletionFailed)
	case r.exec.Ledger.Health.Failed():
		return r.unhealthy()
	case r.result.Config.Result.Mode && r.result.Config.Status != config.Completed:
		r.runner.Error("The result of the jobs is `" + r.rawStatus() + "`. It is recorded.")
		return r.result.orResult(deploy.ResultNonSuccess)
	}
	return r.result.orResult(deploy.ResultCompleted)
}

// completeEnd carries out the end of what was started: its status and lock first, with the template read at the same
// time, and then what people see of it.
func (r *run) completeEnd(ctx context.Context) error {
	l, now := r.exec.Ledger, r.deps.Now()
	if l.Phase == plan.Starting {
		return r.exec.Run(ctx, plan.Abandon(l, plan.Interrupted()), execute.Withdraw)
	}
	c := r.result.Config
	ending := message.Ending{
		Status: c.Status, RawStatus: r.rawStatus(), Results: r.runner.Getenv("DEPLOY_MESSAGE"),
		Rerun: r.result.Request.Event.Run.Attempt != l.RunAttempt, RerunBy: r.result.Request.Event.By(),
	}
	if l.Tracked {
		ending.Status = c.Track.JobStatus
	}
	var group sync.WaitGroup
	var failed error
	group.Go(func() { ending.Template, failed = readTemplate(ctx, r.github, l.End.Template) })
	err := r.exec.Run(ctx, plan.End(l, ending.Status), execute.Ending)
	group.Wait()
	ending.At = now.Add(-r.github.Skew()) // known since the first answer
	if !l.Tracked {
		r.result.Seconds = new(plan.Seconds(l, ending.At))
	}
	if failed != nil {
		ending.TemplateProblem = plainly(failed)
	}
	told := r.exec.Run(ctx, plan.Tell(r.exec.Ledger, ending), execute.End)
	if ended := l.Ended(ending.Status).Status; !l.Subject.Noop {
		r.summarize(message.RecordSummary(recordOf(r.result, ended, r.tracker.occurred(ended, r.exec.Ledger)), deploy.Decision{}))
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
