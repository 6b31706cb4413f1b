package dora

import (
	"regexp"
	"strings"
	"time"
)

// Spans are lengths of time.
type Spans struct {
	All      []time.Duration // shortest first
	Negative int             // left out, because they end before they begin: clocks disagree
	Unknown  int             // left out, because GitHub does not tell one of the two times
}

func (s *Spans) add(from, until time.Time) {
	switch {
	case from.IsZero() || until.IsZero():
		s.Unknown++
	case until.Before(from):
		s.Negative++
	default:
		s.All = append(s.All, until.Sub(from))
	}
}

// N returns how many there are.
func (s Spans) N() int { return len(s.All) }

// The percentiles that reports show.
const (
	Median = 50
	P90    = 90
)

// At returns a percentile to the second, between the two nearest values in proportion.
func (s Spans) At(percent int) (time.Duration, bool) {
	if len(s.All) == 0 {
		return 0, false
	}
	place := (len(s.All) - 1) * percent
	low := s.All[place/100] / time.Second
	high := s.All[min(place/100+1, len(s.All)-1)] / time.Second // in seconds it does not overflow
	return (low + (high-low)*time.Duration(place%100)/100) * time.Second, true
}

// fewest is how many values a level needs.
const fewest = 5

// Level returns the level of a length of time on DORA's scale, from 1 to 6, and 0 for none: there are too few values.
func (s Spans) Level() int {
	median, known := s.At(Median)
	if !known || s.N() < fewest {
		return 0
	}
	return Bands - Band(median)
}

// Bands is how many levels there are.
const Bands = 6

// Band returns the place of a length of time among DORA's levels, from 0 for the best one.
func Band(d time.Duration) int {
	for i, limit := range []time.Duration{time.Hour, day, 7 * day, 30 * day, 182 * day} {
		if d < limit || i >= 2 && d == limit {
			return i
		}
	}
	return Bands - 1
}

// PerDay returns the number of deployments a day.
func (f Frequency) PerDay() float64 {
	if f.Window <= 0 {
		return 0
	}
	return float64(f.Deployments) * float64(day) / float64(f.Window)
}

// Level returns the level on DORA's scale, from 1 to 6, and 0 for none.
func (f Frequency) Level() int {
	if f.Deployments < fewest {
		return 0
	}
	window, deployed := int64(f.Window/time.Second), int64(f.Deployments)*int64(day/time.Second)
	switch {
	case deployed >= 2*window:
		return 6
	case deployed >= window:
		return 5
	}
	for i, days := range []int64{7, 30, 182} {
		if deployed*days >= window {
			return 4 - i
		}
	}
	return 1
}

// Rate returns the share as a number from 0 to 1.
func (s Share) Rate() (float64, bool) {
	if s.Of == 0 {
		return 0, false
	}
	return float64(s.Count) / float64(s.Of), true
}

var rootCause = regexp.MustCompile(`(?i)\broot[ _-]?cause(?:\*\*)?:(?:\*\*)?[ \t]*(?:https://\S+/commit/|[\w./-]+@|\[)?` + "`?" + `([0-9a-f]{7,64})\b`)

// RootCause returns the commit that the text of an incident names, as far as it does, "" for none.
func RootCause(text string) string {
	if found := rootCause.FindStringSubmatch(text); found != nil {
		return strings.ToLower(found[1])
	}
	return ""
}

// named reports whether a commit is meant by its beginning.
func named(sha, beginning string) bool { return strings.HasPrefix(strings.ToLower(sha), beginning) }
