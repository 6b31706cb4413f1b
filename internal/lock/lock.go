// Package lock defines what a lock is: a branch whose newest commit contains the file lock.json.
//
// It names the branch, reads and writes the file, and compares claims. Branch names, the file's fields and claims are
// those of branch-deploy: either action reads, honours and releases the locks of the other.
package lock

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/js"
)

// The names that every reader of locks relies on.
const (
	File         = "lock.json"                 // in the root of the branch
	GlobalBranch = "global-branch-deploy-lock" // the lock of all environments
	branchSuffix = "-branch-deploy-lock"
)

// Target is what a lock is about: one environment, or all of them.
type Target struct {
	Environment string // "" for all
	Global      bool
}

// Branch returns the name of the branch that is the lock.
func (t Target) Branch() string {
	if t.Global {
		return GlobalBranch
	}
	return Branch(t.Environment)
}

// Branch returns the name of the branch that locks an environment: only each blank becomes a hyphen.
func Branch(environment string) string {
	return strings.Map(func(r rune) rune {
		if js.IsSpace(r) {
			return '-'
		}
		return r
	}, environment) + branchSuffix
}

// IsBranch reports whether a branch can be a lock, by its name.
func IsBranch(name string) bool { return strings.HasSuffix(name, branchSuffix) }

// Claim is what makes two requests for a lock the same one: the same comment run again makes the same claim.
type Claim struct {
	Owner, Repository string
	Pull              int
	CommentID         int64
	Target            Target
	Ref               string // what is deployed, or the pull request's branch; "" for none
	Sticky            bool
}

// claimed is what a claim's fingerprint is made of, in this order of keys.
type claimed struct {
	Repository struct {
		Owner string `json:"owner"`
		Name  string `json:"name"`
	} `json:"repository"`
	IssueNumber int   `json:"issue_number"`
	CommentID   int64 `json:"comment_id"`
	Target      struct {
		Environment *string `json:"environment"`
		Global      bool    `json:"global"`
	} `json:"target"`
	Ref    *string `json:"ref"`
	Sticky bool    `json:"sticky"`
}

// ID returns the fingerprint of the claim: "sha256:" and 64 hexadecimal digits.
func (c Claim) ID() string {
	var all claimed
	all.Repository.Owner, all.Repository.Name = c.Owner, c.Repository
	all.IssueNumber, all.CommentID = c.Pull, c.CommentID
	if all.Target.Global = c.Target.Global; !c.Target.Global {
		all.Target.Environment = &c.Target.Environment
	}
	all.Ref, all.Sticky = nullable(c.Ref), c.Sticky
	// Cannot fail: there is nothing in it that JSON does not know.
	text, _ := js.Stringify(all)
	sum := sha256.Sum256([]byte(text))
	return claimPrefix + hex.EncodeToString(sum[:])
}

const (
	claimPrefix = "sha256:"
	claimDigits = 2 * sha256.Size
)

func nullable(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// Document is what lock.json says. Everything in one that was read is untrusted.
type Document struct {
	Target
	Reason        string // "" for none
	Branch        string // what is deployed, or the pull request's branch; "" for none
	CreatedAt     time.Time
	CreatedBy     string // the owner
	Sticky        bool   // stays until a user removes it
	UnlockCommand string
	Link          string // to the comment that asked for it
	ClaimID       string // "" in locks of old versions

	// What only Lockstep writes. Other readers leave it alone.
	Tool       string
	RunID      int64     // of the workflow run that took the lock, 0 when unknown
	RunAttempt int       // of that run
	Job        string    // of that run, and its runner
	ExpiresAt  time.Time // until when it counts, zero for no end
	Product    string    // that is deployed under the lock, where it is reported to a tracking endpoint; "" for none
	Version    string    // of the product

	unknown []field // what another tool added
}

type field struct{ name, raw string } // raw is JSON text

// Tool is how our locks name who made them.
const Tool = "lockstep"

const (
	timestamp     = "2006-01-02T15:04:05.000Z" // UTC, with milliseconds
	schemaVersion = 1                          // the only one there is
)

// document is the file as it is written, in this order of keys.
type document struct {
	SchemaVersion int     `json:"schema_version"`
	Reason        *string `json:"reason"`
	Branch        *string `json:"branch"`
	CreatedAt     string  `json:"created_at"`
	CreatedBy     string  `json:"created_by"`
	Sticky        bool    `json:"sticky"`
	Environment   *string `json:"environment"`
	Global        bool    `json:"global"`
	UnlockCommand string  `json:"unlock_command"`
	Link          string  `json:"link"`
	ClaimID       string  `json:"claim_id,omitempty"`
	Tool          string  `json:"tool,omitempty"`
	RunID         int64   `json:"run_id,omitempty"`
	RunAttempt    int     `json:"run_attempt,omitempty"`
	Job           string  `json:"job,omitempty"`
	ExpiresAt     string  `json:"expires_at,omitempty"`
	Product       string  `json:"product,omitempty"`
	Version       string  `json:"version,omitempty"`
}

// Marshal returns the text of the file: one JSON object, without a line break.
func (d Document) Marshal() string {
	all := document{
		SchemaVersion: schemaVersion, Reason: nullable(d.Reason), Branch: nullable(d.Branch),
		CreatedAt: d.CreatedAt.UTC().Format(timestamp), CreatedBy: d.CreatedBy, Sticky: d.Sticky,
		Environment: nullable(d.Environment), Global: d.Global, UnlockCommand: d.UnlockCommand, Link: d.Link,
		ClaimID: d.ClaimID, Tool: d.Tool, RunID: d.RunID, RunAttempt: d.RunAttempt, Job: d.Job, Product: d.Product, Version: d.Version,
	}
	if !d.ExpiresAt.IsZero() {
		all.ExpiresAt = d.ExpiresAt.UTC().Format(timestamp)
	}
	// Cannot fail: there is nothing in it that JSON does not know.
	text, _ := js.Stringify(all)
	var more strings.Builder
	for _, one := range d.unknown {
		more.WriteString("," + js.Quote(one.name) + ":" + one.raw)
	}
	return strings.TrimSuffix(text, "}") + more.String() + "}"
}

// TakenBy reports whether a job of a run took the lock for a claim.
func (d Document) TakenBy(claim string, j Job) bool {
	return claim != "" && d.ClaimID == claim && d.Taker() == j
}

// Taker returns the job that took the lock, zero in locks of other tools.
func (d Document) Taker() Job { return Job{RunID: d.RunID, RunAttempt: d.RunAttempt, Place: d.Job} }

// Job is one job of one attempt of a workflow run.
type Job struct {
	RunID      int64  `json:"run_id"`
	RunAttempt int    `json:"run_attempt"`
	Place      string `json:"job,omitempty"`
}

// Pull returns the number of the pull request whose comment asked for the lock, 0 when the link has none.
func (d Document) Pull() int {
	page, _, _ := strings.Cut(d.Link, "#issuecomment")
	// Only the end counts, because an owner or a repository may be called pull as well.
	directory, number := path.Split(page)
	pull, err := strconv.Atoi(number)
	// Other spellings, such as 012 and +12, are not numbers to branch-deploy either.
	if err != nil || pull < 0 || strconv.Itoa(pull) != number || !strings.HasSuffix(directory, "/pull/") {
		return 0
	}
	return pull
}

// Expired reports whether the lock had expired at that time.
func (d Document) Expired(at time.Time) bool { return !d.ExpiresAt.IsZero() && !at.Before(d.ExpiresAt) }

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
	d.Job = lenient[string](fields["job"])
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
	"unlock_command", "link", "claim_id", "tool", "run_id", "run_attempt", "job", "expires_at", "product", "version",
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
