package arch

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/message"
)

// block is a generated part of a page: what stands between <!-- name: arguments --> and
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

// rows are the cells of the table that stands in the block now, without its heading.
func (b block) rows() [][]string {
	var rows [][]string
	for line := range strings.Lines(b.text) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "|") {
			rows = append(rows, cells(line))
		}
	}
	return rows[min(2, len(rows)):]
}

// generators make the blocks anew. They get the old block, because some tables are filled in: what a
// person writes in one column decides what the code says in another.
func generators() map[string]func(*testing.T, block) string {
	return map[string]func(*testing.T, block) string{
		"inputs":      inputTable,
		"outputs":     outputTable,
		"commands":    commandTable,
		"examples":    exampleTable,
		"params":      paramTable,
		"values":      valueTable,
		"reasons":     reasonTable,
		"gates":       gateTable,
		"situations":  situationTable,
		"answers":     answerTable,
		"matrix":      matrixTable,
		"reports":     reportTable,
		"lagging":     laggingTable,
		"permissions": permissionTable,
		"holds":       holdTable,
		"lockfile":    lockFileTable,
		"variables":   variableTable,
		"says":        sample,
		"phrases":     phraseTable,
		"receivers":   receiverTable,
		"sinkkeys":    sinkKeyTable,
		"webhook":     webhookSample,
		"checkups":    checkupTable,
		"workflows":   workflowTable,
		"imports":     importDiagram,
		"packages":    packageTable,
		"codes":       codeTable,
		"dropin":      dropInTable,
		"stricter":    strictTable,
	}
}

// Tables in the documentation are what the code says. One page alone is rewritten by
// go test ./internal/arch -run TestTables/security.md -update. When the code has new rows, their texts
// are to be written by hand.
func TestTables(t *testing.T) {
	elsewhere := []string{"verbs", "wants", "requests", "counts"} // the rehearsal looks after these
	found := map[string]bool{}
	for _, path := range documentation(t) {
		for _, b := range blocks(t, path) {
			found[b.name] = true
			generate, known := generators()[b.name]
			if !known {
				assert.Contains(t, elsewhere, b.name, "%s: nothing generates this block", path)
				continue
			}
			t.Run(filepath.Base(path)+"/"+b.name, func(t *testing.T) {
				fresh := b
				fresh.text = generate(t, b)
				if *update {
					require.NoError(t, os.WriteFile(path, []byte(strings.Replace(read(t, path), b.String(), fresh.String(), 1)), 0o644))
					return
				}
				assert.Equal(t, fresh.text, b.text, "go test ./internal/arch -update rewrites it")
			})
		}
	}
	for name := range generators() {
		assert.True(t, found[name], "no page has the markers <!-- %s --> and <!-- /%s -->", name, name)
	}
}

// blocks finds the generated parts of a page.
func blocks(t *testing.T, path string) []block {
	t.Helper()
	text := read(t, path)
	opening := regexp.MustCompile(`(?m)^<!-- ([a-z]+)(?:: (.*))? -->\n`)
	var all []block
	for _, at := range opening.FindAllStringSubmatchIndex(text, -1) {
		b := block{name: text[at[2]:at[3]]}
		if at[4] >= 0 {
			b.arguments = text[at[4]:at[5]]
		}
		var closed bool
		b.text, _, closed = strings.Cut(text[at[1]:], "<!-- /"+b.name+" -->\n")
		require.True(t, closed, "%s: <!-- %s --> has no end", path, b.name)
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
func kept(t *testing.T, b block, key string, from, columns int) []string {
	t.Helper()
	for _, row := range b.rows() {
		if row[0] != key {
			continue
		}
		texts := make([]string, columns)
		for i := range texts {
			texts[i] = column(row, from+i)
			assert.NotEmpty(t, texts[i], "the row of %s wants a text in column %d", key, from+i+1)
		}
		return texts
	}
	if !*update {
		assert.Fail(t, "a row is missing", key)
	}
	return make([]string, columns)
}

// inputTable lists every input, or those that the arguments name.
func inputTable(t *testing.T, b block) string {
	t.Helper()
	var rows [][]string
	for _, name := range b.words() {
		known := slices.ContainsFunc(config.Inputs(), func(input config.Input) bool { return input.Name == name })
		assert.True(t, known, "there is no input %q", name)
	}
	for _, input := range config.Inputs() {
		if b.arguments != "" && !slices.Contains(b.words(), input.Name) {
			continue
		}
		fallback, text := "", input.Description
		if input.Default != "" {
			fallback = markdown.Cell(input.Default)
		}
		for i, alias := range input.Aliases {
			text += [2]string{"; also accepted as ", ", "}[min(i, 1)] + markdown.Cell(alias)
		}
		rows = append(rows, []string{markdown.Cell(input.Name), fallback, cell(text)})
	}
	return table([]string{"Input", "Default", "What it does"}, rows)
}

// outputTable lists every output, or those that the arguments name.
func outputTable(t *testing.T, b block) string {
	t.Helper()
	for _, name := range b.words() {
		assert.Contains(t, outputNames(), name)
	}
	var rows [][]string
	for _, output := range config.Outputs() {
		if b.arguments != "" && !slices.Contains(b.words(), output.Name) {
			continue
		}
		rows = append(rows, []string{markdown.Cell(output.Name), cell(output.Description)})
	}
	return table([]string{"Output", "What it holds"}, rows)
}

func commandTable(t *testing.T, _ block) string {
	t.Helper()
	return "\n" + message.CommandTable(settings(t, nil)) + "\n"
}

// The page of the inputs shows each of them once, in whatever groups.
func TestInputsPageIsComplete(t *testing.T) {
	t.Parallel()
	var got, want []string
	for _, b := range blocks(t, filepath.Join(root, "docs", "inputs.md")) {
		if b.name == "inputs" {
			got = append(got, b.words()...)
		}
	}
	for _, input := range config.Inputs() {
		want = append(want, input.Name)
	}
	assert.ElementsMatch(t, want, got)
}

// settings reads the inputs' defaults and what a row of a table sets instead.
func settings(t *testing.T, with map[string]string) config.Config {
	t.Helper()
	c, err := tryOut(with)
	require.NoError(t, err, "%v", with)
	return c
}

// tryOut does the same and leaves errors to the caller. Like a command, it takes production for the
// environment where none is set.
func tryOut(with map[string]string) (config.Config, error) {
	inputs := config.Defaults()
	inputs["mode"], inputs["environment"], inputs["github_token"], inputs["status"] = "comment", "production", "token", "success"
	maps.Copy(inputs, with)
	return config.Read(config.Source{
		Input:  func(name string) string { return inputs[name] },
		Getenv: func(string) string { return "" },
	})
}

// assigned reads arguments of the form name=value.
func assigned(t *testing.T, words []string) map[string]string {
	t.Helper()
	with := map[string]string{}
	for _, word := range words {
		name, value, found := strings.Cut(word, "=")
		require.True(t, found, "want name=value, got %q", word)
		with[name] = value
	}
	return with
}

// codes shows a text with one gap as code.
func codes(format string, text any) string { return markdown.Cell(fmt.Sprintf(format, text)) }
