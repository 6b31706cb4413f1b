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
}

// span is a length of the past that a page can show.
type span struct{ length, step time.Duration }

func spans() []span {
	return []span{{day, 6 * time.Hour}, {3 * day, 12 * time.Hour}, {7 * day, day}, {14 * day, 2 * day}, {30 * day, 5 * day}, {90 * day, 15 * day}}
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
	all := spans()
	chosen := all[len(all)-1]
	if at := slices.IndexFunc(all, func(one span) bool { return wanted <= one.length }); at >= 0 {
		chosen = all[at]
	}
	return scale{from: p.At.Add(-chosen.length), now: p.At, until: p.At.Add(chosen.length / 6), step: chosen.step}
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

// label is what is written at a line: the day, or the hour in between.
func label(t time.Time) string {
	if t.Truncate(day).Equal(t) {
		return t.Format("2 Jan")
	}
	return t.Format("15:04")
}

// percent writes a part as SVG reads it.
func percent(part float64) string { return strconv.FormatFloat(part*100, 'f', 2, 64) + "%" }
