package arch

import (
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/markdown"
)

// importGraph lists for each package which of our packages its code imports, without the standard library
// and what others wrote.
func importGraph(t *testing.T) map[string][]string {
	t.Helper()
	all := packages(t, "{{.ImportPath}}{{range .Imports}} {{.}}{{end}}")
	for name, imports := range all {
		var ours []string
		for _, path := range imports {
			if strings.HasPrefix(path, module+"/") {
				ours = append(ours, short(path))
			}
		}
		slices.Sort(ours)
		all[name] = ours
	}
	return all
}

// helpers know nothing of the product, and many packages use them.
func helpers() []string { return []string{"envname", "js", "markdown", "period", "wait"} }

// The diagram leaves helpers out because they lead nowhere.
func TestHelpersKnowNothingOfTheProduct(t *testing.T) {
	t.Parallel()
	all := importGraph(t)
	for _, name := range helpers() {
		imports, found := all[name]
		assert.True(t, found, name)
		assert.Empty(t, imports, name)
	}
}

// drawn tells which packages the diagram shows: commands and the packages right below internal, without
// the helpers.
func drawn(name string) bool {
	inside := strings.Contains(name, "/") && !strings.HasPrefix(name, "cmd/")
	return !inside && name != "testdata" && !slices.Contains(helpers(), name)
}

// importDiagram draws who imports whom. An arrow is left out where others lead to the same package.
func importDiagram(t *testing.T, _ block) string {
	t.Helper()
	all := importGraph(t)
	var b strings.Builder
	b.WriteString("\n```mermaid\nflowchart TD\n")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !drawn(name) {
			continue
		}
		b.WriteString("  " + node(name) + "\n")
		for _, to := range all[name] {
			if drawn(to) && !around(all, name, to) {
				b.WriteString("  " + identifier(name) + " --> " + identifier(to) + "\n")
			}
		}
	}
	b.WriteString("  classDef pure fill:#dafbe1,stroke:#1a7f37,color:#1f2328\n  class " + strings.Join(pureAndDrawn(), ",") + " pure\n```\n\n")
	return b.String()
}

// around tells whether another import of a package leads to the same one.
func around(all map[string][]string, from, to string) bool {
	return slices.ContainsFunc(all[from], func(via string) bool { return via != to && reaches(all, via, to) })
}

func reaches(all map[string][]string, from, to string) bool {
	return from == to || slices.ContainsFunc(all[from], func(via string) bool { return reaches(all, via, to) })
}

// pureAndDrawn are the packages that decide without I/O.
func pureAndDrawn() []string {
	return slices.DeleteFunc(purePackages(), func(name string) bool { return !drawn(name) })
}

// node is a package in the diagram, under a name without signs that mean something there.
func node(name string) string { return identifier(name) + `["` + name + `"]` }

func identifier(name string) string { return strings.ReplaceAll(name, "/", "_") }

// packageTable says of each package what its comment says first, and which of ours it imports.
func packageTable(t *testing.T, _ block) string {
	t.Helper()
	all := importGraph(t)
	says := firstSentences(t)
	var rows [][]string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		assert.NotEmpty(t, says[name], "%s has no package comment", name)
		rows = append(rows, []string{markdown.Cell(name), cell(says[name]), strings.Join(all[name], ", ")})
	}
	return table([]string{"Package", "Its comment says", "Imports of ours"}, rows)
}

// firstSentences are what package comments begin with, without the words that begin them all.
func firstSentences(t *testing.T) map[string]string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-f", "{{.ImportPath}}\t{{.Doc}}", "./...")
	list.Dir = root
	out, err := list.Output()
	require.NoError(t, err)
	says := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, sentence, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if words := strings.SplitN(sentence, " ", 3); len(words) == 3 {
			first, size := utf8.DecodeRuneInString(words[2])
			says[short(path)] = string(unicode.ToUpper(first)) + words[2][size:]
		}
	}
	return says
}

// A diagram that shows the wrong arrows helps nobody.
func TestAround(t *testing.T) {
	t.Parallel()
	all := map[string][]string{"a": {"b", "c"}, "b": {"c"}, "c": nil}
	assert.True(t, around(all, "a", "c"), "through b")
	assert.False(t, around(all, "a", "b"))
	assert.False(t, around(all, "b", "c"))
}
