package deploy

import (
	"fmt"
	"slices"
	"time"

	"github.com/lockstep-action/lockstep/internal/markdown"
)

func firstFew(names []string) string {
	const few = 5
	if len(names) <= few {
		return markdown.Codes(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", markdown.Codes(names[:few], ", "), len(names)-few)
}

func distinct(names []string) []string {
	var kept []string
	for _, name := range names {
		if !slices.Contains(kept, name) {
			kept = append(kept, name)
		}
	}
	return kept
}

// Plural returns a number of things.
func Plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// FormatTime returns a time in UTC, to the second.
func FormatTime(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05 UTC") }

func has(names []string) string {
	if len(names) == 1 {
		return "has"
	}
	return "have"
}
