package app

import (
	"context"
	"slices"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/execute"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/template"
)

// comment handles a comment on a pull request. One that is no command is left alone before anything else is looked
// at: a mistake in the inputs disturbs no conversation.
func comment(ctx context.Context, a *App, in input) Result {
	e, c := in.event, in.config
	r := in.result()
	r.Config.Mode = config.Comment
	if !e.IsCommand() || !mayCommand(c, e.Action) {
		if in.guessed && e.Name != "issue_comment" {
			a.runner.Notice("The event " + markdown.Code(e.Name) + " starts no command, and nothing was recorded. To record a deployment, set `mode: track`; to show what runs where, `mode: status`.")
			for _, problem := range in.problems {
				a.runner.Warning(problem)
			}
		}
		a.runner.Log().Info("nothing to do: the event is no such comment on a pull request", "event", e.Name, "action", e.Action)
		return r.because(deploy.UnsupportedEvent)
	}
	r.Request.Command, r.Request.Unreadable = deploy.Grammar(c).Parse(e.Comment.Body)
	if r.Request.Command.Kind == command.None {
		a.runner.Log().Info("nothing to do: the comment is no command")
		return r.because(deploy.NoTrigger)
	}
	a.advise(c)
	if in.emptyKey {
		a.runner.Warning(keyMissing)
	}
	if kind := r.Request.Command.Kind; kind == command.Unlock || kind == command.LockInfo {
		in = a.forLocks(in)
		r.Config.Sinks, r.Config.Versioner.APIKey = in.config.Sinks, in.config.Versioner.APIKey
	}
	if len(in.problems) > 0 {
		return a.misconfigured(ctx, in, r)
	}
	opened, err := a.open(r)
	if err != nil {
		in.problems = listed(err)
		return a.misconfigured(ctx, in, r)
	}
	return opened.command(ctx)
}

// mayCommand reports whether comments may carry commands when this happened to them. Where the input itself is wrong,
// new comments may: their author learns of it.
func mayCommand(c config.Config, action string) bool {
	return action == "created" && len(c.Origin.CommentActions) == 0 || slices.Contains(c.Origin.CommentActions, action)
}

// command reads the facts, decides, and carries out what follows. The ledger is opened before anything is read, for
// a failure to be answered, and again when everything is known.
func (r *run) command(ctx context.Context) Result {
	r.exec.Ledger = r.newLedger()
	if err := r.read(ctx); err != nil {
		return r.abort(ctx, err)
	}
	r.decide()
	r.result.First = &Look{Facts: r.result.Facts, Decision: r.result.Decision}
	r.logGaps()
	r.exec.Ledger = r.newLedger()
	if r.result.Decision.Reason == deploy.HelpCompleted {
		r.result.Decision.Checkup = r.checkUp(ctx)
	}
	if r.result.Decision.Verdict == deploy.Ask {
		return r.confirm(ctx)
	}
	return r.execute(ctx)
}

// read reads what a decision on the command needs. A template that cannot be used is found out now, while there is
// nothing to report yet.
func (r *run) read(ctx context.Context) error {
	given := r.result.Facts.Answer
	if err := r.readFacts(ctx); err != nil {
		return err
	}
	facts := &r.result.Facts
	facts.Answer = given
	if facts.Template != nil {
		if _, err := template.Parse(*facts.Template); err != nil {
			facts.MarkUnavailable(deploy.TemplatePart, deploy.UnusableTemplate(r.result.Config.Messages.TemplatePath, err))
		}
	}
	return nil
}

func (r *run) logGaps() {
	d, c, environment := r.result.Decision, r.result.Config, r.result.Request.Command.Environment
	if !d.Kind.Deploys() || d.Denied() || d.Verdict == deploy.Ignore {
		return
	}
	if namesURLs(c) && c.For(environment).Resolved.URL == "" {
		r.runner.Log().Warn("the environment has no URL in environment_urls or the rules file", "environment", environment)
	}
	if t := d.Target; t.SHA != "" && t.Commit.Committer == "" {
		r.runner.Log().Warn("GitHub knows no user who committed this", "commit", t.SHA)
	}
}

// misconfigured ends a run whose inputs cannot be used. An actor who may run commands here reads on the pull request
// what is wrong; for everyone else, and where that is unknown, it is on the run's page.
func (a *App) misconfigured(ctx context.Context, in input, r Result) Result {
	if err := a.answerMisconfigured(ctx, in); err != nil {
		a.runner.Log().Info("the pull request could not be told what is wrong with the inputs", "error", err.Error())
	}
	return r.invalid(in.problems...)
}

func (a *App) answerMisconfigured(ctx context.Context, in input) error {
	client, err := a.client(in.config, in.event)
	if err != nil {
		return err
	}
	e := in.event
	facts, err := client.Facts(ctx, deploy.Needs{Actor: e.Actor, RerunBy: e.RerunBy(), Pull: e.Pull})
	if err != nil {
		return err
	}
	asked := deploy.Request{Command: command.Command{Kind: command.Help}, Event: e}
	if deploy.Decide(asked, in.config, facts).Verdict != deploy.Proceed {
		return nil
	}
	exec := a.executor(client)
	exec.Ledger = plan.NewLedger(in.result().Request, in.config, deploy.Decision{}, facts)
	return exec.Run(ctx, plan.Abandon(exec.Ledger, deploy.Problem{
		Text: "The workflow gives Lockstep inputs that it cannot use:\n\n" + bullets(in.problems),
		Hint: "Correct them in the workflow file of the default branch; comments start that one, whatever the pull request holds.",
	}), execute.Withdraw)
}
