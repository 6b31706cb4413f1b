package command

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lockstep-action/lockstep/internal/js"
)

// The lengths of a commit's name, in hexadecimal digits.
const (
	sha1Digits   = 40
	sha256Digits = 64
)

// exactCommit takes the exact commit out of the words of a deployment command, if there is one
// behind a trigger. Every mention of it is removed, with the white space around it.
func (g Grammar) exactCommit(words string) (commit, rest string) {
	words = js.Trim(words)
	for _, trigger := range []string{g.Trigger, g.NoopTrigger} {
		if commit := commitAfter(words, trigger); commit != "" {
			return commit, withoutCommit(words, commit)
		}
	}
	return "", words
}

// commitAfter returns the first commit that follows trigger and white space. The trigger may
// stand anywhere and in any case.
func commitAfter(words, trigger string) string {
	if trigger == "" {
		return ""
	}
	for i := range words {
		after, found := cutPrefixFold(words[i:], trigger)
		if !found || after == "" || !startsBlank(after) {
			continue
		}
		if commit := leadingCommit(strings.TrimLeftFunc(after, js.IsSpace)); commit != "" {
			return commit
		}
	}
	return ""
}

// leadingCommit returns the commit that text starts with: 64 hexadecimal digits, or else 40,
// whatever follows them.
func leadingCommit(text string) string {
	digits := 0
	for digits < min(len(text), sha256Digits) && isHexDigit(text[digits]) {
		digits++
	}
	switch {
	case digits == sha256Digits:
		return text[:sha256Digits]
	case digits >= sha1Digits:
		return text[:sha1Digits]
	}
	return ""
}

func isHexDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func withoutCommit(words, commit string) string {
	var kept strings.Builder
	for {
		before, after, found := strings.Cut(words, commit)
		if !found {
			kept.WriteString(words)
			return js.Trim(kept.String())
		}
		kept.WriteString(strings.TrimRightFunc(before, js.IsSpace))
		words = strings.TrimLeftFunc(after, js.IsSpace)
	}
}

// cutPrefixFold returns text after prefix, which may differ in case from what text starts with.
func cutPrefixFold(text, prefix string) (after string, found bool) {
	for _, want := range prefix {
		got, size := utf8.DecodeRuneInString(text)
		if size == 0 || got != want && foldCase(got) != foldCase(want) {
			return "", false
		}
		text = text[size:]
	}
	return text, true
}

// foldCase returns what a JavaScript pattern without regard to case compares: the upper-case
// form, if it is a single UTF-16 code unit and does not turn another letter into an ASCII one.
func foldCase(r rune) rune {
	if r < utf8.RuneSelf {
		return unicode.ToUpper(r)
	}
	upper := []rune(js.ToUpper(string(r)))
	if len(upper) != 1 || upper[0] < utf8.RuneSelf || upper[0] > 0xffff || r > 0xffff {
		return r
	}
	return upper[0]
}
