package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const largestMetadata = 100 << 10 // bytes, as Versioner's command line has it

// The errors begin with the words of Versioner's own action, which people search for.
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
	for _, key := range slices.Sorted(maps.Keys(members)) {
		if strings.HasPrefix(key, "vi_") {
			c.Advice = append(c.Advice, fmt.Sprintf("The metadata key %q begins with vi_, which Versioner reserves.", key))
		}
	}
	return nil
}

// recordRollback adds what the state does not say, unless the workflow says something about it.
func (c *Config) recordRollback() {
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

// Artifact is something that was built or is deployed.
type Artifact struct {
	Type     string // such as oci for container images
	Location string // a name, path or address without secrets
}

// maxArtifacts is limited because events have little room.
const maxArtifacts = 50

func readArtifacts(c *Config, value string) error {
	for line := range strings.Lines(value) {
		if line = trim(line); line == "" {
			continue
		}
		kind, location, found := strings.Cut(line, "=")
		one := Artifact{Type: strings.ToLower(trim(kind)), Location: trim(location)}
		if !found || one.Type == "" || one.Location == "" || strings.ContainsFunc(one.Type+one.Location, invalid) {
			return errors.New("must be lines of the form type=location, such as oci=ghcr.io/acme/shop@sha256:…")
		}
		if mayHoldSecret(one.Location) {
			return errors.New("a location must not contain a password or a query: every receiver of the event sees it")
		}
		c.Track.Artifacts = append(c.Track.Artifacts, one)
	}
	if len(c.Track.Artifacts) > maxArtifacts {
		return fmt.Errorf("must be at most %d artifacts", maxArtifacts)
	}
	return nil
}

func invalid(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }
