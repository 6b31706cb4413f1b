package arch

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// guides are the pages for people who change the code.
func guides() []string {
	return []string{
		filepath.Join(root, "CONTRIBUTING.md"), filepath.Join(root, "docs", "architecture.md"), filepath.Join(root, "docs", "reliability.md"),
	}
}

// Files and directories that guides name exist. A star stands for any text, and the name of what is yet
// to be written is called name.
func TestPathsInGuides(t *testing.T) {
	t.Parallel()
	span := regexp.MustCompile("`((?:internal|cmd|testdata|docs)/[\\w./*-]+)`")
	checked := 0
	for _, page := range guides() {
		for _, match := range span.FindAllStringSubmatch(read(t, page), -1) {
			if strings.HasSuffix(strings.TrimSuffix(match[1], ".go"), "name") {
				continue
			}
			checked++
			found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(match[1])))
			require.NoError(t, err)
			assert.NotEmpty(t, found, "%s names %s", page, match[1])
		}
	}
	assert.Positive(t, checked)
}

// What guides tell people to run finds something to run.
func TestCommandsInGuides(t *testing.T) {
	t.Parallel()
	tests, targets := regexp.MustCompile(`\bTest\w+`), regexp.MustCompile("`make (\\w+)`")
	source, makefile := testSource(t), read(t, filepath.Join(root, "Makefile"))
	checked := 0
	for _, page := range guides() {
		for line := range strings.Lines(read(t, page)) {
			for _, name := range tests.FindAllString(line, -1) {
				checked++
				assert.Contains(t, source, "func "+name+"(", page)
			}
			for _, target := range targets.FindAllStringSubmatch(line, -1) {
				checked++
				assert.Contains(t, makefile, "\n"+target[1]+":", page)
			}
		}
	}
	assert.Positive(t, checked)
}

// testSource is the text of all tests.
func testSource(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, path := range files(t, "_test.go") {
		all.WriteString(read(t, path))
	}
	return all.String()
}

// doors lists, for packages of the standard library that lead out of the program, which of our packages in
// the image may import them. SECURITY.md says what they use them for.
func doors() map[string][]string {
	return map[string][]string{
		"os":       {"main", "runner"},
		"net":      {"track"},
		"net/http": {"main", "app", "gh", "track"},
		"os/exec":  nil,
		"plugin":   nil,
		"unsafe":   nil,
	}
}

func TestDoors(t *testing.T) {
	t.Parallel()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{.ImportPath}}{{range .Imports}} {{.}}{{end}}", ".")
	list.Dir = root
	out, err := list.Output()
	require.NoError(t, err)
	shipped := 0
	for line := range strings.Lines(string(out)) {
		names := strings.Fields(line)
		if names[0] != module && !strings.HasPrefix(names[0], module+"/") {
			continue
		}
		shipped++
		for _, imported := range names[1:] {
			if may, isDoor := doors()[imported]; isDoor {
				assert.Contains(t, may, short(names[0]), "%s imports %s", names[0], imported)
			}
		}
	}
	assert.Greater(t, shipped, 10)
	source := shippedText(t)
	for _, word := range []string{"docker.sock", "ACTIONS_RUNTIME_TOKEN", "GITHUB_WORKSPACE", "GITHUB_ENV", "GITHUB_PATH"} {
		if strings.Contains(source, word) {
			t.Errorf("SECURITY.md says that %s is not used", word)
		}
	}
}

// shippedText is the source of the program in the image.
func shippedText(t *testing.T) string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{if not .Standard}}{{$d := .Dir}}{{$p := .ImportPath}}{{range .GoFiles}}{{$p}} {{$d}}/{{.}}\n{{end}}{{end}}", ".")
	list.Dir = root
	out, err := list.Output()
	require.NoError(t, err)
	var all strings.Builder
	for line := range strings.Lines(string(out)) {
		if name, path, _ := strings.Cut(strings.TrimSpace(line), " "); name == module || strings.HasPrefix(name, module+"/") {
			all.WriteString(read(t, path))
		}
	}
	require.NotZero(t, all.Len())
	return all.String()
}
