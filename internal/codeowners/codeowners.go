// Package codeowners finds out who owns a file, as GitHub reads a CODEOWNERS file.
package codeowners

import (
	"regexp"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Places returns where GitHub looks for the file. The first that exists counts.
func Places() []string { return []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"} }

// Of returns the owners of a file, by its path from the root of the repository. The last pattern that matches it counts,
// and one without owners takes them away.
func Of(text, file string) []string {
	var owners []string
	for line := range strings.Lines(text) {
		pattern, named, valid := parse(line)
		if valid && matches(pattern, file) {
			owners = named
		}
	}
	return owners
}

var comment = regexp.MustCompile(`(^|\s)#.*`)

// spaceInPath replaces an escaped space while a line is split.
const spaceInPath = "\x00"

// parse returns a line's pattern and owners. GitHub skips a line whose pattern or owners it cannot read.
func parse(line string) (pattern string, owners []string, valid bool) {
	line = comment.ReplaceAllString(strings.TrimSpace(line), "")
	words := strings.Fields(strings.ReplaceAll(line, `\ `, spaceInPath))
	if len(words) == 0 || strings.HasPrefix(words[0], "!") || strings.Contains(words[0], "[") {
		return "", nil, false
	}
	for _, owner := range words[1:] {
		if !strings.Contains(owner, "@") {
			return "", nil, false
		}
	}
	return strings.ReplaceAll(words[0], spaceInPath, " "), words[1:], true
}

// matches follows the rules of .gitignore, but for a pattern that ends with a star: it does not reach into folders.
func matches(pattern, file string) bool {
	anchored := strings.Contains(strings.TrimSuffix(pattern, "/"), "/")
	glob := strings.NewReplacer("{", `\{`, "}", `\}`).Replace(strings.TrimPrefix(pattern, "/"))
	if !anchored {
		glob = "**/" + glob
	}
	within := strings.TrimSuffix(glob, "/") + "/**/*"
	switch {
	case strings.HasSuffix(glob, "/"):
		return doublestar.MatchUnvalidated(within, file)
	case strings.HasSuffix(pattern, "/*"):
		return doublestar.MatchUnvalidated(glob, file)
	}
	return doublestar.MatchUnvalidated(glob, file) || doublestar.MatchUnvalidated(within, file)
}
