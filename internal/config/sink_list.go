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
	"unicode"
)

// sinkList has the types of sinks that the list can have.
type sinkList []SinkType

// reader reads the list after the inputs of single sinks, whose names are in use. It reports what is wrong with
// each entry at once, and repeats no value, because there may be a secret in a wrong place.
func (l sinkList) reader(getenv func(string) string) reader {
	return optional(func(c *Config, value string) error {
		var entries []map[string]json.RawMessage
		if err := json.Unmarshal([]byte(value), &entries); err != nil || entries == nil {
			return errors.New("must be a JSON array of objects")
		}
		var problems, used []string
		for _, sink := range c.sinksOn(l) {
			used = append(used, sink.Name)
		}
		for i, keys := range entries {
			entry := sinkEntry{keys: keys, getenv: getenv}
			if err := entry.read(l, used); err != nil {
				problems = append(problems, fmt.Sprintf("entry %d: %v", i+1, err))
				continue
			}
			used = append(used, entry.sink.Name)
			entry.addTo(c)
		}
		if len(problems) > 0 {
			return errors.New(strings.Join(problems, "; "))
		}
		return nil
	})
}

func (l sinkList) find(name string) (SinkType, error) {
	var names []string
	for _, one := range l {
		if one.Name == name {
			return one, nil
		}
		names = append(names, one.Name)
	}
	return SinkType{}, fmt.Errorf("type: %w", mustBe(names...))
}

func (l sinkList) literalSecret(key string) bool {
	return slices.ContainsFunc(l, func(one SinkType) bool {
		return slices.ContainsFunc(one.Settings, func(s Setting) bool { return s.FromEnv && s.Name == key })
	})
}

type sinkEntry struct {
	keys   map[string]json.RawMessage
	getenv func(string) string
	sink   *Sink
	unset  string // the first key that names an empty variable, "" for none
}

func (e *sinkEntry) read(types sinkList, used []string) error {
	name, _ := textOf(e.keys["type"])
	declared, err := types.find(name)
	if err != nil {
		return err
	}
	e.sink = newSink(declared)
	for _, key := range slices.Sorted(maps.Keys(e.keys)) {
		if types.literalSecret(key) {
			return fmt.Errorf("%s must not be given here; put it into an environment variable and name that as %s_env", key, key)
		}
		if err := e.readKey(declared, key); err != nil {
			return err
		}
	}
	key, content := declared.Required+"_env", "key"
	if declared.Required == AddressSetting {
		content = "address"
	}
	if _, given := e.keys[key]; !given {
		return fmt.Errorf("%s is required: the name of the environment variable that contains the %s", key, content)
	}
	if slices.Contains(used, e.sink.Name) {
		return errors.New("another sink has the same name; give it a name of its own")
	}
	_, err = declared.Check(*e.sink)
	return err
}

func (e *sinkEntry) readKey(declared SinkType, key string) error {
	readers := sinkKeys(declared)
	if readers[key] == nil {
		known := strings.Join(slices.Sorted(maps.Keys(readers)), ", ")
		return fmt.Errorf("a sink of type %s has no key %q; it has %s", declared.Name, key, known)
	}
	if err := readers[key](e, e.keys[key]); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

// addTo adds the sink, or reports why it is off: a secret that a run may not see is empty.
func (e *sinkEntry) addTo(c *Config) {
	if e.unset != "" {
		c.Advice = append(c.Advice, fmt.Sprintf("The sink %q is off: the environment variable that its %s names is empty.", e.sink.Name, e.unset))
		return
	}
	c.Sinks = append(c.Sinks, *e.sink)
}

type keyReader func(e *sinkEntry, raw json.RawMessage) error

func sinkKeys(declared SinkType) map[string]keyReader {
	keys := map[string]keyReader{
		"type":         func(*sinkEntry, json.RawMessage) error { return nil },
		"name":         readName,
		EventsSetting:  texts(setEvents),
		"environments": texts(setEnvironments),
	}
	for _, setting := range declared.Settings {
		switch {
		case setting.Name == EventsSetting:
		case setting.FromEnv:
			keys[setting.Name+"_env"] = setting.readVariable
		case setting.Flag:
			keys[setting.Name] = setting.readFlag
		default:
			keys[setting.Name] = setting.readText
		}
	}
	return keys
}

// readName wants what fits into one line of a log.
func readName(e *sinkEntry, raw json.RawMessage) error {
	const longest = 100
	value, given := textOf(raw)
	switch {
	case !given:
		return errNoText
	case len(value) > longest || strings.ContainsFunc(value, func(r rune) bool { return !unicode.IsPrint(r) }):
		return fmt.Errorf("must be a name of at most %d bytes that can be printed", longest)
	}
	e.sink.Name = value
	return nil
}

var errNoText = errors.New("must be a text that is not empty")

func (s Setting) readText(e *sinkEntry, raw json.RawMessage) error {
	value, given := textOf(raw)
	if !given {
		return errNoText
	}
	return e.sink.set(s, value)
}

func (s Setting) readFlag(e *sinkEntry, raw json.RawMessage) error {
	var value *bool
	if err := json.Unmarshal(raw, &value); err != nil || value == nil {
		return errors.New("must be true or false, without quotes")
	}
	return e.sink.set(s, string(raw))
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (s Setting) readVariable(e *sinkEntry, raw json.RawMessage) error {
	name, _ := textOf(raw)
	if !variableName.MatchString(name) {
		return errors.New("must be the name of an environment variable, not its value")
	}
	value := trim(e.getenv(name))
	if value == "" {
		e.unset = cmp.Or(e.unset, s.Name+"_env")
		return nil
	}
	return e.sink.set(s, value)
}

func setEnvironments(s *Sink, names []string) error {
	s.Environments = names
	return nil
}

func texts(set func(*Sink, []string) error) keyReader {
	return func(e *sinkEntry, raw json.RawMessage) error {
		var entries []string
		err := json.Unmarshal(raw, &entries)
		for i, entry := range entries {
			entries[i] = trim(entry)
		}
		if err != nil || len(entries) == 0 || slices.Contains(entries, "") {
			return errors.New("must be a list of texts, none of them empty")
		}
		return set(e.sink, entries)
	}
}

func textOf(raw json.RawMessage) (string, bool) {
	var value string
	err := json.Unmarshal(raw, &value)
	return trim(value), err == nil && trim(value) != ""
}
