package app

import (
	"context"
	"slices"
	"strconv"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/template"
)

// comment handles a comment on a pull request. Whatever is no command is left alone before
// anything else is looked at, so that a mistake in the inputs disturbs nobody's conversation.
func (r *run) comment(ctx context.Context, invalid error) int {
	e := r.request.Event
	if !e.IsCommand() || !r.mayCommand(e.Action) {
		r.decision.Reason = deploy.UnsupportedEvent
		r.runner.Log().Info("nothing to do: the event is no such comment on a pull request", "event", e.Name, "action", e.Action)
		return r.report()
	}
	asked, unreadable := grammar(r.config).Parse(e.Comment.Body)
	r.request.Command, r.request.Unreadable = asked, unreadable
	r.describeCommand()
	if asked.Kind == command.None {
		r.decision.Reason = deploy.NoTrigger
		r.runner.Log().Info("nothing to do: the comment is no command")
		return r.report()
	}
	r.advise()
	if invalid != nil {
		return r.misconfigured(ctx, invalid)
	}
	world, err := r.open()
	if err != nil {
		return r.misconfigured(ctx, err)
	}
	r.session = world
	return r.command(ctx)
}

// mayCommand reports whether comments may carry commands when this happened to them. Where the
// input itself is wrong, new comments may, so that somebody learns of it.
func (r *run) mayCommand(action string) bool {
	return action == "created" && len(r.config.Origin.CommentActions) == 0 || slices.Contains(r.config.Origin.CommentActions, action)
}

// command reads the facts, decides, and carries out what follows.
func (r *run) command(ctx context.Context) int {
	r.openLedger()
	if err := r.read(ctx); err != nil {
		return r.abort(ctx, err)
	}
	r.decision = deploy.Decide(r.request, r.config, r.facts)
	r.describeFacts()
	r.openLedger()
	if r.decision.Reason == deploy.HelpCompleted {
		r.decision.Checkup = r.checkUp(ctx)
	}
	if r.decision.Verdict == deploy.Ask {
		return r.confirm(ctx)
	}
	return r.execute(ctx)
}

// read reads everything that a decision on the command needs. A template that cannot be used is found
// out now, while there is nothing to tell yet.
func (r *run) read(ctx context.Context) error {
	facts, err := r.session.github.Facts(ctx, deploy.NeedsFor(r.request, r.config))
	if err != nil {
		return err
	}
	facts.Answer = r.facts.Answer
	r.facts = facts
	if facts.Template == nil {
		return nil
	}
	if _, err := template.Parse(*facts.Template); err != nil {
		facts.MarkUnavailable(deploy.TemplatePart, deploy.UnusableTemplate(r.config.Messages.TemplatePath, err))
	}
	return nil
}

// openLedger opens the ledger with what is known so far: before anything is read, so that a
// failure can be answered, and again when everything is known.
func (r *run) openLedger() {
	r.session.ledger = r.newLedger()
}

// grammar is what the inputs say about commands.
func grammar(c config.Config) command.Grammar {
	w := c.Commands
	return command.Grammar{
		Trigger: w.Deploy, NoopTrigger: w.Noop, LockTrigger: w.Lock, UnlockTrigger: w.Unlock,
		HelpTrigger: w.Help, LockInfoAlias: w.LockInfo, ParamSeparator: w.Separator,
		GlobalLockFlag: w.GlobalFlag, StableBranch: c.StableBranch, DefaultEnvironment: c.Environment,
		EnvironmentTargets: c.Targets, DisableNakedCommands: w.DisableNaked,
	}
}

// describeCommand gives out what the comment itself says.
func (r *run) describeCommand() {
	e, asked := r.request.Event, r.request.Command
	if asked.Kind == command.Deprecated || asked.Kind == command.Naked {
		return
	}
	r.outputs.set("comment_body", asked.Text)
	r.outputs.set("issue_number", strconv.Itoa(e.Pull))
	r.outputs.set("triggered", strconv.FormatBool(asked.Kind != command.None))
	if asked.Kind == command.None {
		return
	}
	r.outputs.set("type", asked.Type)
	r.outputs.set("comment_id", strconv.FormatInt(e.Comment.ID, 10))
	r.outputs.set("actor_handle", e.Comment.Author)
	r.outputs.set("actor", e.Actor)
	if !asked.Kind.Deploys() {
		return
	}
	r.outputs.set("params", asked.Params.Raw)
	r.outputs.set("parsed_params", asked.Params.JSON)
	if asked.KnownEnvironment {
		r.outputs.set("environment", asked.Environment)
		r.describeURL(asked.Environment)
	}
}

// describeURL gives out the environment's URL where any are set; the word null stands for none.
func (r *run) describeURL(environment string) {
	if len(r.config.EnvironmentURLs) == 0 {
		return
	}
	url := r.config.For(environment).Resolved.URL
	if url == "" {
		r.runner.Log().Warn("the environment has no URL in environment_urls", "environment", environment)
		url = "null"
	}
	r.outputs.set("environment_url", url)
}

// describeFacts gives out what GitHub said, for a deployment and its rehearsal.
func (r *run) describeFacts() {
	refused := r.decision.Denied() || r.decision.Verdict == deploy.Ignore
	if refused || !r.request.Command.Kind.Deploys() {
		return // nothing else was looked at
	}
	f, rests := r.facts, r.decision.Evidence
	r.outputs.set("base_ref", f.Pull.BaseRef)
	r.outputs.set("default_branch_tree_sha", f.Stable.Head.TreeSHA)
	r.outputs.set("fork", strconv.FormatBool(rests.Fork))
	if rests.OtherBase {
		r.outputs.set("non_default_target_branch_used", "true")
	}
	if rests.ExactSHA != "" {
		r.outputs.set("sha_deployment", rests.ExactSHA)
	}
	if t := r.decision.Target; t.SHA != "" && t.Commit.Committer == "" {
		r.runner.Log().Warn("GitHub knows no user who committed this", "commit", t.SHA)
	}
	r.describeFork()
	if !r.request.Command.StableBranch && r.request.Command.SHA == "" {
		r.describeStates()
	}
}

// describeFork gives out where the code of a fork is.
func (r *run) describeFork() {
	head := r.decision.Evidence.Head
	if head == (deploy.ForkHead{}) {
		return
	}
	r.outputs.set("fork_ref", head.Ref)
	r.outputs.set("fork_label", head.Label)
	r.outputs.set("fork_checkout", head.Checkout)
	r.outputs.set("fork_full_name", head.FullName)
}

// describeStates gives out what the checks of a pull request found.
func (r *run) describeStates() {
	rests := r.decision.Evidence
	r.outputs.set("commit_status", string(rests.CommitStatus))
	r.outputs.set("review_decision", rests.ReviewDecision)
	r.outputs.set("is_outdated", strconv.FormatBool(rests.Outdated))
	r.outputs.set("merge_state_status", rests.MergeState)
	r.outputs.set("approved_reviews_count", strconv.Itoa(rests.Approvals))
}
