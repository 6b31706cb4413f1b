package track

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/envname"
)

// Options are what all receivers have in common.
type Options struct {
	Agent     string // for the User-Agent header
	AllowHTTP bool   // addresses of other machines may be http
	Transport http.RoundTripper
	Now       func() time.Time
}

// New returns the receiver that a sink sets up.
func New(s config.Sink, o Options) (Named, error) {
	s.Name = cmp.Or(s.Name, s.Type)
	r, err := newReceiver(s, o)
	if err != nil {
		return nil, fmt.Errorf("set up sink %q: %w", s.Name, err)
	}
	return r, nil
}

// receiver is a receiver of notices, of any type.
type receiver struct {
	kind   Type
	sink   config.Sink
	now    func() time.Time
	client client
}

func newReceiver(s config.Sink, o Options) (*receiver, error) {
	kind, err := findType(s.Type)
	if err != nil {
		return nil, err
	}
	if err := kind.check(s); err != nil {
		return nil, err
	}
	text := s.Settings[config.AddressSetting]
	if kind.address != nil {
		text = kind.address(s)
	}
	address, err := checkAddress(text, o)
	if err != nil {
		return nil, err
	}
	r := &receiver{kind: kind, sink: s, now: o.Now}
	r.client = client{
		http: noRedirects(o.Transport), address: text, header: header(o.Agent), now: o.Now,
		limits: noticeLimits(), classify: accepted, final: []int{http.StatusGone},
		redact: redacting(slices.Concat(kind.secretsOf(s), secretsIn(address), []string{text})...),
	}
	if kind.classify != nil {
		r.client.classify, r.client.final = kind.classify, kind.final
	}
	return r, nil
}

// Name is what the receiver is called in the log.
func (r *receiver) Name() string { return r.sink.Name }

// Wants reports whether there is anything to send about the event.
func (r *receiver) Wants(e Event) bool {
	return len(r.kind.requests(r, e)) > 0
}

// Send delivers what there is to send about the event.
func (r *receiver) Send(ctx context.Context, e Event) error {
	return r.client.deliver(ctx, e, r.kind.requests(r, e)...)
}

// Ping finds out whether the receiver can be reached. It sends no event.
func (r *receiver) Ping(ctx context.Context) error { return r.client.ping(ctx, "") }

func (r *receiver) types(e Event) []string {
	return slices.DeleteFunc(e.Types(), func(name string) bool { return !r.gets(name, e.Environment) })
}

func (r *receiver) gets(name, environment string) bool {
	events := r.sink.Events
	if len(events) == 0 {
		events = r.kind.usual
	}
	return (len(events) == 0 || slices.Contains(events, name)) &&
		(len(r.sink.Environments) == 0 || envname.Contains(r.sink.Environments, environment))
}

func (r *receiver) setting(name string) string { return r.sink.Settings[name] }

// check repeats what the inputs went through: no receiver exists with settings that cannot work.
func (t Type) check(s config.Sink) error {
	for _, name := range s.Events {
		if known := config.EventTypes(); !slices.Contains(known, name) {
			return fmt.Errorf("there is no event %q; there are %s", name, strings.Join(known, ", "))
		}
	}
	if s.Settings[t.Required] == "" {
		return fmt.Errorf("it has no %s", t.Required)
	}
	for _, setting := range t.Settings {
		value := s.Settings[setting.Name]
		if value == "" {
			continue
		}
		if _, err := setting.Parse(value); err != nil {
			return fmt.Errorf("%s: %w", setting.Name, err)
		}
	}
	if setting, err := t.Check(s); err != nil {
		return fmt.Errorf("%s: %w", setting.Name, err)
	}
	return nil
}

func (t Type) secretsOf(s config.Sink) []string {
	var secrets []string
	for _, setting := range t.Settings {
		secrets = append(secrets, setting.SecretsIn(s.Settings[setting.Name])...)
	}
	if t.secrets != nil {
		secrets = append(secrets, t.secrets(s)...)
	}
	return secrets
}

func checkAddress(text string, o Options) (*url.URL, error) {
	address, err := url.Parse(text)
	switch {
	case err != nil || address.Hostname() == "":
		return nil, errors.New("its URL is invalid") // and may contain a secret all the same
	case address.Scheme == "https", address.Scheme == "http" && (o.AllowHTTP || config.IsLoopback(address.Hostname())):
		return address, nil
	}
	return nil, errors.New("its URL must begin with https://")
}

// secretsIn lists the address, and any part of it that can be a key.
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
