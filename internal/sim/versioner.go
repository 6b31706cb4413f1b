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
	rules    []object // that are only reported
	running  []trackedRun
	versions map[string]string
	made     int
}

// TrackedEvent is an event that the server took.
type TrackedEvent struct {
	Kind     string // deployment or build
	Path     string
	Received time.Time
	Header   http.Header
	Body     json.RawMessage
	State    string // pending, started, completed, failed or aborted
}

// Refusal is a policy answer to the start of a deployment.
type Refusal struct {
	Status     int // 409, 423 or 428
	Code       string
	Rule       string
	Message    string
	RetryAfter string
	Details    map[string]any
	Form       RefusalForm
	Any        bool // whatever event comes is refused, not just a start
	Times      int  // how many events are refused: 0 for one, -1 for all
}

// RefusalForm is one of the forms that the body of a refusal can have.
type RefusalForm string

// The forms.
const (
	WrappedRefusal RefusalForm = ""     // {"detail": {"code": …, "message": …, …}}
	BareRefusal    RefusalForm = "bare" // {"code": …, "message": …, …}
	TextRefusal    RefusalForm = "text" // {"detail": "message"}
	ListRefusal    RefusalForm = "list" // {"detail": [{"loc": …, "msg": "message", "type": …}]}
)

type trackedRun struct {
	product, environment, version, id string
	started                           time.Time
}

// NewVersioner returns a server that accepts one API key.
func NewVersioner(key string) *Versioner {
	return &Versioner{key: key, traffic: newTraffic(NewClock(1)), versions: map[string]string{}}
}

// Refuse arranges for events to be refused.
func (v *Versioner) Refuse(r Refusal) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if r.Times == 0 {
		r.Times = 1
	}
	v.refusals = append(v.refusals, r)
}

// ReportOnly adds a rule that every start of a deployment breaks, and that is only reported.
func (v *Versioner) ReportOnly(rule, message string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.rules = append(v.rules, object{
		"rule_name": rule, "error_message": message, "status": "report_only", "evaluation_result": "failed",
	})
}

// Begin has someone else start a deployment, with another client.
func (v *Versioner) Begin(product, environment, version string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.running = append(v.running, trackedRun{
		product: product, environment: environment, version: version, id: v.uuid(), started: v.traffic.clock.Now(),
	})
}

// Fail arranges for requests to fail.
func (v *Versioner) Fail(f Fault) { v.traffic.add(f) }

// Recover forgets what was arranged to fail.
func (v *Versioner) Recover() { v.traffic.recover() }

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
	w.Header().Set("Date", v.traffic.clock.Now().UTC().Format(http.TimeFormat))
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
	return v.take(fields, TrackedEvent{
		Kind: kind, Path: r.URL.Path, Received: v.traffic.clock.Now(), Header: r.Header.Clone(), Body: body,
	})
}

// take validates an event, asks the rules, and records it.
func (v *Versioner) take(fields object, event TrackedEvent) answer {
	found, unknown := validateEvent(event.Kind, fields)
	for _, name := range unknown {
		v.traffic.violate("POST %s: unknown field %q", event.Path, name)
	}
	if len(found) > 0 {
		return detail(http.StatusUnprocessableEntity, found)
	}
	event.State = eventState(event.Kind, textOf(fields, "status"))
	if ended := event.State == "completed" || event.State == "failed" || event.State == "aborted"; !ended && fields["completed_at"] != nil {
		v.traffic.violate("POST %s: completed_at, although it is %s", event.Path, event.State)
	}
	isStart := event.Kind == "deployment" && event.State == "started"
	if refusal, refused := v.refusal(isStart); refused {
		return refusal.answer()
	}
	if version, ok := v.immutable(fields); !ok {
		return detail(http.StatusConflict, "Version "+version+" already exists with different SHA")
	}
	if conflict, found := v.conflict(fields); found && isStart {
		return conflict.answer()
	}
	v.events = append(v.events, event)
	if event.Kind == "build" {
		return reply(http.StatusCreated, v.buildRecord(fields, event))
	}
	return reply(http.StatusCreated, v.deploymentRecord(fields, event))
}

// refusal is what was arranged for an event.
func (v *Versioner) refusal(isStart bool) (Refusal, bool) {
	at := slices.IndexFunc(v.refusals, func(r Refusal) bool { return r.Times != 0 && (isStart || r.Any) })
	if at < 0 {
		return Refusal{}, false
	}
	v.refusals[at].Times--
	return v.refusals[at], true
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

// conflict is the refusal of a start while another deployment runs in the same place.
func (v *Versioner) conflict(fields object) (Refusal, bool) {
	at := slices.IndexFunc(v.running, func(r trackedRun) bool {
		return r.product == textOf(fields, "product_name") && r.environment == textOf(fields, "environment_name")
	})
	if at < 0 {
		return Refusal{}, false
	}
	other := v.running[at]
	return Refusal{
		Status: http.StatusConflict, Code: "DEPLOYMENT_IN_PROGRESS",
		Message: fmt.Sprintf("Deployment of %s to %s is already in progress", other.product, other.environment),
		Details: map[string]any{
			"conflicting_deployment_id": other.id, "conflicting_deployment_status": "started",
			"conflicting_deployment_started": other.started.UTC().Format(time.RFC3339),
		},
	}, true
}

func (r Refusal) answer() answer {
	switch r.Form {
	case TextRefusal:
		return detail(r.Status, r.Message)
	case ListRefusal:
		return detail(r.Status, []any{wrong("status", r.Message, "value_error")})
	case WrappedRefusal, BareRefusal:
	}
	details := object{}
	maps.Copy(details, r.Details)
	if r.Rule != "" {
		details["rule_name"] = r.Rule
	}
	body := object{
		"error": http.StatusText(r.Status), "message": r.Message, "code": r.Code, "retry_after": optional(r.RetryAfter), "details": details,
	}
	if r.Form == BareRefusal {
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
	if event.State == "started" && len(v.rules) > 0 {
		record["extra_metadata"] = v.reported(fields["extra_metadata"])
	}
	return record
}

// reported adds to metadata how the rules judged a start. Rules that hold are reported, too.
func (v *Versioner) reported(metadata any) object {
	all := object{}
	if given, ok := metadata.(object); ok {
		maps.Copy(all, given)
	}
	rules := []any{object{"rule_name": "one deployment at a time", "error_message": nil, "status": "enabled", "evaluation_result": "passed"}}
	for _, rule := range v.rules {
		rules = append(rules, rule)
	}
	all["preflight_status"] = object{"rules_evaluated": rules}
	return all
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
