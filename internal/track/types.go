package track

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
)

// Types lists the types of receivers, in the order in which documentation shows them.
func Types() []Type { return []Type{webhook(), slack(), teams(), cdEvents(), pagerDuty(), datadog()} }

// Type is one type of receivers: what can be set for one, and what one is sent.
type Type struct {
	config.SinkType
	Title string // what people call it

	usual    []string                            // the events that it gets when none are chosen, nil for all
	requests func(*receiver, Event) []request    // what it is sent about an event
	address  func(config.Sink) string            // where to, nil for the setting
	classify func(status int, said answer) error // what its answer means, nil where any 2xx accepts the event
	final    []int                               // the statuses by which it wants no more events, with classify
	secrets  func(config.Sink) []string          // what no answer may repeat although a log may show it, nil for nothing
}

// SinkTypes lists what the types declare for the inputs.
func SinkTypes() []config.SinkType {
	var all []config.SinkType
	for _, one := range Types() {
		all = append(all, one.SinkType)
	}
	return all
}

func findType(name string) (Type, error) {
	all := Types()
	at := slices.IndexFunc(all, func(t Type) bool { return t.Name == name })
	if at < 0 {
		return Type{}, fmt.Errorf("its type %q is unknown", name)
	}
	return all[at], nil
}

// SetupInput returns the input that sets a sink up: with its address, its key, or a list of sinks.
func SetupInput(s config.Sink) string {
	kind, err := findType(s.Type)
	if err == nil && s.Name == s.Type {
		for _, setting := range kind.Settings {
			if setting.Name == kind.Required {
				return setting.Input
			}
		}
	}
	return "sinks"
}

func secretAddress(input, description string) config.Setting {
	return config.Setting{
		Name: config.AddressSetting, Input: input, Description: description, Secret: true, FromEnv: true, Read: config.ReadAddress,
	}
}

func events(input, description string) config.Setting {
	return config.Setting{Name: config.EventsSetting, Input: input, Description: description}
}

func readToken(value string) (string, error) {
	if strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r >= '\x7f' }) {
		return "", errors.New("must be a token of ASCII characters without blanks")
	}
	return value, nil
}

func chose(s config.Sink, name string) bool {
	return len(s.Events) == 0 || slices.Contains(s.Events, name)
}

func silent(s config.Sink) []string {
	if chose(s, "deployment.completed") || chose(s, rolledBack) {
		return nil
	}
	return []string{fmt.Sprintf("The sink %q gets nothing: its events name nothing that a receiver of type %s gets.", s.Name, s.Type)}
}
