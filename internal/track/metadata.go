package track

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
)

// Metadata is what a workflow adds to its events, without anything that looks like a secret.
type Metadata struct{ values map[string]any }

// ParseMetadata returns a JSON object without secrets, and the paths of what was left out because of its name.
func ParseMetadata(text string) (Metadata, []string, error) {
	if len(text) > config.MaxMetadata {
		return Metadata{}, nil, fmt.Errorf("read metadata: it has %d bytes, and %d are allowed", len(text), config.MaxMetadata)
	}
	if strings.TrimSpace(text) == "" {
		return Metadata{}, nil, nil
	}
	values, err := object(text)
	if err != nil {
		return Metadata{}, nil, fmt.Errorf("read metadata: %w", err)
	}
	var r redaction
	return Metadata{values: r.object("", values)}, slices.Sorted(slices.Values(r.dropped)), nil
}

// MarshalJSON writes the metadata as an object with sorted keys.
func (m Metadata) MarshalJSON() ([]byte, error) {
	if m.IsZero() {
		return []byte("{}"), nil
	}
	return json.Marshal(m.values)
}

// UnmarshalJSON reads what MarshalJSON wrote: it was cleaned before.
func (m *Metadata) UnmarshalJSON(text []byte) error {
	values, err := object(string(text))
	if err != nil {
		return fmt.Errorf("read metadata: %w", err)
	}
	m.values = nil
	if len(values) > 0 {
		m.values = values
	}
	return nil
}

// IsZero reports whether there is no metadata.
func (m Metadata) IsZero() bool { return len(m.values) == 0 }

// object leaves numbers as they are written. Its error repeats nothing of the text.
func object(text string) (map[string]any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var values map[string]any
	err := decoder.Decode(&values)
	if _, isType := errors.AsType[*json.UnmarshalTypeError](err); isType || err == nil && values == nil {
		return nil, errors.New("it must be a JSON object")
	}
	if err != nil {
		return nil, errors.New("it is not valid JSON")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON object")
	}
	return values, nil
}

// secretName matches pass at the end of a word only: tests_passed is no secret.
var secretName = regexp.MustCompile(`(?i)pass(word|wd|phrase|code|key|[^a-z]|$)|secret|token|api[_-]?key|authorization|cookie|credential|private[_-]?key`)

// secretForm matches GitHub's, Slack's, Versioner's and Amazon's keys, and PEM blocks.
var secretForm = regexp.MustCompile(`\bgh[pousr]_[A-Za-z0-9]{8,}|\bgithub_pat_\w{8,}|\bxox[abprs]-[A-Za-z0-9-]{8,}|` +
	`\b(?:sk|pat)_\w{8,}|\bAKIA[A-Z0-9]{12,}|-----BEGIN [^-]+-----(?s:.*?)(?:-----END [^-]+-----|\z)`)

type redaction struct{ dropped []string }

func (r *redaction) object(path string, values map[string]any) map[string]any {
	clean := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		name := secretForm.ReplaceAllLiteralString(key, hidden)
		if name != key || secretName.MatchString(key) {
			r.dropped = append(r.dropped, path+name)
			continue
		}
		clean[key] = r.value(path+key, values[key])
	}
	return clean
}

func (r *redaction) value(path string, value any) any {
	switch value := value.(type) {
	case map[string]any:
		return r.object(path+".", value)
	case []any:
		clean := make([]any, len(value))
		for i, element := range value {
			clean[i] = r.value(path+"."+strconv.Itoa(i), element)
		}
		return clean
	case string:
		return secretForm.ReplaceAllLiteralString(value, hidden)
	}
	return value
}
