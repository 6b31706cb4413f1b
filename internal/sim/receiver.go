package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Receiver is a server that takes messages about deployments. It checks each against the rules of its
// protocol. It is an [http.Handler].
type Receiver struct {
	protocol protocol
	now      func() time.Time
	traffic  *traffic

	mu       sync.Mutex
	messages []Message
	bodies   map[string][]byte // of messages that came, also of those that were not taken
	taken    map[string]bool
}

// Message is a message that a receiver took.
type Message struct {
	ID       string // "" where the protocol knows none
	Type     string // of the event, "" where the protocol knows none
	Text     string // what people read or look for, "" where the protocol is for machines
	Received time.Time
	Header   http.Header
	Body     json.RawMessage
}

// ReceiverType is one type of receivers.
type ReceiverType struct {
	Name   string
	URL    string // of its server
	Secret string // what only the receiver may see
	New    func(now func() time.Time) *Receiver
}

// ReceiverTypes lists the types of receivers.
func ReceiverTypes() []ReceiverType {
	return []ReceiverType{
		{"webhook", WebhookURL, WebhookSecret, NewWebhookReceiver},
		{"slack", SlackURL, SlackURL, NewSlackReceiver},
		{"teams", TeamsURL, TeamsURL, NewTeamsReceiver},
		{"cdevents", CDEventsURL, CDEventsToken, NewCDEventsReceiver},
		{"pagerduty", PagerDutyURL, PagerDutyKey, NewPagerDutyReceiver},
		{"datadog", DatadogURL, DatadogKey, NewDatadogReceiver},
	}
}

// protocol is what distinguishes one type of receivers from another.
type protocol struct {
	addresses []string
	inspect   func(*inspection)
	accept    func(Message) answer
	refuse    func(status int, why string) answer
}

func newReceiver(p protocol, now func() time.Time) *Receiver {
	return &Receiver{protocol: p, now: now, traffic: newTraffic(NewClock(1)), bodies: map[string][]byte{}, taken: map[string]bool{}}
}

// Hosts are the names of the receiver's server.
func (r *Receiver) Hosts() []string {
	var all []string
	for _, address := range r.protocol.addresses {
		at, _ := url.Parse(address) // one of our constants
		all = append(all, at.Host)
	}
	return all
}

// Fail arranges for requests to fail.
func (r *Receiver) Fail(f Fault) { r.traffic.add(f) }

// Recover forgets what was arranged to fail.
func (r *Receiver) Recover() { r.traffic.recover() }

// Messages returns what was taken, oldest first. A message that came again is there once.
func (r *Receiver) Messages() []Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := slices.Clone(r.messages)
	for i := range list {
		list[i].Header, list[i].Body = list[i].Header.Clone(), slices.Clone(list[i].Body)
	}
	return list
}

// Requests returns what was asked so far, also what was refused or failed.
func (r *Receiver) Requests() []Request { return r.traffic.recorded() }

// Violations lists what clients did against the protocol.
func (r *Receiver) Violations() []string { return r.traffic.violated() }

// ServeHTTP answers one request.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body) // a body that cannot be read fails as JSON
	seen := r.inspect(request, body)
	r.traffic.handle(w, request, Request{Method: request.Method, Path: request.URL.EscapedPath()}, func() answer {
		return r.answer(seen)
	})
}

// inspect judges a request, even one that is going to fail for another reason.
func (r *Receiver) inspect(request *http.Request, body []byte) *inspection {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := &inspection{request: request, body: body, now: r.now()}
	i.message = Message{Received: i.now, Header: request.Header.Clone(), Body: body}
	if request.Method == http.MethodHead {
		return i // a ping
	}
	if i.isAddressed(r.protocol.addresses) {
		r.protocol.inspect(i)
		r.compare(i)
	}
	for _, problem := range i.problems {
		r.traffic.violate("%s %s: %s", request.Method, request.URL.EscapedPath(), problem)
	}
	return i
}

// compare compares a message that comes again with its first delivery.
func (r *Receiver) compare(i *inspection) {
	id := i.message.ID
	if id == "" {
		return
	}
	if first, known := r.bodies[id]; known && !bytes.Equal(first, i.body) {
		i.wrong(http.StatusUnprocessableEntity, "message %q came before with another body", id)
		return
	}
	r.bodies[id] = i.body
}

func (r *Receiver) answer(i *inspection) answer {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i.request.Method == http.MethodHead {
		return answer{status: http.StatusMethodNotAllowed, header: map[string]string{"Allow": http.MethodPost}}
	}
	if len(i.problems) > 0 {
		return r.protocol.refuse(i.status, i.problems[0])
	}
	if id := i.message.ID; id == "" || !r.taken[id] {
		r.messages = append(r.messages, i.message)
		r.taken[id] = true
	}
	return r.protocol.accept(i.message)
}

// always accepts every message in the same way.
func always(a answer) func(Message) answer { return func(Message) answer { return a } }

// because is a refusal for machines.
func because(status int, why string) answer { return reply(status, object{"error": why}) }

// inspection is the judgement about one request.
type inspection struct {
	request  *http.Request
	body     []byte
	now      time.Time
	message  Message
	problems []string
	status   int // of the answer to the first problem
}

func (i *inspection) wrong(status int, format string, args ...any) {
	if len(i.problems) == 0 {
		i.status = status
	}
	i.problems = append(i.problems, fmt.Sprintf(format, args...))
}

// isAddressed reports whether the request came to the right door.
func (i *inspection) isAddressed(addresses []string) bool {
	isDoor := func(address string) bool {
		door, _ := url.Parse(address) // one of our constants
		return door.Path == i.request.URL.EscapedPath()
	}
	switch {
	case !slices.ContainsFunc(addresses, isDoor):
		i.wrong(http.StatusNotFound, "there is nothing at this path")
	case i.request.Method != http.MethodPost:
		i.wrong(http.StatusMethodNotAllowed, "the method has to be POST")
	}
	return len(i.problems) == 0
}

func (i *inspection) header(name string) string { return i.request.Header.Get(name) }

func (i *inspection) mediaType() string {
	media, parameters, err := mime.ParseMediaType(i.header("Content-Type"))
	if charset := parameters["charset"]; err != nil || charset != "" && charset != "utf-8" {
		return ""
	}
	return media
}

// isJSON wants the content type of JSON.
func (i *inspection) isJSON(status int) {
	if i.mediaType() != "application/json" {
		i.wrong(status, "content type %q is not application/json", i.header("Content-Type"))
	}
}

// object reads the body. It returns nil for a body that is something else.
func (i *inspection) object() object {
	fields, ok := decode(i.body).(object)
	if !ok {
		i.wrong(http.StatusBadRequest, "the body is no JSON object")
		return nil
	}
	return fields
}

// isRepeatable wants the key by which a receiver knows a message that comes again.
func (i *inspection) isRepeatable(id string) {
	if got, want := i.header("Idempotency-Key"), `"`+id+`"`; got != want {
		i.wrong(http.StatusBadRequest, "Idempotency-Key is %q, not %q", got, want)
	}
}

// only reports fields that are not documented.
func (i *inspection) only(where string, fields object, known ...string) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(known, name) {
			i.wrong(http.StatusBadRequest, "%s: unknown field %q", where, name)
		}
	}
}
