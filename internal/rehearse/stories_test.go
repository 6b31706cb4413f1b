package rehearse_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

var (
	update = flag.Bool("update", false, "rewrite the comments that stories compare with")
	schema = sync.OnceValues(rehearse.LoadSchema)
)

const stories = "../../testdata/stories"

// TestStories plays every story in virtual time, with the fast clock that people have. Every command that a comment or
// a warning advises can be typed as it is.
func TestStories(t *testing.T) {
	t.Parallel()
	paths := storyFiles(t)
	require.NotEmpty(t, paths)
	var advised, played atomic.Int64
	t.Cleanup(func() {
		if int(played.Load()) == len(paths) && !sampled() {
			assert.Greater(t, advised.Load(), int64(200), "the stories advise commands")
		}
	})
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			advised.Add(int64(play(t, path)))
			played.Add(1)
		})
	}
}

// play plays a story, and returns how many commands it advised.
func play(t *testing.T, path string) int {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	story, err := rehearse.ParseStory(filepath.Base(path), data)
	require.NoError(t, err)
	compiled, err := schema()
	require.NoError(t, err)
	changed := map[string]string{}
	advice := &advice{t: t, before: map[string]bool{}, ruled: ruledIn(story)}
	const pace = 20 // as the command's
	options := rehearse.Options{Schema: compiled, Pace: pace, Latency: 100 * time.Millisecond, Ended: advice.ended}
	if *update {
		options.Rewrite = func(file, body string) { changed[file] = body }
	}
	synctest.Test(t, func(t *testing.T) {
		require.NoError(t, rehearse.Run(t.Context(), story, options))
	})
	rewrite(t, path, data, changed)
	return advice.count
}

// rewrite puts comments into a story's files.
func rewrite(t *testing.T, path string, data []byte, changed map[string]string) {
	t.Helper()
	archive := txtar.Parse(data)
	for i, file := range archive.Files {
		if body, isChanged := changed[file.Name]; isChanged {
			archive.Files[i].Data = []byte(body + "\n")
		}
	}
	if len(changed) > 0 {
		require.NoError(t, os.WriteFile(path, txtar.Format(archive), 0o600))
	}
}
