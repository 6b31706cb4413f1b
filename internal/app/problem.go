package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/execute"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/track"
)

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

func lateFinding(cause error) (deploy.Finding, bool) {
	refusal, isRefused := errors.AsType[*track.Refusal](cause)
	mismatch, differs := errors.AsType[*gh.MismatchError](cause)
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
	var all []string
	for _, one := range inputs {
		all = append(all, one.Error())
	}
	return all
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
