package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

const largestMetadata = 100 << 10 // bytes, as Versioner's command line has it

// readMetadata wants a JSON object. The errors begin with the words of Versioner's own action, which
// people search for.
func readMetadata(c *Config, value string) error {
	const invalid = "Invalid metadata JSON"
	if len(value) > largestMetadata {
		return fmt.Errorf("%s: Metadata must not be larger than %d KiB", invalid, largestMetadata>>10)
	}
	if !utf8.ValidString(value) || !json.Valid([]byte(value)) {
		return fmt.Errorf("%s: Metadata must be valid JSON", invalid)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(value), &members); err != nil || members == nil {
		return fmt.Errorf("%s: Metadata must be a JSON object", invalid)
	}
	c.Track.Metadata = json.RawMessage(value)
	c.adviseOnMetadata(slices.Sorted(maps.Keys(members)))
	return nil
}

// noteRollback keeps what the state does not say: that the version was there and did not stay. What the
// workflow says of it counts.
func (c *Config) noteRollback() {
	var members map[string]json.RawMessage
	if !c.rolledBack || json.Unmarshal(c.Track.Metadata, &members) != nil {
		return
	}
	if _, given := members[rolledBack]; given {
		return
	}
	members[rolledBack] = json.RawMessage("true")
	if marked, err := json.Marshal(members); err == nil {
		c.Track.Metadata = marked
	}
}

// adviseOnMetadata warns about keys that Versioner keeps for itself.
func (c *Config) adviseOnMetadata(keys []string) {
	for _, key := range keys {
		if strings.HasPrefix(key, "vi_") {
			c.Advice = append(c.Advice, fmt.Sprintf("The metadata key %q begins with vi_, which Versioner keeps for itself.", key))
		}
	}
}
