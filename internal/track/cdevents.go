package track

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
)

// cdEvents gets events in the vocabulary of cdevents.dev, as CloudEvents over HTTP.
func cdEvents() Type {
	return Type{
		SinkType: config.SinkType{
			Name: "cdevents", Required: config.AddressSetting,
			Settings: []config.Setting{
				{
					Name: config.AddressSetting, Input: "cdevents_url", FromEnv: true, Read: config.ReadAddress,
					Description: "URL that receives CDEvents; empty for none",
				},
				{
					Name: "token", Input: "cdevents_token", Secret: true, FromEnv: true, Read: readToken,
					Description: "Bearer token for `cdevents_url`",
				},
				{
					Name: "mode", Input: "cdevents_mode", Default: binaryMode, Read: config.OneOf(binaryMode, structuredMode),
					Description: "How CDEvents are sent: `binary` (attributes in headers) or `structured` (everything in the body)",
				},
				{
					Name: "artifact_id", Input: "cdevents_artifact_id", Read: readPackageURL,
					Description: "Package URL of what is deployed, for CDEvents, such as `pkg:oci/shop@sha256%3A…`; the repository and the commit when empty",
				},
			},
		},
		Title: "CDEvents", requests: cdEventsRequests,
	}
}

// Where the attributes of a CloudEvent go.
const (
	binaryMode     = "binary"     // into headers
	structuredMode = "structured" // into the body, around the event
)

var packageURL = regexp.MustCompile(`^pkg:[A-Za-z][A-Za-z0-9.+-]*/[!-~]+$`)

func readPackageURL(value string) (string, error) {
	if !packageURL.MatchString(value) {
		return "", errors.New("must be a package URL, such as pkg:oci/shop@sha256%3A…")
	}
	return value, nil
}

// cdEventsRequests are about the run that deploys, and then about the service that it has changed. The vocabulary
// has no word for blocked deployments.
func cdEventsRequests(r *receiver, e Event) ([]request, error) {
	if e.State == Blocked || len(r.types(e)) == 0 {
		return nil, nil
	}
	events, err := newCDEvents(e, r.setting("artifact_id"))
	if err != nil {
		return nil, err
	}
	var all []request
	for _, event := range events {
		one, err := r.cdEvent(event)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// cdEvent binds one event to HTTP.
func (r *receiver) cdEvent(event cdEvent) (request, error) {
	envelope := newCloudEvent(event)
	structured := r.setting("mode") == structuredMode
	var message any = event
	if structured {
		message = envelope
	}
	one, err := r.request("", event.Context.ID, message)
	if err != nil {
		return request{}, err
	}
	if token := r.setting("token"); token != "" {
		one.header.Set("Authorization", "Bearer "+token)
	}
	if structured {
		one.header.Set("Content-Type", "application/cloudevents+json")
	} else {
		envelope.addTo(one.header)
	}
	return one, nil
}

// cloudEvent is a CDEvent in its envelope.
type cloudEvent struct {
	SpecVersion string  `json:"specversion"`
	ID          string  `json:"id"`
	Source      string  `json:"source"`
	Type        string  `json:"type"`
	Subject     string  `json:"subject"`
	Time        string  `json:"time"`
	ContentType string  `json:"datacontenttype"`
	Data        cdEvent `json:"data"`
}

func newCloudEvent(event cdEvent) cloudEvent {
	return cloudEvent{
		SpecVersion: "1.0", ID: event.Context.ID, Source: event.Context.Source, Type: event.Context.Type,
		Subject: event.Subject.ID, Time: event.Context.Timestamp, ContentType: "application/json", Data: event,
	}
}

// addTo writes the attributes as headers.
func (c cloudEvent) addTo(header http.Header) {
	for name, value := range map[string]string{
		"Ce-Specversion": c.SpecVersion, "Ce-Id": c.ID, "Ce-Source": c.Source,
		"Ce-Type": c.Type, "Ce-Subject": c.Subject, "Ce-Time": c.Time,
	} {
		header.Set(name, headerEscape(value))
	}
}

// headerEscape percent-encodes what CloudEvents wants encoded in a header: blanks, quotes, percent signs,
// and everything that is not printable ASCII.
func headerEscape(value string) string {
	var b strings.Builder
	for _, c := range []byte(value) {
		if c <= ' ' || c > '~' || c == '"' || c == '%' {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

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

// cdServiceEvent says what has become of the service. It is a message of its own, with an id of its
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

// artifactID names what is deployed as a package URL: the image, where the event has one with its
// digest, and else the commit.
func artifactID(e Event) string {
	for _, artifact := range e.Artifacts {
		if id, isImage := imageURL(artifact); isImage {
			return id
		}
	}
	id := "pkg:github/" + strings.ToLower(e.SCM.Repository) + "@" + purlEscape(e.SCM.SHA)
	if e.SCM.ServerURL != "https://github.com" && e.SCM.ServerURL != "" {
		id += "?repository_url=" + purlEscape(e.SCM.ServerURL)
	}
	return id
}

var imageDigest = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// imageURL names a container image by its digest, which is given apart or at the end of the location.
func imageURL(a Artifact) (string, bool) {
	location, digest, _ := strings.Cut(a.Location, "@")
	if digest == "" {
		digest = a.Digest
	}
	isImage := slices.Contains([]string{"oci", "docker", "image"}, strings.ToLower(a.Type))
	if !isImage || !imageDigest.MatchString(digest) {
		return "", false
	}
	// A tag follows the last slash; a port precedes it.
	directory, name := path.Split(strings.TrimPrefix(strings.ToLower(location), "docker://"))
	name, _, _ = strings.Cut(name, ":")
	if name == "" {
		return "", false
	}
	id := "pkg:oci/" + purlEscape(name) + "@" + purlEscape(digest)
	if directory != "" {
		id += "?repository_url=" + purlEscape(directory+name)
	}
	return id, true
}

// purlEscape percent-encodes everything that is not unreserved.
func purlEscape(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}
