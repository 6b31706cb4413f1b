package plan

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
)

// Phase says how far a run has come.
type Phase string

// The phases. A run that is found in Starting was killed in the middle.
const (
	Idle     Phase = ""         // nothing was begun that would have to be ended
	Starting Phase = "starting" // effects are being carried out
	Ready    Phase = "ready"    // everything stands and the workflow was told to go
	Closed   Phase = "closed"   // everything that was begun is ended
)

// Ledger is what a run has done so far. It travels to the post step in the action's saved state,
// as one JSON value, and holds no secret. It is written before and after each step that a later
// one relies on, so that a run that dies in between can still be put in order.
type Ledger struct {
	Phase            Phase           `json:"phase"`
	RunID            int64           `json:"run_id"`
	RunAttempt       int             `json:"run_attempt"`
	Pull             int             `json:"pull,omitempty"`
	PullID           string          `json:"pull_id,omitempty"`
	TriggerID        int64           `json:"trigger_id,omitempty"` // the comment that holds the command
	Reaction         string          `json:"reaction,omitempty"`   // the first reaction that is wanted, "" for none
	ReactionID       int64           `json:"reaction_id,omitempty"`
	StartedCommentID int64           `json:"started_comment_id,omitempty"`
	Sought           bool            `json:"sought,omitempty"` // the creation of the deployment was begun
	DeploymentID     int64           `json:"deployment_id,omitempty"`
	Announced        bool            `json:"announced,omitempty"` // a start was sent to the tracking endpoints
	Product          string          `json:"product,omitempty"`
	Version          string          `json:"version,omitempty"`
	Branch           string          `json:"branch,omitempty"`
	Records          bool            `json:"records,omitempty"` // only records what has happened: there is no start to take back
	Subject          message.Subject `json:"subject"`
}

// NewLedger opens the ledger of a request that was decided on.
func NewLedger(r deploy.Request, c config.Config, d deploy.Decision, f deploy.Facts) Ledger {
	e, t := r.Event, d.Target
	return Ledger{
		RunID: e.Run.ID, RunAttempt: e.Run.Attempt,
		Pull: e.Pull, PullID: f.Pull.ID, TriggerID: e.Comment.ID, Reaction: c.Reaction,
		Product: cmp.Or(c.Track.Product, e.Repository),
		Version: cmp.Or(c.Track.Version, t.SHA),
		Branch:  branch(r, f, t),
		Records: c.Mode == config.TrackIt && c.Status != config.Pending && c.Status != config.Started,
		Subject: subject(r, c, d, f.ReadAt),
	}
}

func subject(r deploy.Request, c config.Config, d deploy.Decision, at time.Time) message.Subject {
	t := d.Target
	return message.Subject{
		Fork: d.States.Fork, Reviews: reviews(d.States),
		Actor: r.Event.Actor, Environment: t.Environment, EnvironmentURL: c.EnvironmentURLs[t.Environment],
		Ref: t.Ref, SHA: t.SHA, Kind: t.Kind, Noop: t.Noop, Stable: t.Stable,
		Verified: t.Commit.Verified, Committer: t.Commit.Committer, CommitURL: t.Commit.URL,
		Params: r.Command.Params.Raw, ParsedParams: parsed(r),
		RunURL: r.Event.Run.URL, StartedAt: at,
		Trigger: message.Trigger{
			CreatedAt: r.Event.Comment.CreatedAt, UpdatedAt: r.Event.Comment.UpdatedAt,
			Body: message.ShortBody(r.Command.Text), URL: r.Event.Comment.URL,
		},
	}
}

// reviews gives what is known of the reviews, nothing where they were not looked at.
func reviews(s deploy.States) *message.Reviews {
	if s.MergeState == "" {
		return nil
	}
	return &message.Reviews{Count: s.Approvals, Decision: s.ReviewDecision}
}

// parsed gives the parameters as JSON, nothing when there are none.
func parsed(r deploy.Request) json.RawMessage {
	if r.Command.Params.JSON == "" {
		return nil
	}
	return json.RawMessage(r.Command.Params.JSON)
}

// branch names the branch that the deployed commit comes from, as far as it is known.
func branch(r deploy.Request, f deploy.Facts, t deploy.Target) string {
	if t.Stable {
		return t.Ref
	}
	return cmp.Or(r.Event.Branch, f.Pull.HeadRef)
}

// Marshal writes the ledger for the saved state. A later stage gets the state as an environment
// variable, whose length is limited, so that very long parameters are cut.
func (l Ledger) Marshal() (string, error) {
	l.Subject = l.Subject.Brief()
	text, err := json.Marshal(l)
	if err != nil {
		return "", fmt.Errorf("write ledger: %w", err)
	}
	return string(text), nil
}

// ReadLedger reads what an earlier stage saved. Empty text is an idle ledger: main did not get far
// enough to begin anything.
func ReadLedger(text string) (Ledger, error) {
	var l Ledger
	if text == "" {
		return l, nil
	}
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		return Ledger{}, fmt.Errorf("read ledger: %w", err)
	}
	return l, nil
}

// Done is what carrying out one effect brought about.
type Done struct {
	ReactionID   int64
	CommentID    int64
	DeploymentID int64
	Facts        *deploy.Facts // read inside the write, when the effect asked for it
}

// Begin notes what is about to be done, before it is done.
func (l *Ledger) Begin(e Effect) {
	switch e := e.(type) {
	case StartDeployment:
		l.Sought = true
	case Announce:
		l.Announced = l.Announced || e.Status == config.Started || e.Status == config.Pending
	case React, Unreact, Comment, SetStatus, UpdateBranch:
	}
}

// Note notes what was done.
func (l *Ledger) Note(e Effect, done Done) {
	switch e := e.(type) {
	case React:
		if e.Initial {
			l.ReactionID = done.ReactionID
		}
	case Unreact:
		l.ReactionID = 0
	case Comment:
		if e.Looks != nil {
			l.StartedCommentID = done.CommentID
		}
	case StartDeployment:
		l.DeploymentID = done.DeploymentID
	case Announce:
		if e.Status.Terminal() {
			l.Announced = false
		}
	case SetStatus, UpdateBranch:
	}
}

// Refused notes that what was about to be done did not take place for certain.
func (l *Ledger) Refused(e Effect) {
	if announcement, isAnnouncement := e.(Announce); isAnnouncement && !announcement.Status.Terminal() {
		l.Announced = false
	}
}

// Fill completes an effect with what earlier steps brought about.
func (l *Ledger) Fill(e Effect) Effect {
	start, isStart := e.(StartDeployment)
	if !isStart {
		return e
	}
	start.Payload.StartedCommentID = l.StartedCommentID
	if l.ReactionID != 0 {
		start.Payload.ReactionID = new(l.ReactionID)
	}
	return start
}

// SameRun reports whether a deployment's payload says that this run created it.
func (l Ledger) SameRun(p Payload) bool {
	return p.Tool == Tool && p.RunID == l.RunID && p.RunAttempt == l.RunAttempt && p.TriggerCommentID == l.TriggerID
}

// SameProduct reports whether a deployment's payload says that a step of this run created it for
// the same product.
func (l Ledger) SameProduct(p Payload) bool {
	return l.SameRun(p) && p.Product == l.Product
}

// Command is the command that the ledger is about, as far as later stages need it.
func (l Ledger) Command() command.Command {
	c := command.Command{Kind: command.Deploy, Environment: l.Subject.Environment, KnownEnvironment: true, StableBranch: l.Subject.Stable}
	if l.Subject.Noop {
		c.Kind = command.Noop
	}
	return c
}
