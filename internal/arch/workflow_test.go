package arch

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWorkflowsOfThisRepository(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join(root, ".github", "workflows", "*.yml"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for i, path := range paths {
		paths[i], err = filepath.Abs(path)
		require.NoError(t, err)
		assert.Regexp(t, `(?m)^permissions: \{\}$`, read(t, path), "%s grants nothing by default", path)
		assertCheckout(t, path)
	}
	assertLint(t, paths)
}

// A checkout leaves its token on disk unless it is told not to.
func assertCheckout(t *testing.T, path string) {
	t.Helper()
	text := read(t, path)
	assert.Equal(t, strings.Count(text, "uses: actions/checkout@"), strings.Count(text, "persist-credentials: false"), path)
}

func assertLint(t *testing.T, paths []string) {
	t.Helper()
	args := []string{"tool", "-modfile=internal/tools/lint/go.mod", "actionlint", "-no-color", "-shellcheck=", "-pyflakes="}
	lint := exec.CommandContext(t.Context(), "go", append(args, paths...)...)
	lint.Dir = root
	out, err := lint.CombinedOutput()
	assert.NoError(t, err, "%s", out)
}
