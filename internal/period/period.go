// Package period reads and writes lengths of time as people type them: 30m, 2h, 1d12h, 1w.
package period

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// unit is a letter and the length it means.
type unit struct {
	letter byte
	length time.Duration
}

// units lists the letters, the longest length first.
//
//nolint:gochecknoglobals // a table
var units = []unit{{'w', 7 * day}, {'d', day}, {'h', time.Hour}, {'m', time.Minute}}

const day = 24 * time.Hour

// Longest is the longest period that is read.
const Longest = 365 * day

// Parse returns the length of a period: whole numbers with one of the units w (weeks), d (days), h (hours) and m
// (minutes), the larger unit first and each at most once. It must be longer than nothing and no
// longer than a year.
func Parse(text string) (time.Duration, error) {
	rest, total := strings.ToLower(text), time.Duration(0)
	for _, one := range units {
		letters := strings.TrimLeft(rest, "0123456789")
		count := rest[:len(rest)-len(letters)]
		if count == "" || letters == "" || letters[0] != one.letter {
			continue
		}
		number, err := strconv.Atoi(count)
		if err != nil || number > int(Longest/one.length) {
			return 0, problem(text)
		}
		total, rest = total+time.Duration(number)*one.length, letters[1:]
	}
	if rest != "" || total <= 0 || total > Longest {
		return 0, problem(text)
	}
	return total, nil
}

func problem(text string) error {
	return fmt.Errorf("%q is no length of time such as 30m, 2h, 1d12h or 1w, of at most a year", text)
}

// Format returns a period in the form that Parse reads, to the minute.
func Format(d time.Duration) string {
	d = d.Round(time.Minute)
	var text strings.Builder
	for _, one := range units {
		if count := d / one.length; count > 0 {
			fmt.Fprintf(&text, "%d%c", count, one.letter)
			d -= count * one.length
		}
	}
	if text.Len() == 0 {
		return "0m"
	}
	return text.String()
}
