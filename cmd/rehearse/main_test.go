package main

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), nil, &out))
	assert.Contains(t, out.String(), "Production has to wait its turn")
	require.NoError(t, run(t.Context(), []string{"noop"}, &out))
	require.ErrorContains(t, run(t.Context(), []string{"no such story"}, &out), "order, outdated")
	require.NoError(t, run(t.Context(), []string{"-h"}, io.Discard), "who asks for help gets it")
	require.Error(t, run(t.Context(), []string{"-nonsense"}, io.Discard))
}

func TestDoctor(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-brief", "-doctor", filepath.Join("..", "..", "examples")}, &out))
	assert.NotContains(t, out.String(), "✔")
	assert.Contains(t, out.String(), "━━ The workflow files in")
	require.Error(t, run(t.Context(), []string{"-doctor", t.TempDir()}, io.Discard))
}

// Every bundled story passes for people, too: with the clock that they have.
func TestBundledStories(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "stories", "*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	if testing.Short() { // a quarter of them by chance
		rand.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
		paths = paths[:len(paths)/4]
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, run(t.Context(), []string{"-brief", name}, io.Discard))
		})
	}
}

func TestOwnStory(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "mine.txtar")
	require.NoError(t, os.WriteFile(path, []byte("# Mine\npush main One\nwant exit 1\n"), 0o600))
	var out bytes.Buffer
	require.ErrorContains(t, run(t.Context(), []string{path}, &out), "want exit 1")
	assert.Contains(t, out.String(), "━━ Mine")
}

// The simulator answers on a port until the context ends.
func TestServe(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	dir := filepath.Join(t.TempDir(), "folder") // which -serve makes
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, []string{"-serve", "127.0.0.1:0", "-dir", dir}, writer)
		_ = writer.CloseWithError(err) // the reader need not wait for more
		ended <- err
	}()
	line := make([]byte, 200)
	n, err := reader.Read(line)
	require.NoError(t, err)
	url, _, found := strings.Cut(string(line[:n]), " is ready")
	require.True(t, found)

	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/rate_limit", nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer sim-token")
	response, err := new(http.Client).Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Equal(t, http.StatusOK, response.StatusCode)
	variables, err := os.ReadFile(filepath.Join(dir, "variables.env"))
	require.NoError(t, err)
	assert.Contains(t, string(variables), "GITHUB_API_URL="+url+"\n")
	assert.FileExists(t, filepath.Join(dir, "event.json"))
	stop()
	require.NoError(t, <-ended)
}
