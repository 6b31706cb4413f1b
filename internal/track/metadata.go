package track

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
)

// Metadata is what a workflow adds to its events, without anything that looks like a secret.
type Metadata struct{ values map[string]any }

// ParseMetadata returns a JSON object without these secrets and what looks like others, and the paths of what was left
// out because of its name.
func ParseMetadata(text string, secrets ...string) (Metadata, []string, error) {
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
	r := redaction{secrets: redacting(secrets...)}
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
