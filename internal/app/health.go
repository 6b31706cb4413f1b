package app

import (
	"context"
	"encoding/json"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/execute"
	"github.com/lockstep-action/lockstep/internal/health"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// checkHealth makes the health checks of an end, unless an earlier stage has, and settles the state in which the
// deployment ends. It is the only thing about an end that a stop ends: what follows has its own time.
func (r *run) checkHealth(ctx context.Context) {
	l := &r.exec.Ledger
	c := &r.result.Config
	if l.Health == nil && l.Phase == plan.Ready && l.EndsWithHealth(c.Status) {
		l.Health = r.newHealth(ctx, l.HealthChecks)
	}
	ended := l.WithHealth(c.Status)
	if ended == c.Status {
		return
	}
	c.Status, c.Result.Jobs = ended, config.JobFailed
	if ended == config.Aborted {
		c.Result.Jobs = config.JobCancelled
	}
	r.overruled = true
}

// newHealth asks the application. A job that was cancelled asks nothing.
func (r *run) newHealth(ctx context.Context, checks []policy.HealthCheck) *deploy.Health {
	if len(checks) == 0 {
		return &deploy.Health{}
	}
	found := &deploy.Health{Problem: r.result.Config.InsecureHealth(checks)}
	if found.Problem != "" {
		return found
	}
	if r.result.Config.Track.JobStatus == config.Aborted || ctx.Err() != nil {
		return &deploy.Health{Stopped: true}
	}
	if err := r.exec.Run(ctx, plan.CheckHealth(r.exec.Ledger), execute.Answer); err != nil {
		r.say(r.runner.Warning, err) // the state could not be saved, and the end says so again
	}
	checker := health.New(health.Options{
		Agent: r.agent(), Transport: r.deps.Transport, Internal: r.result.Config.AllowInsecureHTTP, Log: r.runner.Log(),
	})
	l := r.exec.Ledger
	found.Results = checker.Run(ctx, checks, health.Deployed{SHA: l.Subject.SHA, Version: l.Version})
	found.Stopped = ctx.Err() != nil && !found.Passed()
	return found
}

// handedHealth finds out what a job that ends the deployment of another one has to check. The rules file is the one that
// the deployment names, and no job in between can change; where it says nothing, the input of this step counts. It is
// not known whether a deployment that has ended already was well: that is not checked again.
func (r *run) handedHealth(ctx context.Context, l plan.Ledger) (checks []policy.HealthCheck, problem string) {
	own := r.result.Config.HealthChecks
	if l.Policy == nil {
		return own, ""
	}
	where := "the rules file " + l.Policy.Path + " at " + deploy.Short(l.Policy.Commit)
	text, err := r.github.PolicyAt(ctx, *l.Policy)
	if err != nil {
		r.say(r.runner.Warning, err)
		return nil, where + " could not be read"
	}
	read, err := policy.Read(text)
	if err != nil {
		r.runner.Log().Info("cause of the problem", "error", err.Error())
		return nil, where + " has mistakes"
	}
	rules, _ := read.For(l.Subject.Environment, false)
	return rules.HealthCheck.Or(policy.Value[[]policy.HealthCheck]{Value: own}).Value, ""
}

// healthOfEnd settles what the end of another job's deployment checks. It is not settled where the deployment has ended
// in another way than the jobs say: an end is never changed.
func (r *run) healthOfEnd(ctx context.Context, l plan.Ledger) (plan.Ledger, bool, error) {
	l.HealthChecks, l.Health = nil, nil
	if !l.EndsWithHealth(r.result.Config.Status) {
		return l, true, nil
	}
	checks, problem := r.handedHealth(ctx, l)
	if len(checks) == 0 && problem == "" {
		return l, true, nil
	}
	state, err := r.github.HowEnded(ctx, l)
	switch {
	case err != nil:
		return l, false, err
	case state != "":
		l.Health = &deploy.Health{}
		return l, state == plan.FinalState(l, r.result.Config.Status), nil
	case problem != "" && ctx.Err() != nil:
		l.Health = &deploy.Health{Stopped: true}
	case problem != "":
		l.Health = &deploy.Health{Problem: problem}
	}
	l.HealthChecks = checks
	return l, true, nil
}

// unhealthy ends a run whose application does not answer as it should.
func (r *run) unhealthy() Result {
	l := r.exec.Ledger
	r.runner.Error("The deployment to " + markdown.Code(l.Subject.Environment) + " failed: " + l.Health.Failure() + ".")
	return r.result.because(deploy.HealthCheckFailed)
}

// healthOutputs say what the health check came to, where there was one.
func healthOutputs(r Result) []Output {
	if r.Ledger == nil || r.Ledger.Health == nil {
		return nil
	}
	found := r.Ledger.Health
	if len(found.Results) == 0 && found.Problem == "" {
		return nil
	}
	results := found.Results
	if results == nil {
		results = []deploy.HealthResult{}
	}
	text, _ := json.Marshal(results) // cannot fail: texts
	all := []Output{{"health", string(text)}}
	switch {
	case found.Passed():
		return append(all, Output{"healthy", "true"})
	case found.Failed():
		return append(all, Output{"healthy", "false"})
	}
	return all
}
