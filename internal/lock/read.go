package lock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Parse reads lock.json as strictly as branch-deploy does: every field that it knows must be there and of its type.
// Locks of old versions lack the schema version and the claim. What another tool added is kept.
func Parse(text string) (Document, error) {
	// A map, because struct fields would be filled by keys of another case as well.
	var fields map[string]json.RawMessage
	text = strings.ToValidUTF8(text, "\ufffd")
	if json.Unmarshal([]byte(text), &fields) != nil || fields == nil {
		return Document{}, errors.New("read lock file: it is no JSON object")
	}
	r := &reader{fields: fields}
	r.version()
	d := Document{
		Reason: r.reason(), Branch: optional[string](r, "branch"),
		CreatedAt: parseTime(required[string](r, "created_at")), CreatedBy: required[string](r, "created_by"),
		Sticky:        optional[bool](r, "sticky"),
		Target:        Target{Environment: optional[string](r, "environment"), Global: required[bool](r, "global")},
		UnlockCommand: required[string](r, "unlock_command"), Link: required[string](r, "link"),
		ClaimID: r.claim(),
	}
	if r.err != nil {
		return Document{}, fmt.Errorf("read lock file: %w", r.err)
	}
	d.readOurs(fields)
	d.keep(fields)
	return d, nil
}

type reader struct {
	fields map[string]json.RawMessage
	err    error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

func (r *reader) raw(name string) json.RawMessage {
	raw, there := r.fields[name]
	if !there {
		r.fail("%q is missing", name)
	}
	return raw
}

// read returns nil for null.
func read[T any](r *reader, name string) *T {
	var value *T
	if json.Unmarshal(r.raw(name), &value) != nil {
		r.fail("%q has the wrong type", name)
	}
	return value
}

// optional reads a field that may be null, which is as good as false or no text.
func optional[T any](r *reader, name string) T {
	var none T
	if value := read[T](r, name); value != nil {
		return *value
	}
	return none
}

// required reads a field that may not be null.
func required[T any](r *reader, name string) T {
	var none T
	if value := read[T](r, name); value != nil {
		return *value
	}
	r.fail("%q has the wrong type", name)
	return none
}

// reason can be of any type, as long as it is there. What is no text is shown as JSON.
func (r *reader) reason() string {
	raw := r.raw("reason")
	var reason string
	if json.Unmarshal(raw, &reason) != nil {
		return compact(raw)
	}
	return reason
}

// version is absent in locks of old versions, and else the number of this form.
func (r *reader) version() {
	if _, there := r.fields["schema_version"]; !there {
		return
	}
	if version := required[float64](r, "schema_version"); version != schemaVersion {
		r.fail("%q is not %d", "schema_version", schemaVersion)
	}
}

// claim is absent in locks of old versions, and else a fingerprint.
func (r *reader) claim() string {
	if _, there := r.fields["claim_id"]; !there {
		return ""
	}
	id := required[string](r, "claim_id")
	digits, found := strings.CutPrefix(id, claimPrefix)
	if !found || len(digits) != claimDigits || strings.Trim(digits, "0123456789abcdef") != "" {
		r.fail("%q is no claim", "claim_id")
	}
	return id
}

// parseTime reads a time to the millisecond, zero where the text is not a time: branch-deploy takes any text.
func parseTime(text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	at = at.UTC().Truncate(time.Millisecond)
	// An offset can lead out of the years that the form has digits for.
	const lastYear = 9999
	if err != nil || at.Year() < 1 || at.Year() > lastYear {
		return time.Time{}
	}
	return at
}

func (d *Document) readOurs(fields map[string]json.RawMessage) {
	d.Tool = lenient[string](fields["tool"])
	d.RunID = max(lenient[int64](fields["run_id"]), 0)
	d.RunAttempt = max(lenient[int](fields["run_attempt"]), 0)
	d.Product, d.Version = lenient[string](fields["product"]), lenient[string](fields["version"])
	d.ExpiresAt = parseTime(lenient[string](fields["expires_at"]))
}

// lenient reads a value that is as if absent where it has the wrong type.
func lenient[T any](raw json.RawMessage) T {
	var value, none T
	if json.Unmarshal(raw, &value) != nil {
		return none
	}
	return value
}

//nolint:gochecknoglobals // a table
var knownFields = []string{
	"schema_version", "reason", "branch", "created_at", "created_by", "sticky", "environment", "global",
	"unlock_command", "link", "claim_id", "tool", "run_id", "run_attempt", "expires_at", "product", "version",
}

func (d *Document) keep(fields map[string]json.RawMessage) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(knownFields, name) {
			d.unknown = append(d.unknown, field{name: name, raw: compact(fields[name])})
		}
	}
}

func compact(raw json.RawMessage) string {
	var text bytes.Buffer
	// Cannot fail: it is part of a text that was read.
	_ = json.Compact(&text, raw)
	return text.String()
}
