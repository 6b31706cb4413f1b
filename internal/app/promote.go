package app

import (
	"context"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/event"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// promote deploys to an environment what runs in the environments before, without a command.
func promote(ctx context.Context, a *App, in input) Result {
	if name := in.event.Name; !mayPromote(name) {
		in.problems = append(in.problems, "mode promote does not run on the event "+markdown.Code(name)+
			": start it on schedule, workflow_run, workflow_dispatch, repository_dispatch, push or release")
	}
	if in.config.Locks.Disabled {
		in.problems = append(in.problems, "mode promote needs locks: with disable_lock two runs could start one deployment each")
	}
	if missing := a.missingKey(in); missing != "" {
		in.problems = append(in.problems, missing)
	}
	in.event.Pull, in.event.Comment, in.config.Reaction = 0, event.Comment{}, ""
	r, problems := a.begin(in)
	if len(problems) > 0 {
		return in.result().invalid(problems...)
	}
	environment := in.config.For(in.config.Environment).Resolved.Environment
	r.result.Request.Command = command.Command{Kind: command.Deploy, Type: "deploy", Environment: environment, KnownEnvironment: true}
	r.asked.request = r.result.Request
	ended := r.command(ctx)
	if ended.Decision.Reason == deploy.TrackingBlocked { // a rule says no, as others do
		ended = ended.because(deploy.NothingToPromote)
	}
	return ended
}

// mayPromote reports whether an event starts workflow files that were merged, or of a commit that is known, and no
// conversation.
func mayPromote(name string) bool {
	return name != "issue_comment" && (deploy.OfDefaultBranch(name) || deploy.OfItsCommit(name))
}
