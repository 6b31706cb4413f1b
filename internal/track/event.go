// Package track sends events about deployments to other systems.
//
// An Event is made once and given to every Sink, which turns it into its own format.
package track

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// Sink receives events. Send is bounded in time, and returns a *Refusal when the receiver forbids what the event
// announces, a *Failure when it could not be delivered, or the context's error.
type Sink interface {
	Send(ctx context.Context, e Event) error
}

// Event is one new state of one deployment or build. Its times do not change: a repeated delivery has the same bytes.
type Event struct {
	ID             string // the same for every delivery of this event: a UUID
	Kind           Kind
	State          config.Status // or Blocked
	Change         Change        // "" where nothing was compared
	Product        string
	Version        string
	Environment    string // "" for builds
	EnvironmentURL string
	SCM            SCM
	Previous       Previous
	Changes        *deploy.Changelog // what comes or goes away, nil where nothing was looked up
	GitHub         GitHub
	Actor          Actor
	Times          Times
	Checks         []plan.Check
	Artifacts      []Artifact
	Error          string // what went wrong, for failed and aborted
	Block          Block
	Override       *plan.Override        // what the command has lifted, nil for nothing
	Health         []deploy.HealthResult // of an end, nil where nothing was checked
	Warnings       []string
	Metadata       Metadata
}

// Kind is what an event is about. The zero value means a deployment.
type Kind string

// The kinds.
const (
	Deployment Kind = "deployment"
	Build      Kind = "build"
)

// Blocked is the state of a deployment that was not allowed to start.
const Blocked config.Status = "blocked"

// Change is what a deployment means for its environment, seen from what ran there before.
type Change string

// The changes.
const (
	UnknownChange Change = "unknown"
	Forward       Change = "forward"
	Rollback      Change = "rollback"
	Redeploy      Change = "redeploy"
)

// SCM is the source that is deployed.
type SCM struct {
	ServerURL  string
	Repository string // owner/name
	SHA        string
	Ref        string // what was asked for: a branch or a commit
	Branch     string // "" when unknown
	Pull       int    // 0 without one
	PullTitle  string
}

// Previous is what the environment ran before; it is empty when there was nothing.
type Previous struct {
	SHA     string `json:"sha,omitempty"`
	Version string `json:"version,omitempty"`
}

// GitHub is the workflow run that deploys.
type GitHub struct {
	DeploymentID int64  `json:"deployment_id,omitempty"` // 0 before there is one
	StatusID     int64  `json:"status_id,omitempty"`     // of the deployment status that says the same as the event, 0 for none
	RunID        int64  `json:"run_id,omitempty"`
	RunAttempt   int    `json:"run_attempt,omitempty"`
	RunNumber    int    `json:"run_number,omitempty"`
	RunURL       string `json:"run_url,omitempty"`
	Job          string `json:"job,omitempty"`
	Workflow     string `json:"workflow,omitempty"`
	EventName    string `json:"event_name,omitempty"`
	Ref          string `json:"ref,omitempty"`
	HeadRef      string `json:"head_ref,omitempty"` // of a pull request, for its own events; not in records
	BaseRef      string `json:"base_ref,omitempty"` // the same
}

// Actor is who deploys. Name and e-mail are only known for pushes.
type Actor struct {
	Login, Name, Email string
	PublicEmail        string // that every receiver may know, "" for none
	Triggering         string // who started this attempt of the run
}

// Times are the moments of a deployment, in UTC.
type Times struct {
	Occurred  time.Time
	Started   time.Time
	Completed time.Time // zero unless the state is terminal
}

// Artifact is something that was built or deployed.
type Artifact struct {
	Type     string `json:"type,omitempty"` // oci for container images
	Location string `json:"location"`
	Digest   string `json:"digest,omitempty"` // sha256:<hex>
}

// Block is why a deployment was not allowed to start.
type Block struct {
	Source     string `json:"source,omitempty"` // who forbids it
	Code       string `json:"code,omitempty"`
	Rule       string `json:"rule,omitempty"`
	Message    string `json:"message,omitempty"`
	RetryAfter string `json:"retry_after,omitempty"` // a moment or a number of seconds
}

// NewEvent makes the event that a plan announces.
func NewEvent(r deploy.Request, l plan.Ledger, a plan.RecordEvent, now time.Time) Event {
	e := r.Event
	event := Event{
		Kind: Deployment, State: a.Status, Product: l.Product, Version: l.Version,
		Environment: l.Subject.Environment, EnvironmentURL: l.Subject.EnvironmentURL,
		SCM: SCM{
			ServerURL: e.Run.ServerURL, Repository: e.Owner + "/" + e.Repository,
			SHA: l.Subject.SHA, Ref: l.Subject.Ref, Branch: l.Branch, Pull: e.Pull,
		},
		GitHub: GitHub{
			DeploymentID: l.DeploymentID, RunID: e.Run.ID, RunNumber: e.Run.Number, RunAttempt: e.Run.Attempt,
			RunURL: e.Run.URL, Workflow: e.Run.Workflow, Job: e.Run.Job, EventName: e.Name,
			Ref: e.Ref, HeadRef: e.HeadRef, BaseRef: e.BaseRef,
		},
		Actor:    Actor{Login: e.Actor, Name: e.Author.Name, Email: e.Author.Email, Triggering: e.Triggering},
		Times:    Times{Occurred: now.UTC(), Started: l.Subject.StartedAt.UTC()},
		Checks:   l.Checks,
		Override: l.Override,
		Error:    a.Message,
	}
	if event.State.Terminal() {
		event.Times.Completed = event.Times.Occurred
		event.GitHub.StatusID = l.EndStatusID // events of starts are made before there is a status
		if l.Health != nil {
			event.Health = l.Health.Results
		}
	}
	return event.Identified()
}

// Identified returns the event with the id of what it says. Call it again after the kind, state or status was set.
func (e Event) Identified() Event {
	g := e.GitHub
	key := fmt.Sprintf("run/%d/%d/%s/%s/%s/%s/%s", g.RunID, g.RunAttempt, g.Job, e.Product, e.Environment, e.Version, e.Types()[0])
	if g.DeploymentID != 0 && g.StatusID != 0 {
		key = fmt.Sprintf("deployment/%d/status/%d", g.DeploymentID, g.StatusID)
	}
	e.ID = e.SCM.identify(key)
	return e
}

// ChainID is the same for all events of one GitHub deployment, "" before there is one.
func (e Event) ChainID() string {
	if e.GitHub.DeploymentID == 0 {
		return ""
	}
	return e.SCM.identify(fmt.Sprintf("deployment/%d", e.GitHub.DeploymentID))
}

func (s SCM) identify(key string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(s.page()+"#"+key)).String()
}

// messageID names one of the messages about the event; that about its main type has the id of the event.
func (e Event) messageID(name string) string {
	if name == e.Types()[0] {
		return e.ID
	}
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("urn:uuid:"+e.ID+"#"+name)).String()
}

// rolledBack is the second type of a completed rollback, next to deployment.completed.
const rolledBack = "deployment.rolled_back"

// overridden is the second type of a start for which rules were lifted, next to deployment.started.
const overridden = "deployment.overridden"

// Types lists the names under which receivers know the event, the main one first.
func (e Event) Types() []string {
	types := []string{string(e.kind()) + "." + string(e.State)}
	if types[0] == "deployment.completed" && e.change() == Rollback {
		types = append(types, rolledBack)
	}
	if types[0] == "deployment.started" && e.Override != nil {
		types = append(types, overridden)
	}
	return types
}

func (e Event) kind() Kind { return cmp.Or(e.Kind, Deployment) }

func (e Event) change() Change {
	if e.kind() == Build {
		return ""
	}
	return cmp.Or(e.Change, UnknownChange)
}

// duration is 0 when the deployment has not ended, or when only its end was recorded.
func (e Event) duration() time.Duration {
	if !e.State.Terminal() || e.Times.Started.IsZero() {
		return 0
	}
	return max(0, e.Times.Completed.Sub(e.Times.Started).Round(time.Second))
}

func (s SCM) page() string { return s.ServerURL + "/" + s.Repository }

func (s SCM) commitURL() string {
	if s.SHA == "" {
		return ""
	}
	return s.page() + "/commit/" + s.SHA
}

func (s SCM) pullURL() string {
	if s.Pull == 0 {
		return ""
	}
	return fmt.Sprintf("%s/pull/%d", s.page(), s.Pull)
}

// schema changes when a receiver has to change as well.
const schema = "https://github.com/lockstep-action/lockstep/deployment-event/v1"

// record is an event as receivers see it. What is not known is left out.
type record struct {
	Schema      string            `json:"schema"`
	ID          string            `json:"id"`
	ChainID     string            `json:"chain_id,omitempty"`
	Kind        Kind              `json:"kind"`
	State       config.Status     `json:"state"`
	Change      Change            `json:"change,omitempty"`
	Product     string            `json:"product,omitempty"`
	Version     string            `json:"version,omitempty"`
	Environment recordEnvironment `json:"environment,omitzero"`
	SCM         recordSCM         `json:"scm,omitzero"`
	Previous    Previous          `json:"previous,omitzero"`
	recordChanges
	GitHub    GitHub                `json:"github,omitzero"`
	Actor     recordActor           `json:"actor,omitzero"`
	Times     recordTimes           `json:"times,omitzero"`
	Checks    []plan.Check          `json:"checks,omitempty"`
	Artifacts []Artifact            `json:"artifacts,omitempty"`
	Error     recordError           `json:"error,omitzero"`
	Block     Block                 `json:"block,omitzero"`
	Override  *plan.Override        `json:"override,omitempty"`
	Health    []deploy.HealthResult `json:"health,omitempty"`
	Warnings  []string              `json:"warnings,omitempty"`
	Metadata  Metadata              `json:"metadata,omitzero"`
}

type recordEnvironment struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

type recordSCM struct {
	ServerURL   string     `json:"server_url,omitempty"`
	Repository  string     `json:"repository,omitempty"`
	SHA         string     `json:"sha,omitempty"`
	Ref         string     `json:"ref,omitempty"`
	Branch      string     `json:"branch,omitempty"`
	PullRequest recordPull `json:"pull_request,omitzero"`
}

type recordPull struct {
	Number int    `json:"number"`
	Title  string `json:"title,omitempty"`
	URL    string `json:"url"`
}

type recordChanges struct {
	Direction string         `json:"changes_direction,omitempty"` // added or removed
	Commits   int            `json:"changes_commits,omitempty"`
	List      []recordChange `json:"changes,omitempty"`
	More      int            `json:"changes_more,omitempty"`    // further ones, which are not listed
	Unknown   int            `json:"changes_unknown,omitempty"` // commits that were not looked up
}

type recordChange struct {
	Pull   *int   `json:"pull_request"` // null for a commit without one
	SHA    string `json:"sha"`
	Title  string `json:"title"`
	Author string `json:"author,omitempty"`
	URL    string `json:"url,omitempty"`
}

func newRecordChanges(c *deploy.Changelog) recordChanges {
	if c == nil {
		return recordChanges{}
	}
	all := recordChanges{Direction: "added", Commits: c.Commits, More: c.More, Unknown: c.Unknown}
	if c.Removed {
		all.Direction = "removed"
	}
	for _, one := range c.Changes {
		all.List = append(all.List, recordChange{Pull: js.OrNull(one.Pull), SHA: one.SHA, Title: one.Title, Author: one.Author, URL: one.URL})
	}
	return all
}

type recordActor struct {
	Login      string `json:"login,omitempty"`
	Triggering string `json:"triggering_login,omitempty"`
	Name       string `json:"name,omitempty"`
	Email      string `json:"email,omitempty"`
}

type recordTimes struct {
	Occurred  time.Time `json:"occurred_at,omitzero"`
	Started   time.Time `json:"started_at,omitzero"`
	Completed time.Time `json:"completed_at,omitzero"`
	Seconds   int       `json:"duration_s,omitempty"`
}

type recordError struct {
	Message string `json:"message"`
}

// Record writes the event down as compact JSON whose keys have a fixed order.
func (e Event) Record() ([]byte, error) {
	text, err := json.Marshal(newRecord(e))
	if err != nil {
		return nil, fmt.Errorf("write event %s: %w", e.ID, err)
	}
	return text, nil
}

func newRecord(e Event) record {
	run := e.GitHub
	run.HeadRef, run.BaseRef = "", ""
	return record{
		Schema: schema, ID: e.ID, ChainID: e.ChainID(), Kind: e.kind(), State: e.State, Change: e.change(),
		Product: e.Product, Version: e.Version,
		Environment: recordEnvironment{Name: e.Environment, URL: e.EnvironmentURL},
		SCM: recordSCM{
			ServerURL: e.SCM.ServerURL, Repository: e.SCM.Repository, SHA: e.SCM.SHA, Ref: e.SCM.Ref, Branch: e.SCM.Branch,
			PullRequest: recordPull{Number: e.SCM.Pull, Title: e.SCM.PullTitle, URL: e.SCM.pullURL()},
		},
		Previous:      e.Previous,
		recordChanges: newRecordChanges(e.Changes),
		GitHub:        run,
		Actor:         recordActor{Login: e.Actor.Login, Triggering: e.Actor.Triggering, Name: e.Actor.Name, Email: e.Actor.PublicEmail},
		Times: recordTimes{
			Occurred: moment(e.Times.Occurred), Started: moment(e.Times.Started), Completed: moment(e.Times.Completed),
			Seconds: int(e.duration() / time.Second),
		},
		Checks: e.Checks, Artifacts: e.Artifacts, Error: recordError{Message: e.Error}, Block: e.Block, Override: e.Override,
		Health: e.Health, Warnings: e.Warnings, Metadata: e.Metadata,
	}
}

// moment keeps milliseconds, by which receivers bring events into their order.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
