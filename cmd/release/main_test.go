package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	digest     = "sha256:" + strings.Repeat("0a", 32)
	baseDigest = "sha256:" + strings.Repeat("0b", 32)
)

// checkout has what a release needs of a real checkout, and a section for version 1.2.0.
func checkout(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"action.yml", "Dockerfile"} {
		text, err := os.ReadFile(filepath.Join("../..", name))
		require.NoError(t, err)
		// These tests run on a release commit as well, where both are pinned.
		text = regexp.MustCompile(`docker://.*`).ReplaceAllLiteral(text, []byte("Dockerfile"))
		text = regexp.MustCompile(`@sha256:[0-9a-f]{64}`).ReplaceAllLiteral(text, nil)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	changelog := "# Changelog\n\n## Unreleased\n\n## 1.2.0 - 2026-12-01\n\n- Something.\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "CHANGELOG.md"), []byte(changelog), 0o600))
	return dir
}

// call runs the command in a checkout, with the tags that it has.
func call(t *testing.T, dir, tags string, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	args = append(args, "-dir", dir)
	err := run(t.Context(), args, strings.NewReader(tags), &out)
	return out.String(), err
}

func TestPlan(t *testing.T) {
	t.Parallel()
	dir := checkout(t)
	out, err := call(t, dir, "v1\nv1.1.0\nnightly\n", "plan", "-version", "v1.2.0")
	require.NoError(t, err)
	assert.Equal(t, "version=1.2.0\ntag=v1.2.0\n", out)

	for want, test := range map[string]struct{ version, tags string }{
		"has to look like":         {"1.2", ""},
		"only go forwards":         {"1.2.0", "v1.2.1"},
		"no heading":               {"1.3.0", ""},
		`"Unreleased" of the chan`: {"1.3.0-rc.1", ""},
	} {
		_, err := call(t, dir, test.tags, "plan", "-version", test.version)
		assert.ErrorContains(t, err, want)
	}
}

// A checkout that is pinned already is no source of a release.
func TestPlanOfARelease(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"pin-image", "-version", "1.2.0", "-digest", digest}, {"pin-base", "-digest", digest},
	} {
		dir := checkout(t)
		_, err := call(t, dir, "", args...)
		require.NoError(t, err)
		_, err = call(t, dir, "", "plan", "-version", "1.2.0")
		require.Error(t, err, args[0])
		_, err = call(t, dir, "", args...)
		require.Error(t, err, args[0])
	}
}

func TestBase(t *testing.T) {
	t.Parallel()
	out, err := call(t, checkout(t), "", "base")
	require.NoError(t, err)
	assert.Regexp(t, `^golang:\d+\.\d+\n$`, out)
}

func TestUnknownPart(t *testing.T) {
	t.Parallel()
	_, err := call(t, checkout(t), "", "everything")
	require.ErrorContains(t, err, "no part of a release")
	require.Error(t, run(t.Context(), nil, nil, nil))
}

// What is published is what the two pins make of the checkout, and the checkout itself stays.
func TestPublishSendsThePinnedFiles(t *testing.T) {
	var trees []map[string]any
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "Bearer token", r.Header.Get("Authorization"))
		if r.Method == http.MethodGet {
			_, _ = w.Write([]byte(`{"tree": {"sha": "base"}}`))
			return
		}
		var tree map[string]any
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&tree))
		trees = append(trees, tree)
		w.WriteHeader(http.StatusTeapot)
	}))
	t.Cleanup(server.Close)
	t.Setenv("GITHUB_API_URL", server.URL)
	t.Setenv("GITHUB_TOKEN", "token")
	dir := checkout(t)
	args := []string{"publish", "-version", "1.2.0", "-digest", digest, "-base-digest", baseDigest, "-source", "source"}
	_, err := call(t, dir, "", args...)
	require.ErrorContains(t, err, "write tree")

	want := map[string]string{}
	for name, pin := range map[string][]string{
		"action.yml": {"pin-image", "-version", "1.2.0", "-digest", digest}, "Dockerfile": {"pin-base", "-digest", baseDigest},
	} {
		_, err := call(t, dir, "", pin...)
		require.NoError(t, err, "the checkout is as it was")
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		want[name] = string(text)
	}
	require.Len(t, trees, 1)
	got := map[string]string{}
	for _, entry := range trees[0]["tree"].([]any) {
		file := entry.(map[string]any)
		got[file["path"].(string)] = file["content"].(string)
	}
	assert.Equal(t, want, got)

	_, err = call(t, checkout(t), "", args[:len(args)-2]...)
	require.ErrorContains(t, err, "-source")
}
