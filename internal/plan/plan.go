// Package plan turns a decision into an ordered list of effects, as plain data.
//
// For plans the main part, End and Tell the part after the job, Abandon the way back out of a start
// that failed. Nothing here acts: app carries the steps out and notes the results in the Ledger.
package plan

import (
	"encoding/json"
	"fmt"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
)

// Effect is one change to the outside world.
//
//sumtype:decl
type Effect interface{ effect() }

// React adds a reaction to the comment that holds the command.
type React struct {
	CommentID int64
	Content   string // +1, -1, laugh, confused, heart, hooray, rocket or eyes
	Initial   bool   // the first sign of life, which the final reaction replaces
}

// Unreact takes the first sign of life away again.
type Unreact struct {
	CommentID  int64
	ReactionID int64
}

// Comment writes a comment on a pull request.
type Comment struct {
	Kind    CommentKind
	Pull    int
	PullID  string // GraphQL node id of the pull request, "" when it is unknown
	Marker  string // found again by this hidden text
	Body    string // Ledger.Fill adds the marker
	Recheck *deploy.Needs
}

// CommentKind says what a comment is for.
type CommentKind string

// The kinds.
const (
	AnswerComment  CommentKind = "answer"  // to a command that starts nothing
	PromptComment  CommentKind = "confirm" // asks for a confirmation
	StartedComment CommentKind = "started" // a deployment begins
	ResultComment  CommentKind = "result"  // a deployment has ended
)

// EditComment gives a comment of ours a new text. One that somebody has deleted is written anew.
type EditComment struct {
	CommentID int64
	New       Comment
}

// TakeLock publishes a lock, as one step that either succeeds or leaves nothing.
type TakeLock struct {
	Repository string // GraphQL node id
	Branch     string
	Content    string // of the lock's file
	ClaimID    string
	Instead    string // the commit of the lock that is taken over, "" when there must be none
	Recheck    *deploy.Needs
}

// FreeLock removes a lock if it is still the one that is meant.
type FreeLock struct {
	Repository string // GraphQL node id
	Branch     string
	Tip        string // the commit that the branch points at, "" when it is unknown: then the claim decides
	ClaimID    string
}

// CountCommits counts the commits between what runs and what is deployed. It changes nothing, and stands
// among the effects because it takes place beside them.
type CountCommits struct{ Base, Head string }

// AddLabels adds labels to a pull request.
type AddLabels struct {
	Pull  int
	Names []string
}

// RemoveLabel takes a label off a pull request, if it is there.
type RemoveLabel struct {
	Pull int
	Name string
}

// RecordEvent tells the tracking endpoints a new state of the deployment.
type RecordEvent struct {
	Status  config.Status
	Message string         // what went wrong, for failed and aborted
	Orphan  *deploy.Orphan // the deployment of another run that it is about, nil for the own one
}

// CloseOrphan ends the GitHub deployment of a run that was lost, unless somebody has ended it meanwhile.
type CloseOrphan struct {
	Environment string
	CreatedBy   deploy.CreatedByRun
}

// NotifySinks tells those who only want to know a new state of the deployment, and with an end what could not be
// told before. It never stops anything.
type NotifySinks struct {
	Status  config.Status
	Message string          // what went wrong, for failed and aborted
	Blocked *deploy.Finding // why the deployment was not allowed to start, instead of a status
}

// PendingEvent is an event that somebody could not be told, with its receiver. The event holds no secret.
type PendingEvent struct {
	Sink  string          `json:"sink"`
	Event json.RawMessage `json:"event"`
}

// StartDeployment creates the GitHub deployment.
type StartDeployment struct {
	Environment      string
	Ref              string
	SHA              string // the commit that the ref must still name
	AutoMerge        bool   // GitHub may merge the default branch into the ref instead
	Production       bool
	RequiredContexts []string
	Payload          Payload
}

// SetStatus adds a status to the GitHub deployment.
type SetStatus struct {
	State          string // in_progress, success, failure, error or queued
	Environment    string
	EnvironmentURL string
	LogURL         string
	Description    string // at most 140 characters
}

// ends reports whether the status is the deployment's last.
func (s SetStatus) ends() bool { return s.State != "in_progress" && s.State != "queued" }

// UpdateBranch merges the base into the pull request's branch, if that still has the head that was
// looked at.
type UpdateBranch struct {
	Pull         int
	ExpectedHead string
}

func (UpdateBranch) effect()    {}
func (CloseOrphan) effect()     {}
func (React) effect()           {}
func (Unreact) effect()         {}
func (Comment) effect()         {}
func (RecordEvent) effect()     {}
func (StartDeployment) effect() {}
func (SetStatus) effect()       {}
func (EditComment) effect()     {}
func (TakeLock) effect()        {}
func (FreeLock) effect()        {}
func (CountCommits) effect()    {}
func (NotifySinks) effect()     {}
func (AddLabels) effect()       {}
func (RemoveLabel) effect()     {}

// Step is an effect and what it means for the run. What takes a start back is not written at each
// step but planned from the ledger by Abandon, so that the same plan serves a failure in the middle
// and a run that was killed there.
type Step struct {
	Effect     Effect
	Must       bool // without it the run stops and is abandoned; otherwise a failure is a warning
	Concurrent bool // does not wait for the step before it
	Permitted  bool // Must holds only where the token may do it: a missing permission is a warning
}

// Payload is the payload of a GitHub deployment. The first keys are those of branch-deploy, so
// that either action reads the other's history.
type Payload struct {
	Type             string          `json:"type"`
	SHA              string          `json:"sha"`
	Params           *string         `json:"params"`
	ParsedParams     json.RawMessage `json:"parsed_params"`
	RunID            int64           `json:"github_run_id"`
	TriggerCommentID int64           `json:"initial_comment_id,omitempty"`
	ReactionID       *int64          `json:"initial_reaction_id"`
	StartedCommentID int64           `json:"deployment_started_comment_id,omitempty"`
	Timestamp        string          `json:"timestamp"`
	CommitVerified   bool            `json:"commit_verified"`
	Actor            string          `json:"actor"`
	StableBranchUsed bool            `json:"stable_branch_used"`
	Tool             string          `json:"tool"`
	RunAttempt       int             `json:"github_run_attempt"`
	Product          string          `json:"product,omitempty"`
	Version          string          `json:"version,omitempty"`
}

// Tool is how our deployments name who made them.
const Tool = "lockstep"

// For plans the effects of a decision.
func For(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) []Step {
	if c.Mode == config.TrackIt {
		return forTrack(c, d, l)
	}
	switch d.Verdict {
	case deploy.Refuse:
		return refuse(r, c, d, l)
	case deploy.Ask:
		return ask(r, c, d, l)
	case deploy.Proceed:
		return proceed(r, c, d, l)
	case deploy.Ignore:
	}
	return nil
}

// refuse takes back what was begun and then answers why not, so that the answer can tell what could
// not be taken back. A branch that is to be updated is updated first, for the same reason.
func refuse(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) []Step {
	var steps []Step
	if d.Update {
		steps = append(steps, Step{Effect: UpdateBranch{Pull: l.Pull, ExpectedHead: d.Target.SHA}, Must: true})
	}
	steps = append(steps, withdraw(l, d.Blocking())...)
	if d.Reason == deploy.ConfirmationRejected || d.Reason == deploy.ConfirmationTimedOut {
		return append(steps, unconfirmed(d, l)...)
	}
	steps = append(steps, answer(l, refusal(r, c, d), "-1")...)
	steps = append(steps, confirmed(l, d)...)
	return append(steps, blocked(c, d)...)
}

func proceed(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) []Step {
	switch d.Reason {
	case deploy.DeploymentReady:
		steps := append(start(r, c, d, l), deployment(c, d, l)...)
		return append(steps, notify(l, c, NotifySinks{Status: config.Started})...)
	case deploy.NoopReady:
		return start(r, c, d, l)
	case deploy.LockAcquired, deploy.LockAlreadyOwned:
		return acquire(r, c, d, l)
	case deploy.UnlockCompleted:
		return release(r, c, d, l)
	case deploy.LockInfoCompleted:
		return answer(l, message.LockInfo(r, c, d), "+1")
	case deploy.HelpCompleted:
		return answer(l, message.Help(c, d.Checkup), "+1")
	default:
		// No other command proceeds: it is about locks, and they are switched off.
		return answer(l, message.LocksOff(), "+1")
	}
}

// refusal finds the words for a refusal.
func refusal(r deploy.Request, c config.Config, d deploy.Decision) string {
	if d.Reason == deploy.DeprecatedCommand {
		return message.Deprecated(c)
	}
	if d.Reason == deploy.NakedCommandDisabled {
		return message.Naked(c, r.Command.Text)
	}
	return message.Refused(r, c, d)
}

// answer comments and sets the final reaction, at once.
func answer(l Ledger, body, reaction string) []Step {
	return append([]Step{{Effect: comment(l, AnswerComment, body), Must: true}}, replaceReaction(l, reaction)...)
}

// replaceReaction replaces the first sign of life by the final reaction.
func replaceReaction(l Ledger, reaction string) []Step {
	if l.Reaction == "" || (l.ReactionID != 0 && l.Reaction == reaction) {
		return nil
	}
	steps := []Step{{Effect: React{CommentID: l.TriggerID, Content: reaction}, Concurrent: true}}
	if l.ReactionID != 0 {
		steps = append(steps, Step{Effect: Unreact{CommentID: l.TriggerID, ReactionID: l.ReactionID}, Concurrent: true})
	}
	return steps
}

// comment is a comment with a marker by which a repeated attempt finds it.
func comment(l Ledger, kind CommentKind, body string) Comment {
	marker := fmt.Sprintf("<!-- lockstep:%s run=%d.%d comment=%d -->", kind, l.RunID, l.RunAttempt, l.TriggerID)
	return Comment{Kind: kind, Pull: l.Pull, PullID: l.PullID, Marker: marker, Body: body}
}

// SameRun tells payloads of the same run, command and product.
func (p Payload) SameRun() func(Payload) bool {
	return Ledger{RunID: p.RunID, RunAttempt: p.RunAttempt, TriggerID: p.TriggerCommentID, Product: p.Product}.SameProduct
}
