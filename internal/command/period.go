package command

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/period"
)

// periodFlag stands before the period that a lock lasts.
const periodFlag = "--for"

// takePeriod takes the flag and the period behind it out of words, and reads the period.
func takePeriod(words string) (length time.Duration, rest string, err error) {
	periods, rest := cutPeriods(words)
	switch len(periods) {
	case 0:
		return 0, rest, nil
	case 1:
		length, err = readPeriod(periods[0])
	default:
		err = errors.New("it is there more than once")
	}
	if err != nil {
		return 0, rest, fmt.Errorf("read %q: %w", periodFlag, err)
	}
	return length, rest, nil
}

func readPeriod(text string) (time.Duration, error) {
	if text == "" {
		return 0, errors.New("a length of time such as 2h must follow it")
	}
	return period.Parse(text)
}

// cutPeriods removes each period flag from words, with the blanks before it and the word behind
// it. Those words are the periods, "" where there is none.
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
