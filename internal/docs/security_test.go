package docs

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// The hardened workflow grants nothing by default.
func TestHardenedWorkflow(t *testing.T) {
	t.Parallel()
	found := workflowBlocks(read(repo(t), filepath.Join(root, "docs", "security.md")))
	require.Len(t, found, 1)
	var workflow struct{ Permissions map[string]string }
	require.NoError(t, yaml.Unmarshal([]byte(found[0]), &workflow))
	assert.NotNil(t, workflow.Permissions)
	assert.Empty(t, workflow.Permissions)
}
