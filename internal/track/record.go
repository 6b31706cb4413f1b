package track

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// schema names the form of a record. It changes when a receiver has to change as well.
const schema = "https://github.com/lockstep-action/lockstep/deployment-event/v1"

// record is an event as receivers see it. What is not known is left out. It has an e-mail address only
// where that is wanted: receivers do not need it.
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
	GitHub      GitHub            `json:"github,omitzero"`
	Actor       Actor             `json:"actor,omitzero"`
	Times       recordTimes       `json:"times,omitzero"`
	Checks      []plan.Check      `json:"checks,omitempty"`
	Artifacts   []Artifact        `json:"artifacts,omitempty"`
	Error       recordError       `json:"error,omitzero"`
	Block       Block             `json:"block,omitzero"`
	Warnings    []string          `json:"warnings,omitempty"`
	Metadata    Metadata          `json:"metadata,omitzero"`
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
	return record{
		Schema: schema, ID: e.ID, ChainID: e.ChainID(), Kind: e.kind(), State: e.State, Change: e.change(),
		Product: e.Product, Version: e.Version,
		Environment: recordEnvironment{Name: e.Environment, URL: e.EnvironmentURL},
		SCM: recordSCM{
			ServerURL: e.SCM.ServerURL, Repository: e.SCM.Repository, SHA: e.SCM.SHA, Ref: e.SCM.Ref, Branch: e.SCM.Branch,
			PullRequest: recordPull{Number: e.SCM.Pull, Title: e.SCM.PullTitle, URL: e.SCM.pullURL()},
		},
		Previous: e.Previous, GitHub: e.GitHub, Actor: e.Actor,
		Times: recordTimes{
			Occurred: moment(e.Times.Occurred), Started: moment(e.Times.Started), Completed: moment(e.Times.Completed),
			Seconds: int(e.duration() / time.Second),
		},
		Checks: e.Checks, Artifacts: e.Artifacts, Error: recordError{Message: e.Error}, Block: e.Block,
		Warnings: e.Warnings, Metadata: e.Metadata,
	}
}

// moment keeps milliseconds, by which receivers bring events into their order.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
