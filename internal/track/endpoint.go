package track

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/envname"
)

// Endpoint is what a sink knows of its receiver, whatever it speaks.
type Endpoint struct {
	Name         string   // what the sink is called in the log, "" for its kind
	URL          string   // https, or http on this machine; it counts as a secret
	Agent        string   // for the User-Agent header
	Events       []string // the types of events that it gets, such as deployment.completed; none for the usual ones
	Environments []string // the environments whose events it gets, none for all
	AllowHTTP    bool     // an http address of another machine will do
	Transport    http.RoundTripper
}

// receiver is the part that the sinks for notices share.
type receiver struct {
	to      Endpoint
	courier client
}

// newReceiver checks an endpoint. Its secrets are the address and those that the sink adds.
func newReceiver(kind string, to Endpoint, secrets ...string) (*receiver, error) {
	to.Name = cmp.Or(to.Name, kind)
	address, err := to.check()
	if err != nil {
		return nil, to.impossible(err)
	}
	secrets = slices.Concat(secrets, secretsIn(address), []string{to.URL})
	return &receiver{to: to, courier: client{
		client: noRedirects(to.Transport), limits: noticeLimits(), judge: taken, final: []int{http.StatusGone},
		hide: hiding(secrets...),
	}}, nil
}

// Name says what the sink is called in the log.
func (r *receiver) Name() string { return r.to.Name }

// Wants reports whether the sink is there for the event.
func (r *receiver) Wants(e Event) bool { return len(r.types(e)) > 0 }

// types lists those of the event's types that the receiver gets.
func (r *receiver) types(e Event) []string {
	return slices.DeleteFunc(e.Types(), func(name string) bool { return !r.to.gets(name, e.Environment) })
}

// gets reports whether the receiver is told of a type of events in an environment.
func (e Endpoint) gets(name, environment string) bool {
	return (len(e.Events) == 0 || slices.Contains(e.Events, name)) &&
		(len(e.Environments) == 0 || envname.Contains(e.Environments, environment))
}

// letter is a post that holds a message as JSON.
func (r *receiver) letter(address, id string, message any) (post, error) {
	body, err := json.Marshal(message)
	if err != nil {
		return post{}, fmt.Errorf("write event %s: %w", id, err)
	}
	header := http.Header{"Content-Type": {"application/json"}, "User-Agent": {r.to.Agent}}
	return post{url: address, id: id, header: header, body: body}, nil
}

// impossible names the sink whose settings cannot work.
func (e Endpoint) impossible(err error) error { return fmt.Errorf("set up sink %q: %w", e.Name, err) }

func (e Endpoint) check() (*url.URL, error) {
	for _, name := range e.Events {
		if known := config.EventTypes(); !slices.Contains(known, name) {
			return nil, fmt.Errorf("there is no event %q; there are %s", name, strings.Join(known, ", "))
		}
	}
	address, err := url.Parse(e.URL)
	switch {
	case e.URL == "":
		return nil, errors.New("it has no URL")
	case err != nil || address.Hostname() == "":
		return nil, errors.New("its URL is none") // and may hold a secret all the same
	case address.Scheme == "https", address.Scheme == "http" && (e.AllowHTTP || config.IsLoopback(address.Hostname())):
		return address, nil
	}
	return nil, errors.New("its URL must begin with https://")
}

// secretsIn lists what of an address nobody may see: all of it, and any part that can be a key.
func secretsIn(address *url.URL) []string {
	const shortest = 16
	parts := strings.Split(address.Path, "/")
	for _, values := range address.Query() {
		parts = append(parts, values...)
	}
	parts = slices.DeleteFunc(parts, func(part string) bool { return len(part) < shortest })
	password, _ := address.User.Password()
	return append(parts, address.String(), address.RequestURI(), address.Host, password)
}
