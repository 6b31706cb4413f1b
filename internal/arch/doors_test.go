package arch

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/docs"
)

// doors lists, for packages of the standard library that lead out of the program, which of our packages in
// the image may import them. SECURITY.md says what they use them for.
func doors() map[string][]string {
	return map[string][]string{
		"os":       {"main", "runner"},
		"net":      {"health", "track"},
		"net/http": {"main", "app", "gh", "health", "track"},
		"os/exec":  nil,
		"plugin":   nil,
		"unsafe":   nil,
	}
}

func TestDoors(t *testing.T) {
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
				assert.Contains(t, may, docs.Short(names[0]), "%s imports %s", names[0], imported)
			}
		}
	}
	assert.Greater(t, shipped, 10)
	source := shippedText(t)
	for _, word := range []string{"docker.sock", "ACTIONS_RUNTIME_TOKEN", "GITHUB_ENV", "GITHUB_PATH"} {
		t.Run(word, func(t *testing.T) {
			if strings.Contains(source, word) {
				t.Errorf("SECURITY.md says that %s is not used", word)
			}
		})
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
