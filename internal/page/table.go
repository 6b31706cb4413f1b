package page

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/markup"
)

// column is one column of the table.
type column struct {
	title string
	cell  func(Page, Row) markup.Node
}

func (p Page) columns() []column {
	all := []column{
		{"Runs", func(_ Page, r Row) markup.Node { return r.runs() }},
		{"Since", func(p Page, r Row) markup.Node { return p.time(r.Since) }},
		{"By", func(_ Page, r Row) markup.Node { return orDash(r.By) }},
		{"State", func(_ Page, r Row) markup.Node {
			return markup.Group(sign(r.State), markup.Link(r.Link, markup.Text(r.Words)))
		}},
		{"Lock", func(_ Page, r Row) markup.Node {
			if r.Lock == nil {
				return orDash("")
			}
			return orDash(r.Lock.Text)
		}},
	}
	if slices.ContainsFunc(p.Rows, func(r Row) bool { return len(r.Freezes) > 0 }) {
		all = append(all, column{"Freeze", Page.freezes})
	}
	return all
}

// freezes lists what has not ended.
func (p Page) freezes(r Row) markup.Node {
	var parts []markup.Node
	for _, freeze := range r.Freezes {
		if freeze.Until.IsZero() || freeze.Until.After(p.At) {
			parts = append(parts, markup.Element("div", nil, name(freeze.Text)))
		}
	}
	if len(parts) == 0 {
		return orDash("")
	}
	return markup.Group(parts...)
}

// runs says what runs in an environment.
func (r Row) runs() markup.Node {
	if r.Untold {
		return markup.Text("unknown")
	}
	return r.Runs.node()
}

func orDash(text string) markup.Node {
	if text == "" {
		return markup.Text("–")
	}
	return name(text)
}

// table is what runs where.
func (p Page) table() markup.Node {
	if len(p.Rows) == 0 {
		return markup.Node{}
	}
	heads := []string{"Environment"}
	for _, one := range p.columns() {
		heads = append(heads, one.title)
	}
	var rows [][]markup.Node
	for _, row := range p.Rows {
		cells := []markup.Node{markup.Link(row.Address, name(row.Environment))}
		for _, one := range p.columns() {
			cells = append(cells, one.cell(p, row))
		}
		rows = append(rows, cells)
	}
	return markup.Element("section", []markup.Attribute{markup.Attr("aria-labelledby", "now")},
		markup.Element("h2", []markup.Attribute{markup.Attr("id", "now")}, markup.Text("Now")),
		grid([]markup.Attribute{role("table"), markup.Attr("aria-labelledby", "now")}, heads, rows))
}

func role(name string) markup.Attribute { return markup.Attr("role", name) }

// grid is a table, whose first column names the rows. On a narrow screen each row is a block: the roles keep it a table for
// screen readers.
func grid(attributes []markup.Attribute, heads []string, rows [][]markup.Node) markup.Node {
	var head, body []markup.Node
	for _, one := range heads {
		head = append(head, markup.Element("th", []markup.Attribute{role("columnheader"), markup.Attr("scope", "col")}, markup.Text(one)))
	}
	for _, row := range rows {
		cells := []markup.Node{markup.Element("th", []markup.Attribute{role("rowheader"), markup.Attr("scope", "row")}, row[0])}
		for i, cell := range row[1:] {
			cells = append(cells, markup.Element("td", []markup.Attribute{role("cell"), markup.Attr("data-label", heads[i+1])}, markup.Element("div", nil, cell)))
		}
		body = append(body, markup.Element("tr", []markup.Attribute{role("row")}, cells...))
	}
	return markup.Element("table", attributes,
		markup.Element("thead", []markup.Attribute{role("rowgroup")}, markup.Element("tr", []markup.Attribute{role("row")}, head...)),
		markup.Element("tbody", []markup.Attribute{role("rowgroup")}, body...))
}
