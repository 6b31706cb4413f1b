package docs

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/lockstep-action/lockstep/internal/config"
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
	for _, input := range config.Declared() {
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
