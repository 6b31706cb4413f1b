package deploy

import (
	"strconv"
	"strings"
	"time"
)

// whenBoth returns a time to the minute in UTC, and in a zone of the rules file: "14:32 UTC (15:32 Europe/Berlin)". What is
// not today has its day.
func whenBoth(at time.Time, zone *time.Location, now time.Time) string {
	return inZones(upToMinute(at), now, time.UTC, zone)
}

// whenThere returns the same with the zone of the rules file first, for a time that the file gives.
func whenThere(at time.Time, zone *time.Location, now time.Time) string {
	return inZones(at, now, zone, time.UTC)
}

// upToMinute never makes a time earlier: before it nothing goes.
func upToMinute(at time.Time) time.Time {
	if whole := at.Truncate(time.Minute); !whole.Equal(at) {
		return whole.Add(time.Minute)
	}
	return at
}

func inZones(at, now time.Time, first, second *time.Location) string {
	here, there := at.In(first), at.In(second)
	text := day(here, now.In(first)) + here.Format("15:04 ") + first.String()
	if isUTC(here) && isUTC(there) {
		return day(here, now) + here.Format("15:04 ") + "UTC"
	}
	other := there.Format("15:04 ") + second.String()
	if !sameDay(here, there) {
		other = dayName(there, now.In(second)) + other
	}
	return text + " (" + other + ")"
}

// isUTC reports whether a time is in UTC, whatever its zone is called.
func isUTC(at time.Time) bool {
	name, _ := at.Zone()
	return name == "UTC"
}

func sameDay(a, b time.Time) bool { return a.Format(time.DateOnly) == b.Format(time.DateOnly) }

// day returns the day of a time, "" for today.
func day(at, now time.Time) string {
	if sameDay(at, now) {
		return ""
	}
	return dayName(at, now)
}

// dayName returns the day of the week where that is clear, and else the date.
func dayName(at, now time.Time) string {
	const unclear = 6 // days from now
	if nearly := now.AddDate(0, 0, unclear).Format(time.DateOnly); at.Before(now) && !sameDay(at, now) || at.Format(time.DateOnly) > nearly {
		return at.Format("2006-01-02 ")
	}
	return at.Format("Mon ")
}

// length returns a length of time: "1 d 12 h". Seconds are shown where there are no minutes, or where they are asked for.
func length(d time.Duration) string {
	units := []struct {
		name string
		long time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}}
	var parts []string
	for _, unit := range units {
		if count := d / unit.long; count > 0 {
			parts = append(parts, strconv.FormatInt(int64(count), 10)+" "+unit.name)
			d -= count * unit.long
		}
	}
	if len(parts) == 0 {
		return "0 s"
	}
	return strings.Join(parts, " ")
}

// elapsed returns how long something lasts by now. From a minute on, seconds do not matter.
func elapsed(d time.Duration) string {
	if d >= time.Minute {
		d = d.Truncate(time.Minute)
	}
	return length(max(d, 0))
}
