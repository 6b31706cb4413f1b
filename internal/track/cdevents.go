package track

import (
	"cmp"
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
					Description: "Form of CDEvents: `binary` (attributes in headers) or `structured` (everything in the body)",
				},
				{
					Name: "artifact_id", Input: "cdevents_artifact_id", Read: readPackageURL,
					Description: "Package URL of what is deployed, for CDEvents, such as `pkg:oci/shop@sha256%3A…`",
				},
			},
		},
		Title: "CDEvents", requests: cdEventsRequests,
	}
}

// The choices of cdevents_mode: where the attributes of a CloudEvent go.
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
func cdEventsRequests(r *receiver, e Event) []request {
	if e.State == Blocked || len(r.types(e)) == 0 {
		return nil
	}
	var all []request
	for _, event := range newCDEvents(e, r.setting("artifact_id")) {
		all = append(all, r.cdRequest(event))
	}
	return all
}

func (r *receiver) cdRequest(event cdEvent) request {
	envelope := newCloudEvent(event)
	one := request{id: event.Context.ID, header: http.Header{}}
	if token := r.setting("token"); token != "" {
		one.header.Set("Authorization", "Bearer "+token)
	}
	if r.setting("mode") == structuredMode {
		one.message = envelope
		one.header.Set("Content-Type", "application/cloudevents+json")
	} else {
		one.message = event
		envelope.addTo(one.header)
	}
	return one
}

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

func (c cloudEvent) addTo(header http.Header) {
	for name, value := range map[string]string{
		"Ce-Specversion": c.SpecVersion, "Ce-Id": c.ID, "Ce-Source": c.Source,
		"Ce-Type": c.Type, "Ce-Subject": c.Subject, "Ce-Time": c.Time,
	} {
		header.Set(name, headerEscape(value))
	}
}

// headerEscape encodes blanks, quotes, percent signs, and everything that is not printable ASCII.
func headerEscape(value string) string {
	return percentEncode(value, func(c byte) bool { return c <= ' ' || c > '~' || c == '"' || c == '%' })
}

// cdEvent is an event of CDEvents 0.5.1.
type cdEvent struct {
	Context               cdContext `json:"context"`
	Subject               cdSubject `json:"subject"`
	CustomData            record    `json:"customData"`
	CustomDataContentType string    `json:"customDataContentType"`
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

type cdService struct {
	Environment cdReference `json:"environment"`
	ArtifactID  string      `json:"artifactId"`
}

type cdReference struct {
	ID string `json:"id"`
}

// newCDEvents translates an event. What the vocabulary has no room for goes along as custom data.
func newCDEvents(e Event, artifact string) []cdEvent {
	artifact = cmp.Or(artifact, artifactID(e))
	if e.kind() == Build {
		return []cdEvent{cdBuildEvent(e, artifact)}
	}
	events := []cdEvent{cdRunEvent(e)}
	if e.State == config.Completed {
		events = append(events, cdServiceEvent(e, artifact))
	}
	return events
}

func cdBuildEvent(e Event, artifact string) cdEvent {
	content := cdBuild{}
	if e.State == config.Completed {
		content.ArtifactID = artifact
	}
	id := fmt.Sprintf("builds/%d/%s", e.GitHub.RunID, e.Product)
	return newCDEvent(e, "build."+cdPredicate(e.State), cdSubject{id, content})
}

func cdRunEvent(e Event) cdEvent {
	id := fmt.Sprintf("runs/%d", e.GitHub.RunID)
	if e.GitHub.DeploymentID != 0 {
		id = fmt.Sprintf("deployments/%d", e.GitHub.DeploymentID)
	}
	content := cdRun{Name: cmp.Or(e.GitHub.Workflow, e.Product), URI: cmp.Or(e.GitHub.RunURL, e.SCM.page()), Outcome: cdOutcome(e.State)}
	if e.State.Terminal() {
		content.Errors = e.Error
	}
	return newCDEvent(e, "pipelinerun."+cdPredicate(e.State), cdSubject{id, content})
}

// cdServiceEvent is a message of its own, with an id of its own.
func cdServiceEvent(e Event, artifact string) cdEvent {
	predicate := "upgraded"
	switch {
	case e.change() == Rollback:
		predicate = "rolledback"
	case e.Previous == Previous{}:
		predicate = "deployed"
	}
	content := cdService{Environment: cdReference{ID: e.Environment}, ArtifactID: artifact}
	event := newCDEvent(e, "service."+predicate, cdSubject{e.Product, content})
	event.Context.ID = e.messageID(event.Context.Type)
	return event
}

func newCDEvent(e Event, name string, subject cdSubject) cdEvent {
	return cdEvent{
		Context: cdContext{
			SpecVersion: "0.5.1", ID: e.ID, ChainID: e.ChainID(), Source: e.SCM.page(),
			Type: "dev.cdevents." + name + ".0.3.0", Timestamp: moment(e.Times.Occurred).Format(time.RFC3339Nano),
		},
		Subject: subject, CustomData: newRecord(e), CustomDataContentType: "application/json",
	}
}

func cdPredicate(state config.Status) string {
	switch state {
	case config.Pending:
		return "queued"
	case config.Started:
		return "started"
	default:
		return "finished"
	}
}

func cdOutcome(state config.Status) string {
	return map[config.Status]string{
		config.Completed: "success", config.Failed: "failure", config.Aborted: "cancel",
	}[state]
}

// artifactID is the package URL of the image, where the event has one with its digest, and else of the commit.
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
