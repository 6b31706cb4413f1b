package deploy

import (
	"fmt"
	"slices"
	"time"

	"github.com/lockstep-action/lockstep/internal/markdown"
)

// firstFew shows the first few names, and how many more there are.
func firstFew(names []string) string {
	const few = 5
	if len(names) <= few {
		return markdown.Codes(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", markdown.Codes(names[:few], ", "), len(names)-few)
}

// distinct drops repeated names and keeps the order.
func distinct(names []string) []string {
	var kept []string
	for _, name := range names {
		if !slices.Contains(kept, name) {
			kept = append(kept, name)
		}
	}
	return kept
}

// plural says how many there are of something.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// formatTime shows a moment as people compare it.
func formatTime(at time.Time) string {
	return at.UTC().Format("2006-01-02 15:04:05 UTC")
}

// verb takes the form that fits one name or several.
func verb(names []string, one, several string) string {
	if len(names) == 1 {
		return one
	}
	return several
}
