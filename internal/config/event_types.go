package config

import (
	"fmt"
	"slices"
	"strings"
)

// EventTypes lists the types of events that a sink can ask for.
func EventTypes() []string {
	return []string{
		"deployment.pending", "deployment.started", "deployment.completed", "deployment.failed", "deployment.aborted",
		"deployment.blocked", "deployment.rolled_back",
		"build.pending", "build.started", "build.completed", "build.failed", "build.aborted",
	}
}

// setEvents wants types of events. What stands for several is spelled out, so that nobody
// downstream has to know patterns.
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

// matches reports whether the pattern, a type or a part of one with a star, stands for the type.
func matches(pattern, kind string) bool {
	prefix, open := strings.CutSuffix(pattern, "*")
	subject, _, _ := strings.Cut(kind, ".")
	return pattern == kind || (open && (prefix == "" || prefix == subject+"."))
}
