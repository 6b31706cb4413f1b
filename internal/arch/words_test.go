package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// dialect are words and phrases that are not the plain English of GitHub's, Go's and Kubernetes' documentation.
// Write the actor or the user, zero, next to, no longer, anyone, no one, is, has, contains, reports.
var dialect = regexp.MustCompile(`(?i)\b(` + strings.Join([]string{
	`whoever`, `nought`, `beside`, `any more`, `is none`, `somebody`, `nobody`, `anybody`, `stands`, `so that`,
	`takes? no longer`,
}, "|") + `)\b`)

// Go code, action.yml and messages are written in plain words.
func TestPlainWords(t *testing.T) {
	t.Parallel()
	texts := map[string]string{"action.yml": wording(t, filepath.Join(root, "action.yml"))}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			if strings.HasPrefix(entry.Name(), ".") && path != root {
				return filepath.SkipDir
			}
		case name == filepath.Join("internal", "arch", "words_test.go"): // which names the words
		case strings.HasSuffix(name, ".go"), filepath.Dir(name) == filepath.Join("internal", "message", "testdata"):
			texts[name] = wording(t, path)
		}
		return nil
	}))
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, dialect.FindAllString(text, -1))
		})
	}
}

// wording is what a file says in words: all of it, and of Go code the comments, strings and identifiers.
func wording(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	if filepath.Ext(path) != ".go" {
		return string(text)
	}
	return goWords(t, string(text))
}

func goWords(t *testing.T, text string) string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "", text, parser.ParseComments)
	require.NoError(t, err)
	var words []string
	for _, comment := range file.Comments {
		words = append(words, strings.Join(strings.Fields(comment.Text()), " "))
	}
	hump := regexp.MustCompile(`[A-Z]?[a-z]+|[A-Z]+`)
	ast.Inspect(file, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.Ident:
			words = append(words, strings.Join(hump.FindAllString(n.Name, -1), " "))
		case *ast.BasicLit:
			words = append(words, strings.ReplaceAll(n.Value, `\n`, " "))
		}
		return true
	})
	return strings.Join(words, "\n")
}

func TestGoWords(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		code  string
		found []string
	}{
		"comment":           {"package p\n\n// f waits for somebody.\nfunc f() {}", []string{"somebody"}},
		"over two lines":    {"package p\n\n// f is none\n// of them, so\n// that it ends.\nfunc f() {}", []string{"is none", "so that"}},
		"string":            {"package p\n\nconst c = `Whoever asks`", []string{"Whoever"}},
		"behind line break": {`package p; const c = "a\\nnobody"`, []string{"nobody"}},
		"identifier":        {"package p\n\nfunc TestLockBesideOthers() {}", []string{"Beside"}},
		"underscores":       {"package p\n\nvar any_more int", []string{"any more"}},
		"parts of words":    {"package p\n\nvar understands, nobodys, standing, someone int // besides, so thatch", nil},
		"plain":             {"package p\n\n// f is no longer a command.\nfunc f() {}", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.found, dialect.FindAllString(goWords(t, test.code), -1))
		})
	}
}
