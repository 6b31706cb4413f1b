package page

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/dora"
	"github.com/lockstep-action/lockstep/internal/markup"
)

// picture is a drawing for an environment, with a name and a description.
func (v doraView) picture(id, title, description string, height int, parts ...markup.Node) markup.Node {
	return picture(caption{v.id + "-" + id, title + ", " + brief(v.Name), description}, height, parts...)
}

// Sizes of the bars of weeks, in pixels.
const (
	weeklyTop    = 16 // above it is the number
	weeklyHeight = 110
	weeklyBelow  = 20 // for the weeks
)

// weekly draws a bar for each week.
func (v doraView) weekly() markup.Node {
	most, total := 1, 0
	for _, week := range v.Weeks {
		most, total = max(most, week.Deployments), total+week.Deployments
	}
	if total == 0 {
		return markup.Element("p", class("now"), markup.Text("No deployments."))
	}
	var parts []markup.Node
	for i, week := range v.Weeks {
		parts = append(parts, v.week(i, week, most))
	}
	parts = append(parts, horizontal(weeklyTop+weeklyHeight))
	said := fmt.Sprintf("%d deployments in %d weeks, at most %d in one.", total, len(v.Weeks), most)
	return markup.Group(v.picture("weekly", "Deployments by week", said, weeklyTop+weeklyHeight+weeklyBelow, parts...),
		markup.Element("p", class("now"), markup.Text("The report covers only a part of a grey week.")))
}

func (v doraView) week(i int, week dora.Week, most int) markup.Node {
	share := 1 / float64(len(v.Weeks))
	left, middle := (float64(i)+0.15)*share, (float64(i)+0.5)*share
	height := weeklyHeight * week.Deployments / most
	kind := "good"
	if week.Partial {
		kind = "ended"
	}
	words := strconv.Itoa(week.Deployments) + " in " + week.Name
	if week.Partial {
		words += ", which the report covers in part"
	}
	parts := []markup.Node{
		tooltip(words),
		markup.Element("rect", append(class("mark", kind), box(left, left+0.7*share, strconv.Itoa(weeklyTop+weeklyHeight-height), strconv.Itoa(height))...)),
	}
	if week.Deployments > 0 {
		parts = append(parts, written("minor", middle, weeklyTop+weeklyHeight-height-4, strconv.Itoa(week.Deployments)))
	}
	return markup.Group(markup.Element("g", nil, parts...), v.weekLabel(i, middle, week))
}

// mostLabels is how many labels a wide screen has room for; a narrow one gets every other one.
const mostLabels = 14

func (v doraView) weekLabel(i int, middle float64, week dora.Week) markup.Node {
	every := (len(v.Weeks) + mostLabels - 1) / mostLabels
	if i%every != 0 {
		return markup.Node{}
	}
	kind := "minor"
	if i/every%2 == 0 {
		kind = "major"
	}
	_, label, _ := strings.Cut(week.Name, "-")
	return written(kind, middle, weeklyTop+weeklyHeight+15, label)
}

// written is a short text inside a picture, around a place.
func written(kind string, middle float64, y int, text string) markup.Node {
	return markup.Element("text", append(class(kind, "small"), markup.Attr("x", percent(middle)), markup.Attr("y", strconv.Itoa(y)), markup.Attr("text-anchor", "middle")), markup.Text(text))
}

func horizontal(y int) markup.Node {
	return markup.Element("line", append(class("line"), markup.Attr("x1", "0"), markup.Attr("x2", "100%"), markup.Attr("y1", strconv.Itoa(y)), markup.Attr("y2", strconv.Itoa(y))))
}

// band is a part of a distribution.
type band struct {
	label string
	count int
}

// bands counts lengths of time by the levels of DORA.
func bands(spans dora.Spans) []band {
	all := []band{{label: "under an hour"}, {label: "under a day"}, {label: "to a week"}, {label: "to a month"}, {label: "to 6 months"}, {label: "longer"}}
	for _, span := range spans.All {
		all[dora.Band(span)].count++
	}
	return all
}

const bandHeight = 24

// distribution draws how many lengths of time are in each band.
func (v doraView) distribution(id string, spans dora.Spans) markup.Node {
	if spans.N() == 0 {
		return markup.Element("p", class("now"), markup.Text("Nothing to show."))
	}
	const begin, widest = 0.3, 0.6
	var parts []markup.Node
	var said []string
	for i, one := range bands(spans) {
		y := i * bandHeight
		parts = append(parts, markup.Element("text", append(class("small"), markup.Attr("x", "0"), markup.Attr("y", strconv.Itoa(y+16))), markup.Text(one.label)))
		if one.count == 0 {
			continue
		}
		end := begin + widest*float64(one.count)/float64(spans.N())
		parts = append(parts,
			markup.Element("rect", append(class("mark", "going"), box(begin, end, strconv.Itoa(y+4), "16")...)),
			markup.Element("text", append(class("small"), markup.Attr("x", percent(end+0.015)), markup.Attr("y", strconv.Itoa(y+16))), markup.Text(strconv.Itoa(one.count))))
		said = append(said, strconv.Itoa(one.count)+" "+one.label)
	}
	title := map[string]string{"lead": "Change lead time", "recovery": "Failed deployment recovery time"}[id]
	return v.picture(id, title, strings.Join(said, ", ")+".", dora.Bands*bandHeight, parts...)
}

// Places inside the strip, in pixels.
const (
	stripMiddle = "16"
	stripFailed = "36"
	stripHeight = 44
)

// strip draws every attempt at its time, and below it whether it counts as failed.
func (v doraView) strip() markup.Node {
	if len(v.Attempted) == 0 {
		return markup.Element("p", class("now"), markup.Text("Nothing to show."))
	}
	s := scale{from: v.From, now: v.At, until: v.At, step: stripStep(v.At.Sub(v.From))}
	var parts []markup.Node
	for _, tick := range s.ticks() {
		parts = append(parts, vertical("line", s.at(tick)))
	}
	failed := 0
	counts := map[State]int{}
	for _, one := range v.Attempted {
		state, words := attemptState(one)
		counts[state]++
		place := percent(0.01 + 0.98*s.at(one.At))
		parts = append(parts, v.mark(state, place, tooltip(words+": "+commitOf(one.Deployment).String()+", "+v.clock(one.At))))
		if len(one.Failures) > 0 {
			failed++
			parts = append(parts, markup.Element("g", class("mark", string(Bad)), tooltip("counts as failed"), use(Nothing, markup.Attr("x", place), markup.Attr("y", stripFailed))))
		}
	}
	said := []string{fmt.Sprintf("%d attempts", len(v.Attempted))}
	for _, one := range states() {
		if counts[one.state] > 0 {
			said = append(said, strconv.Itoa(counts[one.state])+" "+one.words)
		}
	}
	said = append(said, strconv.Itoa(failed)+" count as failed")
	return markup.Group(stripLegend(), axis(s), v.picture("strip", "Every deployment", strings.Join(said, ", ")+".", stripHeight, parts...))
}

// mostSigns is how many signs a strip has room for; more are lines.
const mostSigns = 150

func (v doraView) mark(state State, place string, words markup.Node) markup.Node {
	if len(v.Attempted) <= mostSigns {
		return markup.Element("g", class("mark", string(state)), words, use(state, markup.Attr("x", place), markup.Attr("y", stripMiddle)))
	}
	return markup.Element("rect", append(class(string(state)), markup.Attr("x", place), markup.Attr("y", "6"), markup.Attr("width", "2"), markup.Attr("height", "20")), words)
}

// stripStep is the time between two lines.
func stripStep(length time.Duration) time.Duration {
	for _, one := range spans() {
		if length <= one.length {
			return one.step
		}
	}
	return 60 * day
}

func stripLegend() markup.Node {
	var items []markup.Node
	for _, one := range states() {
		if one.state != Nothing {
			items = append(items, markup.Element("li", nil, sign(one.state), markup.Text(one.words)))
		}
	}
	failed := markup.Element("svg", append(class("sign", string(Bad)), markup.Attr("viewBox", "-10 -10 20 20"), hidden()), use(Nothing))
	items = append(items, markup.Element("li", nil, failed, markup.Text("counts as failed")))
	return markup.Element("ul", append(class("legend"), markup.Attr("aria-label", "Legend")), items...)
}
