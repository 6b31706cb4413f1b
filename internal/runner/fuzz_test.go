package runner_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/runner"
	"github.com/lockstep-action/lockstep/internal/runner/runnertest"
)

// FuzzSetOutput writes pairs and reads them as the runner does: through the file, and through the
// command of runners without one.
func FuzzSetOutput(f *testing.F) {
	for _, value := range hostileValues() {
		f.Add("params", value)
		f.Add(value, "true")
	}
	r, path := withFile(f, "GITHUB_OUTPUT")
	f.Fuzz(func(t *testing.T, name, value string) {
		require.NoError(t, os.Truncate(path, 0))
		require.NoError(t, r.SetOutput("before", "untouched"))
		want := map[string]string{"before": "untouched"}
		if r.SetOutput(name, value) == nil {
			want[name] = strings.ToValidUTF8(value, "\uFFFD")
		}
		got, err := runnertest.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, want, got)

		var log bytes.Buffer
		if runner.New(&log, variables(nil)).SetOutput(name, value) == nil {
			assert.Equal(t, []runnertest.Command{{
				Name: "set-output", Properties: map[string]string{"name": name}, Data: want[name],
			}}, runnertest.Commands(log.String()))
		}
	})
}

// FuzzLog holds that text never becomes a command: each record is one line, the only commands in
// the log are those of the records' levels, and no line could start any other.
func FuzzLog(f *testing.F) {
	for _, text := range append(hostileValues(),
		"::error::x", " \t::stop-commands::x", "##[error]x", "####[[error]", "\u2028::error::x",
		"\ufe0f::error::x", "\x1b[0m", "%0A::error::x", "\\", "::", "##[") {
		f.Add(text, "key", "value")
		f.Add("message", text, "value")
		f.Add("message", "key", text)
	}
	f.Fuzz(func(t *testing.T, message, key, value string) {
		var log bytes.Buffer
		r := runner.New(&log, variables(nil))
		logger := r.Log().With(key, value).WithGroup(key)
		logger.Info(message, key, value)
		logger.Warn(message, key, value)
		logger.Error(message, key, slog.GroupValue(slog.String(value, message)))
		logger.Debug(message, "error", errors.New(value))
		r.Group(message)
		r.Warning(message)
		code := r.Exit(errors.New(value))

		assert.Equal(t, 1, code)
		assertLines(t, log.String(), "", "::warning::", "::error::", "::debug::", "::group::", "::warning::", "::error::")
	})
}

// assertLines compares the log's lines with the wanted commands, "" for a plain line.
func assertLines(t *testing.T, log string, want ...string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(log, "\n"), "\n")
	require.Len(t, lines, len(want))
	for i, line := range lines {
		text, found := strings.CutPrefix(line, want[i])
		require.True(t, found, "%q", line)
		commands := runnertest.Commands(line)
		if want[i] == "" {
			assert.Empty(t, commands)
			assertInert(t, text)
			continue
		}
		require.Len(t, commands, 1)
		assert.Equal(t, want[i], "::"+commands[0].Name+"::")
		assert.Empty(t, commands[0].Properties)
		// The runner writes the data of an annotation to the log, line by line.
		for part := range strings.SplitSeq(commands[0].Data, "\n") {
			assertInert(t, part)
		}
	}
}

func assertInert(t *testing.T, line string) {
	t.Helper()
	assert.False(t, strings.HasPrefix(strings.TrimSpace(line), "::"), "%q", line)
	assert.NotContains(t, line, "##[")
	odd := func(c rune) bool { return !unicode.IsPrint(c) }
	assert.False(t, strings.ContainsFunc(line, odd), "%q", line)
	assert.Empty(t, runnertest.Commands(line))
}
