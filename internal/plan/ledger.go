package plan

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/message"
)

// Phase says how far a run has come.
type Phase string

// The phases. A run that is found in Starting or Ending was killed in the middle.
const (
	Idle     Phase = ""         // nothing was begun that would have to be ended
	Starting Phase = "starting" // effects are being carried out
	Ready    Phase = "ready"    // everything stands and the workflow was told to go
	Ending   Phase = "ending"   // the end is being carried out
	Closed   Phase = "closed"   // everything that was begun is ended
)

// Ledger is what a run has done so far. It travels to the post step in the action's saved state,
// as one JSON value, and holds no secret. It is written before and after each step that a later
// one relies on, so that a run that dies in between can still be put in order.
type Ledger struct {
	Phase            Phase             `json:"phase"`
	RunID            int64             `json:"run_id"`
	RunAttempt       int               `json:"run_attempt"`
	Pull             int               `json:"pull,omitempty"`
	PullID           string            `json:"pull_id,omitempty"`
	PullTitle        string            `json:"pull_title,omitempty"`
	TriggerID        int64             `json:"trigger_id,omitempty"` // the comment that holds the command
	Reaction         string            `json:"reaction,omitempty"`   // the first reaction that is wanted, "" for none
	ReactionID       int64             `json:"reaction_id,omitempty"`
	StartedCommentID int64             `json:"started_comment_id,omitempty"`
	Attempted        bool              `json:"sought,omitempty"` // the creation of the deployment was begun
	DeploymentID     int64             `json:"deployment_id,omitempty"`
	EndStatusID      int64             `json:"end_status_id,omitempty"` // the deployment status that says how it ended
	Announced        bool              `json:"announced,omitempty"`     // a start was sent to the tracking endpoints
	Notified         bool              `json:"notified,omitempty"`      // a start was told to those who only want to know
	Outbox           []PendingEvent    `json:"outbox,omitempty"`        // what somebody could not be told yet
	Unrecorded       bool              `json:"unrecorded,omitempty"`    // the token may record no deployment on GitHub
	Tracked          bool              `json:"tracked,omitempty"`       // a step that records what the workflow says, without a comment
	Product          string            `json:"product,omitempty"`
	Version          string            `json:"version,omitempty"`
	Branch           string            `json:"branch,omitempty"`
	Records          bool              `json:"records,omitempty"`    // only records what has happened: there is no start to take back
	Repository       string            `json:"repository,omitempty"` // GraphQL node id
	Lock             *Lock             `json:"lock,omitempty"`       // that this run takes or has taken, nil for none
	PromptID         int64             `json:"prompt_id,omitempty"`  // the comment that asks for a confirmation
	Timeout          time.Duration     `json:"timeout,omitempty"`    // for the confirmation, in nanoseconds
	Answer           deploy.AnswerKind `json:"answer,omitempty"`     // to the question for a confirmation
	Checks           []Check           `json:"checks,omitempty"`     // that the deployment rests on
	Subject          message.Subject   `json:"subject"`

	problems []string // what could not be put in order, for the next comment
}

// Check is a check of the deployed commit that counted.
type Check struct {
	Name     string `json:"name"`
	Result   string `json:"result"` // in GitHub's words, in lower case; "" while it runs
	Required bool   `json:"required"`
}

// maxChecks is how many checks are kept: events and the saved state have little room.
const maxChecks = 50

// checks keeps the checks that a decision rests on.
func checks(d deploy.Decision) []Check {
	var kept []Check
	for _, one := range d.Evidence.Checks[:min(len(d.Evidence.Checks), maxChecks)] {
		kept = append(kept, Check{Name: message.ShortBody(one.Name), Result: strings.ToLower(one.Value), Required: one.Required})
	}
	return kept
}

// Lock is a lock of this run.
type Lock struct {
	Branch    string `json:"branch"`
	ClaimID   string `json:"claim_id"`
	Sticky    bool   `json:"sticky,omitempty"`
	Attempted bool   `json:"sought,omitempty"`  // taking it was begun
	Confirmed bool   `json:"settled,omitempty"` // the second look found nobody in the way
	Tip       string `json:"tip,omitempty"`     // the commit that the branch points at, "" while it is unknown
	Command   string `json:"command,omitempty"` // removes the lock
}

// NewLedger opens the ledger of a request that was decided on.
func NewLedger(r deploy.Request, c config.Config, d deploy.Decision, f deploy.Facts) Ledger {
	e, t := r.Event, d.Target
	return Ledger{
		RunID: e.Run.ID, RunAttempt: e.Run.Attempt,
		Pull: e.Pull, PullID: f.Pull.ID, PullTitle: message.ShortBody(f.Pull.Title), TriggerID: e.Comment.ID, Reaction: c.Reaction,
		Product:    cmp.Or(c.Track.Product, e.Repository),
		Version:    cmp.Or(c.Track.Version, t.SHA),
		Branch:     branch(r, f, t),
		Records:    c.Mode == config.TrackIt && c.Status != config.Pending && c.Status != config.Started,
		Repository: f.Repository, Lock: ownLock(r, c, d), Timeout: c.Confirmation.Timeout,
		Checks: checks(d), Subject: subject(r, c, d, f.ReadAt),
	}
}

// Renew brings a ledger up to what was decided after a confirmation: what was done stays noted.
func (l Ledger) Renew(r deploy.Request, c config.Config, d deploy.Decision, f deploy.Facts) Ledger {
	fresh := NewLedger(r, c, d, f)
	fresh.Phase, fresh.ReactionID, fresh.PromptID, fresh.Answer = l.Phase, l.ReactionID, l.PromptID, f.Answer.Kind
	if fresh.Subject.Live != nil && l.Subject.Live != nil && fresh.Subject.Live.SHA == l.Subject.Live.SHA {
		fresh.Subject.Live = l.Subject.Live
	}
	if l.Lock != nil {
		fresh.Lock = l.Lock
	}
	fresh.Subject.TookOver = cmp.Or(fresh.Subject.TookOver, l.Subject.TookOver)
	return fresh
}

func subject(r deploy.Request, c config.Config, d deploy.Decision, at time.Time) message.Subject {
	t := d.Target
	return message.Subject{
		Fork: d.Evidence.Fork, Reviews: reviews(d.Evidence),
		LockCommand: r.Command.Kind.AboutLocks(), Live: liveOf(r, d), TookOver: tookOver(d),
		Actor: r.Event.Actor, Environment: t.Environment, EnvironmentURL: c.For(t.Environment).Resolved.URL,
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

// liveOf tells what runs in the environment. Where it is what is to be deployed there is nothing to
// count.
func liveOf(r deploy.Request, d deploy.Decision) *message.Live {
	if d.Live == nil || d.Live.SHA == "" {
		return nil
	}
	e := r.Event
	return &message.Live{
		SHA: d.Live.SHA, Version: message.ShortBody(d.Live.Version), Counted: d.Live.SHA == d.Target.SHA,
		CompareURL: fmt.Sprintf("%s/%s/%s/compare/%s...%s", e.Run.ServerURL, e.Owner, e.Repository, d.Live.SHA, d.Target.SHA),
	}
}

// reviews gives what is known of the reviews, nothing where they were not looked at.
func reviews(s deploy.Evidence) *message.Reviews {
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
	if l.Lock != nil && !lock.IsBranch(l.Lock.Branch) {
		return Ledger{}, fmt.Errorf("read ledger: %q is no branch of a lock", l.Lock.Branch)
	}
	return l, nil
}

// Done is what carrying out one effect brought about.
type Done struct {
	ReactionID   int64
	CommentID    int64
	DeploymentID int64
	StatusID     int64  // of a deployment status
	LockTip      string // the commit of the lock that was taken
	Ahead        int    // commits that were counted
	Behind       int
	Facts        *deploy.Facts // read inside the write, when the effect asked for it
	Undelivered  *Outbox       // who could not be told, nil for nobody
}

// Outbox is what could not be told.
type Outbox struct{ Events []PendingEvent }

// MarkStarted notes what is about to be done, before it is done.
func (l *Ledger) MarkStarted(e Effect) {
	switch e := e.(type) {
	case StartDeployment:
		l.Attempted = true
	case TakeLock:
		if l.Lock != nil {
			l.Lock.Attempted = true
		}
	case RecordEvent:
		l.Announced = l.Announced || e.Status == config.Started || e.Status == config.Pending
	case NotifySinks:
		l.Notified = l.Notified || (e.Blocked == nil && !e.Status.Terminal())
	case React, Unreact, Comment, EditComment, SetStatus, UpdateBranch, FreeLock, CountCommits, AddLabels, RemoveLabel, CloseOrphan:
	}
}

// MarkDone notes what was done.
func (l *Ledger) MarkDone(e Effect, done Done) {
	switch e := e.(type) {
	case React:
		if e.Initial {
			l.ReactionID = done.ReactionID
		}
	case Unreact:
		l.ReactionID = 0
	case Comment:
		l.noteComment(e, done)
	case StartDeployment:
		l.DeploymentID = done.DeploymentID
	case RecordEvent:
		if e.Status.Terminal() && e.Orphan == nil {
			l.Announced = false
		}
	case TakeLock:
		l.noteLock(done)
	case FreeLock:
		l.Lock = nil
	case NotifySinks:
		l.noteNotice(e, done)
	case CountCommits:
		if live := l.Subject.Live; live != nil {
			live.Counted, live.Ahead, live.Behind = true, done.Ahead, done.Behind
		}
	case SetStatus:
		if e.ends() {
			l.EndStatusID = done.StatusID
		}
	case EditComment, UpdateBranch, AddLabels, RemoveLabel, CloseOrphan:
	}
}

// noteNotice notes who was told. With an end everything is told that was kept before.
func (l *Ledger) noteNotice(e NotifySinks, done Done) {
	if e.Status.Terminal() {
		l.Notified, l.Outbox = false, nil
		return
	}
	l.keep(done.Undelivered)
}

// maxOutbox is how long what could not be told may be altogether, in bytes: the saved state is limited.
const maxOutbox = 16 << 10

// keep keeps what could not be told for the end of the job, as far as there is room.
func (l *Ledger) keep(undelivered *Outbox) {
	if undelivered == nil {
		return
	}
	size := 0
	for _, kept := range l.Outbox {
		size += len(kept.Event)
	}
	for _, parcel := range undelivered.Events {
		if size += len(parcel.Event); size <= maxOutbox {
			l.Outbox = append(l.Outbox, parcel)
		}
	}
}

// noteLock notes the lock. The deployment counts as started from here on.
func (l *Ledger) noteLock(done Done) {
	if l.Lock != nil {
		l.Lock.Tip = done.LockTip
	}
	if done.Facts != nil {
		l.Subject.StartedAt = done.Facts.ReadAt
	}
}

func (l *Ledger) noteComment(e Comment, done Done) {
	switch e.Kind {
	case StartedComment:
		l.StartedCommentID = done.CommentID
	case PromptComment:
		l.PromptID = done.CommentID
	case AnswerComment, ResultComment:
	}
}

// MarkRejected notes that what was about to be done did not take place for certain.
func (l *Ledger) MarkRejected(e Effect) {
	switch e := e.(type) {
	case RecordEvent:
		if !e.Status.Terminal() {
			l.Announced = false
		}
	case TakeLock:
		if l.Lock != nil {
			l.Lock.Attempted = false
		}
	default:
	}
}

// AddProblem notes that something could not be put in order, for people to do it themselves.
func (l *Ledger) AddProblem(e Effect, problem deploy.Problem) {
	switch e.(type) {
	case FreeLock:
		text := "The lock could not be released: " + problem.Text
		if l.Lock != nil && l.Lock.Command != "" {
			text += " Remove it with " + markdown.Code(l.Lock.Command) + "."
		}
		l.problems = append(l.problems, text)
	case SetStatus:
		l.problems = append(l.problems, "The status of the deployment could not be set: "+problem.Text)
	default:
	}
}

// Resolve completes an effect with what earlier steps brought about.
func (l *Ledger) Resolve(e Effect) Effect {
	switch e := e.(type) {
	case StartDeployment:
		e.Payload.StartedCommentID, e.Payload.Timestamp = l.StartedCommentID, message.Timestamp(l.Subject.StartedAt)
		if l.ReactionID != 0 {
			e.Payload.ReactionID = new(l.ReactionID)
		}
		return e
	case Comment:
		return l.write(e)
	case EditComment:
		e.New = l.write(e.New)
		return e
	default:
		return e
	}
}

// write completes the text of a comment: with what was counted meanwhile, what could not be put in
// order, and the marker.
func (l *Ledger) write(e Comment) Comment {
	switch {
	case e.Kind == StartedComment:
		e.Body = message.Started(l.Subject)
	case e.Kind == PromptComment && l.PromptID == 0:
		e.Body = message.Confirm(l.Subject, l.Timeout)
	}
	e.Body = message.Limit(e.Body, message.Notes(l.problems)+e.Marker)
	return e
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
