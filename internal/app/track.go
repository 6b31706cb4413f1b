package app

import (
	"context"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/execute"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
)

func trackStep(ctx context.Context, a *App, in input) Result {
	c := in.config
	if c.Environment == "" && !c.Builds() {
		missing := config.InputError{Input: "environment", Accepted: "mode track needs to know where the deployment goes"}
		if in.guessed && in.event.IsCommand() {
			missing.Accepted += ": " + autoTracks
		}
		in.problems = append(in.problems, missing.Error())
	}
	if len(c.HealthChecks) > 0 {
		a.runner.Warning("The input `health_check` has no effect with `mode: track`: what a step records is what the workflow says. " +
			"Check the application in a step before the one that records the end.")
	}
	missing := a.missingKey(in)
	if missing != "" && !c.Status.Terminal() {
		in.problems = append(in.problems, missing)
	}
	r, problems := a.begin(in)
	if len(problems) > 0 {
		return in.result().invalid(problems...)
	}
	if c.Builds() && !c.Tracks() && !c.Notifies() {
		a.runner.Warning("The build is recorded nowhere: neither versioner_api_key nor the address of another receiver is set. " +
			"Secrets are empty in runs of pull requests from forks, and where their name is wrong.")
	}
	r.result.Request.Command = command.Command{Kind: command.Deploy, Environment: c.For(c.Environment).Resolved.Environment, KnownEnvironment: true}
	r.result.Request.SHA = in.event.SHA
	r.asked.request = r.result.Request
	recorded := r.trackState(ctx)
	if missing != "" { // GitHub learns the end of what has happened all the same
		return recorded.invalid(missing)
	}
	return recorded
}

// autoTracks says why a command gets no answer.
const autoTracks = "with version or event_type, mode auto records a step; to answer comments instead, set mode to comment"

// keyMissing says that nothing can be sent to Versioner.
const keyMissing = "The input `versioner_api_key` is empty: the secret is missing, or has another name. Nothing is sent to Versioner. " +
	"Leave the input out, or set it to `none`, if that is what you want."

// missingKey returns why a step with an empty key fails, "" where it goes on with a word.
func (a *App) missingKey(in input) string {
	switch {
	case !in.emptyKey:
	case in.event.Secretless:
		a.runner.Notice("This run gets no secrets, because it is of a pull request from a fork or of Dependabot. Nothing is sent to Versioner.")
	case in.config.Versioner.FailOnError == config.FailNever:
		a.runner.Warning(keyMissing)
	default:
		return keyMissing
	}
	return ""
}

func (r *run) trackState(ctx context.Context) Result {
	c := r.result.Config
	if c.Status.Terminal() { // no other stage records the end, so a stop has to wait for it
		reach, cancel := withCleanupTimeout(ctx)
		defer cancel()
		ctx = reach
	}
	r.exec.Ledger = r.trackLedger()
	if err := r.readForTrack(ctx); err != nil {
		return r.abort(ctx, err)
	}
	r.decide()
	r.exec.Ledger = r.trackLedger()
	if err := r.findDeployment(ctx); err != nil {
		return r.abort(ctx, err)
	}
	if !c.Builds() {
		r.result.Environment = c.Environment
	}
	if err := r.exec.Run(ctx, r.plan(), trackPolicy(c, r.result.Decision)); err != nil {
		return r.abort(ctx, err)
	}
	return r.end()
}

// trackPolicy says what a start leaves to the post step: to take back what was cut off, and to record how the job
// ended if it is asked to.
func trackPolicy(c config.Config, d deploy.Decision) execute.Policy {
	switch {
	case d.Verdict != deploy.Proceed || c.Status.Terminal():
		return execute.Answer
	case c.Track.FinishOnPost && c.Status == config.Started:
		return execute.Start
	}
	return execute.Record
}

// readForTrack reads what a state needs. What has already happened is recorded also when GitHub does not say what ran
// before.
func (r *run) readForTrack(ctx context.Context) error {
	needs := deploy.NeedsFor(r.result.Request, r.result.Config)
	r.result.Facts = deploy.Facts{ReadAt: r.deps.Now(), Untold: true}
	if needs.Pull == 0 && needs.Live == "" {
		return nil
	}
	err := r.readFacts(ctx)
	if err != nil && needs.Pull == 0 && r.result.Config.Status.Terminal() && ctx.Err() == nil {
		r.runner.Log().Info("it is not known what ran before", "error", err.Error())
		return nil
	}
	return err
}

// trackLedger is the ledger of a tracked step: it has no comment to answer and no reaction.
func (r *run) trackLedger() plan.Ledger {
	l := r.newLedger()
	l.Pull, l.Reaction, l.TriggerID, l.Tracked = 0, "", 0, true
	l.DeploymentID, l.End.Template = r.result.Config.Track.DeploymentID, deploy.File{}
	return l
}

// findDeployment looks for the deployment that an earlier step of this run created. Where GitHub refuses to look, there
// is one warning.
func (r *run) findDeployment(ctx context.Context) error {
	l, c := &r.exec.Ledger, r.result.Config
	if r.result.Decision.Verdict != deploy.Proceed || l.DeploymentID != 0 || c.Builds() {
		return nil
	}
	id, err := r.github.OpenDeployment(ctx, *l, c.Status)
	if gh.Refused(err) {
		r.say(r.runner.Warning, err)
		l.Unrecorded = true
		return nil
	}
	l.DeploymentID = id
	return err
}
