package runner_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/runner"
	"github.com/lockstep-action/lockstep/internal/runner/runnertest"
)

// variables returns a getenv that knows only these.
func variables(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func TestInput(t *testing.T) {
	t.Parallel()
	r := runner.New(io.Discard, variables(map[string]string{
		"INPUT_ENVIRONMENT":       " production\r\n",
		"INPUT_GITHUB_TOKEN":      "\u00a0\ufefftoken\u2028",
		"INPUT_WITH-HYPHEN":       "kept",
		"INPUT_NAME_OF_TWO_WORDS": "found",
		"INPUT_NEXT_LINE":         "\u0085",
	}))
	for name, want := range map[string]string{
		"environment":       "production",
		"github_token":      "token",
		"with-hyphen":       "kept",
		"name of two words": "found",
		"Environment":       "production",
		"missing":           "",
		"next_line":         "\u0085", // white space in Go, not in JavaScript
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, r.Input(name), name)
		})
	}
}

func TestGetenvAndState(t *testing.T) {
	t.Parallel()
	r := runner.New(io.Discard, variables(map[string]string{"GITHUB_SHA": "abc ", "STATE_ledger": `{"Lock":1}`}))
	assert.Equal(t, "abc ", r.Getenv("GITHUB_SHA"))
	assert.JSONEq(t, `{"Lock":1}`, r.State("ledger"))
	assert.Empty(t, r.State("LEDGER"), "the name's case counts")
}

func TestMask(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		secret string
		want   []string
	}{
		"one line":         {"s3cret", []string{"s3cret"}},
		"percent":          {"50%0A", []string{"50%0A"}},
		"several lines":    {"first\r\nsecond\n", []string{"first\r\nsecond\n", "first", "second"}},
		"line and its end": {"token\n", []string{"token\n", "token"}},
		"blank line":       {"a\n  \nb", []string{"a\n  \nb", "a", "b"}},
		"empty":            {"", nil},
		"blank":            {" \n\t", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			runner.New(&log, variables(nil)).Mask(test.secret)
			var masked []string
			for _, c := range runnertest.Commands(log.String()) {
				assert.Equal(t, "add-mask", c.Name)
				masked = append(masked, c.Data)
			}
			assert.Equal(t, test.want, masked)
		})
	}
}

func TestGroup(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	r := runner.New(&log, variables(nil))
	r.Group("Facts\n::error::no")
	r.EndGroup()
	assert.Equal(t, "::group::Facts\\n::error::no\n::endgroup::\n", log.String())
}

func TestAnnotationsAtPlaces(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		at   runner.Place
		want string
	}{
		"a line and a column": {runner.Place{File: ".github/lockstep.yml", Line: 14, Column: 7}, "::error col=7,file=.github/lockstep.yml,line=14::100%25\n"},
		"a line":              {runner.Place{File: "a.yml", Line: 14}, "::error file=a.yml,line=14::100%25\n"},
		"a file":              {runner.Place{File: "a.yml", Column: 7}, "::error file=a.yml::100%25\n"},
		"nothing":             {runner.Place{}, "::error::100%25\n"},
		"a line of no file":   {runner.Place{Line: 3}, "::error::100%25\n"},
		"a hostile file": {
			runner.Place{File: "a,line=1::x\n::set-output name=x::y%\u202e##[error]", Line: 2},
			"::error file=a%2Cline=1%3A%3Ax\\n%3A%3Aset-output name=x%3A%3Ay%25\\u202e##\\[error],line=2::100%25\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			runner.New(&log, variables(nil)).ErrorAt(test.at, "100%\n")
			assert.Equal(t, test.want, log.String())
			log.Reset()
			runner.New(&log, variables(nil)).WarningAt(test.at, "100%\n")
			assert.Equal(t, strings.Replace(test.want, "::error", "::warning", 1), log.String())
		})
	}
}

func TestExit(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err  error
		code int
		log  string
	}{
		"success":  {nil, 0, ""},
		"failure":  {errors.New("read facts: 100% lost"), 1, "::error::read facts: 100%25 lost\n"},
		"joined":   {errors.Join(errors.New("first"), errors.New("second")), 1, "::error::first%0Asecond\n"},
		"commands": {fmt.Errorf("answer: %s", "a\r\n::set-output name=x::y\n##[error]z\r\n\n"), 1, "::error::answer: a%0A\\::set-output name=x::y%0A##\\[error]z\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			assert.Equal(t, test.code, runner.New(&log, variables(nil)).Exit(test.err))
			assert.Equal(t, test.log, log.String())
		})
	}
}

func TestAnnotations(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	r := runner.New(&log, variables(nil))
	r.Warning("a new rule: 50%")
	r.Error("first\r\n::error::second\n##[group]third\n\n")
	assert.Equal(t, "::warning::a new rule: 50%25\n::error::first%0A\\::error::second%0A##\\[group]third\n", log.String())
}

// brokenPipe fails every write, like the log of a runner that is gone.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestBrokenLog(t *testing.T) {
	t.Parallel()
	r := runner.New(brokenPipe{}, variables(nil))
	assert.NotPanics(t, func() {
		r.Mask("secret")
		r.Group("title")
		r.EndGroup()
		r.Log().Error("message")
	})
	assert.Equal(t, 1, r.Exit(errors.New("failed")))
	require.ErrorIs(t, r.SetOutput("name", "value"), io.ErrClosedPipe)
	require.ErrorIs(t, r.SaveState("name", "value"), io.ErrClosedPipe)
}

// panicking behaves like a bug in the library below.
type panicking struct{}

func (panicking) Write(p []byte) (int, error) { return int(p[2*len(p)]), nil }

func TestBugsStayPanics(t *testing.T) {
	t.Parallel()
	assert.Panics(t, func() { runner.New(panicking{}, variables(nil)).Mask("secret") })
}

func TestLinesOfGoroutinesStayWhole(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	r := runner.New(&log, variables(nil))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { r.Log().Info("line", "text", strings.Repeat("x", 100)) })
	}
	group.Wait()
	assert.Equal(t, strings.Repeat("line text="+strings.Repeat("x", 100)+"\n", 8), log.String())
}
