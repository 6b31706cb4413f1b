package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// documentation lists the pages that people read first: those next to the README, the one of the examples, and
// everything below docs.
func documentation(m *maker) []string {
	var pages []string
	for _, name := range []string{"README.md", "SECURITY.md", "CONTRIBUTING.md", "examples/README.md"} {
		pages = append(pages, m.path(filepath.FromSlash(name)))
	}
	below, err := filepath.Glob(m.path("docs", "*.md"))
	m.must(err)
	return append(pages, below...)
}

func read(m *maker, path string) string {
	text, err := os.ReadFile(path) //nolint:gosec // a file of the repository
	m.must(err)
	return string(text)
}

// files lists the repository's files whose name has one of these endings, every file without one.
func files(m *maker, endings ...string) []string {
	var found []string
	err := filepath.WalkDir(m.root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == ".git":
			return filepath.SkipDir
		case entry.Type().IsRegular() && (len(endings) == 0 || hasEnding(path, endings)):
			found = append(found, path)
		}
		return nil
	})
	m.must(err)
	return found
}

func hasEnding(path string, endings []string) bool {
	for _, ending := range endings {
		if strings.HasSuffix(path, ending) {
			return true
		}
	}
	return false
}
