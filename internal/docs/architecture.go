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

// drawn reports whether the diagram and the table of packages show a package: commands and the packages right below
// internal.
func drawn(name string) bool {
	inside := strings.Contains(name, "/") && !strings.HasPrefix(name, "cmd/")
	return !inside && name != "testdata"
}

// importDiagram draws who imports whom, without the helpers. An arrow is left out where others lead to the same package.
func importDiagram(m *maker, _ block) string {
	all := importGraph(m)
	skipped := func(name string) bool { return !drawn(name) || slices.Contains(Helpers(), name) }
	var b strings.Builder
	b.WriteString("\n```mermaid\nflowchart TD\n")
	for _, name := range slices.DeleteFunc(slices.Sorted(maps.Keys(all)), skipped) {
		var targets []string
		for _, to := range all[name] {
			if !skipped(to) && !around(all, name, to) {
				targets = append(targets, to)
			}
		}
		if len(targets) > 0 || !imported(all, name) {
			b.WriteString("  " + arrows(name, targets) + "\n")
		}
	}
	b.WriteString("  classDef pure fill:#dafbe1,stroke:#1a7f37,color:#1f2328\n  class " + strings.Join(slices.DeleteFunc(Pure(), skipped), ",") + " pure\n```\n\n")
	return b.String()
}

// imported reports whether a package of the diagram leads to another, which is then drawn already.
func imported(all map[string][]string, name string) bool {
	for by, imports := range all {
		if drawn(by) && slices.Contains(imports, name) {
			return true
		}
	}
	return false
}

// arrows is a line of the diagram: a package, and what it imports.
func arrows(name string, targets []string) string {
	line := node(name)
	if len(targets) > 0 {
		line += " --> " + strings.Join(targets, " & ")
	}
	return line
}

// around reports whether another import of a package leads to the same one.
func around(all map[string][]string, from, to string) bool {
	return slices.ContainsFunc(all[from], func(via string) bool { return via != to && reaches(all, via, to) })
}

func reaches(all map[string][]string, from, to string) bool {
	return from == to || slices.ContainsFunc(all[from], func(via string) bool { return reaches(all, via, to) })
}

// node is a package in the diagram. A name with a slash is the label of a node, whose own name has none.
func node(name string) string {
	if identifier := strings.ReplaceAll(name, "/", "_"); identifier != name {
		return identifier + `["` + name + `"]`
	}
	return name
}

// packageTable says of each package what its comment says first, as far as its colon.
func packageTable(m *maker, _ block) string {
	says := firstSentences(m)
	var rows [][]string
	for _, name := range slices.Sorted(maps.Keys(importGraph(m))) {
		m.check(says[name] != "", "%s has no package comment", name)
		if drawn(name) {
			short, _, _ := strings.Cut(strings.TrimSuffix(says[name], "."), ": ")
			rows = append(rows, []string{markdown.Cell(name), cell(short)})
		}
	}
	return table([]string{"Package", "What it does"}, rows)
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
