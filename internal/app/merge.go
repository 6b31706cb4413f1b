package app

import (
	"context"
	"errors"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/execute"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// mergeDeploy finds out whether what is on the default branch still has to be deployed. It writes nothing.
func mergeDeploy(ctx context.Context, a *App, in input) Result {
	r, problems := a.begin(in)
	if len(problems) > 0 {
		return in.result().invalid(problems...)
	}
	facts, err := r.github.MergeFacts(ctx, in.config.Environment)
	if err != nil {
		return r.failQuietly(err)
	}
	r.result.Environment = in.config.Environment
	r.result.Decision = deploy.DecideMerge(in.config, facts)
	return r.end()
}

// begin begins a run that answers no comment, or says why it cannot.
func (a *App) begin(in input) (*run, []string) {
	a.advise(in.config)
	if len(in.problems) > 0 {
		return nil, in.problems
	}
	opened, err := a.open(in.result())
	return opened, listed(err)
}

func (r *run) failQuietly(err error) Result {
	r.say(r.runner.Error, err)
	return r.end().because(deploy.UnexpectedError)
}

// unlockOnMerge removes the locks that were made on a pull request which has ended. One failure does not keep others.
func unlockOnMerge(ctx context.Context, a *App, in input) Result {
	in = a.forLocks(in)
	r, problems := a.begin(in)
	if len(problems) > 0 {
		return in.result().invalid(problems...)
	}
	e := in.event
	if e.Name != "pull_request" || e.Action != "closed" || (!e.Merged && !in.config.Merge.OnClose) {
		a.runner.Warning("Nothing is unlocked: the event is no pull request that was just merged. Those that were closed count with unlock_on_close: true.")
		r.result.Unlocked = []string{}
		return r.end().because(deploy.UnlockOnMergeCompleted)
	}
	facts, err := r.endedFacts(ctx)
	if err != nil {
		return r.failQuietly(err)
	}
	r.result.Decision = deploy.DecideUnlock(r.result.Request, r.result.Config, facts)
	if r.result.Decision.Verdict == deploy.Refuse {
		return r.end()
	}
	r.exec.Ledger.Repository = facts.Repository
	return r.unlock(ctx)
}

// endedFacts reads the locks that may end, of the environments that the rules file names, or else the inputs.
func (r *run) endedFacts(ctx context.Context) (deploy.Facts, error) {
	asked := deploy.MergeNeeds(r.result.Request, r.result.Config)
	facts, err := r.github.Facts(ctx, asked)
	if err != nil {
		return facts, err
	}
	if problem, missing := facts.Missing(deploy.PolicyPart); missing && asked.Policy != "" {
		r.runner.Warning(problem.Text + " Only the locks of environments that the inputs name are looked at.")
	}
	_, r.result.Config, facts = deploy.Govern(r.result.Request, r.result.Config, facts)
	if more := deploy.MergeNeeds(r.result.Request, r.result.Config).Beyond(asked); more.Any() {
		return r.github.More(ctx, facts, more)
	}
	return facts, nil
}

func (r *run) unlock(ctx context.Context) Result {
	steps := plan.Unlock(r.result.Decision, r.exec.Ledger)
	err := r.exec.Run(ctx, steps, execute.Withdraw)
	kept := map[string]error{}
	for _, one := range unjoin(err) {
		if failed, isStep := errors.AsType[*execute.StepError](one); isStep {
			kept[failed.Effect.String()] = one
		}
	}
	r.result.Unlocked = []string{}
	reason := deploy.UnlockOnMergeCompleted
	for i, step := range steps {
		name := r.result.Decision.Ended[i].Name()
		switch err := kept[step.Effect.String()]; {
		case err == nil:
			r.result.Unlocked = append(r.result.Unlocked, name)
		case execute.Replaced(err):
			r.runner.Warning("The lock of " + name + " was left alone: it was replaced meanwhile.")
		default:
			r.say(r.runner.Error, err)
			reason = deploy.UnexpectedError
		}
	}
	return r.end().because(reason)
}
