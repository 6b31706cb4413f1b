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

var digest = "sha256:" + strings.Repeat("0a", 32)

// checkout has what a release needs of a real checkout, and a section for version 1.2.0.
func checkout(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	text, err := os.ReadFile("../../action.yml")
	require.NoError(t, err)
	// On a release commit, where these tests run as well, the image is pinned already.
	text = regexp.MustCompile(`docker://.*`).ReplaceAllLiteral(text, []byte("Dockerfile"))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "action.yml"), text, 0o600))
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
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			_, err := call(t, dir, test.tags, "plan", "-version", test.version)
			assert.ErrorContains(t, err, want)
		})
	}
}

// A checkout that is pinned already is no source of a release.
func TestPlanOfARelease(t *testing.T) {
	t.Parallel()
	dir := checkout(t)
	pin := []string{"pin", "-version", "1.2.0", "-digest", digest}
	_, err := call(t, dir, "", pin...)
	require.NoError(t, err)
	_, err = call(t, dir, "", "plan", "-version", "1.2.0")
	require.ErrorContains(t, err, "pin image")
	_, err = call(t, dir, "", pin...)
	require.ErrorContains(t, err, "pin image")
}

func TestUnknownPart(t *testing.T) {
	t.Parallel()
	_, err := call(t, checkout(t), "", "everything", "-version", "1.2.0")
	require.ErrorContains(t, err, "not a part of a release")
	require.Error(t, run(t.Context(), nil, nil, nil))
}

// What is published is what the pin makes of the checkout, and the checkout itself stays as it is.
func TestPublishSendsThePinnedFile(t *testing.T) {
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
	args := []string{"publish", "-version", "1.2.0", "-digest", digest, "-source", "source"}
	_, err := call(t, dir, "", args...)
	require.ErrorContains(t, err, "write tree")

	_, err = call(t, dir, "", "pin", "-version", "1.2.0", "-digest", digest)
	require.NoError(t, err, "the checkout is as it was")
	text, err := os.ReadFile(filepath.Join(dir, "action.yml"))
	require.NoError(t, err)
	require.Len(t, trees, 1)
	assert.Equal(t, []any{map[string]any{
		"path": "action.yml", "mode": "100644", "type": "blob", "content": string(text),
	}}, trees[0]["tree"])

	_, err = call(t, checkout(t), "", args[:len(args)-2]...)
	require.ErrorContains(t, err, "-source")
}
