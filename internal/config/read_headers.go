package config

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// setHeaders reads headers as people write them, each on a line of its own. Those on a single line
// are separated by commas.
func setHeaders(s *Sink, value string) error {
	s.Headers = map[string]string{}
	for _, line := range headerLines(value) {
		name, content, found := strings.Cut(line, ":")
		name, content = trim(name), trim(content)
		switch {
		case !found || !isToken(name):
			return errors.New("accepted are headers as Name: value, each on a line of its own; on a single line, commas stand between them")
		case isReserved(name):
			return fmt.Errorf("the header %s is Lockstep's own", name)
		case s.hasHeader(name):
			return fmt.Errorf("the header %s is given twice", name)
		case strings.ContainsFunc(content, isControl):
			return fmt.Errorf("the header %s holds control characters", name)
		}
		s.Headers[name] = content
	}
	return nil
}

// headerLines takes a value on several lines by its lines, so that commas may stand in headers.
func headerLines(value string) []string {
	if !strings.ContainsAny(value, "\r\n") {
		return list(value)
	}
	blank := func(line string) bool { return trim(line) == "" }
	return slices.DeleteFunc(strings.FieldsFunc(value, func(r rune) bool { return r == '\r' || r == '\n' }), blank)
}

func setSignatureHeader(s *Sink, value string) error {
	if !isToken(value) || isReserved(value) {
		return errors.New("accepted is the name of a header that has no other meaning here")
	}
	s.SignatureHeader = value
	return nil
}

// headerConflict finds two claims on one header.
func (s Sink) headerConflict() error {
	address, err := url.Parse(s.URL)
	switch {
	case s.hasHeader(s.SignatureHeader):
		return fmt.Errorf("the header %s is for the signature", s.SignatureHeader)
	case err == nil && address.User != nil && s.hasHeader("Authorization"):
		return errors.New("the header Authorization must be left out, because the address holds a user or a password")
	}
	return nil
}

// isToken knows what HTTP takes for the name of a header.
func isToken(text string) bool {
	return regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$").MatchString(text)
}

// isReserved knows the headers that the connection and the event itself need.
func isReserved(name string) bool {
	return slices.Contains([]string{
		"connection", "content-encoding", "content-length", "content-type", "expect", "host", "idempotency-key",
		"te", "trailer", "transfer-encoding", "upgrade", "webhook-id", "webhook-signature", "webhook-timestamp",
	}, strings.ToLower(name))
}

func isControl(r rune) bool { return (r < ' ' && r != '\t') || r == '\x7f' }

// looksSecret reports whether a header of the name is likely to hold a secret.
func looksSecret(name string) bool {
	const words = `(?i)pass(word|wd)?|secret|token|api[_-]?key|authorization|cookie|credential|private[_-]?key|(^|[_-])(key|auth)$`
	return regexp.MustCompile(words).MatchString(name)
}
