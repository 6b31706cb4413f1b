package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// The setters below each return what is accepted as their error, and never what they were given.

// sinkField reads one field of a sink that has inputs of its own; without a value the field stays.
func sinkField(sink func(*Config) *Sink, set func(*Sink, string) error) reader {
	return optional(func(c *Config, value string) error { return set(sink(c), value) })
}

// sinkEvents reads the events of a sink that has inputs of its own.
func sinkEvents(sink func(*Config) *Sink) reader {
	return func(c *Config, value string) error { return setEvents(sink(c), list(value)) }
}

// setName wants what can stand in one line of a log.
func setName(s *Sink, value string) error {
	const longest = 100
	if len(value) > longest || strings.ContainsFunc(value, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Errorf("accepted is a name of at most %d bytes that can be printed", longest)
	}
	s.Name = value
	return nil
}

// setURL stores the address in the spelling in which errors of the network repeat it, so that a
// mask hides it there too.
func setURL(s *Sink, value string) error {
	address, err := parseAddress(value)
	if err != nil {
		return err
	}
	if address.Fragment != "" {
		return errors.New("it must hold no fragment")
	}
	s.URL = address.String()
	return nil
}

// setSigningSecrets wants secrets separated by blanks: while a secret is replaced, there are two.
func setSigningSecrets(s *Sink, value string) error {
	secrets := strings.Fields(value)
	s.Secret = strings.Join(secrets, " ") // also one that is refused is a secret
	for _, secret := range secrets {
		encoded, standard := strings.CutPrefix(secret, "whsec_")
		if standard && !isKey(encoded) {
			return errors.New("what follows whsec_ must be base64 of 24 to 64 bytes")
		}
		if !standard && len(secret) < shortestSecret {
			return fmt.Errorf("a secret must have at least %d characters", shortestSecret)
		}
	}
	return nil
}

// shortestSecret is how short a secret may be that is no key of Standard Webhooks.
const shortestSecret = 8

// isKey reports whether a text is a key as Standard Webhooks wants it.
func isKey(encoded string) bool {
	const shortest, longest = 24, 64
	key, err := base64.StdEncoding.DecodeString(encoded)
	return err == nil && len(key) >= shortest && len(key) <= longest
}

// setBearerToken wants what can stand in a header.
func setBearerToken(s *Sink, value string) error {
	if strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r >= '\x7f' }) {
		return errors.New("accepted is a token of ASCII characters without blanks")
	}
	s.Secret = value
	return nil
}

func setEnvironments(s *Sink, names []string) error {
	s.Environments = names
	return nil
}

// setMention wants an id or a word that Slack turns into a mention; names are not looked up.
func setMention(s *Sink, value string) error {
	if !regexp.MustCompile(`^(@here|@channel|[UWS][A-Z0-9]{7,30})$`).MatchString(value) {
		return errors.New("accepted are @here, @channel, and ids of users (U… or W…) and of user groups (S…)")
	}
	s.Mention = value
	return nil
}

func setMode(s *Sink, value string) error {
	modes := []CDEventsMode{BinaryMode, StructuredMode}
	if !slices.Contains(modes, CDEventsMode(value)) {
		return fmt.Errorf("accepted are %s", wordList(modes))
	}
	s.Mode = CDEventsMode(value)
	return nil
}

func setArtifactID(s *Sink, value string) error {
	if !regexp.MustCompile(`^pkg:[A-Za-z][A-Za-z0-9.+-]*/[!-~]+$`).MatchString(value) {
		return errors.New("accepted is a package URL, such as pkg:oci/shop@sha256%3A…")
	}
	s.ArtifactID = value
	return nil
}

// setRoutingKey wants the key of a service. Keys of rulesets look alike, but take no changes.
func setRoutingKey(s *Sink, value string) error {
	s.Secret = value // also one that is refused is a secret
	switch {
	case strings.HasPrefix(value, "R"):
		return errors.New("a key that begins with R belongs to a ruleset or an event orchestration, which takes no change events; " +
			"accepted is the integration key of a service, for its Events API v2")
	case !regexp.MustCompile(`^[A-Za-z0-9]{32}$`).MatchString(value):
		return errors.New("accepted is the integration key of a service: 32 letters and digits")
	}
	return nil
}

// setPagerDutyURL wants the address of a service region, to which paths are added.
func setPagerDutyURL(s *Sink, value string) error {
	base, err := parseBase(value)
	if err != nil {
		return err
	}
	if strings.HasSuffix(base, "/enqueue") {
		return errors.New("it must hold no path such as /v2/enqueue, which is added for each event")
	}
	s.URL = base
	return nil
}

func setSeverity(s *Sink, value string) error {
	severities := []string{"critical", "error", "warning", "info"}
	if !slices.Contains(severities, value) {
		return fmt.Errorf("accepted are %s", wordList(severities))
	}
	s.Severity = value
	return nil
}

// setDatadogSite wants the part of Datadog's addresses by which its sites differ.
func setDatadogSite(s *Sink, value string) error {
	switch {
	case !regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$`).MatchString(value):
		return errors.New("accepted is the name of a site, such as datadoghq.com or us3.datadoghq.com, without https://")
	case strings.HasPrefix(value, "app.") || strings.HasPrefix(value, "api."):
		return errors.New("accepted is the name of a site without app. or api., such as datadoghq.com")
	case value == "ddog-gov.com" || strings.HasSuffix(value, ".ddog-gov.com"):
		return errors.New("the sites for governments have no DORA metrics; accepted are other sites, such as datadoghq.com")
	}
	s.URL = datadogURL(value)
	return nil
}

// datadogURL is the address of a site's API.
func datadogURL(site string) string { return "https://api." + site }

func setDatadogService(s *Sink, value string) error {
	s.Service = value
	return nil
}
