package plan

import (
	"fmt"
	"slices"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
)

// start plans what a deployment and its rehearsal have in common: a sign of life, the lock, the word
// of the tracking endpoints, and the comment, inside which everything is read once more.
func start(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) []Step {
	steps := acquireSteps(r, c, d, l)
	steps = append(steps, confirmed(l, d)...)
	early := len(steps) > 0 && !slices.ContainsFunc(steps, blocksLater)
	if c.Tracks() && !l.Subject.Noop {
		steps = append(steps, Step{Effect: RecordEvent{Status: config.Started}, Must: true, Concurrent: early})
		early = false
	}
	started := comment(l, StartedComment, message.Started(l.Subject))
	started.Recheck = deploy.RecheckNeeds(r, c)
	return append(steps, Step{Effect: started, Must: true, Concurrent: early})
}

// blocksLater tells the steps that later ones have to wait for: the lock, without which nothing may
// follow, the distance, which the comment tells, and the end of what was lost, which a tracking endpoint
// may hold against the start.
func blocksLater(s Step) bool {
	switch s.Effect.(type) {
	case TakeLock, CountCommits, CloseOrphan, RecordEvent:
		return true
	default:
		return false
	}
}

// acquireSteps plans what comes before everything else: the sign of life and the lock, and beside them the
// distance to what runs now. What was done before a confirmation is not done again.
func acquireSteps(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) []Step {
	var steps []Step
	if l.Reaction != "" && l.ReactionID == 0 {
		steps = append(steps, Step{Effect: React{CommentID: l.TriggerID, Content: l.Reaction, Initial: true}, Concurrent: true})
	}
	if acquiresLock(d) {
		steps = append(steps, Step{Effect: takeLock(r, c, d, l), Must: true, Concurrent: true})
	}
	if live := l.Subject.Live; live != nil && !live.Counted {
		steps = append(steps, Step{Effect: CountCommits{Base: live.SHA, Head: l.Subject.SHA}, Concurrent: true})
	}
	return append(steps, closeOrphans(c, d)...)
}

// deployment plans the GitHub deployment: created first, then in progress.
func deployment(c config.Config, d deploy.Decision, l Ledger) []Step {
	return []Step{
		{Effect: startDeployment(c, d.Target, l), Must: true},
		{Effect: status(l, "in_progress", ""), Must: true},
	}
}

// notify plans the word to those who only want to know, if there are any. Rehearsals change nothing
// that they would want to know.
func notify(l Ledger, c config.Config, n NotifySinks) []Step {
	if !c.Notifies() || l.Subject.Noop {
		return nil
	}
	return []Step{{Effect: n, Concurrent: true}}
}

// blocked plans the word of a deployment that somebody may ask for and that was not allowed to start.
func blocked(c config.Config, d deploy.Decision) []Step {
	why := d.Blocking()
	deployment := d.Kind == command.Deploy && d.Target.Environment != ""
	if !c.Notifies() || !deployment || d.Denied() || len(why) == 0 {
		return nil
	}
	return []Step{{Effect: NotifySinks{Blocked: &why[0]}, Concurrent: true}}
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
	if l.Attempted || l.DeploymentID != 0 {
		steps = append(steps, Step{Effect: status(l, "error", "aborted: the deployment did not start"), Must: true, Concurrent: true})
	}
	if l.Announced {
		steps = append(steps, Step{Effect: RecordEvent{Status: config.Aborted, Message: reason}, Concurrent: true})
	}
	if l.Notified {
		steps = append(steps, Step{Effect: NotifySinks{Status: config.Aborted, Message: reason}, Concurrent: true})
	}
	return append(steps, releaseOwn(l)...)
}

// Abandon plans the way out of a start that something broke: the deployment does not stay in
// progress, the lock is free, the tracking endpoints learn of it, and then the pull request says what
// happened.
func Abandon(l Ledger, problem deploy.Problem) []Step {
	steps := withdraw(l, []deploy.Finding{{Text: problem.Text}})
	if l.Pull == 0 {
		return steps
	}
	steps = append(steps, answer(l, message.Failed(l.Subject, problem), "-1")...)
	if l.PromptID != 0 && l.Answer == deploy.NoAnswer {
		steps = append(steps, Step{Effect: edit(l, l.PromptID, PromptComment, message.Unanswered(l.Subject, l.Timeout)), Concurrent: true})
	}
	return steps
}
