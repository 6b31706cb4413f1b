package plan

import (
	"cmp"
	"time"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
)

// Traces are what a start of a run has left behind on GitHub.
type Traces struct {
	Repository string             // GraphQL node id, "" where locks were not looked for
	Deployment *DeploymentOfStart // nil for none
	Lock       *deploy.Lock       // nil for none
}

// DeploymentOfStart is a deployment as its start created it.
type DeploymentOfStart struct {
	ID          int64
	Environment string
	Ref         string
	SHA         string
	State       string // of its newest status, "" for none
	Ended       bool
	Payload     Payload
}

// Left says what has to be done about the traces of a start whose ledger is lost.
type Left int

// The values of Left.
const (
	NothingLeft     Left = iota // no start, or one that has ended
	EndLeft                     // a start that can be ended
	LockLeft                    // the lock of a deployment that has ended
	UnknownLockLeft             // a lock of a start that did not get further, or of which nothing more is known
)

// Recover makes the ledger of a start from its traces. What the start had settled for its end comes from the inputs
// of the step that ends it.
func Recover(r deploy.Request, c config.Config, t Traces) (Ledger, Left) {
	l := Ledger{
		Phase: Ready, RunID: r.Event.Run.ID, RunAttempt: r.Event.Run.Attempt, Pull: r.Event.Pull, TriggerID: r.Event.Comment.ID,
		Reaction: c.Reaction, Product: cmp.Or(c.Track.Product, r.Event.Repository), Repository: t.Repository,
	}
	l.Subject = message.Subject{
		Actor: r.Event.Actor, RerunBy: r.Event.RerunBy(), RunURL: r.Event.Run.URL, Kind: deploy.BranchTarget,
		Trigger: trigger(r),
	}
	left := NothingLeft
	if t.Lock != nil {
		left = l.recoverLock(r.Command.Kind, *t.Lock)
	}
	if t.Deployment != nil {
		left = l.recoverDeployment(*t.Deployment)
	}
	l.Subject.EnvironmentURL = c.For(l.Subject.Environment).Resolved.URL
	l.End = endSettings(r, c, deploy.Decision{}, l.Subject)
	return l, left
}

// trigger describes the comment where the command was not read.
func trigger(r deploy.Request) message.Trigger {
	comment := r.Event.Comment
	return message.Trigger{CreatedAt: comment.CreatedAt, UpdatedAt: comment.UpdatedAt, Body: message.ShortBody(comment.Body), URL: comment.URL}
}

// recoverLock keeps what the lock says of the start. Only a rehearsal begins nothing else.
func (l *Ledger) recoverLock(kind command.Kind, found deploy.Lock) Left {
	d := found.Document
	l.RunAttempt = cmp.Or(d.RunAttempt, l.RunAttempt)
	l.Lock = &Lock{
		Branch: found.Branch, ClaimID: d.ClaimID, Taker: d.Taker(), Sticky: d.Sticky,
		Attempted: true, Confirmed: true, Tip: found.Tip, Command: d.UnlockCommand,
	}
	l.Subject.Environment, l.Subject.Ref, l.Subject.StartedAt = d.Environment, d.Branch, d.CreatedAt
	switch {
	case kind == command.Noop:
		l.Subject.Noop, l.Subject.Kind = true, deploy.NoopTarget
		return EndLeft
	case d.Sticky:
		return NothingLeft
	}
	return UnknownLockLeft
}

func (l *Ledger) recoverDeployment(d DeploymentOfStart) Left {
	p := d.Payload
	l.RunAttempt, l.DeploymentID, l.Attempted = cmp.Or(p.RunAttempt, l.RunAttempt), d.ID, true
	l.StartedCommentID, l.Product, l.Version = p.StartedCommentID, cmp.Or(p.Product, l.Product), cmp.Or(p.Version, d.SHA)
	l.Policy = p.Policy
	if p.ReactionID != nil {
		l.ReactionID = *p.ReactionID
	}
	s := &l.Subject
	if p.Actor != "" {
		s.Actor, s.RerunBy = p.Actor, p.RerunBy
	}
	s.Environment, s.Ref, s.SHA = d.Environment, d.Ref, d.SHA
	if p.Rollback != nil {
		s.Rollback, s.Kind = &message.Rollback{Version: p.Version, Reason: p.Rollback.Reason}, deploy.SHATarget
	}
	s.Stable, s.Verified, s.ParsedParams = p.StableBranchUsed, p.CommitVerified, p.ParsedParams
	if p.Params != nil {
		s.Params = *p.Params
	}
	if started, err := time.Parse(time.RFC3339, p.Timestamp); err == nil {
		s.StartedAt = started
	}
	switch holds := l.Lock != nil && !l.Lock.Sticky; {
	case !d.Ended:
		return EndLeft
	case holds:
		return LockLeft
	}
	return NothingLeft
}

// FindReaction plans to find the first reaction where its number is unknown: GitHub answers with the one that is there.
func FindReaction(l Ledger) []Step {
	if l.Reaction == "" || l.ReactionID != 0 {
		return nil
	}
	return []Step{{Effect: React{CommentID: l.TriggerID, Content: l.Reaction, Initial: true}}}
}

// Release plans the release of the run's own lock, and nothing else.
func Release(l Ledger) []Step { return releaseOwn(l) }
