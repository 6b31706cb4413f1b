package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Artifact is something that was built or is deployed.
type Artifact struct {
	Type     string // such as oci for container images
	Location string // a name, path or address, which says nothing secret
}

// maxArtifacts is how many artifacts a step may name: events have little room.
const maxArtifacts = 50

// readArtifacts reads pairs of type and location, each on a line of its own.
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

// invalid tells what has no place in the name of an artifact.
func invalid(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }
