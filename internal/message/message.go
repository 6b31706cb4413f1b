// Package message writes every Markdown text that a person reads.
//
// Tools look for the headings and hidden markers in comments, which are those of branch-deploy; the sentences
// are our own. Everything that comes from outside goes through package markdown.
package message

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// Subject is what the messages of one run are about. It travels to the post step.
type Subject struct {
	Actor          string            `json:"actor"`
	RerunBy        string            `json:"rerun_by,omitempty"` // who started the run again, "" for the actor
	Environment    string            `json:"environment"`
	EnvironmentURL string            `json:"environment_url,omitempty"`
	Ref            string            `json:"ref"`
	SHA            string            `json:"sha"`
	Kind           deploy.TargetKind `json:"kind"`
	Noop           bool              `json:"noop,omitempty"`
	Stable         bool              `json:"stable,omitempty"`
	Forward        bool              `json:"forward,omitempty"`  // the stable branch did not run there before
	Rollback       *Rollback         `json:"rollback,omitempty"` // the command goes back to what ran before, nil for other commands
	Fork           bool              `json:"fork,omitempty"`
	Reviews        *Reviews          `json:"reviews,omitempty"` // nil where they were not looked at
	Verified       bool              `json:"verified,omitempty"`
	Committer      string            `json:"committer,omitempty"`
	CommitURL      string            `json:"commit_url,omitempty"`
	Params         string            `json:"params,omitempty"`
	ParsedParams   json.RawMessage   `json:"parsed_params,omitempty"`
	LockCommand    bool              `json:"lock_command,omitempty"` // nothing is deployed
	Live           *Live             `json:"live,omitempty"`         // what ran there before, nil when that is unknown
	WayBack        string            `json:"way_back,omitempty"`     // the command that goes back, where the stable branch runs already; "" elsewhere
	TookOver       *TookOver         `json:"took_over,omitempty"`    // nil for no lock
	Notices        []string          `json:"notices,omitempty"`      // what rules of the rules file say about the start, in Markdown
	RunURL         string            `json:"run_url"`
	StartedAt      time.Time         `json:"started_at"`
	Trigger        Trigger           `json:"trigger"`
}

// GoesBack reports whether the deployment takes nothing from the pull request: a rollback, or the stable branch.
func (s Subject) GoesBack() bool { return s.Stable || s.Rollback != nil }

// rollsBack reports whether people know the deployment as a rollback.
func (s Subject) rollsBack() bool { return s.Stable && !s.Forward || s.Rollback != nil }

// Rollback says what a rollback goes back to.
type Rollback struct {
	Version string    `json:"version,omitempty"` // "" when unknown
	Pull    int       `json:"pull,omitempty"`    // 0 when unknown
	Until   time.Time `json:"until,omitzero"`    // when it was replaced, zero when that is unknown
	Reason  string    `json:"reason,omitempty"`  // that someone typed
	Again   bool      `json:"again,omitempty"`   // the last deployment of this commit failed
}

// Live is what ran in an environment before, and how many commits the deployment adds and removes.
type Live struct {
	SHA        string `json:"sha"`
	Version    string `json:"version,omitempty"` // "" when unknown
	CompareURL string `json:"compare_url,omitempty"`
	Counted    bool   `json:"counted,omitempty"` // the commits in between were counted
	Ahead      int    `json:"ahead,omitempty"`   // commits that are new
	Behind     int    `json:"behind,omitempty"`  // commits that run now, and will not afterwards

	Changes *deploy.Changelog `json:"changes,omitempty"` // nil where nothing was looked up
}

// TookOver is a stale lock that was taken over.
type TookOver struct {
	Owner string `json:"owner"`
	Why   string `json:"why"` // half a sentence
}

// Reviews are the reviews of a pull request when it was checked.
type Reviews struct {
	Count    int    `json:"count"`
	Decision string `json:"decision,omitempty"`
}

// Trigger is the comment with the command.
type Trigger struct {
	CreatedAt time.Time `json:"created_at,omitzero"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	Body      string    `json:"body,omitempty"`
	URL       string    `json:"url,omitempty"`
}

// maxRepeated is how much of a text from outside the details repeat, in characters.
const maxRepeated = 1000

// ShortBody returns as much of a text from outside as the details repeat.
func ShortBody(body string) string {
	runes := []rune(body)
	if len(runes) <= maxRepeated {
		return body
	}
	return string(runes[:maxRepeated]) + "…"
}

// maxParameters is how long parameters may be as JSON, in bytes, to be repeated in full: longer ones would
// leave no room for anything else in a comment, or in the saved state.
const maxParameters = 8000

// Brief returns the subject with parameters that are too long cut.
func (s Subject) Brief() Subject {
	text, err := json.MarshalIndent([]any{s.Params, s.ParsedParams}, "", "  ")
	if err != nil || len(text) > maxParameters {
		s.Params, s.ParsedParams = ShortBody(s.Params), nil
	}
	return s
}

func paragraph(text string) string { return wrap("", text, "\n\n") }

func inBrackets(remark string) string { return wrap(" (", remark, ")") }

func wrap(before, text, after string) string {
	if text == "" {
		return ""
	}
	return before + text + after
}

func bold(name string) string { return "**" + markdown.Text(name) + "**" }

func someone(name string) string { return bold(markdown.Brief(cmp.Or(name, "someone"))) }

func table(rows [][2]string) string {
	var b strings.Builder
	b.WriteString("| | |\n| --- | --- |\n")
	for _, row := range rows {
		if row[1] != "" {
			fmt.Fprintf(&b, "| %s | %s |\n", row[0], row[1])
		}
	}
	return b.String()
}

func sign(level deploy.Level) string {
	return map[deploy.Level]string{deploy.Pass: "✅", deploy.Warn: "⚠️", deploy.Block: "⛔"}[level]
}

func cell(text string) string {
	return cmp.Or(strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(text), "\n", " "), "|", `\|`), "–")
}

func named(text string) string { return linked(text, "") }

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func linked(text, address string) string {
	if text == "" {
		return ""
	}
	return markdown.Link(markdown.Cell(text), address)
}

func markdownCells(names []string) string {
	cells := make([]string, len(names))
	for i, name := range names {
		cells[i] = markdown.Cell(name)
	}
	return strings.Join(cells, ", ")
}
