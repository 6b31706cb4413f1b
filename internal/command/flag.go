package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/period"
)

// infoFlags turn a lock command into a question about the lock.
//
//nolint:gochecknoglobals // a table
var infoFlags = []string{"--info", "--i", "-i", "--details", "--d", "-d"}

func hasInfoFlag(words string) bool {
	return slices.ContainsFunc(infoFlags, func(flag string) bool { return indexFlag(words, flag) >= 0 })
}

func dropInfoFlags(words string) string {
	for _, flag := range infoFlags {
		words = dropFlag(words, flag)
	}
	return js.Trim(words)
}

// indexFlag returns where flag is in words as a whole word, or -1. An empty flag is nowhere.
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

func endsBlank(text string) bool {
	last, _ := utf8.DecodeLastRuneInString(text)
	return text == "" || js.IsSpace(last)
}

func startsBlank(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return text == "" || js.IsSpace(first)
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

const periodFlag = "--for"

func readPeriods(periods []string) (length time.Duration, err error) {
	switch {
	case len(periods) == 0:
		return 0, nil
	case len(periods) > 1:
		err = errors.New("it is there more than once")
	case periods[0] == "":
		err = errors.New("a length of time such as 2h must follow it")
	default:
		length, err = period.Parse(periods[0])
	}
	if err != nil {
		return 0, fmt.Errorf("read %q: %w", periodFlag, err)
	}
	return length, nil
}

// cutPeriods removes each period flag from words, with the blanks before it and the word behind it. Those words are
// the periods, "" where a flag has no word.
func cutPeriods(words string) (periods []string, rest string) {
	var kept strings.Builder
	for {
		start := indexFlag(words, periodFlag)
		if start < 0 {
			kept.WriteString(words)
			return periods, kept.String()
		}
		kept.WriteString(strings.TrimRightFunc(words[:start], js.IsSpace))
		text, after := cutWord(words[start+len(periodFlag):])
		periods = append(periods, text)
		words = after
	}
}

// cutWord splits words behind the first word, unless that is a flag.
func cutWord(words string) (word, rest string) {
	trimmed := strings.TrimLeftFunc(words, js.IsSpace)
	if strings.HasPrefix(trimmed, "--") {
		return "", words
	}
	end := strings.IndexFunc(trimmed, js.IsSpace)
	if end < 0 {
		end = len(trimmed)
	}
	return trimmed[:end], trimmed[end:]
}
