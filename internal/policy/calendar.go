package policy

import (
	"math"
	"slices"
	"time"
)

const (
	minute = int64(60) // seconds
	hour   = 60 * minute
	day    = 24 * hour
	week   = 7 * day

	// longestSearch is how long daily and weekly freezes that leave no gap are followed.
	longestSearch = 400 * day
)

// FrozenAt returns the freeze that is in effect at a time, and whether there is one. The end that it returns is that of
// all freezes that overlap or touch. A freeze with dates ends when it says; daily and weekly ones that leave no gap for
// 400 days have no known end.
func FrozenAt(freezes []Freeze, zone *time.Location, at time.Time) (Frozen, bool) {
	begin := at.Unix()
	now, end := inEffect(freezes, zone, begin)
	if now == nil {
		return Frozen{}, false
	}
	frozen := Frozen{Freeze: *now}
	for left := longestSearch; left > 0; {
		if now.Kind != Once {
			left -= end - begin
		}
		begin = end
		if now, end = inEffect(freezes, zone, begin); now == nil {
			frozen.Until = time.Unix(begin, 0).In(zone)
			break
		}
	}
	return frozen, true
}

// NextFreeze returns the freeze that begins next within a length of time, when it begins, and whether there is one.
// While a freeze is in effect, it returns no other one.
func NextFreeze(freezes []Freeze, zone *time.Location, at time.Time, within time.Duration) (Freeze, time.Time, bool) {
	now, latest := at.Unix(), at.Add(within).Unix()
	if frozen, _ := inEffect(freezes, zone, now); frozen != nil || len(freezes) == 0 {
		return Freeze{}, time.Time{}, false
	}
	found, begin := -1, int64(math.MaxInt64)
	here := clockAround(zone, now)
	for i := range freezes {
		for _, one := range freezes[i].stretches(zone, here, now) {
			if one.begin > now && one.begin <= latest && one.begin < one.end && one.begin < begin {
				found, begin = i, one.begin
			}
		}
	}
	if found < 0 {
		return Freeze{}, time.Time{}, false
	}
	return freezes[found], time.Unix(begin, 0).In(zone), true
}

// inEffect returns the first freeze that is in effect at an instant and when it ends, nil when there is no such freeze.
func inEffect(freezes []Freeze, zone *time.Location, instant int64) (*Freeze, int64) {
	if len(freezes) == 0 {
		return nil, 0
	}
	here := clockAround(zone, instant)
	for i := range freezes {
		for _, one := range freezes[i].stretches(zone, here, instant) {
			if instant >= one.begin && instant < one.end {
				return &freezes[i], one.end
			}
		}
	}
	return nil, 0
}

// stretch is one time of a freeze, in seconds since 1970. It is empty where the clock skips all of it.
type stretch struct{ begin, end int64 }

// stretches returns the times of the freeze near an instant: the last that has begun by the
// wall clock, and the next two. Where the clock goes back, the next one may be in effect already. The clock is the one
// around the instant.
func (f *Freeze) stretches(zone *time.Location, here wallClock, instant int64) [3]stretch {
	var found [3]stretch
	every := f.every()
	if every == 0 {
		begin, end := f.From.date(), f.Until.date()
		found[0] = stretch{clockAround(zone, begin).first(begin), clockAround(zone, end).last(end)}
		return found
	}
	from := f.From.into(every)
	length := modulo(f.Until.into(every)-from-1, every) + 1 // an end that is not after the beginning is in the next round
	wall := here.shows(instant)
	latest := wall - modulo(wall-from, every) // the last beginning
	for i := range found {
		begin := latest + int64(i)*every
		found[i] = stretch{here.first(begin), here.last(begin + length)}
	}
	return found
}

// every returns after how many seconds on the wall clock the freeze comes back, 0 for never.
func (f *Freeze) every() int64 {
	switch f.Kind {
	case Daily:
		return day
	case Weekly:
		return week
	default:
		return 0
	}
}

// date returns a moment with a date in seconds since 1970 on the wall clock.
func (m Moment) date() int64 {
	return time.Date(m.Year, m.Month, m.Day, m.Hour, m.Minute, 0, 0, time.UTC).Unix()
}

// into returns how many seconds a moment is into its day or week. Weeks begin on Thursday, as 1970 did.
func (m Moment) into(round int64) int64 {
	return modulo(int64(m.Weekday-time.Thursday)*day+int64(m.Hour)*hour+int64(m.Minute)*minute, round)
}

// modulo returns the remainder of a division, from 0 up.
func modulo(a, b int64) int64 { return (a%b + b) % b }

// wallClock is what a wall clock shows around an instant: the times of one offset each, in order, without gaps between them.
type wallClock []span

// span is a time in which a zone has one offset. All of it is in seconds.
type span struct{ start, end, offset int64 }

// clockAround returns the clock of a zone around an instant, or around a time on the wall clock: it is exact for the weekly
// freezes before and after.
func clockAround(zone *time.Location, instant int64) wallClock {
	const reach = 3 * week
	at := instant - reach
	found := make(wallClock, 1, 4)
	found[0] = span{math.MinInt64, math.MaxInt64, offsetAt(zone, at)}
	for at = nextChange(zone, at); at < instant+reach; at = nextChange(zone, at) {
		before, now := &found[len(found)-1], offsetAt(zone, at)
		if now != before.offset {
			before.end = at
			found = append(found, span{at, math.MaxInt64, now})
		}
	}
	return found
}

func offsetAt(zone *time.Location, instant int64) int64 {
	_, seconds := time.Unix(instant, 0).In(zone).Zone()
	return int64(seconds)
}

// nextChange returns an instant until which the offset of a zone stays as it is.
func nextChange(zone *time.Location, instant int64) int64 {
	_, end := time.Unix(instant, 0).In(zone).ZoneBounds()
	switch {
	case end.IsZero():
		return math.MaxInt64
	case end.Unix() <= instant: // ZoneBounds ends leap years one day early
		return instant + day
	default:
		return end.Unix()
	}
}

// shows returns what the clock shows at an instant.
func (c wallClock) shows(instant int64) int64 {
	for _, one := range c {
		if instant < one.end {
			return instant + one.offset
		}
	}
	return instant
}

// first returns when the clock first shows a time, or the end of the gap that skips it.
func (c wallClock) first(wall int64) int64 {
	for _, one := range c {
		if at := max(wall-one.offset, one.start); at < one.end {
			return at
		}
	}
	return wall
}

// last returns when the clock last shows a time, or the end of the gap that skips it.
func (c wallClock) last(wall int64) int64 {
	for _, one := range slices.Backward(c) {
		if at := min(wall-one.offset, one.end); at >= one.start {
			return at
		}
	}
	return wall
}
