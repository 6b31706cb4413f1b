package docs

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/track"
)

// generators make the blocks anew. They get the old block, because some tables are filled in: what a
// person writes in one column decides what the code says in another.
func generators() map[string]func(*maker, block) string {
	return map[string]func(*maker, block) string{
		"inputs":      inputTable,
		"manifest":    manifestSample,
		"dora":        doraSample,
		"outputs":     outputTable,
		"commands":    commandTable,
		"examples":    exampleTable,
		"params":      paramTable,
		"values":      valueTable,
		"reasons":     reasonTable,
		"gates":       gateTable,
		"situations":  situationTable,
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
		"assumptions": assumptionTable,
		"keys":        keyTable,
		"held":        heldTable,
		"file":        fileBlock,
	}
}

// inputTable lists every input, or those that the arguments name.
func inputTable(m *maker, b block) string {
	var rows [][]string
	for _, name := range b.words() {
		known := slices.ContainsFunc(config.Inputs(track.SinkTypes()...), func(input config.Input) bool { return input.Name == name })
		m.check(known, "there is no input %q", name)
	}
	for _, input := range config.Inputs(track.SinkTypes()...) {
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
func outputTable(m *maker, b block) string {
	for _, name := range b.words() {
		m.check(slices.Contains(config.OutputNames(), name), "there is no output %q", name)
	}
	var rows [][]string
	for _, output := range config.Outputs() {
		if b.arguments != "" && !slices.Contains(b.words(), output.Name) {
			continue
		}
		rows = append(rows, []string{markdown.Cell(output.Name), cell(output.Description)})
	}
	return table([]string{"Output", "Content"}, rows)
}

func commandTable(m *maker, _ block) string {
	return "\n" + message.CommandTable(settings(m, nil)) + "\n"
}

// settings reads the inputs' defaults and what a row of a table sets instead.
func settings(m *maker, with map[string]string) config.Config {
	key := fmt.Sprint(with) // in the order of the names
	if c, known := m.known[key]; known {
		return c
	}
	c, err := tryOut(with)
	m.must(err)
	m.known[key] = c
	return c
}

// tryOut does the same and leaves errors to the caller. Like a command, it takes production for the
// environment where none is set.
func tryOut(with map[string]string) (config.Config, error) {
	inputs := config.Defaults(track.SinkTypes()...)
	inputs["mode"], inputs["environment"], inputs["github_token"], inputs["status"] = "comment", "production", "token", "success"
	maps.Copy(inputs, with)
	return config.Read(config.SourceOf(inputs), track.SinkTypes()...)
}

// assigned reads arguments of the form name=value.
func assigned(m *maker, words []string) map[string]string {
	with := map[string]string{}
	for _, word := range words {
		name, value, found := strings.Cut(word, "=")
		m.require(found, "want name=value, got %q", word)
		with[name] = value
	}
	return with
}

// codes shows a text with one gap as code.
func codes(format string, text any) string { return markdown.Cell(fmt.Sprintf(format, text)) }
