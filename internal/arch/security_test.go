package arch

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/lockstep-action/lockstep/internal/markdown"
)

// permissionTable lists every permission that the action can find missing, in its own words. What
// each is for is written by hand.
func permissionTable(t *testing.T, b block) string {
	t.Helper()
	var rows [][]string
	for _, permission := range permissionsInCode(t) {
		key := markdown.Cell(permission)
		rows = append(rows, append([]string{key}, kept(t, b, key, 1, 2)...))
	}
	return table([]string{"Permission", "For", "Needed"}, rows)
}

// permissionsInCode finds the permissions that package gh names in its errors. Who may write may
// read as well.
func permissionsInCode(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, "internal", "gh", "*.go"))
	require.NoError(t, err)
	named := regexp.MustCompile("[\"` ]([a-z-]+: (?:read|write))[\"`]")
	found := map[string]bool{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, match := range named.FindAllStringSubmatch(string(text), -1) {
			found[match[1]] = true
		}
	}
	require.NotEmpty(t, found)
	for permission := range found {
		// contents: write is not for everybody, so that both of its levels are shown.
		if scope, isWrite := strings.CutSuffix(permission, ": write"); isWrite && scope != "contents" {
			delete(found, scope+": read")
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// The hardened workflow grants nothing by default.
func TestHardenedWorkflow(t *testing.T) {
	t.Parallel()
	found := workflowBlocks(read(t, filepath.Join(root, "docs", "security.md")))
	require.Len(t, found, 1)
	var workflow struct{ Permissions map[string]string }
	require.NoError(t, yaml.Unmarshal([]byte(found[0]), &workflow))
	assert.NotNil(t, workflow.Permissions)
	assert.Empty(t, workflow.Permissions)
}
