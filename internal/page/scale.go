package page

import (
	"math"
	"slices"
	"strconv"
	"time"
)

const day = 24 * time.Hour

// scale is what the timelines show: all of them the same time, with a part of the future.
type scale struct {
	from, now, until time.Time
	step             time.Duration // between two lines
	format           string        // of the words at a line
}

// spans are the lengths of the past that a page can show.
func spans() []scale {
	const days, hours = "2 Jan", "2 Jan 15:04"
	return []scale{
		{step: 6 * time.Hour, format: hours}, {step: 12 * time.Hour, format: hours}, {step: day, format: days},
		{step: 2 * day, format: days}, {step: 5 * day, format: days}, {step: 15 * day, format: days},
	}
}

// scale picks the shortest time in which half of the environments show their third deployment.
func (p Page) scale() scale {
	var ages []time.Duration
	for _, row := range p.Rows {
		if count := len(row.Deployments); count > 0 {
			ages = append(ages, p.At.Sub(row.Deployments[min(count, 3)-1].At))
		}
	}
	wanted := 7 * day
	if len(ages) > 0 {
		slices.Sort(ages)
		wanted = ages[len(ages)/2]
	}
	lengths := []time.Duration{day, 3 * day, 7 * day, 14 * day, 30 * day, 90 * day}
	at := slices.IndexFunc(lengths, func(length time.Duration) bool { return wanted <= length })
	if at < 0 {
		at = len(lengths) - 1
	}
	chosen := spans()[at]
	chosen.now, chosen.from = p.At, p.At.Add(-lengths[at])
	chosen.until = p.At.Add(lengths[at] / 6)
	return chosen
}

// at returns the place of a time, from 0 to 1; a time outside is at the edge.
func (s scale) at(t time.Time) float64 {
	part := float64(t.Sub(s.from)) / float64(s.until.Sub(s.from))
	return math.Min(1, math.Max(0, part))
}

// shows reports whether a time is inside.
func (s scale) shows(t time.Time) bool { return !t.Before(s.from) && !t.After(s.until) }

// ticks are the times that have a line.
func (s scale) ticks() []time.Time {
	var all []time.Time
	for t := s.from.UTC().Truncate(s.step).Add(s.step); t.Before(s.until); t = t.Add(s.step) {
		all = append(all, t)
	}
	return all
}

// percent writes a part as SVG reads it.
func percent(part float64) string { return strconv.FormatFloat(part*100, 'f', 2, 64) + "%" }
