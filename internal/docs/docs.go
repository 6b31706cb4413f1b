// Package docs makes what is generated in the documentation: tables, diagrams and samples between markers in the
// pages, the inputs and outputs of action.yml, and the schema of the rules file. It makes them with the code that
// they are about.
package docs

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// Result is what [Render] found.
type Result struct {
	Stale    map[string]string // text that files should have, by path from the root, without those that have it
	Problems []string          // what no generator can mend, such as a row that wants a text
}

// Render makes the generated parts of all files below the module's root.
func Render(root string) Result {
	m := newMaker(root)
	result := Result{Stale: map[string]string{}}
	for _, path := range append(documentation(m), m.path("action.yml")) {
		name := m.name(path)
		m.try(name, func() {
			text := read(m, path)
			if fresh := m.fresh(name, text); fresh != text {
				result.Stale[name] = fresh
			}
		})
	}
	for name, fresh := range wholeFiles() {
		if text, err := os.ReadFile(m.path(name)); err != nil || string(text) != string(fresh) {
			result.Stale[name] = string(fresh)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(generators())) {
		if !m.shown[name] {
			m.problems = append(m.problems, fmt.Sprintf("no page has the markers <!-- %s --> and <!-- /%s -->", name, name))
		}
	}
	result.Problems = m.problems
	return result
}

// wholeFiles are the files that nothing but a program writes, by path from the root.
func wholeFiles() map[string][]byte {
	return map[string][]byte{"schema/lockstep.schema.json": policy.Schema()}
}

// Elsewhere are the blocks that the tests of package rehearse look after, since they need virtual time.
func Elsewhere() []string { return []string{"requests", "rulesrequests", "verbs", "wants"} }

// fresh is the text of a file with its generated parts made anew.
func (m *maker) fresh(name, text string) string {
	if name == "action.yml" {
		return metadata(m, text)
	}
	for _, b := range blocks(m, text) {
		m.shown[b.name] = true
		generate, known := generators()[b.name]
		if !known {
			m.check(slices.Contains(Elsewhere(), b.name), "%s: nothing generates the block %s", name, b.name)
			continue
		}
		m.try(name+": "+b.name, func() {
			fresh := b
			// A fence that shares its line with something ends no block of code.
			fresh.text = strings.TrimSuffix(generate(m, b), "\n") + "\n"
			text = strings.Replace(text, b.String(), fresh.String(), 1)
		})
	}
	return text
}

// maker knows where the files are, and notes what is wrong with them.
type maker struct {
	root     string
	where    string
	problems []string
	shown    map[string]bool          // blocks, by name
	known    map[string]config.Config // settings by inputs
	imports  map[string][]string      // importGraph, nil until it is asked for
	said     string                   // productText, "" until it is asked for
}

func newMaker(root string) *maker {
	return &maker{root: root, shown: map[string]bool{}, known: map[string]config.Config{}}
}

// failure ends a generator.
type failure struct{ error }

// try runs a generator. When it fails, that is noted, and what it makes stays as it is.
func (m *maker) try(where string, generate func()) {
	before := m.where
	m.where = where
	defer func() {
		m.where = before
		switch problem := recover().(type) {
		case nil:
		case failure:
			m.problems = append(m.problems, where+": "+problem.Error())
		default:
			panic(problem)
		}
	}()
	generate()
}

// must ends the generator when there is an error.
func (m *maker) must(err error) {
	if err != nil {
		panic(failure{err})
	}
}

// require ends the generator unless a condition holds, which the text describes.
func (m *maker) require(ok bool, format string, args ...any) { //nolint:revive // it is an assertion
	if !ok {
		panic(failure{fmt.Errorf(format, args...)})
	}
}

// check notes a problem, and goes on.
func (m *maker) check(ok bool, format string, args ...any) { //nolint:revive // it is an assertion
	if !ok {
		m.problems = append(m.problems, m.where+": "+fmt.Sprintf(format, args...))
	}
}

// path is the place of a file that is named from the root.
func (m *maker) path(elements ...string) string {
	return filepath.Join(append([]string{m.root}, elements...)...)
}

// name is a path from the root.
func (m *maker) name(path string) string {
	name, err := filepath.Rel(m.root, path)
	m.must(err)
	return filepath.ToSlash(name)
}

// Write puts the texts of a result into their files.
func (r Result) Write(root string) error {
	for name, text := range r.Stale {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // for everyone to read, as before
			return fmt.Errorf("make directory of page: %w", err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil { //nolint:gosec // for everyone to read, as before
			return fmt.Errorf("write page: %w", err)
		}
	}
	return nil
}
