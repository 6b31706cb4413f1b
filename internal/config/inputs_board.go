package config

import (
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// BoardSettings say where mode status writes what runs where, besides the job summary.
type BoardSettings struct {
	File  string // status_file: a path below the workspace, "" for none
	Issue int    // board_issue: the number of an issue, 0 for none
}

func boardInputs() []Input {
	mode := need{"mode", string(ShowStatus)}
	return []Input{
		{
			Name: "status_file", needs: mode,
			Description: "HTML page that `mode: status` writes, such as `public/index.html`",
			read:        optional(workspacePath(func(c *Config) *string { return &c.Board.File })),
		},
		{
			Name: "board_issue", needs: mode,
			Description: "Number of the issue that `mode: status` keeps current (needs `issues: write`)",
			read:        optional(readBoardIssue),
		},
	}
}

const longestPath = 255 // bytes

// workspacePath takes paths that stay below the workspace, and out of what git keeps there.
func workspacePath(field func(*Config) *string) reader {
	return func(c *Config, value string) error {
		if err := checkWorkspacePath(value); err != nil {
			return err
		}
		*field(c) = value
		return nil
	}
}

func checkWorkspacePath(value string) error {
	odd := func(r rune) bool { return unicode.IsControl(r) || r == '\\' }
	parts := strings.Split(value, "/")
	git := func(part string) bool { return strings.EqualFold(part, ".git") }
	if path.IsAbs(value) || path.Clean(value) != value || value == "." || parts[0] == ".." || len(value) > longestPath ||
		strings.ContainsFunc(value, odd) || slices.ContainsFunc(parts, git) {
		return errors.New("must be a path below the workspace, such as public/index.html, without .. and .git")
	}
	return nil
}

func readBoardIssue(c *Config, value string) error {
	number, err := strconv.Atoi(value)
	if err != nil || number <= 0 {
		return errors.New("must be the number of an issue, such as 12")
	}
	c.Board.Issue = number
	return nil
}
