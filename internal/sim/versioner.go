package sim

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Versioner is a server that records deployment and build events, as api.versioner.io does.
// It is an [http.Handler].
type Versioner struct {
	key     string
	traffic *traffic

	mu       sync.Mutex
	events   []TrackedEvent
	refusals []Refusal
	running  []trackedRun
	versions map[string]string
	made     int
}

// TrackedEvent is an event that the server took.
type TrackedEvent struct {
	Path     string
	Received time.Time
	Header   http.Header
	Body     json.RawMessage
	State    string // pending, started, completed, failed or aborted
}

// Refusal is a policy answer to the start of a deployment. The body is wrapped in "detail"
// unless Bare is set; with Text, "detail" is just the message.
type Refusal struct {
	Status     int // 409, 423 or 428
	Code       string
	Rule       string
	Message    string
	RetryAfter string
	Details    map[string]any
	Bare, Text bool
	Times      int // how many starts are refused: 0 for one, -1 for all
}

type trackedRun struct {
	product, environment, version, id string
	started                           time.Time
}

// NewVersioner returns a server that accepts one API key.
func NewVersioner(key string) *Versioner {
	return &Versioner{key: key, traffic: newTraffic(), versions: map[string]string{}}
}

// Refuse arranges for deployments not to be allowed to start.
func (v *Versioner) Refuse(r Refusal) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if r.Times == 0 {
		r.Times = 1
	}
	v.refusals = append(v.refusals, r)
}

// Fail arranges for requests to fail.
func (v *Versioner) Fail(f Fault) { v.traffic.add(f) }

// Events returns what was recorded, oldest first.
func (v *Versioner) Events() []TrackedEvent {
	v.mu.Lock()
	defer v.mu.Unlock()
	list := slices.Clone(v.events)
	for i := range list {
		list[i].Header, list[i].Body = list[i].Header.Clone(), slices.Clone(list[i].Body)
	}
	return list
}

// Requests returns what was asked so far, also what was refused or failed.
func (v *Versioner) Requests() []Request { return v.traffic.recorded() }

// Violations lists what clients sent that the interface does not know.
func (v *Versioner) Violations() []string { return v.traffic.violated() }

// ServeHTTP answers one request.
func (v *Versioner) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // a body that cannot be read fails as JSON
	v.traffic.handle(w, r, Request{Method: r.Method, Path: r.URL.EscapedPath()}, func() answer {
		v.mu.Lock()
		defer v.mu.Unlock()
		return v.answer(r, body)
	})
}

// detail is an error in the form of Versioner's API.
func detail(status int, what any) answer { return reply(status, object{"detail": what}) }

func (v *Versioner) answer(r *http.Request, body []byte) answer {
	kind := map[string]string{"/deployment-events/": "deployment", "/build-events/": "build"}[r.URL.EscapedPath()]
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case kind == "":
		return detail(http.StatusNotFound, "Not Found")
	case r.Method != http.MethodPost:
		return detail(http.StatusMethodNotAllowed, "Method Not Allowed")
	case key == "":
		return detail(http.StatusUnauthorized, "Not authenticated")
	case scheme != "Bearer" || key != v.key:
		return detail(http.StatusUnauthorized, "Invalid API key")
	case media != "application/json":
		return detail(http.StatusUnprocessableEntity, []any{wrong("content-type", "Input should be sent as application/json", "content_type")})
	}
	fields, ok := decode(body).(object)
	if !ok {
		return detail(http.StatusBadRequest, "There was an error parsing the body")
	}
	return v.take(kind, fields, TrackedEvent{
		Path: r.URL.Path, Received: time.Now(), Header: r.Header.Clone(), Body: body,
	})
}

// take validates an event, asks the rules, and records it.
func (v *Versioner) take(kind string, fields object, event TrackedEvent) answer {
	found, unknown := validateEvent(kind, fields)
	for _, name := range unknown {
		v.traffic.violate("POST %s: unknown field %q", event.Path, name)
	}
	if len(found) > 0 {
		return detail(http.StatusUnprocessableEntity, found)
	}
	event.State = eventState(kind, textOf(fields, "status"))
	if version, ok := v.immutable(fields); !ok {
		return detail(http.StatusConflict, "Version "+version+" already exists with different SHA")
	}
	if kind == "build" {
		v.events = append(v.events, event)
		return reply(http.StatusCreated, v.buildRecord(fields, event))
	}
	if event.State == "started" {
		if refused, ok := v.preflight(fields); !ok {
			return refused
		}
	}
	v.events = append(v.events, event)
	return reply(http.StatusCreated, v.deploymentRecord(fields, event))
}

// immutable ties a version to the commit that it was first seen with.
func (v *Versioner) immutable(fields object) (string, bool) {
	version, sha := textOf(fields, "version"), textOf(fields, "scm_sha")
	key := textOf(fields, "product_name") + "@" + version
	if known := v.versions[key]; known != "" && sha != "" && known != sha {
		return version, false
	}
	if sha != "" {
		v.versions[key] = sha
	}
	return version, true
}

// preflight tells whether a deployment may start.
func (v *Versioner) preflight(fields object) (refused answer, ok bool) {
	for i := range v.refusals {
		if v.refusals[i].Times != 0 {
			v.refusals[i].Times--
			return v.refusals[i].answer(), false
		}
	}
	at := slices.IndexFunc(v.running, func(r trackedRun) bool {
		return r.product == textOf(fields, "product_name") && r.environment == textOf(fields, "environment_name")
	})
	if at < 0 {
		return answer{}, true
	}
	other := v.running[at]
	return Refusal{
		Status: http.StatusConflict, Code: "DEPLOYMENT_IN_PROGRESS",
		Message: fmt.Sprintf("Deployment of %s to %s is already in progress", other.product, other.environment),
		Details: map[string]any{
			"conflicting_deployment_id": other.id, "conflicting_deployment_status": "started",
			"conflicting_deployment_started": other.started.UTC().Format(time.RFC3339),
		},
	}.answer(), false
}

func (r Refusal) answer() answer {
	if r.Text {
		return detail(r.Status, r.Message)
	}
	details := object{}
	maps.Copy(details, r.Details)
	if r.Rule != "" {
		details["rule_name"] = r.Rule
	}
	body := object{
		"error": http.StatusText(r.Status), "message": r.Message, "code": r.Code, "retry_after": optional(r.RetryAfter), "details": details,
	}
	if r.Bare {
		return reply(r.Status, body)
	}
	return detail(r.Status, body)
}

// deploymentRecord keeps track of what runs and is what the server answers.
func (v *Versioner) deploymentRecord(fields object, event TrackedEvent) object {
	run := trackedRun{
		product: textOf(fields, "product_name"), environment: textOf(fields, "environment_name"),
		version: textOf(fields, "version"), started: event.Received,
	}
	at := slices.IndexFunc(v.running, func(r trackedRun) bool {
		return r.product == run.product && r.environment == run.environment && r.version == run.version
	})
	if at >= 0 {
		run = v.running[at]
	} else {
		run.id = v.uuid()
	}
	switch over := event.State != "started" && event.State != "pending"; {
	case event.State == "started" && at < 0:
		v.running = append(v.running, run)
	case over && at >= 0:
		v.running = slices.Delete(v.running, at, at+1)
	}
	record := object{
		"id": run.id, "product_id": identity("product", run.product), "product_name": run.product,
		"version_id": identity("version", run.product+"@"+run.version), "version": run.version,
		"environment_id": identity("environment", run.environment), "environment_name": run.environment,
		"status": event.State, "deployed_at": event.Received.UTC().Format(time.RFC3339),
	}
	for _, name := range []string{"source_system", "deployed_by", "deployed_by_name", "deployed_by_email", "completed_at", "deploy_url", "extra_metadata"} {
		record[name] = fields[name]
	}
	return record
}

func (v *Versioner) buildRecord(fields object, event TrackedEvent) object {
	product, version := textOf(fields, "product_name"), textOf(fields, "version")
	return object{
		"id": v.uuid(), "version_id": identity("version", product+"@"+version), "product_id": identity("product", product),
		"version": version, "status": event.State, "started_at": event.Received.UTC().Format(time.RFC3339),
		"build_number": fields["build_number"], "build_url": fields["build_url"], "completed_at": fields["completed_at"],
	}
}

func (v *Versioner) uuid() string {
	v.made++
	return fmt.Sprintf("00000000-0000-4000-8000-%012d", v.made)
}
