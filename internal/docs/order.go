package docs

import (
	"encoding/json"
	"strings"
)

// order lists the keys of a JSON object as they stand there.
func order(m *maker, text string) []string {
	decoder := json.NewDecoder(strings.NewReader(text))
	_, err := decoder.Token()
	m.must(err)
	var keys []string
	for decoder.More() {
		key, err := decoder.Token()
		m.must(err)
		keys = append(keys, key.(string)) //nolint:forcetypeassert // keys are text
		m.must(decoder.Decode(&json.RawMessage{}))
	}
	return keys
}
