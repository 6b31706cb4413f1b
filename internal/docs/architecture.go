package docs

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lockstep-action/lockstep/internal/markdown"
)

// importGraph lists for each package which of our packages its code imports, without the standard library
// and what others wrote.
func importGraph(m *maker) map[string][]string {
	if m.imports != nil {
		return m.imports
	}
	all, err := Packages(m.root, "{{.ImportPath}}{{range .Imports}} {{.}}{{end}}")
	m.must(err)
	for name, imports := range all {
		var ours []string
		for _, path := range imports {
			if strings.HasPrefix(path, module+"/") {
				ours = append(ours, Short(path))
			}
		}
		slices.Sort(ours)
		all[name] = ours
	}
	m.imports = all
	return all
}

// drawn tells which packages the diagram shows: commands and the packages right below internal, without
// the helpers.
func drawn(name string) bool {
	inside := strings.Contains(name, "/") && !strings.HasPrefix(name, "cmd/")
	return !inside && name != "testdata" && !slices.Contains(Helpers(), name)
}

// importDiagram draws who imports whom. An arrow is left out where others lead to the same package.
func importDiagram(m *maker, _ block) string {
	all := importGraph(m)
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
	return slices.DeleteFunc(Pure(), func(name string) bool { return !drawn(name) })
}

// node is a package in the diagram, under a name without signs that mean something there.
func node(name string) string { return identifier(name) + `["` + name + `"]` }

func identifier(name string) string { return strings.ReplaceAll(name, "/", "_") }

// packageTable says of each package what its comment says first, and which of ours it imports.
func packageTable(m *maker, _ block) string {
	all := importGraph(m)
	says := firstSentences(m)
	var rows [][]string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		m.check(says[name] != "", "%s has no package comment", name)
		rows = append(rows, []string{markdown.Cell(name), cell(says[name]), strings.Join(all[name], ", ")})
	}
	return table([]string{"Package", "Its comment says", "Imports of ours"}, rows)
}

// firstSentences are what package comments begin with, without the words that begin them all.
func firstSentences(m *maker) map[string]string {
	lines, err := listed(m.root, "{{.ImportPath}}\t{{.Doc}}")
	m.must(err)
	says := map[string]string{}
	for _, line := range lines {
		path, sentence, _ := strings.Cut(line, "\t")
		if words := strings.SplitN(sentence, " ", 3); len(words) == 3 {
			first, size := utf8.DecodeRuneInString(words[2])
			says[Short(path)] = string(unicode.ToUpper(first)) + words[2][size:]
		}
	}
	return says
}
