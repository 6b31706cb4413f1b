package policy_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/lockstep-action/lockstep/internal/policy"
)

func compile(t testing.TB) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(policy.Schema()))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.AssertFormat()
	require.NoError(t, compiler.AddResource("lockstep.json", document))
	found, err := compiler.Compile("lockstep.json")
	require.NoError(t, err)
	return found
}

// asJSON is a file as editors give it to a schema: YAML 1.2, with the keys as text.
func asJSON(node *yaml.Node) any {
	switch node.Kind {
	case yaml.DocumentNode:
		return asJSON(node.Content[0])
	case yaml.AliasNode:
		return asJSON(node.Alias)
	case yaml.SequenceNode:
		list := []any{}
		for _, one := range node.Content {
			list = append(list, asJSON(one))
		}
		return list
	case yaml.MappingNode:
		object := map[string]any{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			object[node.Content[i].Value] = asJSON(node.Content[i+1])
		}
		return object
	default:
		return scalar(node)
	}
}

func scalar(node *yaml.Node) any {
	switch node.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(node.Value, "true")
	case "!!int", "!!float":
		var number any
		if node.Decode(&number) == nil {
			return number
		}
	}
	return node.Value
}

// refuses reports whether the schema refuses a file, and whether it is YAML at all.
func refuses(found *jsonschema.Schema, text string) (refused, isYAML bool) {
	var whole any // which finds keys that are there twice and anchors within themselves
	var document yaml.Node
	if yaml.Unmarshal([]byte(text), &whole) != nil || yaml.Unmarshal([]byte(text), &document) != nil || whole == nil {
		return false, false
	}
	return found.Validate(asJSON(&document)) != nil, true
}

// examples are files without mistakes: those of this package, and of the repository.
func examples(t testing.TB) map[string]string {
	t.Helper()
	texts := map[string]string{"minimal": minimal("soak: 2h"), "anchors": minimal("draft: &a true\n    confirm: *a")}
	for _, pattern := range []string{"testdata/*.yml", "../../examples/*/.github/lockstep.yml", "../../examples/*lockstep*.yml"} {
		paths, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, path := range paths {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			texts[path] = string(text)
		}
	}
	return texts
}

func TestExamplesAreValid(t *testing.T) {
	t.Parallel()
	found := compile(t)
	for name, text := range examples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read(t, text)
			refused, isYAML := refuses(found, text)
			assert.True(t, isYAML)
			assert.False(t, refused)
		})
	}
}

func TestSchemaIsWellFormed(t *testing.T) {
	t.Parallel()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(policy.Schema()))
	require.NoError(t, err)
	draft, err := jsonschema.NewCompiler().Compile("https://json-schema.org/draft/2020-12/schema")
	require.NoError(t, err)
	require.NoError(t, draft.Validate(document))
	keys := 0
	var walk func(value any)
	walk = func(value any) {
		switch value := value.(type) {
		case []any:
			for _, one := range value {
				walk(one)
			}
		case map[string]any:
			if properties, isObject := value["properties"].(map[string]any); isObject && value["type"] == "object" {
				assert.Equal(t, false, value["additionalProperties"])
				for name, property := range properties {
					keys++
					assert.NotEmpty(t, property.(map[string]any)["description"], name)
					assert.NotEmpty(t, property.(map[string]any)["examples"], name)
				}
			}
			for _, one := range value {
				walk(one)
			}
		}
	}
	walk(document)
	assert.Greater(t, keys, len(policy.Keys()))
}

// Most mistakes are already seen in the editor.
func TestSchemaFindsMistakes(t *testing.T) {
	t.Parallel()
	found := compile(t)
	seen, all := 0, 0
	for before, mistakes := range map[string]map[string][]string{
		minimal("")[:len(minimal(""))-1]:                        inEnvironment(),
		"version: 1\nenvironments: {staging: , production: }\n": belowEnvironments(),
		"": wholeFiles(),
	} {
		for text := range mistakes {
			if refused, isYAML := refuses(found, before+text); isYAML {
				all++
				if refused {
					seen++
				}
			}
		}
	}
	assert.Greater(t, seen*100/all, 75, "%d of %d", seen, all)
}

func TestWhatTheSchemaRefusesTheReaderRefuses(t *testing.T) {
	t.Parallel()
	found := compile(t)
	random := rand.New(rand.NewPCG(16, 5))
	texts := examples(t)
	names := slices.Sorted(maps.Keys(texts))
	refusals := 0
	for i := range 500 {
		text := texts[names[i%len(names)]]
		for range 1 + random.IntN(3) {
			text = mutate(random, text)
		}
		refused, isYAML := refuses(found, text)
		_, err := policy.Read(text)
		if refused || !isYAML {
			refusals++
			require.Error(t, err, "%s", text)
		}
	}
	assert.Greater(t, refusals, 250)
	assert.Less(t, refusals, 500, "some changes are allowed")
}

// mutate changes one thing in a file.
func mutate(random *rand.Rand, text string) string {
	lines := strings.SplitAfter(text, "\n")
	i := random.IntN(len(lines))
	line := lines[i]
	values := []string{
		"true", "false", "~", "[]", "{}", "0", "1", "21", "-1", "1.0", "2h", "off", "yes", `""`, `" x"`, "[a, a]", "[a, b]", "{count: 1}", "staging",
		"{require: [x]}", "required", "force", "fri 16:00", `"18:00"`, "2026-12-23 18:00", "http://x", "https://x", "https://u@x/", "@alice", "role:x", "\t", "&a x", "*a", "a: b", "'true'",
	}
	key, value, isEntry := strings.Cut(line, ": ")
	switch random.IntN(8) {
	case 0:
		lines[i] = ""
	case 1:
		lines[i] = line + line
	case 2:
		lines[i] = " " + line
	case 3, 4:
		if isEntry {
			lines[i] = key + ": " + values[random.IntN(len(values))] + "\n"
		}
	case 5:
		if other := lines[random.IntN(len(lines))]; isEntry {
			otherKey, _, _ := strings.Cut(other, ":")
			lines[i] = otherKey + ": " + value
		}
	case 6:
		if words := strings.FieldsFunc(line, func(char rune) bool { return strings.ContainsRune(" ,:[]{}\"\n", char) }); len(words) > 0 {
			lines[i] = strings.Replace(line, words[random.IntN(len(words))], values[random.IntN(len(values))], 1)
		}
	default:
		at := random.IntN(len(line) + 1)
		lines[i] = line[:at] + strconv.Quote(string("x-: #0{}[]"[random.IntN(10)]))[1:2] + line[at:]
	}
	return strings.Join(lines, "")
}

// large is a file of almost 64 KiB.
func large(comment string) string {
	var text strings.Builder
	text.WriteString("version: 1\nenvironments:\n")
	for i := range 100 {
		fmt.Fprintf(&text, "  environment-%d: {checks: [build, test], reviews: {count: 2, from: [acme/leads, alice]}, allow: [acme/release, role:maintain]}\n", i)
	}
	text.WriteString("path_rules:\n")
	for i := 0; text.Len() < 64<<10-300; i++ {
		fmt.Fprintf(&text, "  - {name: rule %d, paths: [\"db/%d/**\", \"**/%d.sql\"], merged: true, environments: [Environment-%d]} %s\n", i, i, i, i%100, comment)
	}
	return text.String()
}

func TestLargeFile(t *testing.T) {
	t.Parallel()
	text := large("# note")
	assert.Greater(t, len(text), 63<<10)
	assert.Greater(t, len(read(t, text).PathRules), 300)
}

func BenchmarkRead(b *testing.B) {
	text := large("")
	for b.Loop() {
		if _, err := policy.Read(text); err != nil {
			b.Fatal(err)
		}
	}
}
