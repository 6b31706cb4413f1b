// Package message writes every Markdown text that a person reads.
//
// Headings and hidden markers are the ones that tools look for in the comments of branch-deploy;
// the sentences are our own. Everything that comes from outside goes through package markdown.
package message

import (
	"encoding/json"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// Subject is what the messages of one run are about. It travels to the post step.
type Subject struct {
	Actor          string            `json:"actor"`
	Environment    string            `json:"environment"`
	EnvironmentURL string            `json:"environment_url,omitempty"`
	Ref            string            `json:"ref"`
	SHA            string            `json:"sha"`
	Kind           deploy.TargetKind `json:"kind"`
	Noop           bool              `json:"noop,omitempty"`
	Stable         bool              `json:"stable,omitempty"`
	Fork           bool              `json:"fork,omitempty"`
	Reviews        *Reviews          `json:"reviews,omitempty"` // nil where they were not looked at
	Verified       bool              `json:"verified,omitempty"`
	Committer      string            `json:"committer,omitempty"`
	CommitURL      string            `json:"commit_url,omitempty"`
	Params         string            `json:"params,omitempty"`
	ParsedParams   json.RawMessage   `json:"parsed_params,omitempty"`
	LockCommand    bool              `json:"lock_command,omitempty"` // it is about a lock, and nothing is deployed
	Live           *Live             `json:"live,omitempty"`         // what ran there before, nil when nothing is known to
	TookOver       *TookOver         `json:"took_over,omitempty"`    // the lock that was left behind, nil for none
	RunURL         string            `json:"run_url"`
	StartedAt      time.Time         `json:"started_at"`
	Trigger        Trigger           `json:"trigger"`
}

// Live is what ran in an environment before, and how far the deployment moves it.
type Live struct {
	SHA        string `json:"sha"`
	Version    string `json:"version,omitempty"` // "" when unknown
	CompareURL string `json:"compare_url,omitempty"`
	Counted    bool   `json:"counted,omitempty"` // the commits in between were counted
	Ahead      int    `json:"ahead,omitempty"`   // commits that are new
	Behind     int    `json:"behind,omitempty"`  // commits that run now and will not any more
}

// TookOver is a lock that somebody had left behind.
type TookOver struct {
	Owner string `json:"owner"`
	Why   string `json:"why"` // half a sentence
}

// Reviews are the reviews of a pull request when it was checked.
type Reviews struct {
	Count    int    `json:"count"`
	Decision string `json:"decision,omitempty"`
}

// Trigger is the comment that holds the command.
type Trigger struct {
	CreatedAt time.Time `json:"created_at,omitzero"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	Body      string    `json:"body,omitempty"`
	URL       string    `json:"url,omitempty"`
}

// maxRepeated is how much of a text from outside the details repeat, in characters.
const maxRepeated = 1000

// ShortBody cuts a text from outside to what the details repeat of it.
func ShortBody(body string) string {
	runes := []rune(body)
	if len(runes) <= maxRepeated {
		return body
	}
	return string(runes[:maxRepeated]) + "…"
}

// maxParameters is how long parameters may be as JSON, in bytes, to be repeated in full. Longer
// ones would leave no room for anything else in a comment, or in the saved state.
const maxParameters = 8000

// Brief returns the subject with its parameters cut where they are too long to be repeated.
func (s Subject) Brief() Subject {
	text, err := json.MarshalIndent([]any{s.Params, s.ParsedParams}, "", "  ")
	if err != nil || len(text) > maxParameters {
		s.Params, s.ParsedParams = ShortBody(s.Params), nil
	}
	return s
}
