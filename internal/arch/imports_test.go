// Package arch holds tests only. They keep the parts of the repository in step with each other:
// who may import whom, action.yml and the documentation with the code, and workflows with
// GitHub's rules for them.
package arch

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	module = "github.com/lockstep-action/lockstep"
	root   = "../.." // the module's directory, as seen from this one
)

// allowed lists, for each package, everything outside the standard library that its code (not its
// tests) may import. A name without a dot is a package below internal; a module stands for all of
// its packages. The leaves js and markdown know nothing of the product.
func allowed() map[string][]string {
	return map[string][]string{
		"js":       {},
		"markdown": {},
		"wait":     {},
		"period":   {},
		"template": {"js"},
		"event":    {},
		"command":  {"js", "markdown", "period"},
		"lock":     {"js", "markdown"},
		"config":   {"js", "markdown", "period", "go.yaml.in/yaml/v3", "github.com/agnivade/levenshtein"},
		"workflow": {"go.yaml.in/yaml/v3"},
		"deploy":   {"command", "config", "event", "js", "lock", "markdown"},
		"message":  {"command", "config", "deploy", "js", "lock", "markdown", "period", "template"},
		"doctor":   {"config", "deploy", "lock", "markdown", "template", "workflow", "github.com/agnivade/levenshtein"},
		"plan":     {"command", "config", "deploy", "js", "lock", "markdown", "message"},
		"runner":   {"config", "event", "js", "github.com/sethvargo/go-githubactions"},
		"gh": {
			"config", "deploy", "doctor", "event", "js", "lock", "markdown", "plan", "wait",
			"github.com/google/go-github/v60", "github.com/shurcooL/githubv4", "golang.org/x/oauth2", "golang.org/x/sync",
		},
		"track": {"config", "deploy", "js", "markdown", "plan", "wait", "github.com/google/uuid"},
		"app": {
			"command", "config", "deploy", "doctor", "event", "gh", "js", "lock", "markdown", "message", "plan", "runner", "template", "track", "wait",
		},
		"main": {"app", "runner"},

		// What follows is not part of the shipped program.
		"sim":                   {"sim/git", "sim/graph", "github.com/vektah/gqlparser/v2", "github.com/getkin/kin-openapi"},
		"sim/git":               {},
		"sim/graph":             {"github.com/vektah/gqlparser/v2"},
		"rehearse":              {"app", "runner", "runner/runnertest", "sim", "testdata", "golang.org/x/tools"},
		"cmd/rehearse":          {"rehearse"},
		"cmd/release":           {"release", "github.com/google/go-github/v60"},
		"release":               {"github.com/google/go-github/v60", "golang.org/x/mod"},
		"runner/runnertest":     {},
		"markdown/markdowntest": {},
		"testdata":              {},
		"tools/licenses":        {},
		"tools/schema":          {"github.com/vektah/gqlparser/v2", "github.com/getkin/kin-openapi"},
	}
}

func TestImports(t *testing.T) {
	t.Parallel()
	for name, imports := range packages(t, "{{.ImportPath}}{{range .Imports}} {{.}}{{end}}") {
		may, known := allowed()[name]
		assert.True(t, known, "package %s has no line in allowed", name)
		for _, path := range imports {
			if !slices.ContainsFunc(may, func(pattern string) bool { return covers(pattern, path) }) {
				t.Errorf("%s may not import %s", name, path)
			}
		}
	}
}

// The simulator and the product must not share a mistake, and the simulator's tests are there to
// find its own.
func TestSimulatorKnowsNothingOfTheProduct(t *testing.T) {
	t.Parallel()
	for name, imports := range packages(t, "{{.ImportPath}}{{range .TestImports}} {{.}}{{end}}{{range .XTestImports}} {{.}}{{end}}") {
		if name != "sim" && !strings.HasPrefix(name, "sim/") {
			continue
		}
		for _, path := range imports {
			inside := strings.HasPrefix(path, module+"/")
			if inside && !strings.HasPrefix(path, module+"/internal/sim") && path != module+"/testdata" {
				t.Errorf("tests of %s may not import %s", name, path)
			}
		}
	}
}

// packages asks the go command about every package: name as in allowed, then what the format
// lists, without the standard library.
func packages(t *testing.T, format string) map[string][]string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-f", format, "./...")
	list.Dir = root
	out, err := list.Output()
	require.NoError(t, err)
	found := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		name := short(words[0])
		if name == "arch" {
			continue
		}
		found[name] = slices.DeleteFunc(words[1:], func(path string) bool {
			first, _, _ := strings.Cut(path, "/")
			return !strings.Contains(first, ".")
		})
	}
	require.NotEmpty(t, found)
	return found
}

// short returns the name under which a package of ours stands in allowed.
func short(path string) string {
	if path == module {
		return "main"
	}
	return strings.TrimPrefix(strings.TrimPrefix(path, module+"/"), "internal/")
}

func covers(pattern, path string) bool {
	if path == module || strings.HasPrefix(path, module+"/") {
		return pattern == short(path)
	}
	return path == pattern || strings.HasPrefix(path, pattern+"/")
}
