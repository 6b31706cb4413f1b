package app

import (
	"context"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/execute"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/wait"
)

// run is one request on its way from the facts to the result.
type run struct {
	*App
	world  *world
	exec   *execute.Executor
	result Result
}

func (a *App) newRun(w *world, r Result) *run {
	started := &run{App: a, world: w, exec: a.executor(w), result: r}
	started.exec.Decide = started.decideAgain
	return started
}

// decide decides on what was read so far.
func (r *run) decide() {
	r.settle(deploy.Decide(r.result.Request, r.result.Config, r.result.Facts))
}

// settle makes a decision the one from which everything follows.
func (r *run) settle(d deploy.Decision) {
	r.result.Decision, r.exec.Decision, r.world.tracker.decision = d, d, d
}

// decideAgain decides on what was read inside a write.
func (r *run) decideAgain(facts deploy.Facts) deploy.Decision {
	before := r.result.Facts
	facts = facts.Keep(before)
	r.result.Facts = facts
	request := r.result.Request
	request.Pinned = r.result.Decision.Target.SHA
	return deploy.Decide(request, r.result.Config, facts)
}

// newLedger is a ledger with what is known so far.
func (r *run) newLedger() plan.Ledger {
	l := plan.NewLedger(r.result.Request, r.result.Config, r.result.Decision, r.result.Facts)
	l.End.Metadata = r.world.metadata
	return l
}

// plan plans what follows from the decision.
func (r *run) plan() []plan.Step {
	return plan.For(r.result.Request, r.result.Config, r.result.Decision, r.exec.Ledger)
}

// starts reports whether the decision begins something that a later stage has to end.
func (r *run) starts() bool {
	return r.result.Decision.Verdict == deploy.Proceed && r.result.Decision.Outcome() == deploy.Continue
}

// execute does what follows from the decision.
func (r *run) execute(ctx context.Context) Result {
	steps, policy := r.plan(), execute.Answer
	if r.starts() {
		policy = execute.Start
	} else if r.exec.Ledger.Phase == plan.Starting {
		return r.cleanUp(ctx, steps)
	}
	if err := r.exec.Run(ctx, steps, policy); err != nil {
		return r.abort(ctx, err)
	}
	return r.end()
}

// abort ends a run in whose middle something went wrong: what was begun is taken back, and the
// pull request says why.
func (r *run) abort(ctx context.Context, cause error) Result {
	r.runner.Log().Debug("run is broken off", "error", cause.Error())
	return r.cleanUp(ctx, r.cleanupPlan(cause))
}

// cleanUp carries out a way out.
func (r *run) cleanUp(ctx context.Context, steps []plan.Step) Result {
	ctx, cancel := withCleanupTimeout(ctx)
	defer cancel()
	r.sayEach(r.exec.Run(ctx, steps, execute.Withdraw))
	return r.end()
}

// cleanupPlan plans the end of a broken run. Refusals that come late are decisions like any other.
func (r *run) cleanupPlan(cause error) []plan.Step {
	d := r.result.Decision
	if late, isDecision := lateDecision(d, cause); isDecision {
		r.settle(late)
		return r.plan()
	}
	problem, reason := explain(cause), deploy.UnexpectedError
	if d.Update {
		reason = d.Reason // it was refused already; only the update failed
	}
	d.Kind, d.Verdict, d.Reason = r.result.Request.Command.Kind, deploy.Refuse, reason
	d.Findings = append(d.Findings, deploy.Finding{
		Gate: "start", Level: deploy.Block, Code: reason, Text: problem.Text, Hint: problem.Hint,
	})
	r.settle(d)
	return plan.Abandon(r.exec.Ledger, problem)
}

// ended is the result with all that is known by now.
func (r *run) ended() Result {
	r.result.Ledger, r.result.Tracking = &r.exec.Ledger, r.world.tracker.known()
	return r.result
}

// end is the result of the run, with the record of what it began.
func (r *run) end() Result { return r.world.tracker.withRecord(r.ended()) }

// confirm takes the lock, asks whether to go on, waits for the answer and decides again. After a yes
// everything is read anew: much can happen meanwhile.
func (r *run) confirm(ctx context.Context) Result {
	if err := r.exec.Run(ctx, r.plan(), execute.Question); err != nil {
		return r.abort(ctx, err)
	}
	answer, err := r.awaitAnswer(ctx)
	if err != nil {
		return r.abort(ctx, err)
	}
	r.result.Facts.Answer, r.exec.Ledger.Answer = answer, answer.Kind
	if answer.Kind == deploy.Confirmed {
		if err := r.read(ctx); err != nil {
			return r.abort(ctx, err)
		}
	}
	r.result.Request.Pinned = r.result.Decision.Target.SHA
	r.decide()
	r.exec.Ledger = r.exec.Ledger.Renew(r.result.Request, r.result.Config, r.result.Decision, r.result.Facts)
	return r.execute(ctx)
}

// The waits between two looks at the reactions.
const (
	firstPoll   = 2 * time.Second
	longestPoll = 10 * time.Second
)

// awaitAnswer looks for a reaction of the actor until there is one or the time is over; the last
// look is at the very end. A look that fails for the moment is made up for by the next one.
func (r *run) awaitAnswer(ctx context.Context) (deploy.Answer, error) {
	deadline, pause := r.deps.Now().Add(r.result.Config.Confirmation.Timeout), firstPoll
	for {
		last := !r.deps.Now().Before(deadline)
		kind, err := r.world.github.Answer(ctx, r.exec.Ledger.PromptID, r.result.Request.Event.Actor)
		switch {
		case err != nil && (gh.Definite(err) || ctx.Err() != nil):
			return deploy.Answer{}, err
		case err != nil:
			r.say(r.runner.Warning, err)
		case kind != deploy.NoAnswer:
			return deploy.Answer{Kind: kind, At: r.deps.Now()}, nil
		}
		if last {
			return deploy.Answer{Kind: deploy.TimedOut, At: r.deps.Now()}, nil
		}
		if err := wait.For(ctx, min(pause, deadline.Sub(r.deps.Now()))); err != nil {
			return deploy.Answer{}, err
		}
		pause = min(2*pause, longestPoll)
	}
}
