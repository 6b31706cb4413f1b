package app

import (
	"context"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// misconfigured ends a run whose inputs cannot be used. Whoever may run commands here reads on the pull request
// what is wrong; for everybody else, and where that cannot be told, it stands on the run's page.
func (r *run) misconfigured(ctx context.Context, problems error) int {
	if err := r.answerMisconfigured(ctx, problems); err != nil {
		r.runner.Log().Info("the pull request could not be told what is wrong with the inputs", "error", err.Error())
	}
	r.session = nil // nothing of the command itself was begun
	return r.fail(problems)
}

func (r *run) answerMisconfigured(ctx context.Context, problems error) error {
	client, err := r.client()
	if err != nil {
		return err
	}
	e := r.request.Event
	facts, err := client.Facts(ctx, deploy.Needs{Actor: e.Actor, Pull: e.Pull})
	if err != nil {
		return err
	}
	asked := deploy.Request{Command: command.Command{Kind: command.Help}, Event: e}
	if deploy.Decide(asked, r.config, facts).Verdict != deploy.Proceed {
		return nil
	}
	r.session = &session{github: client, ledger: plan.NewLedger(r.request, r.config, deploy.Decision{}, facts)}
	return r.doAll(ctx, plan.Abandon(r.session.ledger, deploy.Problem{
		Text: "The workflow gives Lockstep inputs that it cannot use:\n\n" + bullets(listed(problems)),
		Hint: "Correct them in the workflow file of the default branch; comments start that one, whatever the pull request holds.",
	}))
}
