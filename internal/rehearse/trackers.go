package rehearse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// The receivers that scripts call by name.
const (
	webhook   = "webhook"
	cdevents  = "cdevents"
	versioner = "versioner"
)

// application is the server that is deployed to.
const application = "app"

// receivers are the servers other than GitHub: those that get events, and the application.
func (p *Session) receivers() map[string]receiver {
	all := map[string]receiver{versioner: p.Versioner, application: p.Application}
	for name, one := range p.Receivers {
		all[name] = one
	}
	return all
}

// keys are secrets that only their receivers may see.
func keys() map[string]string {
	all := map[string]string{versioner: versionerKey}
	for _, one := range sim.ReceiverTypes() {
		all[one.Name] = one.Secret
	}
	return all
}

// receiver is a server that can be out of order.
type receiver interface {
	http.Handler
	Fail(sim.Fault)
	Recover()
	Violations() []string
}

func (p *Session) app(_ context.Context, rest string) error {
	f, err := fields(rest, 2)
	if err != nil {
		return err
	}
	text := strings.Join(f[1:], " ")
	switch f[0] {
	case "says":
		p.Application.Say(text)
	case "late":
		p.Application.SayLate(text)
	case "at":
		return p.serveAt(f[1:])
	default:
		return oneOf("how the application answers", f[0], "says", "late", "at")
	}
	return nil
}

// serveAt gives the application more hosts, unless someone else answers there.
func (p *Session) serveAt(hosts []string) error {
	for _, host := range hosts {
		if _, taken := p.network()[host]; taken || strings.ContainsAny(host, "/@") {
			return fmt.Errorf("%q must be the name of a host, such as shop.example.com, that has no other server", host)
		}
		p.Application.ServeAt(host)
	}
	return nil
}

func (p *Session) wantAsked(f []string) error {
	all := p.Application.Questions()
	asked := all[p.seen[application]:]
	p.seen[application] = len(all)
	if got := strconv.Itoa(len(asked)); got != f[0] {
		return fmt.Errorf("want %s requests to the application, got %s; the log says:\n%s", f[0], got, p.last.Log)
	}
	return nil
}

// slowness is how late a slow receiver answers.
const slowness = 30 * time.Second

func (p *Session) receiver(_ context.Context, rest string) error {
	f, err := fields(rest, 2)
	if err != nil {
		return err
	}
	server := p.receivers()[f[0]]
	if server == nil {
		return oneOf("the receiver", f[0], slices.Sorted(maps.Keys(p.receivers()))...)
	}
	if f[1] == "up" {
		server.Recover()
		return nil
	}
	fault, err := readFault(f[1:])
	if err == nil {
		server.Fail(fault)
	}
	return err
}

// readFault reads how something fails: a status or a word, then when and how often.
func readFault(words []string) (sim.Fault, error) {
	fault := sim.Fault{Times: 1, Header: map[string]string{}}
	var err error
	switch words[0] {
	case "down":
		fault.Status, fault.Times = http.StatusServiceUnavailable, -1
	case "slow":
		fault.Delay, fault.Times = slowness, -1
	case "gone":
		fault.Refuse, fault.Times = true, -1
	case "cut":
		fault.Cut = true
	case "hang":
		fault.Hang = true
	default:
		if fault.Status, err = readNumber("the status", words[0]); err != nil {
			return sim.Fault{}, err
		}
	}
	if redirects := fault.Status/100 == 3; redirects {
		fault.Header["Location"] = "/elsewhere"
	}
	if fault.Status == http.StatusForbidden { // GitHub does not say why with the status alone
		fault.Body = `{"message":"Resource not accessible by integration"}`
	}
	err = readTimes(&fault, words[1:])
	return fault, err
}

func readTimes(fault *sim.Fault, words []string) error {
	for i, word := range words {
		var err error
		if word == "says" {
			fault.Body = fmt.Sprintf(`{"message":%q}`, strings.Join(words[i+1:], " "))
			return nil
		}
		seconds, isWait := strings.CutPrefix(word, "wait=")
		switch {
		case word == "after":
			fault.After = true
		case isWait:
			fault.Header["Retry-After"] = seconds
		default:
			fault.Times, err = readNumber("how many times it fails", word)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *Session) tracker(_ context.Context, rest string) error {
	f, err := fields(rest, 1)
	if err != nil {
		return err
	}
	switch {
	case f[0] == "down":
		p.Versioner.Fail(sim.Fault{Status: http.StatusInternalServerError, Times: -1})
		return nil
	case f[0] == "running" && len(f) == 4:
		p.Versioner.Begin(f[1], f[2], f[3])
		return nil
	case len(f) < 3:
		return errors.New("status, code and message are needed")
	case f[0] == "report-only":
		p.Versioner.ReportOnly(f[1], f[2])
		return nil
	}
	refusal := sim.Refusal{Code: f[1], Message: f[2]}
	if refusal.Status, err = readNumber("the status", f[0]); err != nil {
		return err
	}
	return p.refuse(refusal, f[3:])
}

// refuse arranges for a refusal; the words say more of its form.
func (p *Session) refuse(refusal sim.Refusal, words []string) error {
	for _, word := range words {
		switch form := sim.RefusalForm(word); form {
		case "any":
			refusal.Any = true
		case sim.BareRefusal, sim.TextRefusal, sim.ListRefusal:
			refusal.Form = form
		default:
			return fmt.Errorf("%q is no form of a refusal", word)
		}
	}
	p.Versioner.Refuse(refusal)
	return nil
}

func (p *Session) wantEvents(f []string) error {
	return p.wantTracked("deployment", f)
}

func (p *Session) wantBuilds(f []string) error {
	return p.wantTracked("build", f)
}

func (p *Session) wantTracked(kind string, f []string) error {
	var states []string
	for _, event := range p.Versioner.Events() {
		if event.Kind == kind {
			states = append(states, event.State)
		}
	}
	return p.wantNext(kind+" events", states, f)
}

func (p *Session) wantTrackedField(f []string) error {
	events := p.Versioner.Events()
	if len(events) == 0 {
		return errors.New("there is no event yet")
	}
	body := events[len(events)-1].Body
	got, err := member(body, strings.Split(f[0], "."))
	if want := strings.Join(f[1:], " "); err == nil && got != want {
		err = fmt.Errorf("want %s to be %q, got %q in %s", f[0], want, got, body)
	}
	return err
}

// member finds a member of an object inside objects. What is no text is returned as JSON.
func member(value json.RawMessage, path []string) (string, error) {
	for _, name := range path {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(value, &members); err != nil {
			return "", fmt.Errorf("look for %q: %w", name, err)
		}
		if value = members[name]; value == nil {
			return "absent", nil
		}
	}
	if !strings.HasPrefix(string(value), `"`) {
		return string(value), nil
	}
	var text string
	err := json.Unmarshal(value, &text)
	return text, err
}

func (p *Session) wantWebhook(f []string) error {
	return p.wantNext(webhook, types(p.Receivers[webhook]), f)
}

func (p *Session) wantCDEvents(f []string) error {
	names := types(p.Receivers[cdevents])
	for i, name := range names {
		names[i] = strings.TrimSuffix(strings.TrimPrefix(name, "dev.cdevents."), ".0.3.0")
	}
	return p.wantNext(cdevents, names, f)
}

func types(from *sim.Receiver) []string {
	var all []string
	for _, message := range from.Messages() {
		all = append(all, message.Type)
	}
	return all
}

// wantNext compares what came since the last time, in its order; none means nothing.
func (p *Session) wantNext(what string, all, want []string) error {
	got := all[p.seen[what]:]
	p.seen[what] = len(all)
	if want = slices.DeleteFunc(want, func(s string) bool { return s == "none" }); !slices.Equal(got, want) {
		return fmt.Errorf("want %s %q, got %q; the log says:\n%s", what, want, got, p.last.Log)
	}
	return nil
}

// wantText looks at the oldest message to a receiver that no such line has looked at.
func (p *Session) wantText(name string, at *sim.Receiver, f []string) error {
	messages := at.Messages()[p.seen[name]:]
	text := strings.Join(f, " ")
	switch {
	case text == "":
		return errors.New("a text is needed, or none")
	case text == "none" && len(messages) > 0:
		return fmt.Errorf("want no message to %s, got:\n%s", name, messages[0].Text)
	case text == "none":
		return nil
	case len(messages) == 0:
		return fmt.Errorf("want a message to %s that holds %q, got none; the log says:\n%s", name, text, p.last.Log)
	}
	p.seen[name]++
	return holds("message to "+name, messages[0].Text, f)
}

func (p *Session) wantOutputHolds(f []string) error {
	return holds("output "+f[0], p.last.Outputs[f[0]], f[1:])
}
