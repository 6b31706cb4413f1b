// Package track tells other systems what happened to a deployment.
//
// An Event is made once and given to every Sink; a sink turns it into its own format. Sinks know
// nothing of each other.
package track

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// Sink receives events. Send is bounded in time, may repeat a delivery with the same event id, and
// returns a *Refusal when the receiver forbids what the event announces, a *Failure when the event
// could not be delivered, or the context's error when the run was cancelled.
type Sink interface {
	Send(ctx context.Context, e Event) error
}

// Event is one new state of one deployment. All its times were fixed when it was made, so that a
// repeated delivery carries the same bytes.
type Event struct {
	ID          string // the same for every delivery of this event: a UUID
	State       config.Status
	Product     string
	Version     string
	Environment string
	SCM         SCM
	GitHub      GitHub
	Actor       Actor
	Times       Times
	Error       string // what went wrong, for failed and aborted
	Rollback    bool
}

// SCM is the source that is deployed.
type SCM struct {
	ServerURL  string
	Repository string // owner/name
	SHA        string
	Branch     string // "" when unknown
	Pull       int    // 0 when there is none
}

// GitHub is the workflow run that deploys.
type GitHub struct {
	DeploymentID int64 // 0 before there is one
	RunID        int64
	RunNumber    int
	RunAttempt   int
	RunURL       string
	Workflow     string
	Job          string
	EventName    string
	Ref          string
}

// Actor is who deploys. Name and e-mail are only known for pushes.
type Actor struct{ Login, Name, Email string }

// Times are the moments of a deployment, in UTC.
type Times struct {
	Occurred  time.Time
	Started   time.Time
	Completed time.Time // zero unless the state is terminal
}

// NewEvent makes the event that a plan announces.
func NewEvent(r deploy.Request, l plan.Ledger, a plan.Announce, now time.Time) Event {
	e := r.Event
	event := Event{
		State: a.Status, Product: l.Product, Version: l.Version, Environment: l.Subject.Environment,
		SCM: SCM{
			ServerURL: e.Run.ServerURL, Repository: e.Owner + "/" + e.Repository,
			SHA: l.Subject.SHA, Branch: l.Branch, Pull: e.Pull,
		},
		GitHub: GitHub{
			DeploymentID: l.DeploymentID, RunID: e.Run.ID, RunNumber: e.Run.Number, RunAttempt: e.Run.Attempt,
			RunURL: e.Run.URL, Workflow: e.Run.Workflow, Job: e.Run.Job, EventName: e.Name, Ref: e.Ref,
		},
		Actor:    Actor{Login: e.Actor, Name: e.Author.Name, Email: e.Author.Email},
		Times:    Times{Occurred: now.UTC(), Started: l.Subject.StartedAt.UTC()},
		Error:    a.Message,
		Rollback: l.Subject.Stable,
	}
	if event.State.Terminal() {
		event.Times.Completed = event.Times.Occurred
	}
	event.ID = event.id()
	return event
}

// id names the event by what it is about, so that it stays the same however often it is made.
func (e Event) id() string {
	key := fmt.Sprintf("%s/%s#run/%d/%d/%s/%s/%s/%s/deployment.%s", e.SCM.ServerURL, e.SCM.Repository,
		e.GitHub.RunID, e.GitHub.RunAttempt, e.GitHub.Job, e.Product, e.Environment, e.Version, e.State)
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(key)).String()
}
