// Package page writes what runs where, and the DORA metrics, as HTML pages that need nothing else: no script, no other
// file.
package page

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/markup"
)

// Page is what the page shows.
type Page struct {
	Repository string         // "owner/name"
	Address    string         // of the repository
	At         time.Time      // when it was read, by GitHub's clock
	Zone       *time.Location // of the rules file, nil for UTC alone
	Rows       []Row
	Notes      []string // what readers should know, such as what could not be read
}

// Row is one environment.
type Row struct {
	Environment string
	Address     string // where it is reached, "" for unknown
	State       State
	Words       string    // the state in words
	Runs        Commit    // zero for nothing
	Untold      bool      // it is not known what runs
	Since       time.Time // when it began to run, zero for unknown
	By          string
	Lock        *Bar
	Freezes     []Bar
	Deployments []Deployment // newest first
	Link        string       // of the run that is going on, "" for none
}

// Commit is what was deployed.
type Commit struct {
	SHA     string
	Address string
	Version string
	Pull    int
}

// Deployment is one deployment of an environment.
type Deployment struct {
	At     time.Time // when it ended, or else began
	Until  time.Time // when it was taken down, or replaced; zero for unknown
	State  State
	Words  string // how it ended
	Commit Commit
	By     string
	Link   string // of its run
}

// Bar is a time in which an environment is locked or frozen. A zero From or Until has no known bound.
type Bar struct {
	From, Until time.Time
	Text        string
}

// State is how a deployment, or an environment, is.
type State string

// The states, each of which has a shape and a colour of its own.
const (
	Good    State = "good"    // it succeeded
	Bad     State = "bad"     // it failed
	Going   State = "going"   // it is not over
	Back    State = "back"    // it was rolled back
	Ended   State = "ended"   // it ended without a result
	Nothing State = "nothing" // nothing was deployed yet, or it was taken down
)

type state struct {
	state State
	words string
	shape string // as an SVG path around 0,0
}

func states() []state {
	return []state{
		{Good, "succeeded", "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0z"},
		{Bad, "failed", "M-7-4.5l2.5-2.5L0-2.5l4.5-4.5L7-4.5 2.5 0 7 4.5 4.5 7 0 2.5-4.5 7-7 4.5-2.5 0z"},
		{Going, "in progress", "M0-8.5L8.5 0 0 8.5-8.5 0zM0-3.5L-3.5 0 0 3.5 3.5 0z"},
		{Back, "rolled back", "M-8 0L6-8V8z"},
		{Ended, "ended without a result", "M-6.5-6.5h13v13h-13zM-3.5-3.5v7h7v-7z"},
		{Nothing, "nothing yet", "M-7-1.5h14v3h-14z"},
	}
}

// known returns a state that has a sign.
func (s State) known() State {
	if !slices.ContainsFunc(states(), func(one state) bool { return one.state == s }) {
		return Ended
	}
	return s
}

// HTML returns the page.
func HTML(p Page) string {
	scale := p.scale()
	body := []markup.Node{shapes(), p.header()}
	body = append(body, markup.Element("main", nil, p.notes(), p.timeline(scale), p.table()), footer("deployments, locks and rules"))
	return markup.Document(head("What runs where: "+brief(p.Repository)), markup.Group(body...))
}

func head(title string) markup.Node {
	policy := "default-src 'none'; style-src " + markup.StyleSource(sheet) + "; base-uri 'none'; form-action 'none'"
	meta := func(attributes ...markup.Attribute) markup.Node { return markup.Element("meta", attributes) }
	return markup.Group(
		meta(markup.Attr("charset", "utf-8")),
		meta(markup.Attr("http-equiv", "Content-Security-Policy"), markup.Attr("content", policy)),
		meta(markup.Attr("name", "viewport"), markup.Attr("content", "width=device-width, initial-scale=1")),
		meta(markup.Attr("name", "color-scheme"), markup.Attr("content", "light dark")),
		meta(markup.Attr("name", "referrer"), markup.Attr("content", "no-referrer")),
		markup.Element("title", nil, markup.Text(title)),
		markup.Style(sheet),
	)
}

func (p Page) header() markup.Node {
	return markup.Element("header", nil, markup.Element("h1", nil, markup.Text("What runs where")), p.about(), p.counts())
}

// about says which repository the page is about, and when it was read.
func (p Page) about() markup.Node {
	return markup.Element("p", class("about"), markup.Link(p.Address, name(p.Repository)), markup.Text(" · as of "), p.time(p.At))
}

// counts says how many environments are in which state.
func (p Page) counts() markup.Node {
	var items []markup.Node
	for _, one := range states() {
		count := 0
		for _, row := range p.Rows {
			if row.State == one.state {
				count++
			}
		}
		if count == 0 {
			continue
		}
		words := map[State]string{Good: "running", Bad: "last attempt failed", Going: "in progress", Back: "rolled back", Ended: "last attempt without a result", Nothing: "nothing yet"}
		items = append(items, markup.Element("li", class("chip", string(one.state)), sign(one.state), markup.Text(strconv.Itoa(count)+" "+words[one.state])))
	}
	return markup.Element("ul", append(class("chips"), markup.Attr("aria-label", "Environments by state")), items...)
}

func (p Page) notes() markup.Node {
	if len(p.Notes) == 0 {
		return markup.Node{}
	}
	var items []markup.Node
	for _, note := range p.Notes {
		items = append(items, markup.Element("li", nil, markup.Text(note)))
	}
	return markup.Element("ul", class("notes"), items...)
}

func footer(from string) markup.Node {
	return markup.Element("footer", nil, markup.Element("p", nil,
		markup.Text("Written by "), markup.Link("https://github.com/lockstep-action/lockstep", markup.Text("Lockstep")),
		markup.Text(" from the "+from+" of the repository. The page does not change by itself.")))
}

// shapes defines the sign of each state once.
func shapes() markup.Node {
	hatch := markup.Element("pattern", []markup.Attribute{
		markup.Attr("id", "hatch"), markup.Attr("width", "6"), markup.Attr("height", "6"),
		markup.Attr("patternUnits", "userSpaceOnUse"), markup.Attr("patternTransform", "rotate(45)"),
	}, markup.Element("rect", append(class("hatch"), markup.Attr("width", "3"), markup.Attr("height", "6"))))
	shapes := []markup.Node{hatch}
	for _, one := range states() {
		shapes = append(shapes, markup.Element("path", []markup.Attribute{
			markup.Attr("id", "shape-"+string(one.state)), markup.Attr("d", one.shape), markup.Attr("fill-rule", "evenodd"),
		}))
	}
	return markup.Element("svg", append(class("shapes"), markup.Attr("width", "0"), markup.Attr("height", "0"), hidden()),
		markup.Element("defs", nil, shapes...))
}

// sign is the shape of a state inside a text, which says the same.
func sign(s State) markup.Node {
	return markup.Element("svg", append(class("sign", string(s.known())), markup.Attr("viewBox", "-10 -10 20 20"), hidden()), use(s))
}

func use(s State, more ...markup.Attribute) markup.Node {
	return markup.Element("use", append([]markup.Attribute{markup.Attr("href", "#shape-"+string(s.known()))}, more...))
}

func hidden() markup.Attribute { return markup.Attr("aria-hidden", "true") }

func class(names ...string) []markup.Attribute {
	return []markup.Attribute{markup.Attr("class", strings.Join(names, " "))}
}

// maxName is how many characters of a name are shown.
const maxName = 120

func brief(text string) string {
	characters := []rune(text)
	if len(characters) <= maxName {
		return text
	}
	return string(characters[:maxName]) + "…"
}

func name(text string) markup.Node { return markup.Name(brief(text)) }
