// Package arch contains tests only: rules for the repository's own code and workflows, such as which package may
// import which.
package arch

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/docs"
)

const (
	module = "github.com/lockstep-action/lockstep"
	root   = "../.." // the module's directory, as seen from this one
)

// allowed lists, for each package, everything outside the standard library that its code (not its
// tests) may import. A name without a dot is a package below internal; a module covers all of
// its packages. The leaves envname, js and markdown know nothing of the product.
func allowed() map[string][]string {
	return map[string][]string{
		"envname":  {},
		"js":       {},
		"markdown": {},
		"wait":     {},
		"period":   {},
		"template": {"js"},
		"event":    {},
		"command":  {"envname", "js", "markdown", "period"},
		"lock":     {"js", "markdown"},
		"config":   {"envname", "js", "markdown", "period", "policy", "similar", "go.yaml.in/yaml/v3"},
		"similar":  {"github.com/agnivade/levenshtein"},
		"policy":   {"envname", "period", "similar", "go.yaml.in/yaml/v3", "github.com/bmatcuk/doublestar/v4"},
		"workflow": {"go.yaml.in/yaml/v3"},
		"deploy":   {"checklist", "command", "config", "envname", "event", "js", "lock", "markdown", "policy", "similar"},
		"message":  {"command", "config", "deploy", "dora", "envname", "js", "lock", "manifest", "markdown", "period", "policy", "template"},
		"checkup":  {"deploy"},
		"doctor":   {"checkup", "codeowners", "config", "deploy", "envname", "lock", "markdown", "policy", "similar", "template", "track", "workflow", "github.com/agnivade/levenshtein"},
		"plan":     {"command", "config", "deploy", "envname", "js", "lock", "markdown", "message", "policy"},
		"releases": {"deploy"},
		"dora":     {"deploy", "js", "releases"},
		"manifest": {"deploy", "js", "releases"},
		"markup":   {},
		"page":     {"config", "deploy", "dora", "markup", "policy", "releases"},
		"runner":   {"config", "event", "js", "github.com/sethvargo/go-githubactions"},

		"codeowners": {"github.com/bmatcuk/doublestar/v4"},

		"gh": {
			"checkup", "config", "deploy", "envname", "event", "js", "lock", "markdown", "plan", "releases", "wait",
			"github.com/google/go-github/v60", "github.com/shurcooL/githubv4", "golang.org/x/oauth2", "golang.org/x/sync",
		},
		"track":   {"config", "deploy", "envname", "js", "markdown", "plan", "wait", "github.com/google/uuid"},
		"health":  {"deploy", "policy", "wait"},
		"execute": {"command", "deploy", "gh", "plan", "track", "wait"},
		"app": {
			"checkup", "command", "config", "deploy", "doctor", "dora", "envname", "event", "execute", "gh", "health", "js", "lock", "manifest", "markdown", "message", "page", "plan", "policy", "releases", "runner", "template", "track", "wait",
		},
		"main": {"app", "runner"},

		"checklist": {"markdown"},

		// What follows is not part of the shipped program.
		"sim":            {"sim/git", "sim/graph", "github.com/vektah/gqlparser/v2", "github.com/getkin/kin-openapi"},
		"sim/git":        {},
		"sim/graph":      {"github.com/vektah/gqlparser/v2"},
		"rehearse":       {"app", "config", "runner", "runner/runnertest", "sim", "similar", "testdata", "wait", "golang.org/x/tools"},
		"playground":     {"config", "envname", "policy", "rehearse", "sim", "testdata", "github.com/yuin/goldmark"},
		"cmd/conform":    {"conform"},
		"cmd/docs":       {"docs"},
		"cmd/playground": {"playground", "rehearse"},
		"cmd/rehearse":   {"rehearse"},
		"cmd/release":    {"release", "github.com/google/go-github/v60"},
		"conform":        {"command", "config", "deploy", "event", "gh", "sim", "testdata", "wait"},
		"release":        {"github.com/google/go-github/v60", "golang.org/x/mod"},
		"docs": {
			"checkup", "command", "config", "conform", "deploy", "deploy/deploytest", "doctor", "dora", "event", "lock", "manifest", "markdown", "message", "period", "plan", "policy", "releases", "template", "track", "go.yaml.in/yaml/v3",
		},
		"deploy/deploytest":     {"command", "config", "deploy", "event", "lock", "policy", "github.com/stretchr/testify"},
		"page/pagetest":         {"deploy", "dora", "page", "releases"},
		"runner/runnertest":     {},
		"markdown/markdowntest": {},
		"testdata":              {},
		"tools/licenses":        {},
		"tools/pages":           {"page", "page/pagetest"},
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

// packages lists every package with what a format lists of it.
func packages(t *testing.T, format string) map[string][]string {
	t.Helper()
	found, err := docs.Packages(root, format)
	require.NoError(t, err)
	require.NotEmpty(t, found)
	return found
}

func covers(pattern, path string) bool {
	if path == module || strings.HasPrefix(path, module+"/") {
		return pattern == docs.Short(path)
	}
	return path == pattern || strings.HasPrefix(path, pattern+"/")
}

// Helpers are left out of the diagram of imports because they lead nowhere.
func TestHelpersKnowNothingOfTheProduct(t *testing.T) {
	t.Parallel()
	all := packages(t, "{{.ImportPath}}{{range .Imports}} {{.}}{{end}}")
	for _, name := range docs.Helpers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			imports, found := all[name]
			assert.True(t, found)
			assert.Empty(t, imports)
		})
	}
}
