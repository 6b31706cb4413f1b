package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
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
	require.EqualError(t, run(t.Context(), []string{"no such story"}, &out),
		`read story "no such story": it is not a *.txtar file, and there is no bundled story of this name; rehearse -h lists them`)
}

func TestFlagsAfterNames(t *testing.T) {
	t.Parallel()
	var before, after bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-brief", "noop"}, &before))
	require.NoError(t, run(t.Context(), []string{"noop", "-brief"}, &after))
	assert.Equal(t, before.Len(), after.Len())
	require.EqualError(t, run(t.Context(), []string{"-doctor", "one", "two"}, io.Discard), `-serve and -doctor take no argument "two"; -h lists the flags`)
}

func TestUsage(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-h"}, &out), "users who ask for help get it")
	assert.True(t, strings.HasPrefix(out.String(), "Usage: rehearse "), out.String())
	for _, text := range []string{"-serve address", "-brief\n", "-dir folder", "-command comment", " order", "wrong-inputs"} {
		assert.Contains(t, out.String(), text)
	}
	out.Reset()
	require.EqualError(t, run(t.Context(), []string{"-nonsense"}, &out), "flag provided but not defined: -nonsense; -h lists the flags")
	assert.Empty(t, out.String(), "a mistake is reported once")
	require.ErrorContains(t, run(t.Context(), []string{"ordr"}, &out), `perhaps "order" is meant`)
}

func TestDoctor(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-brief", "-doctor", filepath.Join("..", "..", "examples")}, &out))
	assert.NotContains(t, out.String(), "✔")
	assert.Contains(t, out.String(), "━━ The workflow files in")
	require.Error(t, run(t.Context(), []string{"-doctor", t.TempDir()}, io.Discard))

	dir := t.TempDir()
	example, err := os.ReadFile(filepath.Join("..", "..", "examples", "reusable.yml"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "deploy.yml"), example, 0o600))
	out.Reset()
	require.NoError(t, run(t.Context(), []string{"-doctor", dir, "-brief"}, &out))
	assert.Contains(t, out.String(), "\n\n  Nothing to change.\n\n", "silence could mean that nothing was looked at")
}

// Stories in which much waits, ends late or takes its time pass for people, too: with the clock that they have, on a
// machine that does more than this.
func TestBundledStories(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"changelog-long", "confirmation", "dora-basics", "faults", "health", "interrupted", "lag", "locks-renew", "notices",
		"promote-races", "rerun", "tracking-answers", "unanswered",
	} {
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
	dir := filepath.Join(t.TempDir(), "folder") // which -serve makes
	url, end := serveIn(t, dir)
	assert.Contains(t, ask(t, url+"/rate_limit"), "resources")
	variables, err := os.ReadFile(filepath.Join(dir, "variables.env"))
	require.NoError(t, err)
	assert.Contains(t, string(variables), "GITHUB_API_URL="+url+"\n")
	assert.FileExists(t, filepath.Join(dir, "event.json"))
	end()
}

// What the page says about the simulator on a port can be typed as it is there: both parts of the step run.
func TestServePage(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	dir := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "lockstep"), "../..")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	url, end := serveIn(t, filepath.Join(dir, "folder"))
	shell := exec.CommandContext(t.Context(), bash, "-euc", commandsOfPage(t))
	shell.Dir = dir
	out, err = shell.CombinedOutput()
	require.NoError(t, err, string(out))
	var deployments []struct{ ID int64 }
	require.NoError(t, json.Unmarshal([]byte(ask(t, url+"/repos/acme/shop/deployments")), &deployments))
	require.Len(t, deployments, 1, string(out))
	statuses := ask(t, fmt.Sprintf("%s/repos/acme/shop/deployments/%d/statuses", url, deployments[0].ID))
	assert.Contains(t, statuses, `"state":"in_progress"`)
	assert.Contains(t, statuses, `"state":"success"`)
	end()
}

// commandsOfPage are what the page types where the simulator listens already.
func commandsOfPage(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/rehearsal.md")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(page), "## The simulator on a port\n")
	require.True(t, found)
	var commands []string
	for i, block := range strings.Split(section, "```") {
		script, isScript := strings.CutPrefix(block, "sh\n")
		if i%2 == 0 || !isScript {
			continue
		}
		for command := range strings.Lines(strings.ReplaceAll(script, "\\\n", "")) {
			if !strings.HasPrefix(command, "go ") && !strings.HasPrefix(command, "curl ") {
				commands = append(commands, command)
			}
		}
	}
	require.Len(t, commands, 4)
	return strings.Join(commands, "")
}

// serveIn runs -serve, and returns the address and what ends it.
func serveIn(t *testing.T, dir string) (string, func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, []string{"-serve", "127.0.0.1:0", "-dir", dir}, writer)
		_ = writer.CloseWithError(err) // the reader need not wait for more
		ended <- err
	}()
	line, err := bufio.NewReader(reader).ReadString('\n')
	require.NoError(t, err)
	url, _, found := strings.Cut(line, " is ready")
	require.True(t, found)
	return url, func() {
		stop()
		go func() { _, _ = io.Copy(io.Discard, reader) }() // the report
		require.NoError(t, <-ended)
	}
}

// ask returns what the simulator answers.
func ask(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer sim-token")
	response, err := new(http.Client).Do(request)
	require.NoError(t, err)
	defer response.Body.Close() //nolint:errcheck // it is read to its end
	require.Equal(t, http.StatusOK, response.StatusCode)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(body)
}
