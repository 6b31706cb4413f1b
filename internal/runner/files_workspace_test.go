package runner_test

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/runner"
)

func inWorkspace(directory string) *runner.Runner {
	return runner.New(io.Discard, variables(map[string]string{"GITHUB_WORKSPACE": directory}))
}

func TestWriteWorkspace(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"index.html", "public/index.html", "a/b/c/index.html"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			directory := t.TempDir()
			for _, text := range []string{"a longer text", "new"} {
				require.NoError(t, inWorkspace(directory).WriteWorkspace(name, []byte(text)))
				got, err := os.ReadFile(filepath.Join(directory, name))
				require.NoError(t, err)
				assert.Equal(t, text, string(got))
			}
			info, err := os.Stat(filepath.Join(directory, name))
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o644), info.Mode().Perm(), "later steps run as another user")
			if parent := filepath.Dir(name); parent != "." {
				info, err = os.Stat(filepath.Join(directory, parent))
				require.NoError(t, err)
				assert.Equal(t, os.FileMode(0o777), info.Mode().Perm(), "a runner that is another user cleans up")
			}
		})
	}
}

// An existing directory keeps its mode.
func TestWriteWorkspaceLeavesDirectories(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(directory, "public"), 0o750))
	require.NoError(t, inWorkspace(directory).WriteWorkspace("public/index.html", nil))
	info, err := os.Stat(filepath.Join(directory, "public"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o750), info.Mode().Perm())
}

func TestWriteWorkspaceStaysInside(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"../escaped", "../new/escaped", "link", "folder/escaped", "folder/new/escaped", "deep/../../escaped", ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outside, directory := t.TempDir(), t.TempDir()
			require.NoError(t, os.Symlink(filepath.Join(outside, "target"), filepath.Join(directory, "link")))
			require.NoError(t, os.Symlink(outside, filepath.Join(directory, "folder")))
			require.Error(t, inWorkspace(directory).WriteWorkspace(name, []byte("x")))
			left, err := os.ReadDir(outside)
			require.NoError(t, err)
			assert.Empty(t, left)
			assert.NoFileExists(t, filepath.Join(filepath.Dir(directory), "escaped"))
		})
	}
}

// A link that a pull request may hold does not lead to what git keeps, and a pipe holds nothing up.
func TestWriteWorkspaceFollowsNoLink(t *testing.T) {
	t.Parallel()
	for name, left := range map[string]string{"folder/config": "config", "folder/new/file": "new", "link": "config", "nowhere": "hook", "pipe": "pipe"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			directory := t.TempDir()
			git := filepath.Join(directory, ".git")
			require.NoError(t, os.Mkdir(git, 0o750))
			require.NoError(t, os.WriteFile(filepath.Join(git, "config"), []byte("kept"), 0o600))
			for link, target := range map[string]string{"folder": ".git", "link": ".git/config", "nowhere": ".git/hook"} {
				require.NoError(t, os.Symlink(target, filepath.Join(directory, link)))
			}
			require.NoError(t, syscall.Mkfifo(filepath.Join(directory, "pipe"), 0o600))
			require.Error(t, inWorkspace(directory).WriteWorkspace(name, []byte("x")))
			if got, err := os.ReadFile(filepath.Join(git, left)); left == "config" {
				require.NoError(t, err)
				assert.Equal(t, "kept", string(got))
			} else {
				require.ErrorIs(t, err, os.ErrNotExist)
			}
		})
	}
}

func TestWriteWorkspaceWithoutOne(t *testing.T) {
	t.Parallel()
	require.ErrorIs(t, inWorkspace("").WriteWorkspace("index.html", nil), runner.ErrNoWorkspace)
	require.Error(t, inWorkspace(filepath.Join(t.TempDir(), "gone")).WriteWorkspace("index.html", nil))
	directory := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(directory, "public"), nil, 0o600))
	require.Error(t, inWorkspace(directory).WriteWorkspace("public/index.html", nil), "a file is no directory")
}
