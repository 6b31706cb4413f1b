package plan

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
)

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

func (StartDeployment) effect() {}

func (s StartDeployment) String() string {
	return fmt.Sprintf("create the deployment of %s to %s", deploy.Short(s.SHA), s.Environment)
}

func (s StartDeployment) resolve(l *Ledger) Effect {
	s.Payload.StartedCommentID, s.Payload.Timestamp = l.StartedCommentID, message.Timestamp(l.Subject.StartedAt)
	s.Payload.Override = l.Override
	if l.ReactionID != 0 {
		s.Payload.ReactionID = new(l.ReactionID)
	}
	return s
}

func (StartDeployment) begin(l *Ledger)           { l.Attempted = true }
func (StartDeployment) done(l *Ledger, done Done) { l.DeploymentID = done.DeploymentID }

// SetStatus adds a status to the GitHub deployment.
type SetStatus struct {
	State          string // in_progress, success, failure, error or queued
	Environment    string
	EnvironmentURL string
	LogURL         string
	Description    string // at most 140 characters
}

func (SetStatus) effect()          {}
func (s SetStatus) String() string { return "set the deployment's status: " + s.State }

func (s SetStatus) done(l *Ledger, done Done) {
	if s.State != "in_progress" && s.State != "queued" {
		l.EndStatusID, l.EndedAt = done.StatusID, done.StatusAt
	}
}

func (SetStatus) problem(_ Ledger, why string) string {
	return "The status of the deployment could not be set: " + why
}

// Payload is the payload of a GitHub deployment. The first keys are those of branch-deploy: either action
// reads the other's history.
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
	Pull             int             `json:"pull_request,omitempty"`
	Product          string          `json:"product,omitempty"`
	Version          string          `json:"version,omitempty"`
	RerunBy          string          `json:"rerun_by,omitempty"`
	Policy           *PolicyUsed     `json:"policy,omitempty"`
	Override         *Override       `json:"override,omitempty"`
	Rollback         *Rollback       `json:"rollback,omitempty"` // nil where .rollback did not ask for it
}

// Rollback names the commits of a rollback.
type Rollback struct {
	From   string `json:"from"` // what ran before it, "" for nothing
	To     string `json:"to"`
	Reason string `json:"reason,omitempty"` // that someone typed
}

// Override is what the command has lifted.
type Override struct {
	Rules  []string `json:"rules"`
	Reason string   `json:"reason"` // that someone typed
	By     string   `json:"by"`
}

// PolicyUsed names the rules file that a decision rests on.
type PolicyUsed struct {
	Commit string `json:"commit"`
	Path   string `json:"path"`
}

// Tool is how our deployments name who made them.
const Tool = "lockstep"

func startDeployment(c config.Config, t deploy.Target, l Ledger) StartDeployment {
	contexts := c.RequiredContexts
	if contexts == nil {
		contexts = []string{} // GitHub takes a missing list for "all of them"
	}
	return StartDeployment{
		Environment: t.Environment, Ref: t.Ref, SHA: t.SHA, AutoMerge: autoMerge(c, t), RequiredContexts: contexts,
		Production: c.Resolved.Production, Payload: payload(t, l),
	}
}

func payload(t deploy.Target, l Ledger) Payload {
	s := l.Subject
	p := Payload{
		Type: deploy.OwnPayloadType, SHA: t.SHA, ParsedParams: s.ParsedParams,
		RunID: l.RunID, RunAttempt: l.RunAttempt, TriggerCommentID: l.TriggerID,
		Timestamp: message.Timestamp(s.StartedAt), CommitVerified: s.Verified, Actor: s.Actor, RerunBy: s.RerunBy,
		StableBranchUsed: t.Stable, Tool: Tool, Pull: cmp.Or(l.Pull, t.Pull), Product: l.Product, Version: l.Version,
		Policy: l.Policy, Override: l.Override,
	}
	if s.Params != "" {
		p.Params = &s.Params
	}
	if s.Rollback != nil {
		p.Rollback = &Rollback{To: t.SHA, Reason: s.Rollback.Reason}
		if s.Live != nil {
			p.Rollback.From = s.Live.SHA
		}
	}
	return p
}

// autoMerge lets GitHub merge the default branch into the pull request's branch only where a workflow asks for that
// and the branch is the pull request's own.
func autoMerge(c config.Config, t deploy.Target) bool {
	ownBranch := !t.Stable && t.Ref != t.SHA
	return c.Origin.AutoMerge && ownBranch && c.Outdated.Update != config.UpdateDisabled
}

func status(l Ledger, state, description string) SetStatus {
	s := l.Subject
	return SetStatus{
		State: state, Environment: s.Environment, EnvironmentURL: s.EnvironmentURL,
		LogURL: s.RunURL, Description: description,
	}
}
