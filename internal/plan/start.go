package plan

import (
	"fmt"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
)

// start plans what a deployment and its rehearsal have in common: a sign of life, the word of the
// tracking endpoints, and the comment, inside which everything is read once more.
func start(r deploy.Request, c config.Config, l Ledger) []Step {
	var steps []Step
	if l.Reaction != "" {
		steps = append(steps, Step{Effect: React{CommentID: l.TriggerID, Content: l.Reaction, Initial: true}})
	}
	if c.Tracks() && !l.Subject.Noop {
		steps = append(steps, Step{Effect: Announce{Status: config.Started}, Must: true, Beside: true})
	}
	started := comment(l, "started", message.Started(l.Subject))
	started.Looks = Looks(r, c)
	return append(steps, Step{Effect: started, Must: true, Beside: !c.Tracks() || l.Subject.Noop})
}

// Looks says what has to be read for a decision on the request.
func Looks(r deploy.Request, c config.Config) *deploy.Needs {
	needs := &deploy.Needs{Pull: r.Event.Pull, StableBranch: c.StableBranch, Environments: deploy.Earlier(r, c)}
	if c.OrderScope == config.OwnDeployments {
		needs.Scope = deploy.UntilOwn
	}
	if c.Mode != config.TrackIt && deploys(r.Command) {
		lookAtSource(needs, r, c)
	}
	return needs
}

// deploys reports whether a command asks for a deployment or its rehearsal.
func deploys(asked command.Command) bool {
	return asked.Kind == command.Deploy || asked.Kind == command.Noop
}

// lookAtSource adds what the gates want to know of the code: nothing but its commit for a
// rollback, which has to work when everything else is broken.
func lookAtSource(needs *deploy.Needs, r deploy.Request, c config.Config) {
	needs.Rules = c.SecurityWarnings
	switch {
	case r.Command.StableBranch:
	case r.Command.SHA != "":
		if c.Origin.ExactCommits {
			needs.Exact = r.Command.SHA
		}
	default:
		needs.Gates = true
		needs.Fresh = c.Outdated.Update != config.UpdateDisabled
		needs.AdminTeams = c.Admins.Teams
	}
}

// deployment plans the GitHub deployment: created first, then in progress.
func deployment(c config.Config, d deploy.Decision, l Ledger) []Step {
	return []Step{
		{Effect: startDeployment(c, d.Target, l), Must: true},
		{Effect: status(l, "in_progress", ""), Must: true},
	}
}

func startDeployment(c config.Config, t deploy.Target, l Ledger) StartDeployment {
	s := l.Subject
	payload := Payload{
		Type: deploy.OwnPayloadType, SHA: t.SHA, ParsedParams: s.ParsedParams,
		RunID: l.RunID, RunAttempt: l.RunAttempt, TriggerCommentID: l.TriggerID,
		Timestamp: message.Timestamp(s.StartedAt), CommitVerified: s.Verified, Actor: s.Actor,
		StableBranchUsed: t.Stable, Tool: Tool, Product: l.Product, Version: l.Version,
	}
	if s.Params != "" {
		payload.Params = &s.Params
	}
	contexts := c.RequiredContexts
	if contexts == nil {
		contexts = []string{} // GitHub takes a missing list for "all of them"
	}
	return StartDeployment{
		Environment: t.Environment, Ref: t.Ref, SHA: t.SHA, AutoMerge: autoMerge(c, t), RequiredContexts: contexts,
		Production: c.IsProduction(t.Environment), Payload: payload,
	}
}

// autoMerge lets GitHub merge the default branch into the pull request's branch only where a
// workflow asks for that and the branch is the pull request's own.
func autoMerge(c config.Config, t deploy.Target) bool {
	ownBranch := !t.Stable && t.Ref != t.SHA
	return c.Origin.AutoMerge && ownBranch && c.Outdated.Update != config.UpdateDisabled
}

// status plans a deployment status.
func status(l Ledger, state, description string) SetStatus {
	s := l.Subject
	return SetStatus{
		State: state, Environment: s.Environment, EnvironmentURL: s.EnvironmentURL,
		LogURL: s.RunURL, Description: description,
	}
}

// withdraw takes back what a start has brought about so far. A deployment that has ended stays as
// it is, whatever became of the record of it.
func withdraw(l Ledger, why []deploy.Finding) []Step {
	if l.Records {
		return nil
	}
	var steps []Step
	reason := "the start was called off"
	if len(why) > 0 {
		reason = fmt.Sprintf("the start was called off: %s", why[0].Text)
	}
	if l.Sought || l.DeploymentID != 0 {
		steps = append(steps, Step{Effect: status(l, "error", "aborted: the deployment did not start"), Must: true, Beside: true})
	}
	if l.Announced {
		steps = append(steps, Step{Effect: Announce{Status: config.Aborted, Message: reason}, Beside: true})
	}
	return steps
}

// Abandon plans the way out of a start that something broke: the deployment does not stay in
// progress, the tracking endpoints learn of it, and the pull request says what happened.
func Abandon(l Ledger, problem deploy.Problem) []Step {
	steps := withdraw(l, []deploy.Finding{{Text: problem.Text}})
	if l.Pull == 0 {
		return steps
	}
	return append(steps, answer(l, message.Failed(l.Subject, problem), "-1")...)
}
