// Package plan turns a decision into an ordered list of effects, as plain data.
//
// For plans the main part, Finish the part after the job, Abandon the way back out of a start
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
	Pull   int
	PullID string // GraphQL node id of the pull request, "" when it is unknown
	Marker string // found again by this hidden text
	Body   string // holds the marker
	Looks  *deploy.Needs
}

// Announce tells the tracking endpoints a new state of the deployment.
type Announce struct {
	Status  config.Status
	Message string // what went wrong, for failed and aborted
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

// UpdateBranch merges the base into the pull request's branch, if that still has the head that was
// looked at.
type UpdateBranch struct {
	Pull         int
	ExpectedHead string
}

func (UpdateBranch) effect()    {}
func (React) effect()           {}
func (Unreact) effect()         {}
func (Comment) effect()         {}
func (Announce) effect()        {}
func (StartDeployment) effect() {}
func (SetStatus) effect()       {}

// Step is an effect and what it means for the run. What takes a start back is not written at each
// step but planned from the ledger by Abandon, so that the same plan serves a failure in the middle
// and a run that was killed there.
type Step struct {
	Effect    Effect
	Must      bool // without it the run stops and is abandoned; otherwise a failure is a warning
	Beside    bool // does not wait for the step before it
	Permitted bool // Must holds only where the token may do it: a missing permission is a warning
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
	case deploy.Proceed:
		return proceed(r, c, d, l)
	case deploy.Ignore:
	}
	return nil
}

// refuse answers why not. A branch that is to be updated is updated first, so that a failure of that
// is what the answer tells.
func refuse(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) []Step {
	var steps []Step
	if d.Update {
		steps = append(steps, Step{Effect: UpdateBranch{Pull: l.Pull, ExpectedHead: d.Target.SHA}, Must: true})
	}
	steps = append(steps, withdraw(l, d.Blocking())...)
	said := answer(l, refusal(r, c, d), "-1")
	said[0].Beside = len(steps) > 0 && !d.Update
	return append(steps, said...)
}

func proceed(r deploy.Request, c config.Config, d deploy.Decision, l Ledger) []Step {
	if d.Reason.Outcome() != deploy.Continue {
		return answer(l, reply(c, d), "+1")
	}
	steps := start(r, c, l)
	if d.Target.Noop {
		return steps
	}
	return append(steps, deployment(c, d, l)...)
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

// reply finds the words for a command that asks for no deployment.
func reply(c config.Config, d deploy.Decision) string {
	if d.Reason == deploy.HelpCompleted {
		return message.Help(c)
	}
	return message.LocksOff()
}

// answer comments and sets the final reaction, all at once.
func answer(l Ledger, body, reaction string) []Step {
	return append([]Step{{Effect: comment(l, "answer", body), Must: true, Beside: true}}, swap(l, reaction)...)
}

// swap replaces the first sign of life by the final reaction.
func swap(l Ledger, reaction string) []Step {
	if l.Reaction == "" || (l.ReactionID != 0 && l.Reaction == reaction) {
		return nil
	}
	steps := []Step{{Effect: React{CommentID: l.TriggerID, Content: reaction}, Beside: true}}
	if l.ReactionID != 0 {
		steps = append(steps, Step{Effect: Unreact{CommentID: l.TriggerID, ReactionID: l.ReactionID}, Beside: true})
	}
	return steps
}

// comment writes body with a marker by which a repeated attempt finds it.
func comment(l Ledger, kind, body string) Comment {
	marker := fmt.Sprintf("<!-- lockstep:%s run=%d.%d comment=%d -->", kind, l.RunID, l.RunAttempt, l.TriggerID)
	return Comment{Pull: l.Pull, PullID: l.PullID, Marker: marker, Body: message.Limit(body, marker)}
}

// SameRun tells payloads of the same run, command and product.
func (p Payload) SameRun() func(Payload) bool {
	return Ledger{RunID: p.RunID, RunAttempt: p.RunAttempt, TriggerID: p.TriggerCommentID, Product: p.Product}.SameProduct
}
