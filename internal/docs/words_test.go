package docs

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

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/template"
)

// What pages show as `input: value` is taken by the action.
func TestSettingsInText(t *testing.T) {
	t.Parallel()
	setting := regexp.MustCompile("`([a-z_]+): ([^`\n]+)`")
	names := inputNames()
	checked := 0
	for _, path := range documentation(repo(t)) {
		text := outside(t, path, "values")
		for _, match := range setting.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(names, match[1]) {
				continue
			}
			checked++
			_, err := tryOut(map[string]string{match[1]: strings.ReplaceAll(match[2], `\|`, "|")})
			require.NoError(t, err, "%s: %s", path, match[0])
		}
	}
	assert.Positive(t, checked)
}

// outside is a page without the blocks of a name.
func outside(t *testing.T, path, name string) string {
	t.Helper()
	text := read(repo(t), path)
	for _, b := range blocksOf(t, path) {
		if b.name == name {
			text = strings.Replace(text, b.String(), "", 1)
		}
	}
	return text
}

func inputNames() []string {
	var names []string
	for _, input := range config.Declared() {
		names = append(names, input.Name)
	}
	return names
}

// Names with an underscore in the text of a page exist: as an input, an output, a reason, a key of what
// is written somewhere, or as a word of GitHub's.
func TestNamesInText(t *testing.T) {
	t.Parallel()
	known := slices.Concat(inputNames(), outputNames(), words(), order(repo(t), document().Marshal()), eventKeys(t), sinkKeys(repo(t)), foreignKeys(t), metadataKeys(t))
	for _, variable := range template.Variables() {
		known = append(known, variable.Name)
	}
	for _, reason := range reasons(repo(t)) {
		known = append(known, string(reason))
	}
	span := regexp.MustCompile("`([a-z]+(?:_[a-z]+)+)`")
	for _, path := range documentation(repo(t)) {
		for _, match := range span.FindAllStringSubmatch(read(repo(t), path), -1) {
			assert.Contains(t, known, match[1], path)
		}
	}
}

// words are names of GitHub's, of deployment payloads and of other parts of the action.
func words() []string {
	return []string{
		"issue_comment", "pull_request", "pull_request_target", "workflow_dispatch", "workflow_run",
		"skip_reviews", "github_run_attempt", "github_run_id", "auto_merge", "expected_head_sha",
		"pr_base", "default_branch", "in_progress", "not_recorded", "schema_version", "deployment_type",
		"initial_comment_id", "lock_info", "merge_deploy", "unlock_on_merge", "timed_out", "rolled_back",
	}
}

// dialect are words and phrases that are not the plain English of GitHub's, Go's and Kubernetes' documentation.
// Write the actor or the user, zero, next to, no longer, anyone, no one, is, has, contains, reports.
var dialect = regexp.MustCompile(`(?i)\b(` + strings.Join([]string{
	`whoever`, `nought`, `beside`, `any more`, `is none`, `somebody`, `nobody`, `anybody`, `stands`, `so that`,
	`takes? no longer`, `is no command`,
}, "|") + `)\b`)

// pending are the directories and files that are still to be reworded.
var pending = []string{
	"cmd/measure",
	"cmd/rehearse",
	"cmd/release",
	"internal/app",
	"internal/arch",
	"internal/command",
	"internal/config/inputs_sinks.go", "internal/config/inputs_sinks_test.go", "internal/config/read_headers.go", "internal/config/read_sink_list.go",
	"internal/config/read_sink_list_test.go", "internal/config/read_sinks.go", "internal/config/sinks.go",
	"internal/deploy",
	"internal/doctor",
	"internal/event",
	"internal/gh",
	"internal/js",
	"internal/lock",
	"internal/markdown",
	"internal/message/testdata",
	"internal/period",
	"internal/plan",
	"internal/rehearse",
	"internal/release",
	"internal/runner",
	"internal/runner/runnertest",
	"internal/sim",
	"internal/sim/git",
	"internal/sim/graph",
	"internal/template",
	"internal/tools/schema",
	"internal/track",
	"internal/wait",
	"internal/workflow",
}

// Go code, action.yml and messages are written in plain words.
func TestPlainWords(t *testing.T) {
	t.Parallel()
	texts := map[string]string{"action.yml": read(t, filepath.Join(root, "action.yml"))}
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
		if slices.Contains(pending, filepath.ToSlash(filepath.Dir(name))) || slices.Contains(pending, filepath.ToSlash(name)) {
			continue
		}
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
