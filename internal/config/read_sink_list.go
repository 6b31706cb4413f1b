package config

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// readSinks reads the list of sinks. It stands after the inputs of single sinks, whose names are
// taken. What is wrong with each entry is told at once; no value is repeated, because somebody may
// have put a secret there.
func readSinks(getenv func(string) string) reader {
	return optional(func(c *Config, value string) error {
		var entries []map[string]json.RawMessage
		if err := json.Unmarshal([]byte(value), &entries); err != nil || entries == nil {
			return errors.New("accepted is a JSON array of objects")
		}
		var problems []string
		taken := names(c.single.on())
		for i, keys := range entries {
			entry := sinkEntry{keys: keys, getenv: getenv}
			if err := entry.read(taken); err != nil {
				problems = append(problems, fmt.Sprintf("entry %d: %v", i+1, err))
				continue
			}
			taken = append(taken, entry.sink.Name)
			entry.addTo(c)
		}
		if len(problems) > 0 {
			return errors.New(strings.Join(problems, "; "))
		}
		return nil
	})
}

func names(sinks []Sink) []string {
	var all []string
	for _, sink := range sinks {
		all = append(all, sink.Name)
	}
	return all
}

// sinkEntry is one entry of the list, while it is read.
type sinkEntry struct {
	keys   map[string]json.RawMessage
	getenv func(string) string
	sink   Sink
	unset  string // the first key that names an empty variable, "" for none
}

// read reads every key, the type first.
func (e *sinkEntry) read(taken []string) error {
	kind, _ := textOf(e.keys["type"])
	if !slices.Contains(sinkTypes(), SinkType(kind)) {
		return fmt.Errorf("type: accepted are %s", wordList(sinkTypes()))
	}
	e.sink = newSink(SinkType(kind))
	for _, name := range slices.Sorted(maps.Keys(e.keys)) {
		if err := e.readKey(name); err != nil {
			return err
		}
	}
	key, holds := "url_env", "address"
	if e.sink.Type.byKey() {
		key, holds = "secret_env", "key"
	}
	if _, given := e.keys[key]; !given {
		return fmt.Errorf("%s is required: the name of the environment variable that holds the %s", key, holds)
	}
	if slices.Contains(taken, e.sink.Name) {
		return errors.New("another sink has the same name; give it a name of its own")
	}
	return e.sink.headerConflict()
}

// readKey reads one key. Literal secrets are refused even where they would do no harm.
func (e *sinkEntry) readKey(name string) error {
	if slices.Contains([]string{"url", "secret", "token", "headers"}, name) {
		return fmt.Errorf("%s must not stand here; put it into an environment variable and name that as %s_env", name, name)
	}
	keys := sinkKeys(e.sink.Type)
	if keys[name] == nil {
		accepted := strings.Join(slices.Sorted(maps.Keys(keys)), ", ")
		return fmt.Errorf("a sink of type %s has no key %q; accepted are %s", e.sink.Type, name, accepted)
	}
	if err := keys[name](e, name); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// addTo adds the sink, or tells why it is off: a secret that a run may not see is empty.
func (e *sinkEntry) addTo(c *Config) {
	if e.unset != "" {
		c.Advice = append(c.Advice, fmt.Sprintf("The sink %q is off: the environment variable that its %s names is empty.", e.sink.Name, e.unset))
		return
	}
	c.Sinks = append(c.Sinks, e.sink)
}

// keyReader reads the key of a name.
type keyReader func(e *sinkEntry, name string) error

// sinkKeys lists what an entry of the type may hold.
func sinkKeys(kind SinkType) map[string]keyReader {
	keys := map[string]keyReader{
		"type":         func(*sinkEntry, string) error { return nil },
		"name":         literal(setName),
		"url_env":      variable(setURL),
		"events":       several(setEvents),
		"environments": several(setEnvironments),
	}
	switch kind {
	case WebhookSink:
		keys["secret_env"] = variable(setSigningSecrets)
		keys["headers_env"] = variable(setHeaders)
		keys["signature_header"] = literal(setSignatureHeader)
	case SlackSink:
		keys["mention_on_failure"] = literal(setMention)
	case CDEventsSink:
		keys["token_env"] = variable(setBearerToken)
		keys["mode"] = literal(setMode)
		keys["artifact_id"] = literal(setArtifactID)
	case PagerDutySink:
		keys["secret_env"] = variable(setRoutingKey)
		keys["url_env"] = variable(setPagerDutyURL)
		keys["alert_on_failure"] = readAlertOnFailure
		keys["severity"] = literal(setSeverity)
	case DatadogSink:
		keys["secret_env"] = variable(setBearerToken)
		keys["site"] = literal(setDatadogSite)
		keys["service"] = literal(setDatadogService)
		delete(keys, "url_env") // the site says it
	}
	return keys
}

// literal reads a text.
func literal(set func(*Sink, string) error) keyReader {
	return func(e *sinkEntry, name string) error {
		value, given := textOf(e.keys[name])
		if !given {
			return errors.New("accepted is a text that is not empty")
		}
		return set(&e.sink, value)
	}
}

func readAlertOnFailure(e *sinkEntry, name string) error {
	var value *bool
	if err := json.Unmarshal(e.keys[name], &value); err != nil || value == nil {
		return errors.New("accepted are true and false, without quotes")
	}
	e.sink.AlertOnFailure = *value
	return nil
}

// variable reads what the environment variable holds that is named.
func variable(set func(*Sink, string) error) keyReader {
	return func(e *sinkEntry, name string) error {
		named, _ := textOf(e.keys[name])
		if !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(named) {
			return errors.New("accepted is the name of an environment variable, not what it holds")
		}
		value := trim(e.getenv(named))
		if value == "" {
			e.unset = cmp.Or(e.unset, name)
			return nil
		}
		return set(&e.sink, value)
	}
}

// several reads a list of texts.
func several(set func(*Sink, []string) error) keyReader {
	return func(e *sinkEntry, name string) error {
		var entries []string
		err := json.Unmarshal(e.keys[name], &entries)
		for i, entry := range entries {
			entries[i] = trim(entry)
		}
		if err != nil || len(entries) == 0 || slices.Contains(entries, "") {
			return errors.New("accepted is a list of texts, none of them empty")
		}
		return set(&e.sink, entries)
	}
}

// textOf reads a text; an empty one does not count.
func textOf(raw json.RawMessage) (string, bool) {
	var value string
	err := json.Unmarshal(raw, &value)
	return trim(value), err == nil && trim(value) != ""
}
