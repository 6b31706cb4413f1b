package docs

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

// action.yml says in YAML what the code declares, in the same order.
func TestMetadata(t *testing.T) {
	t.Parallel()
	var read struct{ Inputs, Outputs yaml.Node }
	require.NoError(t, yaml.Unmarshal([]byte(metadata(repo(t), "inputs: {}\noutputs: {}\n")), &read))
	var inputs []config.Input
	eachEntry(t, read.Inputs, func(name string, entry yaml.Node) {
		var declared struct {
			Description, Default string
			Required             bool
		}
		require.NoError(t, entry.Decode(&declared), name)
		inputs = append(inputs, config.Input{
			Name: name, Description: declared.Description, Required: declared.Required, Default: declared.Default,
		})
	})
	var want []config.Input
	for _, input := range config.Declared(track.SinkTypes()...) {
		want = append(want, config.Input{
			Name: input.Name, Description: input.Description, Required: input.Required, Default: input.Default,
		})
	}
	assert.Equal(t, want, inputs)
	var outputs []config.Output
	eachEntry(t, read.Outputs, func(name string, entry yaml.Node) {
		var declared struct{ Description string }
		require.NoError(t, entry.Decode(&declared), name)
		outputs = append(outputs, config.Output{Name: name, Description: declared.Description})
	})
	assert.Equal(t, config.Outputs(), outputs)
}

func eachEntry(t *testing.T, mapping yaml.Node, visit func(name string, entry yaml.Node)) {
	t.Helper()
	require.Equal(t, yaml.MappingNode, mapping.Kind, "inputs and outputs are mappings")
	for i := 0; i < len(mapping.Content); i += 2 {
		visit(mapping.Content[i].Value, *mapping.Content[i+1])
	}
}

// A description is shown alone, in a search result or next to one line of a workflow: it must not lean on the
// description above it, and it says what a value does instead of asking whether.
func TestDescriptionsReadAlone(t *testing.T) {
	descriptions := map[string]map[string]string{"input": {}, "output": {}}
	for _, input := range config.Declared(track.SinkTypes()...) {
		descriptions["input"][input.Name] = input.Description
	}
	for _, output := range config.Outputs() {
		descriptions["output"][output.Name] = output.Description
	}
	for kind, declared := range descriptions {
		seen := map[string]string{}
		for name, description := range declared {
			t.Run(kind+" "+name, func(t *testing.T) {
				assert.Empty(t, leaning(description))
				assert.Empty(t, seen[description], "the descriptions are the same")
				if !strings.HasPrefix(description, "Another spelling of ") {
					seen[description] = name
				}
			})
		}
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
