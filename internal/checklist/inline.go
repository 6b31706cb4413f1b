package checklist

import (
	"html"
	"regexp"
	"strings"
	"unicode"
)

// expandTabs replaces the tabs of a line by the blanks that they are in Markdown.
func expandTabs(line string) string {
	if !strings.Contains(line, "\t") {
		return line
	}
	var b strings.Builder
	column := 0
	for _, one := range line {
		if one == '\t' {
			width := 4 - column%4
			b.WriteString("    "[:width])
			column += width
			continue
		}
		b.WriteRune(one)
		column++
	}
	return b.String()
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// isInvisible reports whether a character takes no ink.
func isInvisible(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Variation_Selector)
}

// visible returns a text without its comments, and its words: the same without code.
func visible(text string) (shown, words string) {
	var all, plain strings.Builder
	hopeless := map[string]bool{} // what has no end from here on
	for text != "" {
		opening := text[:1]
		ending := ""
		switch {
		case text[0] == '\\' && len(text) > 1:
			opening = text[:2]
		case text[0] == '`':
			opening = text[:len(text)-len(strings.TrimLeft(text, "`"))]
			ending = opening
		case strings.HasPrefix(text, "<!--"):
			opening, ending = "<!--", "-->"
		}
		rest := text[len(opening):]
		end := -1
		if ending != "" && !hopeless[ending] {
			end = endOf(rest, ending)
			hopeless[ending] = end < 0
		}
		switch {
		case end < 0:
			all.WriteString(opening)
			plain.WriteString(opening)
			text = rest
		case ending == "-->":
			text = rest[end:]
		default:
			all.WriteString(text[:len(opening)+end])
			text = rest[end:]
		}
	}
	return all.String(), plain.String()
}

// endOf returns the position behind the end of a comment or of code, -1 when it does not end.
func endOf(text, ending string) int {
	if ending == "-->" {
		for _, short := range []string{">", "->"} {
			if strings.HasPrefix(text, short) {
				return len(short)
			}
		}
		if at := strings.Index(text, ending); at >= 0 {
			return at + len(ending)
		}
		return -1
	}
	for at := 0; ; {
		next := strings.IndexByte(text[at:], '`')
		if next < 0 {
			return -1
		}
		at += next
		run := len(text[at:]) - len(strings.TrimLeft(text[at:], "`"))
		at += run
		if run == len(ending) {
			return at
		}
	}
}

var (
	tag    = regexp.MustCompile(`</?[A-Za-z][^>]*>`)
	link   = regexp.MustCompile(`!?\[([^\]]*)\]\([^)]*\)`)
	hashes = regexp.MustCompile(`(?:^| )#+ *$`)
)

// withoutClosing returns the text of a heading without the signs at its end.
func withoutClosing(text string) string {
	return hashes.ReplaceAllString(strings.TrimRight(text, " "), "")
}

// plain returns what a reader sees of a heading, without markup and without a colon at the end.
func plain(heading string) string {
	shown, _ := visible(heading)
	shown = link.ReplaceAllString(tag.ReplaceAllString(shown, ""), "$1")
	shown = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case isInvisible(r) || strings.ContainsRune("*_~`\\", r):
			return -1
		}
		return r
	}, html.UnescapeString(shown))
	return strings.TrimRight(strings.Join(strings.Fields(shown), " "), ": ")
}
