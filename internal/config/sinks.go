package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Sink is one receiver of events besides Versioner.
type Sink struct {
	Type            SinkType
	Name            string            // in logs and warnings; unique
	URL             string            // a secret for webhook and slack; without a path for pagerduty and datadog
	Secret          string            // webhook: signing secrets, separated by blanks; cdevents: the bearer token; others: the key
	Headers         map[string]string // webhook: what is sent beside the event
	SignatureHeader string            // webhook: where the plain signature stands
	Events          []string          // types such as deployment.completed; empty for the type's default
	Environments    []string          // empty for all
	Mention         string            // slack: who is mentioned when something failed, "" for nobody
	Mode            CDEventsMode      // cdevents
	ArtifactID      string            // cdevents: the package URL of what is deployed, "" for the commit's
	AlertOnFailure  bool              // pagerduty
	Severity        string            // pagerduty: of such an alert
	Service         string            // datadog: what the product is called there, "" for its own name
}

// SinkType says what a sink speaks.
type SinkType string

// The types of sinks.
const (
	WebhookSink   SinkType = "webhook"
	SlackSink     SinkType = "slack"
	CDEventsSink  SinkType = "cdevents"
	PagerDutySink SinkType = "pagerduty"
	DatadogSink   SinkType = "datadog"
)

// CDEventsMode says where the attributes of a CDEvent stand.
type CDEventsMode string

// The choices of cdevents_mode.
const (
	BinaryMode     CDEventsMode = "binary"     // in headers
	StructuredMode CDEventsMode = "structured" // in the body, beside the event
)

// The defaults of what a sink can be told.
const (
	defaultSignatureHeader = "X-Signature-256"
	defaultPagerDutyURL    = "https://events.pagerduty.com"
	defaultSeverity        = "error"
	defaultDatadogSite     = "datadoghq.com"
)

func sinkTypes() []SinkType {
	return []SinkType{WebhookSink, SlackSink, CDEventsSink, PagerDutySink, DatadogSink}
}

// byKey reports whether a sink is set up by its key, because its address is well known.
func (t SinkType) byKey() bool { return t == PagerDutySink || t == DatadogSink }

// newSink is a sink of the type, with the type's name and defaults.
func newSink(kind SinkType) Sink {
	sink := Sink{Type: kind, Name: string(kind)}
	switch kind {
	case WebhookSink:
		sink.SignatureHeader = defaultSignatureHeader
	case CDEventsSink:
		sink.Mode = BinaryMode
	case PagerDutySink:
		sink.URL, sink.Severity = defaultPagerDutyURL, defaultSeverity
	case DatadogSink:
		sink.URL = datadogURL(defaultDatadogSite)
	case SlackSink:
	}
	return sink
}

// singleSinks are the sinks that have inputs of their own.
type singleSinks struct{ webhook, slack, cdevents, pagerduty, datadog Sink }

func newSingleSinks() singleSinks {
	return singleSinks{
		webhook: newSink(WebhookSink), slack: newSink(SlackSink), cdevents: newSink(CDEventsSink),
		pagerduty: newSink(PagerDutySink), datadog: newSink(DatadogSink),
	}
}

// on lists those that have what sets them up: an address, or a key.
func (s singleSinks) on() []Sink {
	all := []Sink{s.webhook, s.slack, s.cdevents, s.pagerduty, s.datadog}
	return slices.DeleteFunc(all, func(sink Sink) bool { return sink.URL == "" || sink.Type.byKey() && sink.Secret == "" })
}

// gatherSinks puts the sinks that have inputs of their own before those of the list.
func (c *Config) gatherSinks() {
	c.Sinks = slices.Concat(c.single.on(), c.Sinks)
	c.single = singleSinks{}
	for _, sink := range c.Sinks {
		c.Advice = append(c.Advice, sink.dropEmptyHeaders()...)
		c.Advice = append(c.Advice, sink.silence()...)
	}
}

// AlertSeverity is how severe the alert on a deployment is that failed, "" for no alert.
func (s Sink) AlertSeverity() string {
	if !s.AlertOnFailure {
		return ""
	}
	return s.Severity
}

// silence tells of events that were chosen, and leave a receiver without what it is there for.
func (s Sink) silence() []string {
	chosen := func(kind string) bool { return len(s.Events) == 0 || slices.Contains(s.Events, kind) }
	alerts := s.AlertOnFailure && chosen("deployment.failed")
	switch {
	case s.Type.byKey() && !alerts && !chosen("deployment.completed") && !chosen("deployment.rolled_back"):
		return []string{fmt.Sprintf("The sink %q is told nothing: its events name nothing that a receiver of type %s takes.", s.Name, s.Type)}
	case s.AlertOnFailure && !alerts:
		return []string{fmt.Sprintf("The sink %q raises no alerts: its events do not name deployment.failed.", s.Name)}
	}
	return nil
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
	if s.Type == WebhookSink || s.Type == SlackSink || mayHoldSecret(s.URL) {
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

// WithoutSecrets returns the sink without what may be secret: its headers, its secret, and its address where that
// is what sets it up.
func (s Sink) WithoutSecrets() Sink {
	s.Secret, s.Headers = "", nil
	if !s.Type.byKey() {
		s.URL = ""
	}
	return s
}

// WithSecretsOf returns the sink with what WithoutSecrets left out, from another one.
func (s Sink) WithSecretsOf(other Sink) Sink {
	s.URL, s.Secret, s.Headers = cmp.Or(s.URL, other.URL), other.Secret, other.Headers
	return s
}
