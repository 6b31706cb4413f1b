package track

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// CDEvents sends events in the vocabulary of cdevents.dev, as CloudEvents over HTTP.
type CDEvents struct {
	*receiver
	options CDEventsOptions
}

// CDEventsMode says where the attributes of a CloudEvent stand.
type CDEventsMode string

// The modes.
const (
	Binary     CDEventsMode = "binary"     // in headers, which is the default
	Structured CDEventsMode = "structured" // in the body, around the event
)

// CDEventsOptions are what CDEvents needs beside its endpoint.
type CDEventsOptions struct {
	Token      string // for Authorization: Bearer, "" for none
	Mode       CDEventsMode
	ArtifactID string // package URL of what is deployed, "" to derive it from the event
}

// NewCDEvents returns a sink for everything except blocked deployments, for which the vocabulary has
// no word.
func NewCDEvents(to Endpoint, o CDEventsOptions) (*CDEvents, error) {
	common, err := newReceiver("cdevents", to, o.Token)
	switch {
	case err != nil:
		return nil, err
	case o.Mode != "" && o.Mode != Binary && o.Mode != Structured:
		return nil, common.to.impossible(fmt.Errorf("its mode is %q; it can be %s or %s", o.Mode, Binary, Structured))
	case o.ArtifactID != "" && !strings.HasPrefix(o.ArtifactID, "pkg:"):
		return nil, common.to.impossible(fmt.Errorf("its artifact id %q does not begin with pkg: as a package URL does", o.ArtifactID))
	case strings.ContainsFunc(o.Token, notInValue):
		return nil, common.to.impossible(errors.New("its token has a line break or a control character"))
	}
	return &CDEvents{receiver: common, options: o}, nil
}

// Wants reports whether the sink is there for the event, and has words for it.
func (c *CDEvents) Wants(e Event) bool {
	return e.State != Blocked && c.receiver.Wants(e)
}

// Send tells of the run that deploys, and then of the service that it has changed.
func (c *CDEvents) Send(ctx context.Context, e Event) error {
	events, err := newCDEvents(e, c.options.ArtifactID)
	if err != nil {
		return err
	}
	var posts []post
	for _, event := range events {
		p, err := c.post(event)
		if err != nil {
			return err
		}
		posts = append(posts, p)
	}
	return c.courier.deliver(ctx, e, posts...)
}

// post binds one event to HTTP.
func (c *CDEvents) post(event cdEvent) (post, error) {
	envelope := newCloudEvent(event)
	var message any = event
	if c.options.Mode == Structured {
		message = envelope
	}
	p, err := c.letter(c.to.URL, event.Context.ID, message)
	if err != nil {
		return post{}, err
	}
	if c.options.Token != "" {
		p.header.Set("Authorization", "Bearer "+c.options.Token)
	}
	if c.options.Mode == Structured {
		p.header.Set("Content-Type", "application/cloudevents+json")
	} else {
		envelope.addTo(p.header)
	}
	return p, nil
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

// headerEscape percent-encodes what CloudEvents wants so in a header: blanks, quotes, percent signs,
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
