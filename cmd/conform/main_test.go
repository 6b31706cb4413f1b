package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/conform"
	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestSimulator(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	status, err := run(t.Context(), []string{"-sim"}, noVariables, &out)
	require.NoError(t, err)
	assert.Contains(t, out.String(), "U4a   held       Of twenty simultaneous `createRef`")
	assert.Contains(t, out.String(), "\n77 held, 0 did not hold, 9 were not tried\n")
	assert.Equal(t, holds, status)
}

func noVariables(string) string { return "" }

// served is the simulator on a port, with the variables of a workflow.
func served(t *testing.T) (*sim.GitHub, func(string) string) {
	t.Helper()
	g, options, err := conform.Simulated(conform.Assumption{})
	require.NoError(t, err)
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return g, func(name string) string {
		return map[string]string{"GITHUB_TOKEN": options.Token, "GITHUB_API_URL": server.URL, "GITHUB_RUN_ID": "77"}[name]
	}
}

func assertUntouched(t *testing.T, g *sim.GitHub) {
	t.Helper()
	for _, request := range g.Requests() {
		assert.Equal(t, http.MethodGet, request.Method)
	}
}

// Without -yes the program says what it would do, and does nothing.
func TestPlan(t *testing.T) {
	t.Parallel()
	g, getenv := served(t)
	var out bytes.Buffer
	status, err := run(t.Context(), []string{"-repo", "acme/shop"}, getenv, &out)
	require.EqualError(t, err, "nothing was done: run it again with -yes")
	assert.Equal(t, unused, status)
	assert.Contains(t, out.String(), "assumptions about GitHub on acme/shop.")
	assert.Contains(t, out.String(), "Every name begins with lockstep-conform-77.")
	assertUntouched(t, g)
}

func TestPlayAndClean(t *testing.T) {
	t.Parallel()
	g, getenv := served(t)
	play := []string{"-repo", "acme/shop", "-pace", "0", "-yes", "-permissions", "contents: write"}
	const lost = "/repos/acme/shop/git/refs/heads/lockstep-conform-77-race"
	g.Fail(sim.Fault{Method: http.MethodDelete, Path: lost, Status: http.StatusBadGateway, Times: 2})
	var out bytes.Buffer
	status, err := run(t.Context(), play, getenv, &out)
	require.NoError(t, err)
	assert.Equal(t, differs, status)
	assert.Contains(t, out.String(), "left behind: branch lockstep-conform-77-race: HTTP 502: Bad Gateway")

	status, err = run(t.Context(), play, getenv, io.Discard)
	require.EqualError(t, err, "an earlier run has left branch lockstep-conform-77-race behind, or is under way: remove it with -clean")
	assert.Equal(t, unused, status)

	out.Reset()
	clean := []string{"-repo", "acme/shop", "-clean"}
	status, err = run(t.Context(), clean, getenv, &out)
	require.EqualError(t, err, "nothing was done: run it again with -yes")
	assert.Equal(t, unused, status)
	assert.Equal(t, "This removes from acme/shop:\n  branch lockstep-conform-77-race\n", out.String())
	assert.NotEmpty(t, g.Head("lockstep-conform-77-race"))

	out.Reset()
	g.Fail(sim.Fault{Method: http.MethodDelete, Path: lost, Status: http.StatusBadGateway, Times: 2})
	status, err = run(t.Context(), append(clean, "-yes"), getenv, &out)
	require.NoError(t, err)
	assert.Equal(t, differs, status)
	assert.Contains(t, out.String(), "left behind: branch lockstep-conform-77-race")

	for _, want := range []string{"removed\n", "there is nothing to remove\n"} {
		out.Reset()
		status, err = run(t.Context(), append(clean, "-yes"), getenv, &out)
		require.NoError(t, err)
		assert.Equal(t, holds, status)
		assert.Contains(t, out.String(), want)
	}
	assert.Empty(t, g.Head("lockstep-conform-77-race"))
}

// An interruption ends the run, after it has removed what it made.
func TestInterruption(t *testing.T) {
	t.Parallel()
	g, getenv := served(t)
	ctx, cancel := context.WithCancel(t.Context())
	out := &trigger{word: "U5a ", pull: cancel}
	status, err := run(ctx, []string{"-repo", "acme/shop", "-pace", "0", "-yes"}, getenv, out)
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, differs, status)
	assert.Equal(t, []string{"kept-open", "main"}, g.Branches())
}

// trigger is output that does something when a word is written.
type trigger struct {
	bytes.Buffer
	word string
	pull func()
}

func (o *trigger) Write(text []byte) (int, error) {
	if bytes.Contains(text, []byte(o.word)) {
		o.pull()
	}
	return o.Buffer.Write(text)
}

// What makes a run impossible is one sentence, and nothing was changed.
func TestUsage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args  []string
		token string
		want  string
	}{
		"nothing":            {nil, "sim-token", "name a repository with -repo OWNER/NAME, or play on the simulator with -sim"},
		"words":              {[]string{"-sim", "acme/shop"}, "sim-token", "name a repository"},
		"both":               {[]string{"-sim", "-repo", "acme/shop"}, "sim-token", "name a repository"},
		"chosen token":       {[]string{"-sim", "-permissions", "none"}, "sim-token", "-sim gives each row a token that suits it"},
		"unknown flag":       {[]string{"-nonsense"}, "sim-token", "flag provided but not defined"},
		"no token":           {[]string{"-repo", "acme/shop", "-pace", "0", "-yes"}, "", "there is no token: set GITHUB_TOKEN"},
		"wrong token":        {[]string{"-repo", "acme/shop", "-pace", "0", "-yes"}, "secret", "GitHub does not accept the token"},
		"unknown repository": {[]string{"-repo", "acme/nothing", "-yes"}, "sim-token", "GitHub shows this token no repository acme/nothing"},
		"permissions":        {[]string{"-repo", "acme/shop", "-permissions", "all"}, "sim-token", `read permission "all"`},
		"clean":              {[]string{"-repo", "acme/nothing", "-clean"}, "sim-token", "no repository acme/nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, variables := served(t)
			getenv := func(name string) string {
				if name == "GITHUB_TOKEN" {
					return test.token
				}
				return variables(name)
			}
			status, err := run(t.Context(), test.args, getenv, io.Discard)
			require.ErrorContains(t, err, test.want)
			assert.Equal(t, unused, status)
			assertUntouched(t, g)
		})
	}
	status, err := run(t.Context(), []string{"-h"}, noVariables, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, holds, status)
}

// A reader that goes away is an error.
func TestBrokenOutput(t *testing.T) {
	t.Parallel()
	reader, writer := io.Pipe()
	require.NoError(t, reader.Close())
	_, getenv := served(t)
	_, err := run(t.Context(), []string{"-repo", "acme/shop"}, getenv, writer)
	require.ErrorIs(t, err, io.ErrClosedPipe)
}
