package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Sink is one receiver of events besides Versioner.
type Sink struct {
	Type            SinkType
	Name            string            // in logs and warnings; unique
	URL             string            // a secret for webhook and slack
	Secret          string            // webhook: signing secrets, separated by blanks; cdevents: the bearer token
	Headers         map[string]string // webhook: what is sent beside the event
	SignatureHeader string            // webhook: where the plain signature stands
	Events          []string          // types such as deployment.completed; empty for the type's default
	Environments    []string          // empty for all
	Mention         string            // slack: who is mentioned when something failed, "" for nobody
	Mode            CDEventsMode      // cdevents
	ArtifactID      string            // cdevents: the package URL of what is deployed, "" for the commit's
}

// SinkType says what a sink speaks.
type SinkType string

// The types of sinks.
const (
	WebhookSink  SinkType = "webhook"
	SlackSink    SinkType = "slack"
	CDEventsSink SinkType = "cdevents"
)

// CDEventsMode says where the attributes of a CDEvent stand.
type CDEventsMode string

// The choices of cdevents_mode.
const (
	BinaryMode     CDEventsMode = "binary"     // in headers
	StructuredMode CDEventsMode = "structured" // in the body, beside the event
)

const defaultSignatureHeader = "X-Signature-256"

func sinkTypes() []SinkType { return []SinkType{WebhookSink, SlackSink, CDEventsSink} }

// newSink is a sink of the type, with the type's name and defaults.
func newSink(kind SinkType) Sink {
	sink := Sink{Type: kind, Name: string(kind)}
	switch kind {
	case WebhookSink:
		sink.SignatureHeader = defaultSignatureHeader
	case CDEventsSink:
		sink.Mode = BinaryMode
	case SlackSink:
	}
	return sink
}

// singleSinks are the sinks that have inputs of their own.
type singleSinks struct{ webhook, slack, cdevents Sink }

func newSingleSinks() singleSinks {
	return singleSinks{webhook: newSink(WebhookSink), slack: newSink(SlackSink), cdevents: newSink(CDEventsSink)}
}

// on lists those that have an address.
func (s singleSinks) on() []Sink {
	return slices.DeleteFunc([]Sink{s.webhook, s.slack, s.cdevents}, func(sink Sink) bool { return sink.URL == "" })
}

// gatherSinks puts the sinks that have inputs of their own before those of the list.
func (c *Config) gatherSinks() {
	c.Sinks = slices.Concat(c.single.on(), c.Sinks)
	c.single = singleSinks{}
	for _, sink := range c.Sinks {
		c.Advice = append(c.Advice, sink.dropEmptyHeaders()...)
	}
}

// dropEmptyHeaders removes headers without a value and tells of each. A secret that a run may not
// see is empty, as on pull requests from forks.
func (s Sink) dropEmptyHeaders() []string {
	var advice []string
	for _, name := range slices.Sorted(maps.Keys(s.Headers)) {
		if s.Headers[name] == "" {
			delete(s.Headers, name)
			advice = append(advice, fmt.Sprintf("The header %s of the sink %q has no value and is left out.", name, s.Name))
		}
	}
	return advice
}

// hasHeader reports whether the sink sends a header of the name, in whatever case.
func (s Sink) hasHeader(name string) bool {
	for known := range s.Headers {
		if strings.EqualFold(known, name) {
			return true
		}
	}
	return false
}

// secrets lists what no log may show of the sink.
func (s Sink) secrets() []string {
	secrets := append([]string{s.Secret}, strings.Fields(s.Secret)...)
	if s.Type != CDEventsSink || mayHoldSecret(s.URL) {
		secrets = append(secrets, s.URL)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Headers)) {
		if looksSecret(name) {
			_, credentials, _ := strings.Cut(s.Headers[name], " ")
			secrets = append(secrets, s.Headers[name], trim(credentials))
		}
	}
	return secrets
}
