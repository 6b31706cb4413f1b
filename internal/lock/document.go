package lock

import (
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/js"
)

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
		ClaimID: d.ClaimID, Tool: d.Tool, RunID: d.RunID, RunAttempt: d.RunAttempt, Product: d.Product, Version: d.Version,
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
