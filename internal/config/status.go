package config

import (
	"fmt"
	"slices"
	"strings"
)

// Status is a state in the life of a deployment. The zero value is an unknown one.
type Status string

// The states, as tracking endpoints spell them.
const (
	Pending   Status = "pending"
	Started   Status = "started"
	Completed Status = "completed"
	Failed    Status = "failed"
	Aborted   Status = "aborted"
)

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
		{Failed, []string{"failed", "fail", "failure", "error", "timed_out", RolledBack}},
		{Aborted, []string{"aborted", "abort", "cancelled", "canceled", "cancel", "skipped"}},
	}
}

// ParseStatus reads a state in any accepted spelling, without regard to case and surrounding blanks.
func ParseStatus(text string) (Status, bool) {
	word := strings.ToLower(trim(text))
	for _, s := range spellings() {
		if slices.Contains(s.words, word) {
			return s.status, true
		}
	}
	return "", false
}

// RolledBack is the one spelling of a status that says more than its state: the workflow took the deployment back.
const RolledBack = "rolled_back"

// Terminal reports whether the state is a final one.
func (s Status) Terminal() bool { return s == Completed || s == Failed || s == Aborted }

func statusWords() string {
	var words []string
	for _, s := range spellings() {
		words = append(words, s.words...)
	}
	return strings.Join(words, ", ")
}

// EventTypes returns the types of events that a sink can ask for.
func EventTypes() []string {
	return []string{
		"deployment.pending", "deployment.started", "deployment.completed", "deployment.failed", "deployment.aborted",
		"deployment.blocked", "deployment.rolled_back", "deployment.overridden",
		"build.pending", "build.started", "build.completed", "build.failed", "build.aborted",
	}
}

// setEvents reads types of events. Patterns are spelled out, which only this package has to know.
func setEvents(s *Sink, wanted []string) error {
	known := EventTypes()
	for _, pattern := range wanted {
		if !slices.ContainsFunc(known, func(kind string) bool { return matches(pattern, kind) }) {
			return fmt.Errorf("must be %s, deployment.*, build.* or *", strings.Join(known, ", "))
		}
	}
	for _, kind := range known {
		if slices.ContainsFunc(wanted, func(pattern string) bool { return matches(pattern, kind) }) {
			s.Events = append(s.Events, kind)
		}
	}
	return nil
}

func matches(pattern, kind string) bool {
	prefix, open := strings.CutSuffix(pattern, "*")
	subject, _, _ := strings.Cut(kind, ".")
	return pattern == kind || (open && (prefix == "" || prefix == subject+"."))
}
