package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// Phase says how far a run has come.
type Phase string

// The values of Phase. A run that is found in Starting or Ending was killed in the middle.
const (
	Idle     Phase = ""         // nothing was begun that has to be ended
	Starting Phase = "starting" // effects are being carried out
	Ready    Phase = "ready"    // everything is in place and the workflow was told to go
	Ending   Phase = "ending"   // the end is being carried out
	Seeking  Phase = "seeking"  // another job's start is looked for, because it was not handed over
	Closed   Phase = "closed"   // everything that was begun is ended
)

// Ledger is what a run has done so far, and how it ends. It travels to the post step in the action's saved state,
// as one JSON value, and has no secret.
type Ledger struct {
	Phase            Phase             `json:"phase"`
	RunID            int64             `json:"run_id"`
	Skew             time.Duration     `json:"clock_skew,omitempty"` // how far the runner's clock is ahead of GitHub's
	RunAttempt       int               `json:"run_attempt"`
	Pull             int               `json:"pull,omitempty"`
	PullID           string            `json:"pull_id,omitempty"`
	PullTitle        string            `json:"pull_title,omitempty"`
	TriggerID        int64             `json:"trigger_id,omitempty"` // the comment that has the command
	Reaction         string            `json:"reaction,omitempty"`   // the first reaction that is wanted, "" for none
	ReactionID       int64             `json:"reaction_id,omitempty"`
	StartedCommentID int64             `json:"started_comment_id,omitempty"`
	Attempted        bool              `json:"attempted,omitempty"` // the creation of the deployment was begun
	DeploymentID     int64             `json:"deployment_id,omitempty"`
	EndStatusID      int64             `json:"end_status_id,omitempty"` // the deployment status that says how it ended
	EndedAt          time.Time         `json:"ended_at,omitzero"`       // when GitHub got that status: the same for each process that finds it
	Announced        bool              `json:"announced,omitempty"`     // a start was sent to the tracking endpoint
	Notified         bool              `json:"notified,omitempty"`      // a notice of a start was sent
	Outbox           []PendingEvent    `json:"outbox,omitempty"`        // notices that could not be delivered yet
	Unrecorded       bool              `json:"unrecorded,omitempty"`    // the token may record no deployment on GitHub
	Foreign          bool              `json:"foreign,omitempty"`       // branch-deploy has started the deployment
	Handed           bool              `json:"handed,omitempty"`        // another job has started it, and this step ends it
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
	Policy           *PolicyUsed       `json:"policy,omitempty"`     // nil for none
	Override         *Override         `json:"override,omitempty"`   // nil for none
	Checks           []Check           `json:"checks,omitempty"`     // that the deployment rests on

	HealthChecks []policy.HealthCheck `json:"health_checks,omitempty"` // that the post step of the start makes; never handed over
	Health       *deploy.Health       `json:"health,omitempty"`        // nil before it was checked; never handed over

	Subject message.Subject `json:"subject"`
	End     EndSettings     `json:"end"`

	problems   []string // cleanup that failed, for the next comment
	approvalID int64    // of the reaction +1, which comes at the same time as an answer that may fail
}

// maxLedger is how long the saved state may be, in bytes. A later stage gets it as an environment variable, and one
// of more than 128 KiB keeps a program from starting.
const maxLedger = 100 << 10

// Marshal writes the ledger for the saved state. Very long parameters are cut. All but the last answers of a
// health check, the list of changes, and what events say in addition, are left out as far as there is no room for it.
func (l Ledger) Marshal() (string, error) {
	l.Subject = l.Subject.Brief()
	text, err := json.Marshal(l)
	for _, leaveOut := range []func(*Ledger){
		(*Ledger).shortenHealth, (*Ledger).leaveOutChanges, func(l *Ledger) { l.End.Metadata = nil }, func(l *Ledger) { l.End.Artifacts = nil },
		func(l *Ledger) { l.Checks = nil }, func(l *Ledger) { l.Outbox = nil },
	} {
		if err == nil && len(text) > maxLedger {
			leaveOut(&l)
			text, err = json.Marshal(l)
		}
	}
	if err == nil && len(text) > maxLedger {
		err = errors.New("it is too long to be saved")
	}
	if err != nil {
		return "", fmt.Errorf("write ledger: %w", err)
	}
	return string(text), nil
}

// shortenHealth keeps the last answer of each check. What was to be checked is not asked again.
func (l *Ledger) shortenHealth() {
	if l.Health != nil {
		l.HealthChecks, l.Health = nil, l.Health.Brief()
	}
}

// leaveOutChanges counts the changes instead of listing them.
func (l *Ledger) leaveOutChanges() {
	if l.Subject.Live != nil {
		live := *l.Subject.Live
		live.Changes = live.Changes.WithoutList()
		l.Subject.Live = &live
	}
}

// ReadLedger reads what an earlier stage saved. Empty text is an idle ledger.
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
	StatusID     int64     // of a deployment status
	StatusAt     time.Time // when GitHub got it
	LockTip      string    // the commit of the lock that was taken
	Ahead        int       // commits that were counted
	Behind       int
	Changes      *deploy.Changelog // of these commits, nil for none
	Facts        *deploy.Facts     // read inside the write, when the effect asked for it
	Undelivered  *Outbox           // the notices that could not be delivered, nil for none
}

// Resolve completes an effect with what earlier steps brought about.
func (l *Ledger) Resolve(e Effect) Effect {
	if incomplete, ok := e.(interface{ resolve(*Ledger) Effect }); ok {
		return incomplete.resolve(l)
	}
	return e
}

// MarkStarted notes what is about to be done, before it is done.
func (l *Ledger) MarkStarted(e Effect) {
	if noted, ok := e.(interface{ begin(*Ledger) }); ok {
		noted.begin(l)
	}
}

// MarkDone notes what was done.
func (l *Ledger) MarkDone(e Effect, done Done) {
	if noted, ok := e.(interface{ done(*Ledger, Done) }); ok {
		noted.done(l, done)
	}
}

// MarkRejected notes that what was about to be done certainly did not take place.
func (l *Ledger) MarkRejected(e Effect) {
	if noted, ok := e.(interface{ rejected(*Ledger) }); ok {
		noted.rejected(l)
	}
}

// AddProblem notes what people have to do themselves.
func (l *Ledger) AddProblem(e Effect, p deploy.Problem) {
	if noted, ok := e.(interface{ problem(Ledger, string) string }); ok {
		l.problems = append(l.problems, noted.problem(*l, p.Text))
	}
}

// SameRun reports whether a deployment's payload says that this run created it.
func (l Ledger) SameRun(p Payload) bool {
	return p.Tool == Tool && p.RunID == l.RunID && p.RunAttempt == l.RunAttempt && p.TriggerCommentID == l.TriggerID
}

// SameProduct reports whether a deployment's payload says that a step of this run created it for the same product.
func (l Ledger) SameProduct(p Payload) bool { return l.SameRun(p) && p.Product == l.Product }

// Command is the command that the ledger is about, as far as later stages need it.
func (l Ledger) Command() command.Command {
	c := command.Command{Kind: command.Deploy, Environment: l.Subject.Environment, KnownEnvironment: true, StableBranch: l.Subject.Stable}
	if l.Subject.Noop {
		c.Kind = command.Noop
	}
	return c
}
