package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// dialect are words and phrases that are not the plain English of GitHub's, Go's and Kubernetes' documentation.
// Write the actor or the user, zero, next to, no longer, anyone, no one, is, has, contains, reports, cleaned up.
func dialect() []string {
	return []string{
		`whoever`, `nought`, `beside`, `any more`, `is none`, `somebody`, `nobody`, `anybody`, `stands`, `so that`,
		`take no longer`, `takes no longer`, `put in order`,
	}
}

// inPages are further ones that only code may use: a package holds types, and a test tells two things apart.
func inPages() []string { return append(dialect(), `holds`, `tells`, `told`) }

// find lists the words of a list that a text contains.
func find(words []string, text string) []string {
	lower := strings.ToLower(text)
	if !slices.ContainsFunc(words, func(word string) bool { return strings.Contains(lower, word) }) {
		return nil // expressions take their time
	}
	return regexp.MustCompile(`(?i)\b(`+strings.Join(words, "|")+`)\b`).FindAllString(text, -1)
}

// Go code, messages, action.yml, pages, examples and stories are written in plain words.
func TestPlainWords(t *testing.T) {
	t.Parallel()
	checked := map[string]int{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		words := wordsFor(name)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (name == ".git" || entry.Name() == "node_modules"):
			return filepath.SkipDir
		case entry.IsDir() || words == nil:
			return nil
		}
		checked[filepath.Ext(name)]++
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, find(words, wording(t, path)))
		})
		return nil
	}))
	for _, ending := range []string{".go", ".md", ".yml", ".txtar", ".json"} {
		assert.Positive(t, checked[ending], ending)
	}
}

// wordsFor is what a file may not contain, nil for a file that is data. The test itself names the words.
func wordsFor(name string) []string {
	within := func(directories ...string) bool {
		return slices.ContainsFunc(directories, func(d string) bool { return strings.HasPrefix(name, d+"/") })
	}
	switch directory, ending := filepath.Dir(name), filepath.Ext(name); {
	case name == "internal/arch/words_test.go":
		return nil
	case ending == ".go", within("testdata/stories", "examples/rules") && ending == ".txtar":
		return dialect()
	case name == "action.yml", directory == "." && ending == ".md", within("docs", "examples", "schema", ".github", "internal/message/testdata"):
		return inPages()
	}
	return nil
}

// wording is what a file says in words: of Go code the comments, strings and identifiers, of a page all but its code
// spans, which are names or quote older messages.
func wording(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	switch filepath.Ext(path) {
	case ".go":
		return goWords(t, string(text))
	case ".md":
		return strings.Join(strings.Fields(codeSpan.ReplaceAllString(string(text), "`")), " ")
	}
	return string(text)
}

// codeSpan is code within a line, or the name of a generated block.
var codeSpan = regexp.MustCompile("`[^`\n]+`|<!-- /?[a-z-]+")

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
			assert.Equal(t, test.found, find(dialect(), goWords(t, test.code)))
		})
	}
}
