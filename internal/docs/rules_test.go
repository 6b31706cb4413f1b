package docs

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/lockstep-action/lockstep/internal/policy"
	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// Every rules file that people can copy is read without a mistake, and editors find none.
func TestRulesFilesAreRight(t *testing.T) {
	t.Parallel()
	editor := rulesSchema(t)
	for name, text := range rulesFiles(t) {
		_, err := policy.Read(text)
		require.NoError(t, err, "%s:\n%s", name, text)
		var file any
		require.NoError(t, yaml.Unmarshal([]byte(text), &file), name)
		assert.NoError(t, editor.Validate(file), name)
	}
}

// rulesFiles are those of the examples and of the page on rules, which also shows parts of files.
func rulesFiles(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	paths, err := filepath.Glob(filepath.Join(root, "examples", "rules", "*.yml"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		found[filepath.Base(path)] = read(repo(t), path)
	}
	page := read(repo(t), filepath.Join(root, "docs", "rules.md"))
	whole, parts := 0, 0
	key := regexp.MustCompile(`^(freezes|path_rules|override):\n`)
	for i, text := range yamlBlocks(page) {
		switch {
		case strings.Contains(text, "version: 1\n"):
			whole++
		case key.MatchString(text):
			parts++
			text = "version: 1\nenvironments:\n  staging:\n  production: {after: staging, production: true}\n" + text
		default:
			t.Errorf("what is this?\n%s", text)
		}
		found[fmt.Sprintf("block %d of docs/rules.md", i+1)] = text
	}
	assert.Equal(t, 2, whole)
	assert.Equal(t, 3, parts)
	return found
}

func rulesSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "schema", "lockstep.schema.json"))
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	require.NoError(t, compiler.AddResource("lockstep.json", document))
	compiled, err := compiler.Compile("lockstep.json")
	require.NoError(t, err)
	return compiled
}

// rehearsed plays a story in virtual time.
func rehearsed(t *testing.T, story rehearse.Story, o rehearse.Options) (err error) {
	t.Helper()
	o.Schema, o.Latency = schema(t), 100*time.Millisecond
	synctest.Test(t, func(t *testing.T) { err = rehearse.Run(t.Context(), story, o) })
	return err
}

// Every rules file of the examples has a test, which holds.
func TestRulesTestsHold(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join(root, "examples", "rules", "*.yml"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			stories, err := rehearse.Stories(strings.TrimSuffix(path, ".yml") + ".test.txtar")
			require.NoError(t, err)
			require.NoError(t, rehearsed(t, stories[0], rehearse.Options{}))
		})
	}
}
