package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Entry is a key that the file sets, with its value as a file may write it in one line.
type Entry struct {
	Key, Text string
	Line      int
}

// Entries returns the keys that are set for an environment, in the order of the documentation.
func (e Environment) Entries() []Entry {
	return slices.Concat(
		entryOf("after", e.After, textOfList), entryOf("url", e.URL, textOf), entryOf("production", e.Production, strconv.FormatBool),
		e.Settings.Entries(),
	)
}

// Entries returns the keys that are set, in the order of the documentation.
func (s Settings) Entries() []Entry {
	return slices.Concat(
		entryOf("allow", s.Allow, textOfPrincipals), entryOf("checks", s.Checks, Checks.String), entryOf("reviews", s.Reviews, Reviews.String),
		entryOf("draft", s.Draft, strconv.FormatBool), entryOf("update_branch", s.UpdateBranch, UpdateBranch.text),
		entryOf("soak", s.Soak, textOfLength), entryOf("noop", s.Noop, textOfNoop), entryOf("labels", s.Labels, Labels.String),
		entryOf("checklist", s.Checklist, textOrFalse), entryOf("confirm", s.Confirm, strconv.FormatBool),
		entryOf("enforcement", s.Enforcement, textOf[Enforcement]),
	)
}

func entryOf[V any](key string, value Value[V], text func(V) string) []Entry {
	if !value.IsSet() {
		return nil
	}
	return []Entry{{Key: key, Text: text(value.Value), Line: value.Line}}
}

func textOf[W ~string](word W) string { return string(word) }

func textOrFalse(text string) string {
	if text == "" {
		return "false"
	}
	return text
}

func textOfList(names []string) string { return "[" + strings.Join(names, ", ") + "]" }

func textOfPrincipals(all []Principal) string {
	names := make([]string, len(all))
	for i, one := range all {
		names[i] = one.String()
	}
	return textOfList(names)
}

func textOfNoop(required bool) string {
	if required {
		return "required"
	}
	return "false"
}

func (u UpdateBranch) text() string {
	if u == UpdateOff {
		return "false"
	}
	return string(u)
}

// String returns the checks as a file writes them.
func (c Checks) String() string {
	switch {
	case c.Off:
		return "false"
	case c.All:
		return "all"
	case len(c.Names) > 0:
		return textOfList(c.Names)
	}
	return "required"
}

// String returns the reviews as a file writes them.
func (r Reviews) String() string {
	switch {
	case r.Off:
		return "false"
	case r.Count == 0:
		return "true"
	case len(r.From) > 0:
		return fmt.Sprintf("{count: %d, from: %s}", r.Count, textOfPrincipals(r.From))
	}
	return strconv.Itoa(r.Count)
}

// String returns the labels as a file writes them.
func (l Labels) String() string {
	var parts []string
	if len(l.Require) > 0 {
		parts = append(parts, "require: "+textOfList(l.Require))
	}
	if len(l.Forbid) > 0 {
		parts = append(parts, "forbid: "+textOfList(l.Forbid))
	}
	if len(parts) == 0 {
		return "false"
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// textOfLength writes a length of time with the units that a file takes.
func textOfLength(length time.Duration) string {
	if length == 0 {
		return "false"
	}
	var text strings.Builder
	for _, unit := range []struct {
		length time.Duration
		letter string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if count := length / unit.length; count > 0 {
			fmt.Fprintf(&text, "%d%s", count, unit.letter)
			length -= count * unit.length
		}
	}
	return text.String()
}

// String returns the freeze without its name as a file writes it.
func (f Freeze) String() string {
	parts := []string{"from: " + f.From.text(f.Kind), "until: " + f.Until.text(f.Kind)}
	if f.Reason != "" {
		parts = append(parts, "reason: "+f.Reason)
	}
	if len(f.Environments) > 0 {
		parts = append(parts, "environments: "+textOfList(f.Environments))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (m Moment) text(kind FreezeKind) string {
	clock := fmt.Sprintf("%02d:%02d", m.Hour, m.Minute)
	switch kind {
	case Weekly:
		return strings.ToLower(m.Weekday.String()[:3]) + " " + clock
	case Once:
		return fmt.Sprintf("%04d-%02d-%02d %s", m.Year, m.Month, m.Day, clock)
	case Daily:
	}
	return clock
}

// String returns the rule without its name as a file writes it.
func (p PathRule) String() string {
	parts := []string{"paths: " + textOfList(p.Paths)}
	if len(p.Environments) > 0 {
		parts = append(parts, "environments: "+textOfList(p.Environments))
	}
	if p.Merged {
		parts = append(parts, "merged: true")
	}
	if p.Reviews.Count > 0 {
		parts = append(parts, "reviews: "+p.Reviews.String())
	}
	if p.Note != "" {
		parts = append(parts, "note: "+p.Note)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// String returns who may lift which rules as a file writes it, "" where the file says nothing of it.
func (o Override) String() string {
	if o.Line == 0 {
		return ""
	}
	rules := make([]string, len(o.Rules))
	for i, rule := range o.Rules {
		rules[i] = string(rule)
	}
	return fmt.Sprintf("{allow: %s, rules: %s}", textOfPrincipals(o.Allow), textOfList(rules))
}
