package arch

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/lockstep-action/lockstep/internal/config"
)

// update rewrites what can be generated: the inputs and outputs of action.yml, and the tables
// between markers in the documentation.
var update = flag.Bool("update", false, "rewrite generated parts of action.yml and the documentation")

// metadata is action.yml. Inputs and outputs keep their order.
type metadata struct {
	Name        string
	Description string
	Branding    struct{ Icon, Color string }
	Inputs      yaml.Node
	Outputs     yaml.Node
	Runs        struct {
		Using          string
		Image          string
		Entrypoint     string
		PostEntrypoint string `yaml:"post-entrypoint"`
		PostIf         string `yaml:"post-if"`
		Args           []string
		Env            map[string]string
	}
}

func readMetadata(t *testing.T) metadata {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "action.yml"))
	require.NoError(t, err)
	var m metadata
	require.NoError(t, yaml.Unmarshal(text, &m))
	return m
}

func TestActionInputs(t *testing.T) {
	if *update {
		updateMetadata(t)
	}
	var want []config.Input
	for _, input := range config.Declared() {
		want = append(want, config.Input{
			Name: input.Name, Description: input.Description, Required: input.Required, Default: input.Default,
		})
	}
	var got []config.Input
	eachEntry(t, readMetadata(t).Inputs, func(name string, entry yaml.Node) {
		var declared struct {
			Description, Default string
			Required             bool
		}
		require.NoError(t, entry.Decode(&declared), name)
		got = append(got, config.Input{
			Name: name, Description: declared.Description, Required: declared.Required, Default: declared.Default,
		})
	})
	assert.Equal(t, want, got, "go test ./internal/arch -update rewrites action.yml")
}

func TestActionOutputs(t *testing.T) {
	if *update {
		updateMetadata(t)
	}
	var got []config.Output
	eachEntry(t, readMetadata(t).Outputs, func(name string, entry yaml.Node) {
		var declared struct{ Description string }
		require.NoError(t, entry.Decode(&declared), name)
		got = append(got, config.Output{Name: name, Description: declared.Description})
	})
	assert.Equal(t, config.Outputs(), got, "go test ./internal/arch -update rewrites action.yml")
}

// A description is shown alone, in a search result or next to one line of a workflow: it must not lean on the
// description above it, and it says what a value does instead of asking whether.
func TestDescriptionsReadAlone(t *testing.T) {
	t.Parallel()
	m := readMetadata(t)
	for kind, mapping := range map[string]yaml.Node{"input": m.Inputs, "output": m.Outputs} {
		seen := map[string]string{}
		eachEntry(t, mapping, func(name string, entry yaml.Node) {
			t.Run(kind+" "+name, func(t *testing.T) {
				var declared struct{ Description string }
				require.NoError(t, entry.Decode(&declared))
				assert.Empty(t, leaning(declared.Description))
				assert.Empty(t, seen[declared.Description], "the descriptions are the same")
				if !strings.HasPrefix(declared.Description, "Another spelling of ") {
					seen[declared.Description] = name
				}
			})
		})
	}
}

// leaning says what is wrong with a description that has to be understood without any other, "" for nothing.
func leaning(description string) string {
	const fewestWords = 3
	pointing := regexp.MustCompile(`(?i)\b(it|its|itself|they|them|their|there|that (commit|address|one|holds|may)|such an?|do so|too)\b|^(that|this|those|these|the same|why|how it|whether)\b`)
	prose := regexp.MustCompile("`[^`]*`").ReplaceAllString(description, "x")
	switch {
	case pointing.MatchString(prose):
		return "points at something that is not there: " + pointing.FindString(prose)
	case len(strings.Fields(description)) < fewestWords:
		return "is too short"
	case !regexp.MustCompile("^[A-Z`].*[^\\s.,;:]$").MatchString(description):
		return "does not begin with a capital, or does not end with a word"
	}
	return ""
}

func TestLeaning(t *testing.T) {
	t.Parallel()
	for description, problem := range map[string]string{
		"Whether the lock stays":                     "Whether",
		"Keep the lock too":                          "too",
		"URL of it when there is one":                "it",
		"Bearer token for that address":              "that address",
		"The same as a JSON object":                  "The same",
		"How it went":                                "How it",
		"Severity":                                   "too short",
		"keep the lock after the deployment":         "begin with a capital",
		"Keep the lock after the deployment.":        "end with a word",
		"Keep the lock after the deployment":         "",
		"`true` when `it` is a word of the workflow": "",
		"Command that deploys":                       "",
	} {
		t.Run(description, func(t *testing.T) {
			t.Parallel()
			if problem == "" {
				assert.Empty(t, leaning(description))
				return
			}
			assert.Contains(t, leaning(description), problem)
		})
	}
}

// The two stages are told apart by the name under which the program is started, so action.yml and
// Dockerfile must agree on both names. Arguments would reach both stages alike.
func TestActionRuns(t *testing.T) {
	t.Parallel()
	m := readMetadata(t)
	assert.NotEmpty(t, m.Name)
	assert.NotEmpty(t, m.Description)
	assert.NotEmpty(t, m.Branding.Icon)
	assert.NotEmpty(t, m.Branding.Color)
	assert.Equal(t, "docker", m.Runs.Using)
	assert.Regexp(t, `^(Dockerfile|docker://ghcr\.io/lockstep-action/lockstep[:@].+)$`, m.Runs.Image)
	assert.Contains(t, []string{"", "/lockstep"}, m.Runs.Entrypoint)
	assert.Equal(t, "/lockstep-post", m.Runs.PostEntrypoint)
	assert.Contains(t, []string{"", "always()"}, m.Runs.PostIf)
	assert.Empty(t, m.Runs.Args)
	assert.Empty(t, m.Runs.Env)

	dockerfile, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	require.NoError(t, err)
	assert.Contains(t, string(dockerfile), `ENTRYPOINT ["/lockstep"]`)
	assert.Contains(t, string(dockerfile), "ln -s lockstep /out/lockstep-post")
	assert.NotRegexp(t, `(?m)^USER `, string(dockerfile), "the runner's files belong to root")
}

func eachEntry(t *testing.T, mapping yaml.Node, visit func(name string, entry yaml.Node)) {
	t.Helper()
	require.Equal(t, yaml.MappingNode, mapping.Kind, "inputs and outputs are mappings")
	for i := 0; i < len(mapping.Content); i += 2 {
		visit(mapping.Content[i].Value, *mapping.Content[i+1])
	}
}

func updateMetadata(t *testing.T) {
	t.Helper()
	var inputs, outputs strings.Builder
	inputs.WriteString("inputs:\n")
	for _, input := range config.Declared() {
		fmt.Fprintf(&inputs, "  %s:\n    description: %s\n    required: %t\n    default: %s\n",
			input.Name, strconv.Quote(input.Description), input.Required, strconv.Quote(input.Default))
	}
	outputs.WriteString("outputs:\n")
	for _, output := range config.Outputs() {
		fmt.Fprintf(&outputs, "  %s:\n    description: %s\n", output.Name, strconv.Quote(output.Description))
	}
	path := filepath.Join(root, "action.yml")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	for key, block := range map[string]string{"inputs": inputs.String(), "outputs": outputs.String()} {
		// A top-level key and everything indented below it.
		section := regexp.MustCompile(`(?m)^` + key + `:.*\n(?:(?: .*)?\n)*`)
		require.Regexp(t, section, string(text))
		text = section.ReplaceAllLiteral(text, []byte(block+"\n"))
	}
	require.NoError(t, os.WriteFile(path, text, 0o644))
}
