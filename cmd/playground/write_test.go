//go:build !js

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/playground"
	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// The engine itself is built by the tests in a browser.
func TestWrite(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, part := range []func(context.Context, string) error{writeStatic, writeGlue, writeStories, writeFirst} {
		require.NoError(t, part(t.Context(), folder))
	}

	t.Run("static files", func(t *testing.T) {
		t.Parallel()
		for _, name := range []string{"worker.js", "memfs.js", "wasm_exec.js"} {
			assert.FileExists(t, filepath.Join(folder, name))
		}
		assert.Equal(t, playground.First(), string(content(t, folder, "first.txtar")))
	})

	t.Run("stories", func(t *testing.T) {
		t.Parallel()
		var stories []playground.Shipped
		require.NoError(t, json.Unmarshal(content(t, folder, "stories.json"), &stories))
		assert.Len(t, stories, len(rehearse.StoryNames()))
	})

	// The picture that is there before the engine shows what the engine will show.
	t.Run("first.json", func(t *testing.T) {
		t.Parallel()
		schema, err := rehearse.LoadSchema()
		require.NoError(t, err)
		session := playground.New(schema)
		answer := session.Begin(t.Context(), playground.First())
		require.NoError(t, session.Close())
		var written playground.Answer
		require.NoError(t, json.Unmarshal(content(t, folder, "first.json"), &written))
		assert.Equal(t, shape(*answer.View), shape(*written.View))
		assert.Zero(t, written.Took)
	})
}

func content(t *testing.T, folder, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, name))
	require.NoError(t, err)
	return data
}

// shape is what does not depend on the second in which a story is played.
func shape(v playground.View) []string {
	all := []string{v.Title, v.Pull.Title, v.Pull.State}
	for _, entry := range v.Timeline {
		switch {
		case entry.Comment != nil:
			all = append(all, entry.Comment.Author)
		default:
			all = append(all, entry.Step.Decision, entry.Step.Reason)
			for _, finding := range entry.Step.Findings {
				all = append(all, finding.Gate, finding.Verdict)
			}
		}
	}
	for _, one := range v.Environments {
		all = append(all, one.Name, one.State)
	}
	return all
}

func TestRun(t *testing.T) {
	t.Parallel()
	t.Run("help", func(t *testing.T) {
		t.Parallel()
		var out bytes.Buffer
		require.NoError(t, run(t.Context(), []string{"-h"}, &out))
		assert.Contains(t, out.String(), "-serve address")
	})
	t.Run("unknown argument", func(t *testing.T) {
		t.Parallel()
		require.ErrorContains(t, run(t.Context(), []string{"site"}, new(bytes.Buffer)), `unknown argument "site"`)
	})
	t.Run("invalid address", func(t *testing.T) {
		t.Parallel()
		require.ErrorContains(t, run(t.Context(), []string{"-serve", "nowhere.invalid:1"}, new(bytes.Buffer)), "listen")
	})
}
