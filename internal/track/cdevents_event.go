package track

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
)

// cdEvent is an event of CDEvents 0.5.1.
type cdEvent struct {
	Context               cdContext       `json:"context"`
	Subject               cdSubject       `json:"subject"`
	CustomData            json.RawMessage `json:"customData"`
	CustomDataContentType string          `json:"customDataContentType"`
}

type cdContext struct {
	SpecVersion string `json:"specversion"`
	ID          string `json:"id"`
	ChainID     string `json:"chainId,omitempty"`
	Source      string `json:"source"`
	Type        string `json:"type"`
	Timestamp   string `json:"timestamp"`
}

type cdSubject struct {
	ID      string `json:"id"`
	Content any    `json:"content"` // one of the contents below
}

// cdRun is a pipeline run.
type cdRun struct {
	Name    string `json:"pipelineName"`
	URI     string `json:"uri"`
	Outcome string `json:"outcome,omitempty"`
	Errors  string `json:"errors,omitempty"`
}

// cdBuild is a build; the vocabulary knows nothing of how it ended.
type cdBuild struct {
	ArtifactID string `json:"artifactId,omitempty"`
}

// cdService is a service in its environment.
type cdService struct {
	Environment cdReference `json:"environment"`
	ArtifactID  string      `json:"artifactId"`
}

type cdReference struct {
	ID string `json:"id"`
}

// newCDEvents translates an event. What the vocabulary has no room for goes along as custom data.
func newCDEvents(e Event, artifact string) ([]cdEvent, error) {
	data, err := e.Record()
	if err != nil {
		return nil, err
	}
	artifact = cmp.Or(artifact, artifactID(e))
	if e.kind() == Build {
		return []cdEvent{cdBuildEvent(e, artifact, data)}, nil
	}
	events := []cdEvent{cdRunEvent(e, data)}
	if e.State == config.Completed {
		events = append(events, cdServiceEvent(e, artifact, data))
	}
	return events, nil
}

func cdBuildEvent(e Event, artifact string, data []byte) cdEvent {
	event := newCDEvent(e, "build."+cdPredicate(e.State), data)
	event.Subject.ID = fmt.Sprintf("builds/%d/%s", e.GitHub.RunID, e.Product)
	content := cdBuild{}
	if e.State == config.Completed {
		content.ArtifactID = artifact
	}
	event.Subject.Content = content
	return event
}

func cdRunEvent(e Event, data []byte) cdEvent {
	event := newCDEvent(e, "pipelinerun."+cdPredicate(e.State), data)
	event.Subject.ID = fmt.Sprintf("runs/%d", e.GitHub.RunID)
	if e.GitHub.DeploymentID != 0 {
		event.Subject.ID = fmt.Sprintf("deployments/%d", e.GitHub.DeploymentID)
	}
	content := cdRun{Name: cmp.Or(e.GitHub.Workflow, e.Product), URI: cmp.Or(e.GitHub.RunURL, e.SCM.page()), Outcome: cdOutcome(e.State)}
	if e.State.Terminal() {
		content.Errors = e.Error
	}
	event.Subject.Content = content
	return event
}

// cdServiceEvent tells what has become of the service. It is a message of its own, with an id of its
// own.
func cdServiceEvent(e Event, artifact string, data []byte) cdEvent {
	predicate := "upgraded"
	switch {
	case e.change() == Rollback:
		predicate = "rolledback"
	case e.Previous == Previous{}:
		predicate = "deployed"
	}
	event := newCDEvent(e, "service."+predicate, data)
	event.Context.ID = e.messageID(event.Context.Type)
	event.Subject.ID = e.Product
	event.Subject.Content = cdService{Environment: cdReference{ID: e.Environment}, ArtifactID: artifact}
	return event
}

// newCDEvent begins an event; its subject is still to be said.
func newCDEvent(e Event, name string, data []byte) cdEvent {
	return cdEvent{
		Context: cdContext{
			SpecVersion: "0.5.1", ID: e.ID, ChainID: e.ChainID(), Source: e.SCM.page(),
			Type: "dev.cdevents." + name + ".0.3.0", Timestamp: moment(e.Times.Occurred).Format(time.RFC3339Nano),
		},
		CustomData: data, CustomDataContentType: "application/json",
	}
}

// cdPredicate is what happens to a run or a build in a state.
func cdPredicate(state config.Status) string {
	switch state {
	case config.Pending:
		return "queued"
	case config.Started:
		return "started"
	case config.Completed, config.Failed, config.Aborted:
	}
	return "finished"
}

// cdOutcome is how a run ended, "" for one that has not.
func cdOutcome(state config.Status) string {
	switch state {
	case config.Completed:
		return "success"
	case config.Failed:
		return "failure"
	case config.Aborted:
		return "cancel"
	case config.Pending, config.Started:
	}
	return ""
}
