package policy

import "time"

// Freeze is a time in which nothing is deployed.
type Freeze struct {
	Name         string
	Line         int
	Kind         FreezeKind
	From, Until  Moment
	Reason       string
	Environments []string // nil for all production environments
}

// FreezeKind says how often a freeze comes back.
type FreezeKind string

// The kinds of freezes.
const (
	Weekly FreezeKind = "weekly"
	Daily  FreezeKind = "daily"
	Once   FreezeKind = "once"
)

// Moment is a time on the wall clock, of the form of its freeze's kind.
type Moment struct {
	Year         int // of a date
	Month        time.Month
	Day          int
	Weekday      time.Weekday // of a weekly freeze
	Hour, Minute int
}

// Frozen is a time in which at least one freeze is in effect.
type Frozen struct {
	Freeze Freeze    // the first one in effect, in the order of the file
	Until  time.Time // when all freezes that touch have ended, zero where no end is known
}
