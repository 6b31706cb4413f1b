package track

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
)

// webhook gets events as signed JSON, in the way of Standard Webhooks.
func webhook() Type {
	return Type{
		SinkType: config.SinkType{
			Name: "webhook", Required: config.AddressSetting, Warnings: emptyHeaders,
			Settings: []config.Setting{
				secretAddress("webhook_url", "URL that receives each event as JSON; empty for none"),
				{
					Name: "secret", Input: "webhook_secret", Secret: true, FromEnv: true, Read: readSigningSecrets,
					Description: "Secrets that sign webhook events, separated by spaces; events are unsigned when empty",
				},
				{
					Name: "headers", Input: "webhook_headers", FromEnv: true, Read: readHeaders, Secrets: secretHeaders, Check: checkHeaders,
					Description: "Headers of webhook events, as `Name: value`, one per line or comma-separated",
				},
				events("webhook_events", "Events for the webhook, comma-separated, such as `deployment.completed` or `deployment.*`; all events when empty"),
				{
					Name: "signature_header", Input: "webhook_signature_header", Default: "X-Signature-256", Read: readHeaderName,
					Description: "Header with the plain signature of a webhook's body, for receivers without Standard Webhooks",
				},
			},
		},
		Title: "Webhook", requests: webhookRequests, secrets: headerValues,
	}
}

type webhookMessage struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      record    `json:"data"`
}

func webhookRequests(r *receiver, e Event) []request {
	header := http.Header{}
	for name, value := range headersOf(r.sink) {
		if value != "" {
			header.Set(name, value)
		}
	}
	var all []request
	for _, name := range r.types(e) {
		message := webhookMessage{name, moment(e.Times.Occurred), newRecord(e)}
		all = append(all, request{id: e.messageID(name), header: header, message: message, sign: r.sign})
	}
	return all
}

// sign adds the signatures of Standard Webhooks, which are valid for some minutes, and one over the body alone
// for simple receivers. That one has room for one key. Without a secret nothing is signed.
func (r *receiver) sign(header http.Header, id string, body []byte) {
	seconds := strconv.FormatInt(r.now().Unix(), 10)
	content := append([]byte(id+"."+seconds+"."), body...)
	header.Set("Webhook-Id", id)
	header.Set("Webhook-Timestamp", seconds)
	var signatures []string
	for i, secret := range strings.Fields(r.setting("secret")) {
		key, _ := signingKey(secret) // was checked
		signatures = append(signatures, "v1,"+base64.StdEncoding.EncodeToString(mac(key, content)))
		if i == 0 {
			header.Set(r.setting("signature_header"), "sha256="+hex.EncodeToString(mac(key, body)))
		}
	}
	if len(signatures) > 0 {
		header.Set("Webhook-Signature", strings.Join(signatures, " "))
	}
}

func mac(key, content []byte) []byte {
	hash := hmac.New(sha256.New, key)
	hash.Write(content)
	return hash.Sum(nil)
}

// readSigningSecrets wants secrets separated by blanks: while one replaces another, there are two.
func readSigningSecrets(value string) (string, error) {
	secrets := strings.Fields(value)
	for _, secret := range secrets {
		if _, err := signingKey(secret); err != nil {
			return "", err
		}
	}
	return strings.Join(secrets, " "), nil
}

// signingKey uses a secret without the mark of Standard Webhooks as its bytes. The error does not repeat it.
func signingKey(secret string) ([]byte, error) {
	const shortestPlain, shortest, longest = 8, 24, 64
	encoded, marked := strings.CutPrefix(secret, "whsec_")
	switch {
	case !marked && len(secret) < shortestPlain:
		return nil, fmt.Errorf("a secret must have at least %d characters", shortestPlain)
	case !marked:
		return []byte(secret), nil
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(key) < shortest || len(key) > longest {
		return nil, fmt.Errorf("what follows whsec_ must be base64 of %d to %d bytes", shortest, longest)
	}
	return key, nil
}

func readHeaders(value string) (string, error) {
	seen := http.Header{}
	for _, line := range headerLines(value) {
		name, content := cutHeader(line)
		switch {
		case !strings.Contains(line, ":") || !headerName.MatchString(name):
			return "", errors.New("must be headers as Name: value, each on a line of its own; on a single line, commas separate them")
		case isReserved(name):
			return "", fmt.Errorf("the header %s is Lockstep's own", name)
		case seen.Values(name) != nil:
			return "", fmt.Errorf("the header %s is given twice", name)
		case strings.ContainsFunc(content, notInValue):
			return "", fmt.Errorf("the header %s has control characters", name)
		}
		seen.Set(name, content)
	}
	return value, nil
}

// headerLines splits a single line at its commas. With several lines, headers may contain commas.
func headerLines(value string) []string {
	separator := "\n"
	if !strings.ContainsAny(value, "\r\n") {
		separator = ","
	}
	var lines []string
	for line := range strings.SplitSeq(strings.ReplaceAll(value, "\r", "\n"), separator) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func cutHeader(line string) (name, content string) {
	name, content, _ = strings.Cut(line, ":")
	return strings.TrimSpace(name), strings.TrimSpace(content)
}

func headersOf(s config.Sink) map[string]string {
	headers := map[string]string{}
	for _, line := range headerLines(s.Settings["headers"]) {
		name, content := cutHeader(line)
		headers[name] = content
	}
	return headers
}

func readHeaderName(value string) (string, error) {
	if !headerName.MatchString(value) || isReserved(value) {
		return "", errors.New("must be the name of a header that has no other meaning here")
	}
	return value, nil
}

func checkHeaders(s config.Sink) error {
	signature := http.CanonicalHeaderKey(s.Settings["signature_header"])
	address, err := url.Parse(s.Settings[config.AddressSetting])
	for name := range headersOf(s) {
		switch http.CanonicalHeaderKey(name) {
		case signature:
			return fmt.Errorf("the header %s is for the signature", s.Settings["signature_header"])
		case "Authorization":
			if err == nil && address.User != nil {
				return errors.New("the header Authorization must be left out, because the address has a user or a password")
			}
		}
	}
	return nil
}

// emptyHeaders warns of headers without a value: secrets are empty on pull requests from forks.
func emptyHeaders(s config.Sink) []string {
	var warnings []string
	headers := headersOf(s)
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if headers[name] == "" {
			warnings = append(warnings, fmt.Sprintf("The header %s of the sink %q has no value and is left out.", name, s.Name))
		}
	}
	return warnings
}

func secretHeaders(value string) []string {
	var secrets []string
	for _, line := range headerLines(value) {
		if name, content := cutHeader(line); secretHeader.MatchString(name) {
			_, credentials, _ := strings.Cut(content, " ")
			secrets = append(secrets, content, strings.TrimSpace(credentials))
		}
	}
	return secrets
}

// headerValues lists what an answer must not repeat: any header, and signing secrets without their mark.
func headerValues(s config.Sink) []string {
	const shortest = 8 // the word Bearer is no secret
	var all []string
	for secret := range strings.FieldsSeq(s.Settings["secret"]) {
		all = append(all, strings.TrimPrefix(secret, "whsec_"))
	}
	for _, value := range headersOf(s) {
		all = append(all, value)
		all = append(all, slices.DeleteFunc(strings.Fields(value), func(word string) bool { return len(word) < shortest })...)
	}
	return all
}

var (
	headerName   = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")
	secretHeader = regexp.MustCompile(`(?i)pass(word|wd)?|secret|token|api[_-]?key|authorization|cookie|credential|private[_-]?key|(^|[_-])(key|auth)$`)
)

// isReserved reports whether only Lockstep may set the header.
func isReserved(name string) bool {
	return slices.Contains([]string{
		"connection", "content-encoding", "content-length", "content-type", "expect", "host", "idempotency-key", "te", "trailer",
		"transfer-encoding", "upgrade", "user-agent", "webhook-id", "webhook-signature", "webhook-timestamp",
	}, strings.ToLower(name))
}

func notInValue(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
