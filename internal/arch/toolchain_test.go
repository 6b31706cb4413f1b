package arch

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// One version of Go builds, tests and scans everything: the one that go.mod names.
func TestOneToolchain(t *testing.T) {
	t.Parallel()
	line := regexp.MustCompile(`(?m)^toolchain go1\.\d+\.\d+$`).FindString(read(t, filepath.Join(root, "go.mod")))
	require.NotEmpty(t, line, "go.mod names a patch release")
	modules := files(t, "go.mod")
	require.Greater(t, len(modules), 1)
	for _, module := range modules {
		assert.Contains(t, read(t, module), "\n"+line+"\n", module)
	}
	for _, path := range files(t, ".yml") {
		if text := read(t, path); strings.Contains(filepath.ToSlash(path), "/.github/") {
			assert.Equal(t, strings.Count(text, "uses: actions/setup-go@"), strings.Count(text, "go-version-file: go.mod\n"), path)
		}
	}
	assert.Contains(t, read(t, filepath.Join(root, "Dockerfile")), "\nENV GOTOOLCHAIN=auto\n", "the base image may be older")
}
