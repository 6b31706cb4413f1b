package conform

import (
	"fmt"
	"strconv"
	"strings"
)

// longest is how many characters of what was seen are printed.
const longest = 300

// Printable makes text that may come from GitHub harmless for a terminal and a log: it is one line of visible
// characters, is not too long, and does not contain the token.
func Printable(text, token string) string {
	if token != "" {
		text = strings.ReplaceAll(text, token, "***")
	}
	var b strings.Builder
	count := 0
	for _, r := range text {
		if count == longest {
			b.WriteString("…")
			break
		}
		count++
		switch {
		case r == '\n', r == '\r', r == '\t':
			b.WriteByte(' ')
		case strconv.IsPrint(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "\\u%04x", r)
		}
	}
	return b.String()
}

// Line is a row of the printed table.
func (r Row) Line(token string) string {
	says := r.Says
	if r.Token != "" {
		says += "  With " + r.Token + "."
	}
	return fmt.Sprintf("%-4s  %-9s  %s  [%s]", r.ID, r.Outcome, says, Printable(r.Seen, token))
}

// Lines sum a report up: what is left behind, and how many assumptions held.
func (r Report) Lines(token string) []string {
	var lines []string
	for _, one := range r.Left {
		lines = append(lines, "left behind: "+Printable(one, token))
	}
	count := map[Outcome]int{}
	for _, row := range r.Rows {
		count[row.Outcome]++
	}
	return append(lines, fmt.Sprintf("%d held, %d did not hold, %d were not tried", count[Held], count[NotHeld], count[NotTried]))
}
