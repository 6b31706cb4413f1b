package command

import (
	"strings"
	"unicode/utf8"

	"github.com/lockstep-action/lockstep/internal/js"
)

// infoFlags returns the flags that turn a lock command into a question about the lock.
func infoFlags() []string {
	return []string{"--info", "--i", "-i", "--details", "--d", "-d"}
}

// hasInfoFlag reports whether words hold one of the info flags.
func hasInfoFlag(words string) bool {
	for _, flag := range infoFlags() {
		if indexFlag(words, flag) >= 0 {
			return true
		}
	}
	return false
}

// dropInfoFlags returns words without the info flags.
func dropInfoFlags(words string) string {
	for _, flag := range infoFlags() {
		words = dropFlag(words, flag)
	}
	return js.Trim(words)
}

// indexFlag returns where flag stands in words as a whole word, or -1. An empty flag stands
// nowhere.
func indexFlag(words, flag string) int {
	for from := 0; flag != ""; {
		found := strings.Index(words[from:], flag)
		if found < 0 {
			break
		}
		start := from + found
		if endsBlank(words[:start]) && startsBlank(words[start+len(flag):]) {
			return start
		}
		from = start + 1
	}
	return -1
}

// endsBlank reports whether text is empty or ends with white space.
func endsBlank(text string) bool {
	last, _ := utf8.DecodeLastRuneInString(text)
	return text == "" || js.IsSpace(last)
}

// dropFlag removes flag from words wherever it is a whole word, with the blanks before it.
func dropFlag(words, flag string) string {
	var kept strings.Builder
	for {
		start := indexFlag(words, flag)
		if start < 0 {
			kept.WriteString(words)
			return kept.String()
		}
		kept.WriteString(strings.TrimRightFunc(words[:start], js.IsSpace))
		words = words[start+len(flag):]
	}
}
