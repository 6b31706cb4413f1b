package docs

import (
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

// Files and directories that guides name exist. A star is any text, and the name of what is yet
// to be written is called name.
func TestPathsInGuides(t *testing.T) {
	t.Parallel()
	span := regexp.MustCompile("`((?:internal|cmd|testdata|docs)/[\\w./*-]+)`")
	checked := 0
	for _, page := range guides() {
		for _, match := range span.FindAllStringSubmatch(read(repo(t), page), -1) {
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
	source, makefile := testSource(t), read(repo(t), filepath.Join(root, "Makefile"))
	checked := 0
	for _, page := range guides() {
		for line := range strings.Lines(read(repo(t), page)) {
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
	for _, path := range files(repo(t), "_test.go") {
		all.WriteString(read(repo(t), path))
	}
	return all.String()
}
