package docs

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/lockstep-action/lockstep/internal/markdown"
)

// published is a workflow that people may copy: from a page, or from the examples.
type published struct {
	page string // or the file, as seen from the root
	text string
	workflow
}

// workflow is what is looked at in a workflow.
type workflow struct {
	On          yaml.Node
	Env         map[string]string
	Permissions map[string]string
	Jobs        map[string]job
}

// job is one of a workflow's.
type job struct {
	Needs          yaml.Node
	If             string
	Uses           string
	TimeoutMinutes string    `yaml:"timeout-minutes"` // a number, or an expression
	Environment    yaml.Node // a name, or a mapping
	Permissions    map[string]string
	Outputs        map[string]string
	Steps          []step
}

// step is one of a job's.
type step struct {
	Uses string
	Run  string
	With map[string]string
}

// exampleFiles lists the workflows in the folder examples.
func exampleFiles(m *maker) []published {
	paths, err := filepath.Glob(m.path("examples", "*.yml"))
	m.must(err)
	m.require(len(paths) > 0, "there are no examples")
	var all []published
	for _, path := range paths {
		all = append(all, parsed(m, path, read(m, path)))
	}
	return all
}

func parsed(m *maker, path, text string) published {
	w := published{page: m.name(path), text: text}
	m.must(yaml.Unmarshal([]byte(text), &w.workflow))
	m.require(len(w.Jobs) > 0, "%s has no jobs", path)
	return w
}

// events lists the events that a workflow runs on.
func (w workflow) events() []string {
	if w.On.Kind == yaml.ScalarNode {
		return []string{w.On.Value}
	}
	var names []string
	for i := 0; i < len(w.On.Content); i += 2 {
		names = append(names, w.On.Content[i].Value)
	}
	return names
}

// workflowTable lists the examples: what the first line of each says, and what its jobs may do when
// taken together. The rows keep their order.
func workflowTable(m *maker, b block) string {
	var order []string
	for _, row := range b.rows() {
		order = append(order, row[0])
	}
	var rows [][]string
	for _, example := range exampleFiles(m) {
		name := strings.TrimPrefix(example.page, "examples/")
		first, _, _ := strings.Cut(example.text, "\n")
		meaning, isComment := strings.CutPrefix(first, "# ")
		m.require(isComment, "%s begins with a comment that says what it is for", example.page)
		rows = append(rows, []string{
			"[" + name + "](" + name + ")", cell(meaning), markdown.Codes(example.events(), ", "), granted(example.workflow),
		})
	}
	slices.SortStableFunc(rows, func(a, b []string) int {
		return cmp.Compare(uint(slices.Index(order, a[0])), uint(slices.Index(order, b[0]))) // new ones come last
	})
	return table([]string{"Workflow", "What it is for", "Runs on", "Permissions"}, rows)
}

// granted is what a workflow's jobs may do, with one word for what commands need.
func granted(w workflow) string {
	scopes := map[string]string{}
	for _, job := range w.Jobs {
		for scope, level := range job.Permissions {
			scopes[scope] = max(scopes[scope], level) // write comes after read
		}
	}
	six := map[string]string{
		"actions": "read", "checks": "read", "contents": "write", "deployments": "write", "pull-requests": "write", "statuses": "read",
	}
	var all []string
	if isPart(six, scopes) {
		all = append(all, "the six")
		maps.DeleteFunc(scopes, func(scope, _ string) bool { return six[scope] != "" })
	}
	for _, scope := range slices.Sorted(maps.Keys(scopes)) {
		all = append(all, markdown.Cell(scope+": "+scopes[scope]))
	}
	return strings.Join(all, ", ")
}

// isPart reports whether one map holds all of another.
func isPart(part, whole map[string]string) bool {
	for key, value := range part {
		if whole[key] != value {
			return false
		}
	}
	return true
}
