package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// The program is measured in both of its parts; what it allocates is counted without the simulator.
func TestMeasure(t *testing.T) {
	t.Chdir("../..") // where the program is built
	m, err := newMachine(t.Context(), 1)
	require.NoError(t, err)
	defer m.clean()
	measured, err := m.measure(t.Context(), rehearse.Examples()[0])
	require.NoError(t, err)
	for _, one := range []part{measured.near.main, measured.near.post, measured.far.main, measured.far.post} {
		assert.Positive(t, one.first)
		assert.Positive(t, one.processor)
		assert.Greater(t, one.wall, one.first)
	}
	assert.Greater(t, measured.allocations, int64(1000))
	assert.Positive(t, m.sizes(t.Context(), "no-such-image").binary)

	lock := rehearse.Examples()[6]
	one, err := m.once(t.Context(), lock, 0)
	require.NoError(t, err)
	assert.Positive(t, one.main.wall)
	assert.Zero(t, one.post, "a lock leaves nothing to end")
}

func TestTables(t *testing.T) {
	t.Parallel()
	r := result{
		example: rehearse.Example{Name: "`.deploy`"}, allocations: 1234567, allocatedKiB: 89,
		near: pair{main: part{wall: 20 * time.Millisecond, first: 5 * time.Millisecond, processor: 900 * time.Microsecond}},
		far:  pair{main: part{wall: 731 * time.Millisecond}},
	}
	text := tables([]result{r}, sizes{binary: 9_000_000})
	assert.Contains(t, text, "| `.deploy` | 20 ms | 731 ms | – | – | 1 ms | – | 1,234,567, 89 KiB |")
	assert.Contains(t, text, "| From the start of the program to its first request | 5 ms |")
	assert.Contains(t, text, "| The program | 9.0 MB |")
	assert.NotContains(t, text, "The image")
	assert.Contains(t, tables(nil, sizes{image: 9_100_000}), "| The image | 9.1 MB |")
}

func TestMedian(t *testing.T) {
	t.Parallel()
	got := middle([]part{{wall: 9}, {wall: 1, processor: 4}, {wall: 3, processor: 2}})
	assert.Equal(t, part{wall: 3, processor: 2}, got)
}

func TestRewrite(t *testing.T) {
	t.Parallel()
	page := filepath.Join(t.TempDir(), "page.md")
	require.NoError(t, os.WriteFile(page, []byte("a\n<!-- measured -->\nold\n<!-- /measured -->\nb\n"), 0o600))
	require.NoError(t, rewrite(page, "new\n"))
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.Equal(t, "a\n<!-- measured -->\nnew\n<!-- /measured -->\nb\n", string(text))
	require.NoError(t, os.WriteFile(page, []byte("nothing"), 0o600))
	require.Error(t, rewrite(page, "new\n"))
	require.Error(t, rewrite(filepath.Join(page, "gone"), "new\n"))
}
