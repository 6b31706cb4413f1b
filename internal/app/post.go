package app

import (
	"context"
	"errors"
	"strconv"
	"sync"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/runner"
)

// Post completes what Main began, after the job has ended however it did. Without a ledger there
// is nothing to complete.
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
	cfg, invalid := a.settings()
	e, err := a.runner.Event()
	if err != nil && !errors.Is(err, runner.ErrNoPayload) {
		return a.runner.Exit(err)
	}
	r := a.newRun(resolve(cfg, e), e)
	if r.session, err = r.reopen(ledger); err != nil {
		return a.runner.Exit(err)
	}
	for _, problem := range listed(invalid) {
		a.runner.Warning(problem)
	}
	r.request.Command = ledger.Command()
	return r.complete(ctx)
}

// complete carries out the end of a deployment, or the way out of one that was cut off while it
// was being started.
func (r *run) complete(ctx context.Context) int {
	ctx, cancel := withCleanupTimeout(ctx)
	defer cancel()
	var err error
	r.session.repeats = r.session.ledger.Phase != plan.Ready
	if r.session.ledger.Phase == plan.Starting {
		err = r.doAll(ctx, plan.Abandon(r.session.ledger, plan.Interrupted()))
	} else {
		err = r.end(ctx)
	}
	r.sayEach(err)
	if err != nil {
		return 1
	}
	return 0
}

// end carries out the end of what was started, and notes that nothing is left to do. Everything is
// tried, whatever fails.
func (r *run) end(ctx context.Context) error {
	r.session.ledger.Phase = plan.Ending
	err := r.endDeployment(ctx)
	r.session.ledger.Phase = plan.Closed
	return errors.Join(err, r.save())
}

// endDeployment ends a deployment: its status and lock first, with the template read beside them, and
// then what people see of it.
func (r *run) endDeployment(ctx context.Context) error {
	now, status := r.deps.Now(), r.endStatus()
	if r.session.ledger.Tracked {
		return r.endTracked(ctx, status)
	}
	if err := r.runner.SetOutput("total_seconds", strconv.Itoa(plan.Seconds(r.session.ledger, now))); err != nil {
		r.runner.Log().Warn("an output could not be written", "output", "total_seconds", "error", err.Error())
	}
	var (
		group  sync.WaitGroup
		ending message.Ending
		failed error
	)
	group.Go(func() { ending.Template, failed = r.template(ctx) })
	err := r.doAll(ctx, plan.End(r.session.ledger, status))
	group.Wait()
	if failed != nil {
		ending.TemplateProblem = plainly(failed)
	}
	ending.Status = status
	ending.RawStatus, ending.At, ending.Results = r.runner.Input("status"), now, r.runner.Getenv("DEPLOY_MESSAGE")
	told := r.doAll(ctx, plan.Tell(r.session.ledger, ending))
	r.summarizeEnd(status)
	return errors.Join(err, failed, told)
}

// endTracked records how the job ended that a tracked step began.
func (r *run) endTracked(ctx context.Context, status config.Status) error {
	err := r.doAll(ctx, plan.End(r.session.ledger, status))
	told := r.doAll(ctx, plan.Tell(r.session.ledger, message.Ending{Status: status}))
	r.summarizeEnd(status)
	return errors.Join(err, told)
}

// endStatus is how it ended: as the workflow says, or as the job did for a tracked step.
func (r *run) endStatus() config.Status {
	if r.session.ledger.Tracked {
		return r.config.Track.JobStatus
	}
	return r.config.Status
}

// sayEach reports every one of joined errors, in the log and on the run's page: the pull request may be
// what could not be reached.
func (r *run) sayEach(err error) {
	var problems []deploy.Problem
	for _, one := range unjoin(err) {
		r.say(r.runner.Error, one)
		problems = append(problems, explain(one))
	}
	if len(problems) == 0 {
		return
	}
	r.summarize(message.Unfinished(problems))
}

// unjoin takes joined errors apart.
func unjoin(err error) []error {
	if err == nil {
		return nil
	}
	joined, several := err.(interface{ Unwrap() []error })
	if !several {
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, unjoin(one)...)
	}
	return all
}
