package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/execute"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/track"
	"github.com/lockstep-action/lockstep/internal/wait"
)

// run is one request on its way from the facts to the result.
type run struct {
	*App
	world
	exec     *execute.Executor
	metadata json.RawMessage // what the workflow adds to events, without what looks like a secret
	asked    asked           // the request and settings before the rules file is read
	result   Result          // as far as it is known

	overruled bool // the health check counts more than what the workflow says of its end
}

// newRun begins a run. Its parts share the result, and the result has the ledger of the executor.
func (a *App) newRun(r Result, to receivers) (*run, error) {
	client, err := a.client(r.Config, r.Request.Event)
	if err != nil {
		return nil, err
	}
	started := &run{App: a, result: r, asked: asked{r.Request, r.Config}}
	started.world = world{github: client, tracker: &tracker{App: a, to: to, result: &started.result, now: client.Now}}
	started.exec = a.executor(started.world)
	started.exec.Decide, started.exec.Decision = started.decideAgain, &started.result.Decision
	started.result.Ledger = &started.exec.Ledger
	return started, nil
}

// asked is a request with its settings as the inputs have them.
type asked struct {
	request deploy.Request
	config  config.Config
}

// mostReads is how often facts are read before a decision: what a rules file needs, what follows from that, and how far
// back the target of a rollback is.
const mostReads = 10

// readFacts reads what a decision needs, with the rules file at the same time. What was read may need more.
func (r *run) readFacts(ctx context.Context) error {
	request, c := r.asked.request, r.asked.config
	request.Pinned = r.result.Request.Pinned
	needs := []deploy.Needs{deploy.NeedsFor(request, c)}
	facts, err := r.github.Facts(ctx, needs[0])
	if err != nil {
		return err
	}
	request, c, facts = deploy.Govern(request, c, facts)
	for len(needs) < mostReads {
		more := deploy.NeedsKnowing(request, c, facts)
		for _, known := range needs {
			more = more.Beyond(known)
		}
		if !more.Any() {
			break
		}
		if facts, err = r.github.More(ctx, facts, more); err != nil {
			return err
		}
		needs = append(needs, more)
	}
	r.result.Request, r.result.Config, r.result.Facts = request, c, facts
	return nil
}

func (r *run) decide() {
	r.result.Decision = deploy.Decide(r.result.Request, r.result.Config, r.result.Facts)
}

// decideAgain decides on what was read inside a write.
func (r *run) decideAgain(facts deploy.Facts) deploy.Decision {
	r.result.Facts = facts.Keep(r.result.Facts)
	request := r.result.Request
	request.Pinned = r.result.Decision.Target.SHA
	return deploy.Decide(request, r.result.Config, r.result.Facts)
}

func (r *run) newLedger() plan.Ledger {
	l := plan.NewLedger(r.result.Request, r.result.Config, r.result.Decision, r.result.Facts)
	l.End.Metadata = r.metadata
	return l
}

func (r *run) plan() []plan.Step {
	return plan.For(r.result.Request, r.result.Config, r.result.Decision, r.exec.Ledger)
}

func (r *run) execute(ctx context.Context) Result {
	steps, policy := r.plan(), execute.Answer
	if d := r.result.Decision; d.Verdict == deploy.Proceed && d.Outcome() == deploy.Continue {
		policy = execute.Start
	} else if r.exec.Ledger.Phase == plan.Starting {
		return r.cleanUp(ctx, steps)
	}
	if err := r.exec.Run(ctx, steps, policy); err != nil {
		return r.abort(ctx, err)
	}
	return r.end()
}

// abort ends a run in whose middle something went wrong: what was begun is taken back, and the pull request says why.
func (r *run) abort(ctx context.Context, cause error) Result {
	r.runner.Log().Debug("run is broken off", "error", cause.Error())
	return r.cleanUp(ctx, r.cleanupPlan(cause))
}

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
		r.result.Decision = late
		return r.plan()
	}
	problem, reason := explain(cause), deploy.UnexpectedError
	if d.Update {
		reason = d.Reason // it was refused already; only the update failed
	}
	d.Kind = r.result.Request.Command.Kind
	r.result.Decision = refused(d, deploy.Finding{Gate: "start", Code: reason, Text: problem.Text, Hint: problem.Hint})
	return plan.Abandon(r.exec.Ledger, problem)
}

func (r *run) end() Result {
	if status := r.result.Config.Status; status.Terminal() {
		r.result.Occurred = r.tracker.occurred(status, r.exec.Ledger)
	}
	return r.tracker.withRecord(r.result)
}

// confirm asks whether to go on, waits for the answer and decides again, after a yes on facts that are read anew.
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
const firstPoll, longestPoll = 2 * time.Second, 10 * time.Second

// awaitAnswer looks for a reaction of the actor until there is one or the time is over. A look that fails for the
// moment is made up for by the next one.
func (r *run) awaitAnswer(ctx context.Context) (deploy.Answer, error) {
	deadline, pause := r.deps.Now().Add(r.result.Config.Confirmation.Timeout), firstPoll
	for {
		last := !r.deps.Now().Before(deadline)
		kind, err := r.github.Answer(ctx, r.exec.Ledger.PromptID, r.result.Request.Event.By())
		switch {
		case err != nil && (gh.Definite(err) || ctx.Err() != nil):
			return deploy.Answer{}, err
		case err != nil:
			r.say(r.runner.Warning, err)
		case kind != deploy.NoAnswer:
			return deploy.Answer{Kind: kind, At: r.github.Now()}, nil
		}
		if last {
			return deploy.Answer{Kind: deploy.TimedOut, At: r.github.Now()}, nil
		}
		if err := wait.For(ctx, min(pause, deadline.Sub(r.deps.Now()))); err != nil {
			return deploy.Answer{}, err
		}
		pause = min(2*pause, longestPoll)
	}
}

// problemError is a problem that was explained where it was found.
type problemError struct {
	problem deploy.Problem
	cause   error // nil where the problem says all
}

func (e *problemError) Error() string {
	if e.cause != nil {
		return e.cause.Error()
	}
	return e.problem.Text
}

func (e *problemError) Unwrap() error { return e.cause }

func explain(err error) deploy.Problem {
	found, isFound := errors.AsType[*problemError](err)
	failure, isFailure := errors.AsType[*track.Failure](err)
	refusal, isRefusal := errors.AsType[*track.Refusal](err)
	switch {
	case isFound:
		return found.problem
	case isFailure:
		return failure.Problem()
	case isRefusal:
		return refusal.Problem()
	case errors.Is(err, context.Canceled):
		return plan.Interrupted()
	}
	return gh.Explain(err)
}

func lateDecision(d deploy.Decision, cause error) (deploy.Decision, bool) {
	if changed, isChanged := errors.AsType[*execute.ChangedError](cause); isChanged {
		return changed.Decision, true
	}
	finding, found := lateFinding(cause)
	return refused(d, finding), found
}

// refused is a decision that turns into a refusal late, because of a finding.
func refused(d deploy.Decision, f deploy.Finding) deploy.Decision {
	f.Level = deploy.Block
	d.Verdict, d.Reason = deploy.Refuse, f.Code
	d.Findings = append(d.Findings, f)
	return d
}

// failure says what went wrong at something.
func failure(at string, err error) deploy.Finding {
	problem := explain(err)
	return deploy.Finding{Gate: at, Code: deploy.UnexpectedError, Text: problem.Text, Hint: problem.Hint}
}

func lateFinding(cause error) (deploy.Finding, bool) {
	refusal, isRefused := errors.AsType[*track.Refusal](cause)
	mismatch, differs := errors.AsType[*gh.MismatchError](cause)
	_, isTaken := errors.AsType[*gh.TakenError](cause)
	merged, isMerged := errors.AsType[*gh.MergedError](cause)
	switch {
	case isRefused:
		problem := refusal.Problem()
		return deploy.Finding{Gate: "tracking", Code: deploy.TrackingBlocked, Text: problem.Text, Hint: problem.Hint}, true
	case differs:
		return deploy.Finding{
			Gate: "deployment", Code: deploy.DeploymentSHAMismatch,
			Text: fmt.Sprintf("GitHub created the deployment for commit %s instead of %s, the one that was checked. It is marked as failed.",
				markdown.Code(deploy.Short(mismatch.Got)), markdown.Code(deploy.Short(mismatch.Want))),
			Hint: "The branch moved at the last moment: look at the new commits, then run the command again.",
		}, true
	case execute.Replaced(cause):
		return deploy.Finding{
			Gate: "lock", Code: deploy.UnlockFailed,
			Text: "The lock changed hands while I was about to remove it, so I left it alone.",
			Hint: "Ask who holds it now, then decide again.",
		}, true
	case isTaken:
		return deploy.Finding{
			Gate: "lock", Code: deploy.LockConflict,
			Text: "The lock was changed or removed while I was about to renew it, so I left it as it is.",
			Hint: "Look at the lock, then run the command again if you still need it.",
		}, true
	case isMerged:
		return deploy.Finding{
			Gate: "deployment", Code: deploy.BaseBranchUpdateRequired,
			Text: "GitHub merged the default branch into this branch first: " + markdown.Code(merged.Message) + ". Nothing was deployed.",
			Hint: "Wait for the checks of the new commit, then run the command again.",
		}, true
	}
	return deploy.Finding{}, false
}

func listed(err error) []string {
	if err == nil {
		return nil
	}
	inputs, several := errors.AsType[config.Errors](err)
	if !several {
		return []string{err.Error()}
	}
	return inputs.Lines()
}

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
