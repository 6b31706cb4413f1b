package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// module is a directory with files whose generated parts are stale.
func module(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "examples"), 0o755))
	for name, text := range map[string]string{
		"README.md": "<!-- outputs: decision -->\n<!-- /outputs -->\n", "SECURITY.md": "", "CONTRIBUTING.md": "", "examples/README.md": "",
		"action.yml": "inputs: {}\noutputs: {}\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(text), 0o600))
	}
	return dir
}

func TestCheckWritesNothing(t *testing.T) {
	t.Parallel()
	dir := module(t)
	var out bytes.Buffer
	require.ErrorContains(t, run([]string{"-check", "-root", dir}, &out), "files are stale")
	assert.Contains(t, out.String(), "stale: README.md\nstale: action.yml\nstale: schema/lockstep.schema.json\n")
	text, err := os.ReadFile(filepath.Join(dir, "README.md"))
	require.NoError(t, err)
	assert.NotContains(t, string(text), "`decision`")
}

func TestWrite(t *testing.T) {
	t.Parallel()
	dir := module(t)
	var out bytes.Buffer
	require.ErrorContains(t, run([]string{"-root", dir}, &out), "problems", "most blocks are missing")
	assert.Contains(t, out.String(), "wrote README.md\nwrote action.yml\nwrote schema/lockstep.schema.json\nproblem: no page has the markers")
	text, err := os.ReadFile(filepath.Join(dir, "README.md"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "`decision`")
	out.Reset()
	require.ErrorContains(t, run([]string{"-check", "-root", dir}, &out), "problems")
	assert.NotContains(t, out.String(), "stale")
}

func TestFlags(t *testing.T) {
	t.Parallel()
	require.NoError(t, run([]string{"-h"}, io.Discard))
	require.Error(t, run([]string{"-nonsense"}, io.Discard))
}
