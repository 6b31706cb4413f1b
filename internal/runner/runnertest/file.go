// Package runnertest reads what a program wrote for the Actions runner the way the runner reads it.
// It exists for tests.
package runnertest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// ReadFile reads one of the runner's files of name and value pairs (GITHUB_OUTPUT, GITHUB_STATE,
// GITHUB_ENV) with the rules of the runner on Linux. Later pairs win. A file that does not exist holds none.
//
// Source: actions/runner, FileCommandManager.cs, EnvFileKeyValuePairs: lines end in LF alone,
// empty ones are skipped; a line is `name=value` or `name<<delimiter`, whichever sign comes first;
// the latter's value goes on until a line equal to the delimiter; everything else is an error.
func ReadFile(path string) (map[string]string, error) {
	text, err := os.ReadFile(path) //nolint:gosec // a test names the file
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, err
	}
	// The runner decodes the file as UTF-8 behind an optional byte order mark.
	rest := strings.TrimPrefix(strings.ToValidUTF8(string(text), "\uFFFD"), "\uFEFF")
	pairs := map[string]string{}
	for rest != "" {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if line == "" {
			continue
		}
		name, value, after, err := pair(line, rest)
		if err != nil {
			return nil, err
		}
		pairs[name], rest = value, after
	}
	return pairs, nil
}

// pair reads the pair that starts at line and returns it with the text after it.
func pair(line, rest string) (name, value, after string, err error) {
	equals, heredoc := strings.Index(line, "="), strings.Index(line, "<<")
	switch {
	case equals >= 0 && (heredoc < 0 || equals < heredoc):
		return line[:equals], line[equals+1:], rest, nil
	case heredoc < 0:
		return "", "", "", fmt.Errorf("invalid format %q", line)
	}
	name, delimiter := line[:heredoc], line[heredoc+2:]
	if name == "" || delimiter == "" {
		return "", "", "", fmt.Errorf("invalid format %q: name and delimiter must not be empty", line)
	}
	value, after, err = block(rest, delimiter)
	return name, value, after, err
}

// block reads the lines up to one that equals delimiter.
func block(rest, delimiter string) (value, after string, err error) {
	var lines []string
	for rest != "" {
		line, next, ended := strings.Cut(rest, "\n")
		if line == delimiter {
			return strings.Join(lines, "\n"), next, nil
		}
		if !ended {
			return "", "", errors.New("invalid value: the line before the end of the file has no line end")
		}
		lines, rest = append(lines, line), next
	}
	return "", "", fmt.Errorf("invalid value: matching delimiter not found: %q", delimiter)
}
