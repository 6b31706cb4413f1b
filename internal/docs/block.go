package docs

import (
	"regexp"
	"strings"
)

// block is a generated part of a page: what is between <!-- name: arguments --> and
// <!-- /name -->. The arguments are optional words.
type block struct {
	name, arguments, text string
}

// String is the block with its markers.
func (b block) String() string {
	opening := b.name
	if b.arguments != "" {
		opening += ": " + b.arguments
	}
	return "<!-- " + opening + " -->\n" + b.text + "<!-- /" + b.name + " -->\n"
}

// words are the arguments.
func (b block) words() []string { return strings.Fields(b.arguments) }

// rows are the cells of the block's table as it is now, without its heading.
func (b block) rows() [][]string {
	var rows [][]string
	for line := range strings.Lines(b.text) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "|") {
			rows = append(rows, cells(line))
		}
	}
	return rows[min(2, len(rows)):]
}

// opening is the marker that a block begins with.
var opening = regexp.MustCompile(`(?m)^<!-- ([a-z]+)(?:: (.*))? -->\n`)

// blocks finds the generated parts of a page.
func blocks(m *maker, text string) []block {
	var all []block
	for _, at := range opening.FindAllStringSubmatchIndex(text, -1) {
		b := block{name: text[at[2]:at[3]]}
		if at[4] >= 0 {
			b.arguments = text[at[4]:at[5]]
		}
		var closed bool
		b.text, _, closed = strings.Cut(text[at[1]:], "<!-- /"+b.name+" -->\n")
		m.require(closed, "<!-- %s --> has no end", b.name)
		all = append(all, b)
	}
	return all
}

// table writes a Markdown table with blank lines around it.
func table(heading []string, rows [][]string) string {
	var b strings.Builder
	b.WriteString("\n| " + strings.Join(heading, " | ") + " |\n|" + strings.Repeat(" --- |", len(heading)) + "\n")
	for _, row := range rows {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
	return b.String() + "\n"
}

// cells splits a table's row; a bar behind a backslash does not end a cell.
func cells(line string) []string {
	const bar = "\x00"
	line = strings.ReplaceAll(line, `\|`, bar)
	line = strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|")
	var all []string
	for cell := range strings.SplitSeq(line, "|") {
		all = append(all, strings.ReplaceAll(strings.TrimSpace(cell), bar, `\|`))
	}
	return all
}

// plain takes a cell's text out of its code span. Signs stand for what a table cannot show: ⏎ for a
// line break, ⇥ for a tabulator.
func plain(cell string) string {
	ticks := len(cell) - len(strings.TrimLeft(cell, "`"))
	if 2*ticks < len(cell) {
		cell = cell[ticks : len(cell)-ticks]
	}
	if ticks > 1 {
		cell = strings.TrimSpace(cell)
	}
	return strings.NewReplacer(`\|`, "|", "⏎", "\n", "⇥", "\t").Replace(cell)
}

// cell escapes the one character that ends a table's cell, inside code as well.
func cell(text string) string {
	return strings.ReplaceAll(text, "|", `\|`)
}

// column is a cell of a row that may be shorter.
func column(row []string, i int) string {
	if i < len(row) {
		return row[i]
	}
	return ""
}

// kept finds what a person wrote into the columns from a given one on, by the code in the first.
func kept(m *maker, b block, key string, from, columns int) []string {
	for _, row := range b.rows() {
		if row[0] != key {
			continue
		}
		texts := make([]string, columns)
		for i := range texts {
			texts[i] = column(row, from+i)
			m.check(texts[i] != "", "the row of %s wants a text in column %d", key, from+i+1)
		}
		return texts
	}
	m.check(false, "the row of %s is new: write its text", key)
	return make([]string, columns)
}
