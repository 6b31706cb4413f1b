package runner_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/runner"
)

func TestWriteTemporary(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	r := runner.New(io.Discard, func(name string) string { return map[string]string{"RUNNER_TEMP": directory}[name] })
	require.NoError(t, r.WriteTemporary("record.json", []byte("a longer text")))
	require.NoError(t, r.WriteTemporary("record.json", []byte("new")), "the same step may run again")
	text, err := os.ReadFile(filepath.Join(directory, "record.json"))
	require.NoError(t, err)
	assert.Equal(t, "new", string(text))
	info, err := os.Stat(filepath.Join(directory, "record.json"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o644), info.Mode().Perm(), "later steps run as another user")
}

func TestWriteTemporaryStaysInside(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"../escaped", "link", ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outside, directory := t.TempDir(), t.TempDir()
			require.NoError(t, os.Symlink(filepath.Join(outside, "target"), filepath.Join(directory, "link")))
			r := runner.New(io.Discard, func(string) string { return directory })
			require.Error(t, r.WriteTemporary(name, []byte("x")))
			left, err := os.ReadDir(outside)
			require.NoError(t, err)
			assert.Empty(t, left)
		})
	}
}

func TestWriteTemporaryWithoutADirectory(t *testing.T) {
	t.Parallel()
	r := runner.New(io.Discard, func(string) string { return "" })
	require.ErrorIs(t, r.WriteTemporary("record.json", nil), runner.ErrNoTemporary)
	gone := runner.New(io.Discard, func(string) string { return filepath.Join(t.TempDir(), "gone") })
	require.Error(t, gone.WriteTemporary("record.json", nil))
}
