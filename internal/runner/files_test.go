package runner_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/runner"
	"github.com/lockstep-action/lockstep/internal/runner/runnertest"
)

// withFile returns a runner whose variable names an empty file, and the file's path.
func withFile(tb testing.TB, variable string) (*runner.Runner, string) {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "file")
	require.NoError(tb, os.WriteFile(path, nil, 0o600))
	return runner.New(io.Discard, variables(map[string]string{variable: path})), path
}

// hostileValues try to end their block early, to add a pair, or to confuse the reader.
func hostileValues() []string {
	return []string{
		"", "plain", "a=b", "x<<EOF", "\n", "\r\n", "\r", "a\r\nb\r\n", "\x00", "ü 🚀", "\xff\xfe", "\ufeff",
		"_GitHubActionsFileCommandDelimeter_",
		"x\n_GitHubActionsFileCommandDelimeter_\ncontinue=true",
		"ghadelimiter_AAAAAAAAAAAAAAAAAAAAAAAAAA\ncontinue=true\n",
		"::set-output name=continue::true\n##[set-output name=continue]true",
		"EOF\ncontinue<<EOF\ntrue\nEOF",
	}
}

func TestSetOutput(t *testing.T) {
	t.Parallel()
	for _, value := range hostileValues() {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			r, path := withFile(t, "GITHUB_OUTPUT")
			require.NoError(t, r.SetOutput("params", value))
			require.NoError(t, r.SetOutput("ref", "main"))
			pairs, err := runnertest.ReadFile(path)
			require.NoError(t, err)
			want := strings.ToValidUTF8(value, "\uFFFD")
			assert.Equal(t, map[string]string{"params": want, "ref": "main"}, pairs)
		})
	}
}

func TestDelimitersDiffer(t *testing.T) {
	t.Parallel()
	r, path := withFile(t, "GITHUB_OUTPUT")
	require.NoError(t, r.SetOutput("a", ""))
	require.NoError(t, r.SetOutput("a", ""))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	lines := strings.Split(string(text), "\n")
	require.Len(t, lines, 7)
	assert.NotEqual(t, lines[0], lines[3])
	assert.NotContains(t, string(text), "_GitHubActionsFileCommandDelimeter_")
}

func TestNamesAreChecked(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "a=b", "a<<b", "a\nb", "a\rb", "a b", "a\x00b", "\ufeffa", "\xff", "ä", "a.b", "::a"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			path := filepath.Join(t.TempDir(), "file")
			r := runner.New(&log, variables(map[string]string{"GITHUB_OUTPUT": path}))
			require.ErrorContains(t, r.SetOutput(name, "value"), "set output")
			require.ErrorContains(t, r.SaveState(name, "value"), "save state")
			assert.NoFileExists(t, path)
			assert.Empty(t, log.String())
		})
	}
}

func TestSaveState(t *testing.T) {
	t.Parallel()
	r, path := withFile(t, "GITHUB_STATE")
	require.NoError(t, r.SaveState("ledger", "first"))
	require.NoError(t, r.SaveState("ledger", strings.Repeat("x", 120<<10)))
	require.ErrorContains(t, r.SaveState("ledger", strings.Repeat("x", 120<<10+1)), `save state "ledger": the value has 122881 bytes`)
	require.ErrorContains(t, r.SaveState("ledger", "a\x00"), "NUL")
	pairs, err := runnertest.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"ledger": strings.Repeat("x", 120<<10)}, pairs)
}

func TestOldRunner(t *testing.T) {
	t.Parallel()
	for _, value := range hostileValues() {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			r := runner.New(&log, variables(nil))
			require.NoError(t, r.SetOutput("params", value))
			want := strings.ToValidUTF8(value, "\uFFFD")
			assert.Equal(t, []runnertest.Command{
				{Name: "set-output", Properties: map[string]string{"name": "params"}, Data: want},
			}, runnertest.Commands(log.String()))
		})
	}
	var log bytes.Buffer
	require.NoError(t, runner.New(&log, variables(nil)).SaveState("ledger", "a\nb"))
	assert.Equal(t, "\n::save-state name=ledger::a%0Ab\n", log.String())
}

func TestFilesThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "missing", "file")
	var log bytes.Buffer
	r := runner.New(&log, func(string) string { return missing })
	require.ErrorIs(t, r.SetOutput("name", "value"), os.ErrNotExist)
	require.ErrorIs(t, r.SaveState("name", "value"), os.ErrNotExist)
	require.ErrorIs(t, r.Summary("text"), os.ErrNotExist)
	assert.Empty(t, log.String(), "nothing goes to the log instead")
}

func TestSummary(t *testing.T) {
	t.Parallel()
	r, path := withFile(t, "GITHUB_STEP_SUMMARY")
	require.NoError(t, r.Summary("# One"))
	require.NoError(t, r.Summary("Two \xff"))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "# One\nTwo \uFFFD\n", string(text))
}

func TestSummaryUnset(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	require.NoError(t, runner.New(&log, variables(nil)).Summary("text"))
	assert.Empty(t, log.String())
}

func TestSummaryTooLong(t *testing.T) {
	t.Parallel()
	const limit = 1 << 20
	notice := "_The rest is left out: a job summary holds at most 1 MiB._\n"
	tests := map[string]struct {
		parts []string
		want  func(t *testing.T, text string)
	}{
		"cut at a line": {
			parts: []string{strings.Repeat("ärger\n", limit)},
			want: func(t *testing.T, text string) {
				t.Helper()
				head, found := strings.CutSuffix(text, "\n"+notice+"\n")
				require.True(t, found)
				assert.Empty(t, strings.ReplaceAll(head, "ärger\n", ""))
			},
		},
		"one endless line": {
			parts: []string{strings.Repeat("x", limit)},
			want:  func(t *testing.T, text string) { t.Helper(); assert.Equal(t, "\n"+notice+"\n", text) },
		},
		"several parts": {
			parts: []string{strings.Repeat("x", limit/2) + "\n", strings.Repeat("y\n", limit/2), strings.Repeat("z\n", limit)},
			want: func(t *testing.T, text string) {
				t.Helper()
				assert.Contains(t, text, "x\n\ny\n")
				assert.Equal(t, 1, strings.Count(text, notice))
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, path := withFile(t, "GITHUB_STEP_SUMMARY")
			for _, part := range test.parts {
				require.NoError(t, r.Summary(part))
			}
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Less(t, len(text), limit)
			test.want(t, string(text))
		})
	}
}
