// Package markdown makes text that comes from outside harmless in GitHub's Markdown.
package markdown

import (
	"fmt"
	"strings"
	"unicode"
)

// Code returns text as a code span, in which nothing is a link, a mention or a tag. Line breaks and
// control characters become blanks, since a span that meets a blank line ends early.
func Code(text string) string {
	text = strings.TrimSpace(unmarked(oneLine(text)))
	if text == "" {
		return "` `"
	}
	fence := strings.Repeat("`", LongestRun(text, '`')+1)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		return fence + " " + text + " " + fence
	}
	return fence + text + fence
}

// maxBrief is how many characters of a text Brief keeps.
const maxBrief = 200

// Brief returns the beginning of a text that someone chose, for a place inside a sentence: what the sentence says must
// not disappear behind it.
func Brief(text string) string {
	characters := []rune(text)
	if len(characters) <= maxBrief {
		return text
	}
	return string(characters[:maxBrief]) + "…"
}

// Cell returns text as a code span inside a table, where a bar would begin the next column.
func Cell(text string) string {
	return strings.ReplaceAll(Code(text), "|", `\|`)
}

// Codes returns names as code spans with the separator between them.
func Codes(names []string, separator string) string {
	spans := make([]string, len(names))
	for i, name := range names {
		spans[i] = Code(name)
	}
	return strings.Join(spans, separator)
}

// joiner keeps what is on its two sides from being read as one: a zero-width joiner.
const joiner = '\u200d'

// Text returns text as plain words on one line: no mention, no link, no emphasis, no tag.
func Text(text string) string {
	var b strings.Builder
	for _, r := range oneLine(text) {
		switch {
		case r == '@' || r == '#':
			b.WriteRune(r)
			b.WriteRune(joiner)
		case r == '.' && endsWith(b.String(), "www"), r == '-' && endsWith(b.String(), "gh"):
			// GitHub links www.example.com and GH-12, escaped or not.
			b.WriteRune(joiner)
			b.WriteRune(r)
		case r == '<':
			b.WriteString("&lt;")
		case r == '&':
			b.WriteString("&amp;")
		case r < unicode.MaxASCII && unicode.In(r, unicode.P, unicode.S) && r != '.' && r != ',' && r != '\'':
			b.WriteRune('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// endsWith compares without regard to case.
func endsWith(text, word string) bool {
	return len(text) >= len(word) && strings.EqualFold(text[len(text)-len(word):], word)
}

// Link returns label, which is Markdown already, as a link, or alone when a browser would not open
// the address.
func Link(label, address string) string {
	if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
		return label
	}
	var b strings.Builder
	for _, c := range []byte(address) {
		// These would end the address, or pair up with something outside of it.
		if c <= ' ' || c == 0x7f || strings.IndexByte("()<>[]\\`\"|", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return "[" + label + "](" + b.String() + ")"
}

// Mention returns a mention, which notifies the user. A name that cannot be a login, such as an app's, is only shown.
func Mention(login string) string {
	notLogin := func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		return !letter && (r < '0' || r > '9') && r != '-' && r != '_'
	}
	if login == "" || strings.ContainsFunc(login, notLogin) {
		return "**" + Text(login) + "**"
	}
	return "@" + login
}

// Fence returns text as a block of code in the given language; its fence is longer than any run of
// backticks inside: the text cannot close it.
func Fence(language, text string) string {
	text = unmarked(text)
	fence := strings.Repeat("`", max(3, LongestRun(text, '`')+1))
	return fence + language + "\n" + text + "\n" + fence
}

// unmarked keeps text inside of code from passing for a hidden comment to programs that read no Markdown.
func unmarked(text string) string { return strings.ReplaceAll(text, "<!--", "<!"+string(joiner)+"--") }

// oneLine replaces everything that could end a line or hide text by a blank.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// LongestRun returns the length of the longest run of a character.
func LongestRun(text string, of byte) int {
	longest := 0
	for i := strings.IndexByte(text, of); i >= 0; i = strings.IndexByte(text, of) {
		rest := strings.TrimLeft(text[i:], string(of))
		longest = max(longest, len(text[i:])-len(rest))
		text = rest
	}
	return longest
}

// Prose returns text as plain words, in which what is between single backticks stays code.
func Prose(text string) string {
	pieces := strings.Split(text, "`")
	if len(pieces)%2 == 0 {
		return Text(text)
	}
	var b strings.Builder
	for i, piece := range pieces {
		switch {
		case i%2 == 0:
			b.WriteString(Text(piece))
		case piece != "":
			b.WriteString(Code(piece))
		}
	}
	return b.String()
}
