package page

import (
	"strconv"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/dora"
	"github.com/lockstep-action/lockstep/internal/markup"
	"github.com/lockstep-action/lockstep/internal/releases"
)

// Metrics are what the page of a DORA report shows.
type Metrics struct {
	Repository string // "owner/name"
	Address    string // of the repository
	Report     dora.Report
	Notes      []string // what readers should know besides
}

// MetricsOf returns what the page of a report shows, for the repository of the request.
func MetricsOf(r deploy.Request, report dora.Report) Metrics {
	m := Metrics{Report: report}
	m.Repository, m.Address = repositoryOf(r)
	return m
}

// Noted returns the report with what readers should know: sentences in Markdown.
func (m Metrics) Noted(sentences ...string) Metrics {
	m.Notes = Page{Notes: m.Notes}.Noted(sentences...).Notes
	return m
}

// DORA returns the page of a DORA report.
func DORA(m Metrics) string {
	p := Page{Repository: m.Repository, Address: m.Address, At: m.Report.At, Zone: m.Report.Zone, Notes: m.Notes}
	sections := []markup.Node{p.notes()}
	if len(m.Report.Environments) == 0 {
		sections = append(sections, markup.Element("p", nil, markup.Text("There are no environments.")))
	}
	for i, one := range m.Report.Environments {
		sections = append(sections, doraView{p, m.Report, one, "e" + strconv.Itoa(i)}.section())
	}
	sections = append(sections, markup.Element("h2", nil, markup.Text("How it is counted")), plainList(m.Report.Notes()))
	return markup.Document(head("DORA metrics: "+brief(p.Repository)), markup.Group(shapes(),
		markup.Element("header", nil, markup.Element("h1", nil, markup.Text("DORA metrics")), p.about()),
		markup.Element("main", nil, sections...), footer("deployments, commits and issues")))
}

func plainList(all []string) markup.Node {
	if len(all) == 0 {
		return markup.Node{}
	}
	var items []markup.Node
	for _, one := range all {
		items = append(items, markup.Element("li", nil, markup.Text(one)))
	}
	return markup.Element("ul", class("plain"), items...)
}

// doraView is one environment of a report.
type doraView struct {
	Page

	report dora.Report
	dora.Environment

	id string
}

func (v doraView) section() markup.Node {
	metrics := v.rows(dora.Heads(), v.Metrics())
	return markup.Element("section", []markup.Attribute{markup.Attr("aria-labelledby", v.id)},
		markup.Element("h2", []markup.Attribute{markup.Attr("id", v.id)}, name(v.Name)),
		metrics,
		markup.Element("h3", class("over"), markup.Text("Deployments by week")), v.weekly(),
		markup.Element("h3", class("over"), markup.Text("Every deployment")), v.strip(), v.attempts(),
		markup.Element("div", class("pair"),
			markup.Element("div", nil, markup.Element("h3", class("over"), markup.Text("Change lead time")), v.distribution("lead", v.Lead)),
			markup.Element("div", nil, markup.Element("h3", class("over"), markup.Text("Failed deployment recovery time")), v.distribution("recovery", v.Recovery))),
		fold("Numbers behind the metrics", markup.Group(v.rows(dora.Heads(), v.Parts()), v.weekTable())),
		plainList(v.report.NotesOf(v.Environment)),
	)
}

func fold(summary string, content markup.Node) markup.Node {
	return markup.Element("details", nil, markup.Element("summary", nil, markup.Text(summary)), content)
}

// rows is a table of texts.
func (v doraView) rows(heads []string, rows []dora.Row) markup.Node {
	var all [][]markup.Node
	for _, row := range rows {
		var cells []markup.Node
		for _, text := range row {
			cells = append(cells, markup.Text(text))
		}
		all = append(all, cells)
	}
	return grid(append(class("numbers"), role("table"), markup.Attr("aria-labelledby", v.id)), heads, all)
}

func (v doraView) weekTable() markup.Node {
	var rows []dora.Row
	for _, week := range v.Weeks {
		label := week.Name
		if week.Partial {
			label += " (a part)"
		}
		rows = append(rows, dora.Row{label, week.From.Format(time.DateOnly), strconv.Itoa(week.Deployments), strconv.Itoa(week.Days), strconv.Itoa(week.Lead.N()), week.Lead.Text(dora.Median)})
	}
	return v.rows([]string{"Week", "From", "Deployments", "Days", "Changes", "Median lead time"}, rows)
}

// mostAttempts is how many deployments are listed in words.
const mostAttempts = 100

// attempts lists the newest deployments in words.
func (v doraView) attempts() markup.Node {
	all := v.Attempted[max(0, len(v.Attempted)-mostAttempts):]
	if len(all) == 0 {
		return markup.Node{}
	}
	var items []markup.Node
	for i := range all {
		one := all[len(all)-1-i]
		state, words := attemptState(one)
		parts := []markup.Node{sign(state), markup.Link(one.LogURL, markup.Text(words)), markup.Text(": "), commitOf(one.Deployment).node(), markup.Text(", "), v.time(one.At)}
		for _, rule := range one.Failures {
			parts = append(parts, markup.Text(", counts as failed: "+rule.Words()))
		}
		items = append(items, markup.Element("li", nil, parts...))
	}
	return fold("The last "+strconv.Itoa(len(items))+" in words", markup.Element("ol", nil, items...))
}

// attemptState is the sign of an attempt, and how it ended in words.
func attemptState(m *dora.Mark) (State, string) {
	switch m.Result {
	case releases.Succeeded:
		switch m.Kind {
		case releases.Rollback:
			return Back, "rolled back"
		case releases.Redeploy:
			return Good, "deployed again"
		case releases.First, releases.Forward:
		}
		return Good, "succeeded"
	case releases.Failed:
		return Bad, "failed"
	case releases.Aborted:
		return Ended, "aborted"
	case releases.Abandoned:
		return Ended, "ended without a result"
	case releases.Running:
		return Going, "in progress"
	}
	return Ended, "unknown"
}
