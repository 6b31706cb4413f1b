package sim

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// How to reach the receiver of CDEvents.
const (
	CDEventsURL   = "https://events.example.com/cdevents"
	CDEventsToken = "rehearsal-of-cdevents"
)

// NewCDEventsReceiver returns a receiver at [CDEventsURL] of CDEvents 0.5.1 in CloudEvents' binary or
// structured mode. It wants [CDEventsToken].
func NewCDEventsReceiver(now func() time.Time) *Receiver {
	return newReceiver(protocol{
		addresses: []string{CDEventsURL}, inspect: inspectCDEvent, accept: always(answer{status: http.StatusAccepted}), refuse: because,
	}, now)
}

func inspectCDEvent(i *inspection) {
	if i.header("Authorization") != "Bearer "+CDEventsToken {
		i.wrong(http.StatusUnauthorized, "Authorization does not hold the token")
	}
	event, attributes := i.cloudEvent()
	if event == nil {
		return
	}
	i.cdEvent(event)
	i.message.ID, i.message.Type = attributes["id"], attributes["type"]
	i.isRepeatable(attributes["id"])
	if attributes["specversion"] != "1.0" {
		i.wrong(http.StatusBadRequest, "specversion of the envelope is %q", attributes["specversion"])
	}
	context, _ := event["context"].(object)
	subject, _ := event["subject"].(object)
	for name, inside := range map[string]string{
		"id": textOf(context, "id"), "source": textOf(context, "source"), "type": textOf(context, "type"), "subject": textOf(subject, "id"),
	} {
		if attributes[name] != inside {
			i.wrong(http.StatusBadRequest, "%s is %q in the envelope, and %q in the event", name, attributes[name], inside)
		}
	}
	i.sameMoment(attributes["time"], textOf(context, "timestamp"))
}

// sameMoment wants the envelope's time, which CloudEvents would let go missing.
func (i *inspection) sameMoment(envelope, event string) {
	outer, errOuter := time.Parse(time.RFC3339, envelope)
	inner, errInner := time.Parse(time.RFC3339, event)
	if errOuter != nil || errInner != nil || !outer.Equal(inner) {
		i.wrong(http.StatusBadRequest, "time is %q in the envelope, and %q in the event", envelope, event)
	}
}

// cloudEvent takes the envelope from an event. It returns nil where there is no event.
func (i *inspection) cloudEvent() (event object, attributes map[string]string) {
	switch i.mediaType() {
	case "application/json":
		attributes = i.binary()
		event = i.object()
	case "application/cloudevents+json":
		event, attributes = i.structured()
	default:
		i.wrong(http.StatusUnsupportedMediaType, "content type %q is neither binary nor structured", i.header("Content-Type"))
	}
	return event, attributes
}

// cloudEventsAttributes lists the attributes that CDEvents wants, each.
func cloudEventsAttributes() []string {
	return []string{"specversion", "id", "source", "type", "subject", "time"}
}

// binary reads the attributes from the headers. The content type has a header of its own.
func (i *inspection) binary() map[string]string {
	attributes := map[string]string{}
	for _, name := range cloudEventsAttributes() {
		value, ok := headerText(i.header("Ce-" + name))
		if !ok {
			i.wrong(http.StatusBadRequest, "ce-%s is %q, which is not encoded", name, i.header("Ce-"+name))
		}
		attributes[name] = value
	}
	if i.header("Ce-Datacontenttype") != "" {
		i.wrong(http.StatusBadRequest, "ce-datacontenttype is said by Content-Type")
	}
	return attributes
}

// headerText takes the percent-encoding from a header's value.
func headerText(value string) (string, bool) {
	for _, c := range []byte(value) {
		if c <= ' ' || c > '~' || c == '"' {
			return "", false
		}
	}
	text, err := url.PathUnescape(value)
	return text, err == nil && utf8.ValidString(text)
}

// structured reads the attributes from the envelope around the event.
func (i *inspection) structured() (event object, attributes map[string]string) {
	envelope := i.object()
	if envelope == nil {
		return nil, nil
	}
	for _, name := range []string{"Ce-Id", "Ce-Type"} {
		if i.header(name) != "" {
			i.wrong(http.StatusBadRequest, "%s belongs to the binary mode", strings.ToLower(name))
		}
	}
	i.only("envelope", envelope, append(cloudEventsAttributes(), "datacontenttype", "dataschema", "data")...)
	if kind, given := envelope["datacontenttype"]; given && kind != "application/json" {
		i.wrong(http.StatusBadRequest, "datacontenttype is %v", kind)
	}
	attributes = map[string]string{}
	for _, name := range cloudEventsAttributes() {
		attributes[name] = textOf(envelope, name)
	}
	if event, _ = envelope["data"].(object); event == nil {
		i.wrong(http.StatusBadRequest, "data is no object")
	}
	return event, attributes
}

// cdEvent wants what CDEvents 0.5.1 says of an event. Its objects have no other members.
func (i *inspection) cdEvent(event object) {
	i.members("", event, []member{
		{"context", true, isObject},
		{"subject", true, isObject},
		{"customData", false, func(value any) bool { return isObject(value) || isText(value) }},
		{"customDataContentType", false, isText},
	})
	context, _ := event["context"].(object)
	i.members("context", context, []member{
		{"specversion", true, func(value any) bool { return value == "0.5.1" }},
		{"id", true, isWord},
		{"source", true, isReference},
		{"type", true, isCDEventsType},
		{"timestamp", true, isMoment},
		{"schemaUri", false, isAddress},
		{"chainId", false, isWord},
		{"links", false, isList},
	})
	subject, _ := event["subject"].(object)
	i.members("subject", subject, []member{{"id", true, isWord}, {"source", false, isReference}, {"content", true, isObject}})
	content, _ := subject["content"].(object)
	i.members("subject.content", content, cdContents()[textOf(context, "type")])
	if environment, ok := content["environment"].(object); ok {
		i.members("subject.content.environment", environment, []member{{"id", true, isWord}, {"source", false, isReference}})
	}
}

// cdContents lists the types of events, and what each says of its subject.
func cdContents() map[string][]member {
	environment, artifact := member{"environment", true, isObject}, member{"artifactId", true, isPackage}
	service := []member{environment, artifact}
	environment.required, artifact.required = false, false
	name, address := member{"name", false, isText}, member{"uri", false, isAddress}
	pipeline := member{"pipelineName", false, isText}
	finished := []member{pipeline, address, {"outcome", false, isOneOf("success", "failure", "cancel", "error")}, {"errors", false, isText}}
	started := []member{{"pipelineName", true, isText}, {"uri", true, isAddress}}
	return map[string][]member{
		"dev.cdevents.service.deployed.0.3.0":     service,
		"dev.cdevents.service.upgraded.0.3.0":     service,
		"dev.cdevents.service.rolledback.0.3.0":   service,
		"dev.cdevents.service.removed.0.3.0":      {environment},
		"dev.cdevents.environment.created.0.3.0":  {name, address},
		"dev.cdevents.environment.modified.0.3.0": {name, address},
		"dev.cdevents.environment.deleted.0.3.0":  {name},
		"dev.cdevents.pipelinerun.queued.0.3.0":   {pipeline, address},
		"dev.cdevents.pipelinerun.started.0.3.0":  started,
		"dev.cdevents.pipelinerun.finished.0.3.0": finished,
		"dev.cdevents.build.queued.0.3.0":         {},
		"dev.cdevents.build.started.0.3.0":        {},
		"dev.cdevents.build.finished.0.3.0":       {artifact},
	}
}

func isCDEventsType(value any) bool {
	text, _ := value.(string)
	return cdContents()[text] != nil
}

// isPackage wants a package URL. Those of GitHub are in small letters, an image's digest has its
// colon encoded.
func isPackage(value any) bool {
	text, _ := value.(string)
	parts := regexp.MustCompile(`^pkg:([a-z][a-z0-9.+-]*)/([^@?#\s]+)(@[^@?#:\s]+)?(\?[^#\s]+)?(#\S+)?$`).FindStringSubmatch(text)
	return parts != nil && (parts[1] != "github" || parts[2] == strings.ToLower(parts[2]))
}
