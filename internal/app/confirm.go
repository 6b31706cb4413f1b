package app

import (
	"context"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/execute"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/wait"
)

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
