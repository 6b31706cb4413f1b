package runnertest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/runner/runnertest"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestReadFile(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want map[string]string
	}{
		"empty":              {"", map[string]string{}},
		"simple":             {"a=b\n\nc=d", map[string]string{"a": "b", "c": "d"}},
		"later wins":         {"a=b\na=c\n", map[string]string{"a": "c"}},
		"equals in value":    {"a=b=c<<d\n", map[string]string{"a": "b=c<<d"}},
		"empty name":         {"=b\n", map[string]string{"": "b"}},
		"heredoc":            {"a<<EOF\none\n\ntwo\nEOF\nb=c\n", map[string]string{"a": "one\n\ntwo", "b": "c"}},
		"heredoc empty":      {"a<<EOF\nEOF\n", map[string]string{"a": ""}},
		"heredoc blank line": {"a<<EOF\n\nEOF", map[string]string{"a": ""}},
		"two blank lines":    {"a<<EOF\n\n\nEOF", map[string]string{"a": "\n"}},
		"equals in marker":   {"a<<E=F\nx\nE=F\n", map[string]string{"a": "x"}},
		"carriage returns":   {"a<<EOF\r\nx\r\nEOF\r\n", map[string]string{"a": "x\r"}},
		"invalid UTF-8":      {"a=\xff\n", map[string]string{"a": "\uFFFD"}},
		"byte order mark":    {"\ufeffa=b\n", map[string]string{"a": "b"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := runnertest.ReadFile(write(t, test.text))
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

func TestReadFileErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"nothing\n":         `invalid format "nothing"`,
		"<<EOF\nx\nEOF\n":   "must not be empty",
		"a<<\nx\n":          "must not be empty",
		"a<<EOF\nx\n":       "matching delimiter not found",
		"a<<EOF":            "matching delimiter not found",
		"a<<EOF\nx":         "no line end",
		"a<<EOF\nx\nEOF \n": "matching delimiter not found",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			_, err := runnertest.ReadFile(write(t, text))
			require.ErrorContains(t, err, want, "%q", text)
		})
	}
	_, err := runnertest.ReadFile(t.TempDir())
	require.Error(t, err)
}

func TestReadFileMissing(t *testing.T) {
	t.Parallel()
	pairs, err := runnertest.ReadFile(filepath.Join(t.TempDir(), "missing"))
	require.NoError(t, err)
	assert.Empty(t, pairs)
}
