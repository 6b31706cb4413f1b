package config

import (
	"slices"
	"strings"
)

// Status is a state in the life of a deployment. The zero value is an unknown one.
type Status string

// The states, spelled as tracking endpoints know them.
const (
	Pending   Status = "pending"
	Started   Status = "started"
	Completed Status = "completed"
	Failed    Status = "failed"
	Aborted   Status = "aborted"
)

// spelling is one state with every word that is read as it.
type spelling struct {
	status Status
	words  []string
}

// spellings covers GitHub's job results and every spelling that Versioner's clients accept.
func spellings() []spelling {
	return []spelling{
		{Pending, []string{"pending", "queued", "scheduled"}},
		{Started, []string{"started", "in_progress", "init", "deploying", "building"}},
		{Completed, []string{"completed", "complete", "success", "finished", "deployed", "built"}},
		{Failed, []string{"failed", "fail", "failure", "error", "timed_out", rolledBack}},
		{Aborted, []string{"aborted", "abort", "cancelled", "canceled", "cancel", "skipped"}},
	}
}

// ParseStatus reads a state in any accepted spelling; case and surrounding blanks do not matter.
func ParseStatus(text string) (Status, bool) {
	word := strings.ToLower(trim(text))
	for _, s := range spellings() {
		if slices.Contains(s.words, word) {
			return s.status, true
		}
	}
	return "", false
}

// rolledBack is the one spelling that says more than its state: the version was there and did not stay.
const rolledBack = "rolled_back"

func isRollback(text string) bool { return strings.EqualFold(trim(text), rolledBack) }

// Terminal reports whether nothing follows the state.
func (s Status) Terminal() bool { return s == Completed || s == Failed || s == Aborted }

// statusWords lists every accepted spelling, for people.
func statusWords() string {
	var words []string
	for _, s := range spellings() {
		words = append(words, s.words...)
	}
	return strings.Join(words, ", ")
}
