package docs

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The documentation is what the code says.
func TestNothingIsStale(t *testing.T) {
	t.Parallel()
	result := Render(root)
	assert.Empty(t, slices.Sorted(maps.Keys(result.Stale)), "go run ./cmd/docs writes them")
	assert.Empty(t, result.Problems)
}

// stalePage is a module with a page, and with what else is looked for.
func stalePage(t *testing.T, page string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"README.md": page, "SECURITY.md": "", "CONTRIBUTING.md": "", "examples/README.md": "", "action.yml": "inputs: {}\noutputs: {}\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return dir
}

func TestRenderAndWrite(t *testing.T) {
	t.Parallel()
	dir := stalePage(t, "# Page\n\n<!-- outputs: decision -->\nstale text\n<!-- /outputs -->\n\nMore.\n")
	result := Render(dir)
	assert.ElementsMatch(t, []string{"README.md", "action.yml", "schema/lockstep.schema.json"}, slices.Collect(maps.Keys(result.Stale)))
	require.NoError(t, result.Write(dir))
	text, err := os.ReadFile(filepath.Join(dir, "README.md"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "| `decision` |")
	assert.NotContains(t, string(text), "stale text")
	assert.Contains(t, string(text), "<!-- /outputs -->\n\nMore.\n")
	assert.Empty(t, Render(dir).Stale)
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ page, want string }{
		"unknown block":   {"<!-- nonsense -->\n<!-- /nonsense -->\n", "README.md: nothing generates the block nonsense"},
		"without an end":  {"<!-- outputs -->\n", "README.md: <!-- outputs --> has no end"},
		"unknown output":  {"<!-- outputs: nonsense -->\n<!-- /outputs -->\n", `README.md: outputs: there is no output "nonsense"`},
		"new row":         {"<!-- checkups -->\n<!-- /checkups -->\n", "is new: write its text"},
		"failing block":   {"<!-- says: nonsense -->\n<!-- /says -->\n", "README.md: says: "},
		"missing markers": {"", "no page has the markers <!-- gates --> and <!-- /gates -->"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, strings.Join(Render(stalePage(t, test.page)).Problems, "\n"), test.want)
		})
	}
}
