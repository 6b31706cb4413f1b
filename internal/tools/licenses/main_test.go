package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const program = "github.com/lockstep-action/lockstep"

// Each module that the compiler notes in the program has its texts.
func TestCollect(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, collect(t.Context(), dir, program))
	binary := filepath.Join(t.TempDir(), "program")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, program).CombinedOutput()
	require.NoError(t, err, string(out))
	info, err := exec.CommandContext(t.Context(), "go", "version", "-m", binary).Output()
	require.NoError(t, err)
	want := []string{"go", program}
	for line := range strings.Lines(string(info)) {
		if fields := strings.Fields(line); len(fields) > 2 && fields[0] == "dep" {
			want = append(want, fields[1]+"@"+fields[2])
		}
	}
	require.Greater(t, len(want), 5)
	assert.ElementsMatch(t, want, modules(t, dir))
	own, err := os.ReadFile("../../../LICENSE")
	require.NoError(t, err)
	collected, err := os.ReadFile(filepath.Join(dir, program, "LICENSE"))
	require.NoError(t, err)
	assert.Equal(t, string(own), string(collected))
}

// modules returns the folders with at least one text in them.
func modules(t *testing.T, dir string) []string {
	t.Helper()
	found := map[string]bool{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			folder, _ := filepath.Rel(dir, filepath.Dir(path))
			found[filepath.ToSlash(folder)] = true
		}
		return err
	}))
	var all []string
	for folder := range found {
		all = append(all, folder)
	}
	return all
}

func TestCopyTexts(t *testing.T) {
	t.Parallel()
	from, to := t.TempDir(), t.TempDir()
	for _, name := range []string{"LICENSE", "License.txt", "licence.md", "COPYING", "NOTICE", "PATENTS", "README.md", "unlicensed.go"} {
		require.NoError(t, os.WriteFile(filepath.Join(from, name), []byte(name), 0o600))
	}
	require.NoError(t, os.Mkdir(filepath.Join(from, "licenses"), 0o700))
	require.NoError(t, copyTexts(filepath.Join(to, "a"), from))
	entries, err := os.ReadDir(filepath.Join(to, "a"))
	require.NoError(t, err)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	assert.Equal(t, []string{"COPYING", "LICENSE", "License.txt", "NOTICE", "PATENTS", "licence.md"}, names)
	require.ErrorContains(t, copyTexts(to, t.TempDir()), "there are none")
}

func TestCollectRefuses(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, collect(t.Context(), t.TempDir(), "./missing"), "go list")
}
