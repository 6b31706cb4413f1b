package config

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Sink is one receiver of events besides Versioner.
type Sink struct {
	Type         string            // what it speaks, such as slack
	Name         string            // in logs and warnings; unique
	Events       []string          // types such as deployment.completed; empty for the type's default
	Environments []string          // empty for all
	Settings     map[string]string // what its type declares, by name

	secrets []string // what no log may show
	public  []string // the settings that are no secret and do not set the sink up
}

// SinkType declares one type of sinks: what can be set for it. Package track has one for each.
type SinkType struct {
	Name     string
	Required string              // the setting without which such a sink is off: its address or its key
	Settings []Setting           // in the order in which documentation shows their inputs
	Warnings func(Sink) []string // what is accepted and may not do what was meant, nil for nothing
}

// The names of settings that mean the same for every type.
const (
	AddressSetting = "url"
	EventsSetting  = "events"
)

// Setting is set by an input, for the sink that has inputs of its own, and by a key, for those in the list.
type Setting struct {
	Name        string // the key, which ends in _env if FromEnv
	Input       string
	Default     string
	Description string // of the input
	Secret      bool   // no log may show the value
	FromEnv     bool   // the key names the environment variable that has the value
	Flag        bool   // true or false

	Read    func(value string) (string, error) // returns the plain spelling, or what is accepted as its error; nil takes all
	Secrets func(value string) []string        // what of the value no log may show either, nil for nothing
	Check   func(Sink) error                   // finds what is wrong together with the other settings, nil for nothing
}

// Parse returns the plain spelling of a value, or what is accepted as its error.
func (s Setting) Parse(value string) (string, error) {
	switch {
	case s.Flag:
		on, err := parseBool(value)
		return strconv.FormatBool(on), err
	case s.Read != nil:
		return s.Read(value)
	}
	return value, nil
}

// SecretsIn lists what of a value no log may show.
func (s Setting) SecretsIn(value string) []string {
	var secrets []string
	if s.Secret || mayHoldSecret(value) && s.Name == AddressSetting {
		secrets = append([]string{value}, strings.Fields(value)...)
	}
	if s.Name == AddressSetting {
		secrets = append(secrets, basicAuth(value)...)
	}
	if s.Secrets != nil {
		secrets = append(secrets, s.Secrets(value)...)
	}
	return slices.DeleteFunc(secrets, func(secret string) bool { return secret == "" })
}

// basicAuth returns the password of an address, or the user if it has no password, and what goes into the header of each
// request.
func basicAuth(value string) []string {
	address, err := url.Parse(value)
	if err != nil || address.User == nil {
		return nil
	}
	password, given := address.User.Password()
	secret := password
	if !given {
		secret = address.User.Username()
	}
	return []string{secret, base64.StdEncoding.EncodeToString([]byte(address.User.Username() + ":" + password))}
}

func (s Setting) input(sinkType string) Input {
	return Input{
		Name: s.Input, Default: s.Default, Secret: s.Secret, Description: s.Description, sensitive: s.Secrets != nil,
		read: func(c *Config, value string) error {
			if s.Name == EventsSetting {
				return setEvents(c.single[sinkType], List(value))
			}
			return c.single[sinkType].set(s, value)
		},
	}
}

// The list of sinks comes last, because it must not use the names of the others.
func sinkInputs(types []SinkType) []Input {
	var all []Input
	for _, one := range types {
		for _, setting := range one.Settings {
			all = append(all, setting.input(one.Name))
		}
	}
	return append(all, Input{
		Name: "sinks", sensitive: true,
		Description: "Further receivers of events: a JSON array of objects with `type`, `name`, `events`, and environment variables such as `url_env`",
		readWith:    sinkList(types).reader,
	})
}

func newSink(declared SinkType) *Sink {
	sink := &Sink{Type: declared.Name, Name: declared.Name, Settings: map[string]string{}}
	for _, setting := range declared.Settings {
		if !setting.Secret && setting.Secrets == nil && setting.Name != declared.Required {
			sink.public = append(sink.public, setting.Name)
		}
		if setting.Default != "" {
			sink.Settings[setting.Name] = setting.Default
		}
	}
	return sink
}

// set reads a value; without one the setting stays. A secret that is refused is a secret all the same.
func (s *Sink) set(setting Setting, value string) error {
	if value == "" {
		return nil
	}
	read, err := setting.Parse(value)
	if err != nil && !setting.Secret {
		return err
	}
	if err != nil {
		read = value
	}
	s.Settings[setting.Name] = read
	s.secrets = append(s.secrets, setting.SecretsIn(read)...)
	return err
}

// Check returns the first setting of the sink that is wrong together with others, with what is wrong.
func (t SinkType) Check(s Sink) (Setting, error) {
	for _, setting := range t.Settings {
		if setting.Check == nil {
			continue
		}
		if err := setting.Check(s); err != nil {
			return setting, err
		}
	}
	return Setting{}, nil
}

// WithoutSecrets returns the sink without the settings that may be secret, and without the one that sets it up.
func (s Sink) WithoutSecrets() Sink {
	kept := map[string]string{}
	for _, name := range s.public {
		if value, set := s.Settings[name]; set {
			kept[name] = value
		}
	}
	s.Settings, s.secrets, s.public = kept, nil, nil
	return s
}

// WithSecretsOf returns the sink with the settings that WithoutSecrets left out, from another one.
func (s Sink) WithSecretsOf(other Sink) Sink {
	settings := maps.Clone(other.Settings)
	for _, name := range other.public {
		delete(settings, name)
	}
	maps.Copy(settings, s.Settings)
	s.Settings = settings
	return s
}

func (c Config) sinksOn(types []SinkType) []Sink {
	var on []Sink
	for _, one := range types {
		if sink := c.single[one.Name]; sink.Settings[one.Required] != "" {
			on = append(on, *sink)
		}
	}
	return on
}

// gatherSinks puts the sinks that have inputs of their own before those of the list.
func (c *Config) gatherSinks(types []SinkType) {
	c.Sinks = slices.Concat(c.sinksOn(types), c.Sinks)
	c.single = nil
	for _, sink := range c.Sinks {
		for _, one := range types {
			if one.Name == sink.Type && one.Warnings != nil {
				c.Advice = append(c.Advice, one.Warnings(sink)...)
			}
		}
	}
}

// sinkConflicts finds addresses to which secrets would go unencrypted, and settings that are wrong together.
// It runs before the sinks are gathered, while it is known which input each setting comes from.
func (c Config) sinkConflicts(types []SinkType) Errors {
	errs := c.addressConflicts(types)
	for _, one := range types {
		if setting, err := one.Check(*c.single[one.Name]); err != nil {
			errs = append(errs, &InputError{Input: setting.Input, Accepted: err.Error()})
		}
	}
	return errs
}

func (c Config) addressConflicts(types []SinkType) Errors {
	if c.AllowInsecureHTTP {
		return nil
	}
	const rule = "must start with https://; http:// is for this machine, or for allow_insecure_http: true"
	var errs Errors
	if unencrypted(c.Versioner.APIURL) {
		errs = append(errs, &InputError{Input: "versioner_api_url", Accepted: rule})
	}
	for _, one := range types {
		for _, setting := range one.Settings {
			if setting.Name == AddressSetting && unencrypted(c.single[one.Name].Settings[setting.Name]) {
				errs = append(errs, &InputError{Input: setting.Input, Accepted: rule})
			}
		}
	}
	for _, sink := range c.Sinks {
		if unencrypted(sink.Settings[AddressSetting]) {
			errs = append(errs, &InputError{Input: "sinks", Accepted: fmt.Sprintf("the address of %q %s", sink.Name, rule)})
		}
	}
	return errs
}
