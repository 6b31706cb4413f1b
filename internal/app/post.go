package app

import (
	"context"
	"errors"
	"strconv"

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
	cfg, invalid := a.settings()
	e, err := a.runner.Event()
	if err != nil && !errors.Is(err, runner.ErrNoPayload) {
		return a.runner.Exit(err)
	}
	r := a.newRun(resolve(cfg, e), e)
	if r.world, err = r.open(); err != nil {
		return a.runner.Exit(err)
	}
	for _, problem := range listed(invalid) {
		a.runner.Warning(problem)
	}
	r.world.ledger = ledger
	r.request.Command = ledger.Command()
	return r.complete(ctx)
}

// complete carries out the end of a deployment, or the way out of one that was cut off while it
// was being started.
func (r *run) complete(ctx context.Context) int {
	ctx, cancel := withinReach(ctx)
	defer cancel()
	steps := plan.Abandon(r.world.ledger, plan.Interrupted())
	r.world.repeats = r.world.ledger.Phase != plan.Ready
	if r.world.ledger.Phase == plan.Ready {
		now := r.doors.Now()
		steps = plan.Finish(r.world.ledger, r.config, r.runner.Input("status"), now)
		seconds := strconv.Itoa(plan.Seconds(r.world.ledger, now))
		if err := r.runner.SetOutput("total_seconds", seconds); err != nil {
			r.runner.Log().Warn("an output could not be written", "output", "total_seconds", "error", err.Error())
		}
	}
	if err := r.do(ctx, steps); err != nil {
		for _, one := range unjoin(err) {
			r.say(r.runner.Error, one)
		}
		return 1
	}
	return 0
}

// unjoin takes joined errors apart.
func unjoin(err error) []error {
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
