// Package markdowntest reads Markdown as far as tests have to: to see what of it is more than code. It exists for
// tests.
package markdowntest

import "strings"

// Prose drops code and escaped characters (but for those that begin mentions, escaped or not), and notes what is open at the end: backticks without a partner, and
// fences. It reads text as GitHub does: fences, code spans, backslashes, cells of tables.
func Prose(text string) (plain string, problems []string) {
	var b strings.Builder
	fence := ""
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		rest := strings.TrimLeft(trimmed, "`")
		ticks := trimmed[:len(trimmed)-len(rest)]
		switch {
		case fence != "":
			if rest == "" && len(ticks) >= len(fence) {
				fence = ""
			}
			continue
		case len(ticks) >= 3 && !strings.Contains(rest, "`"):
			fence = ticks
			continue
		}
		for _, part := range cells(line) {
			shown, open := spans(part)
			b.WriteString(shown + " ")
			if open {
				problems = append(problems, "open code span: "+strings.TrimSpace(part))
			}
		}
		b.WriteString("\n")
	}
	if fence != "" {
		problems = append(problems, "open fence")
	}
	return b.String(), problems
}

// cells splits a row of a table at its bars, which code spans do not hide.
func cells(line string) []string {
	if !strings.HasPrefix(line, "|") {
		return []string{line}
	}
	var parts []string
	start := 0
	for i := range len(line) {
		if line[i] == '|' && (i == 0 || line[i-1] != '\\') {
			parts = append(parts, strings.ReplaceAll(line[start:i], `\|`, "|"))
			start = i + 1
		}
	}
	return append(parts, line[start:])
}

// spans drops code spans and escaped characters, and reports whether backticks are left over.
func spans(text string) (plain string, open bool) {
	var b strings.Builder
	for i := 0; i < len(text); {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			if text[i+1] == '@' || text[i+1] == '#' {
				b.WriteByte(text[i+1]) // GitHub looks for mentions in what is shown
			}
			i += 2
		case text[i] != '`':
			b.WriteByte(text[i])
			i++
		default:
			length := ticks(text[i:])
			end := closing(text[i+length:], length)
			if end < 0 {
				return b.String() + text[i+length:], true
			}
			b.WriteString("code")
			i += length + end
		}
	}
	return b.String(), false
}

func ticks(text string) int { return len(text) - len(strings.TrimLeft(text, "`")) }

// closing finds where a run of exactly this many backticks ends.
func closing(text string, length int) int {
	for i := 0; i < len(text); {
		run := ticks(text[i:])
		if run == length {
			return i + run
		}
		i += max(run, 1)
	}
	return -1
}
