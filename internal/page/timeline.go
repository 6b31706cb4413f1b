package page

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markup"
)

// Heights and places inside a lane, in pixels.
const (
	laneHeight = 54 // with bars
	plainLane  = 36 // without
	runTop     = "14"
	runHeight  = "8"
	markMiddle = "18"
	barHeight  = "7"
	freezeTop  = "33"
	lockTop    = "43"
)

func (p Page) timeline(s scale) markup.Node {
	if len(p.Rows) == 0 {
		return markup.Element("p", nil, markup.Text("There are no environments."))
	}
	parts := []markup.Node{
		markup.Element("h2", []markup.Attribute{markup.Attr("id", "over-time")}, markup.Text("Over time")),
		legend(),
		markup.Element("div", class("row", "axis-row"), markup.Element("div", class("zone"), markup.Text("Times at the lines are UTC")), axis(s)),
	}
	for i, row := range p.Rows {
		parts = append(parts, p.lane(i, row, s))
	}
	return markup.Element("section", append(class("timeline"), markup.Attr("aria-labelledby", "over-time")), parts...)
}

func legend() markup.Node {
	var items []markup.Node
	for _, one := range states() {
		if one.state != Nothing {
			items = append(items, markup.Element("li", nil, sign(one.state), markup.Text(one.words)))
		}
	}
	for _, bar := range []string{"ran", "freeze", "lock"} {
		words := map[string]string{"ran": "a commit runs", "freeze": "frozen", "lock": "locked"}[bar]
		items = append(items, markup.Element("li", nil, swatch(bar), markup.Text(words)))
	}
	return markup.Element("ul", append(class("legend"), markup.Attr("aria-label", "Legend")), items...)
}

// swatch is a short bar inside a text, which says the same.
func swatch(bar string) markup.Node {
	place := []markup.Attribute{markup.Attr("x", "1"), markup.Attr("y", "4"), markup.Attr("width", "22"), markup.Attr("height", barHeight), markup.Attr("rx", "2")}
	return markup.Element("svg", append(class("swatch"), hidden()), markup.Element("rect", append(class(bar), place...)))
}

func axis(s scale) markup.Node {
	var parts []markup.Node
	for _, tick := range s.ticks() {
		kind := "minor" // which is left out on a narrow screen
		if tick.Truncate(2 * s.step).Equal(tick) {
			kind = "major"
		}
		const edge = 0.07 // closer to it a text in the middle of its line would stick out of a narrow screen
		place, anchor := s.at(tick), "middle"
		switch {
		case place < edge:
			anchor = "start"
		case place > 1-edge:
			anchor = "end"
		}
		at := append(class(kind), markup.Attr("x", percent(place)), markup.Attr("y", "14"), markup.Attr("text-anchor", anchor))
		parts = append(parts, markup.Element("text", at, markup.Text(label(tick))))
	}
	return markup.Element("svg", append(class("axis"), markup.Attr("width", "100%"), markup.Attr("height", "20"), hidden()), parts...)
}

// lane is one environment: what it is like now, its deployments as a picture, and the same in words.
func (p Page) lane(number int, row Row, s scale) markup.Node {
	return markup.Element("article", class("row"),
		markup.Element("div", class("label"),
			markup.Element("h3", nil, markup.Link(row.Address, name(row.Environment))),
			markup.Element("p", class("now"), sign(row.State), p.now(row)),
			p.barred(row)),
		markup.Element("div", class("drawing"), p.drawing("lane-"+strconv.Itoa(number), row, s), p.history(row)),
	)
}

// now says what runs in an environment in a few words.
func (p Page) now(row Row) markup.Node {
	words := markup.Link(row.Link, markup.Text(row.Words))
	if row.Runs == (Commit{}) {
		return words
	}
	return markup.Group(row.Runs.node(), markup.Text(" · "), words)
}

// barred says what is in the way of a deployment.
func (p Page) barred(row Row) markup.Node {
	var parts []markup.Node
	for _, freeze := range row.Freezes {
		if freeze.covers(p.At) {
			parts = append(parts, markup.Element("p", class("now"), swatch("freeze"), markup.Text("frozen: "), name(freeze.Text)))
		}
	}
	if row.Lock != nil {
		parts = append(parts, markup.Element("p", class("now"), swatch("lock"), markup.Text("locked: "), name(row.Lock.Text)))
	}
	return markup.Group(parts...)
}

// covers reports whether a time is inside.
func (b Bar) covers(t time.Time) bool {
	return !b.From.After(t) && (b.Until.IsZero() || b.Until.After(t))
}

func (c Commit) node() markup.Node {
	if c.SHA == "" && c.Version == "" {
		return markup.Text("–")
	}
	parts := []markup.Node{markup.Link(c.Address, markup.Element("code", nil, markup.Text(deploy.Short(c.SHA))))}
	if c.Version != "" {
		parts = append(parts, markup.Text(" "), name(c.Version))
	}
	if c.Pull != 0 {
		parts = append(parts, markup.Text(" #"+strconv.Itoa(c.Pull)))
	}
	return markup.Group(parts...)
}

func (c Commit) String() string {
	parts := []string{deploy.Short(c.SHA)}
	if c.Version != "" {
		parts = append(parts, brief(c.Version))
	}
	if c.Pull != 0 {
		parts = append(parts, "#"+strconv.Itoa(c.Pull))
	}
	return strings.Join(parts, " ")
}

// drawing is the picture of one environment.
func (p Page) drawing(id string, row Row, s scale) markup.Node {
	height := laneHeight
	if row.Lock == nil && len(row.Freezes) == 0 {
		height = plainLane
	}
	var parts []markup.Node
	for _, tick := range s.ticks() {
		parts = append(parts, vertical("line", s.at(tick)))
	}
	parts = append(parts, p.runs(row, s)...)
	for _, freeze := range row.Freezes {
		parts = append(parts, p.bar("freeze", freezeTop, freeze, s))
	}
	if row.Lock != nil {
		parts = append(parts, p.bar("lock", lockTop, *row.Lock, s))
	}
	parts = append(parts, vertical("today", s.at(s.now)))
	for _, one := range slices.Backward(row.Deployments) { // the newest is on top
		if s.shows(one.At) {
			parts = append(parts, markup.Element("g", class("mark", string(one.State.known())),
				tooltip(one.Words+": "+one.Commit.String()+", "+p.clock(one.At)),
				use(one.State, markup.Attr("x", percent(s.at(one.At))), markup.Attr("y", markMiddle))))
		}
	}
	return picture(caption{id, "Deployments to " + brief(row.Environment), p.describe(row, s)}, height, parts...)
}

// caption is what a picture is for those who do not see it.
type caption struct{ id, title, description string }

// picture is a drawing that says what it is.
func picture(c caption, height int, parts ...markup.Node) markup.Node {
	attributes := append(class("lane"), markup.Attr("width", "100%"), markup.Attr("height", strconv.Itoa(height)), markup.Attr("role", "img"),
		markup.Attr("aria-labelledby", c.id+"-title "+c.id+"-desc"))
	said := []markup.Node{
		markup.Element("title", []markup.Attribute{markup.Attr("id", c.id+"-title")}, markup.Text(c.title)),
		markup.Element("desc", []markup.Attribute{markup.Attr("id", c.id+"-desc")}, markup.Text(c.description)),
	}
	return markup.Element("svg", attributes, append(said, parts...)...)
}

// describe says in words what the picture shows.
func (p Page) describe(row Row, s scale) string {
	var counts []string
	inside := 0
	for _, one := range states() {
		count := 0
		for _, d := range row.Deployments {
			if d.State == one.state && s.shows(d.At) {
				count++
			}
		}
		if count > 0 {
			counts = append(counts, strconv.Itoa(count)+" "+one.words)
		}
		inside += count
	}
	said := fmt.Sprintf("No deployments since %s.", p.clock(s.from))
	if inside > 0 {
		said = fmt.Sprintf("Since %s: %s.", p.clock(s.from), strings.Join(counts, ", "))
	}
	for _, freeze := range row.Freezes {
		said += " Frozen: " + brief(freeze.Text) + "."
	}
	if row.Lock != nil {
		said += " Locked: " + brief(row.Lock.Text) + "."
	}
	return said
}

// runs shows from when to when a commit ran: to the next success, the newest one to now.
func (p Page) runs(row Row, s scale) []markup.Node {
	var parts []markup.Node
	end, kind := s.now, "ran"
	if row.Runs == (Commit{}) {
		end, kind = time.Time{}, "ran earlier"
	}
	for _, one := range row.Deployments {
		if one.State != Good && one.State != Back {
			continue
		}
		if end.IsZero() {
			end = one.Until
		}
		from, until := s.at(one.At), s.at(end)
		if until > from {
			parts = append(parts, markup.Element("rect", append(class(kind), box(from, until, runTop, runHeight)...),
				tooltip(one.Commit.String()+" ran from "+p.clock(one.At))))
		}
		end, kind = one.At, map[string]string{"ran": "ran earlier", "ran earlier": "ran earlier other", "ran earlier other": "ran earlier"}[kind]
		if end.Before(s.from) {
			break
		}
	}
	return parts
}

func (p Page) bar(kind, top string, b Bar, s scale) markup.Node {
	from, until := 0.0, 1.0
	if !b.From.IsZero() {
		from = s.at(b.From)
	}
	if !b.Until.IsZero() {
		until = s.at(b.Until)
	}
	if until <= from {
		return markup.Node{}
	}
	return markup.Element("rect", append(class(kind), box(from, until, top, barHeight)...), tooltip(brief(b.Text)))
}

func box(from, until float64, top, height string) []markup.Attribute {
	return []markup.Attribute{
		markup.Attr("x", percent(from)), markup.Attr("width", percent(until-from)),
		markup.Attr("y", top), markup.Attr("height", height), markup.Attr("rx", "2"),
	}
}

func vertical(kind string, at float64) markup.Node {
	return markup.Element("line", append([]markup.Attribute{
		markup.Attr("x1", percent(at)), markup.Attr("x2", percent(at)), markup.Attr("y1", "0"), markup.Attr("y2", "100%"),
	}, attributeClass(kind)))
}

func attributeClass(kind string) markup.Attribute { return markup.Attr("class", kind) }

func tooltip(text string) markup.Node { return markup.Element("title", nil, markup.Text(text)) }

// history is the same as the picture in words, for those who want to read or follow a link.
func (p Page) history(row Row) markup.Node {
	if len(row.Deployments) == 0 {
		return markup.Node{}
	}
	var items []markup.Node
	for _, one := range row.Deployments {
		parts := []markup.Node{sign(one.State), markup.Link(one.Link, markup.Text(one.Words)), markup.Text(": "), one.Commit.node(), markup.Text(", "), p.time(one.At)}
		if one.By != "" {
			parts = append(parts, markup.Text(", by "), name(one.By))
		}
		items = append(items, markup.Element("li", nil, parts...))
	}
	summary := "The last " + strconv.Itoa(len(items)) + " deployments"
	if len(items) == 1 {
		summary = "The last deployment"
	}
	return markup.Element("details", nil,
		markup.Element("summary", []markup.Attribute{markup.Attr("aria-label", summary+" to "+brief(row.Environment))}, markup.Text(summary)),
		markup.Element("ol", nil, items...))
}

// clock writes a time in UTC, and in the zone of the rules file.
func (p Page) clock(t time.Time) string {
	const full = "2 Jan 2006 15:04"
	said := t.UTC().Format(full) + " UTC"
	if p.Zone == nil || p.Zone == time.UTC {
		return said
	}
	there, format := t.In(p.Zone), full
	if there.Format(time.DateOnly) == t.UTC().Format(time.DateOnly) {
		format = "15:04"
	}
	return said + " (" + there.Format(format) + " " + p.Zone.String() + ")"
}

func (p Page) time(t time.Time) markup.Node {
	if t.IsZero() {
		return markup.Text("–")
	}
	utc, there, _ := strings.Cut(p.clock(t), " (")
	parts := []markup.Node{markup.Text(utc)}
	if there != "" {
		parts = append(parts, markup.Text(" "), markup.Element("span", class("there"), markup.Text("("+there)))
	}
	return markup.Element("time", []markup.Attribute{markup.Attr("datetime", t.UTC().Format(time.RFC3339))}, parts...)
}
