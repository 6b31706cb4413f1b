package arch

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/track"
)

// branchDeploy is what workflows for branch-deploy v12 may name.
type branchDeploy struct {
	Inputs  map[string]string // with their defaults
	Outputs []string
	Reasons map[string]string // with decision and exit status
}

func readBranchDeploy(t *testing.T) branchDeploy {
	t.Helper()
	var names branchDeploy
	require.NoError(t, yaml.Unmarshal([]byte(read(t, filepath.Join("testdata", "branch-deploy-v12.yml"))), &names))
	require.Len(t, names.Inputs, 50)
	require.Len(t, names.Outputs, 41)
	require.Len(t, names.Reasons, 28)
	return names
}

// dropInTable says what becomes of the names that workflows for branch-deploy use.
func dropInTable(t *testing.T, _ block) string {
	t.Helper()
	theirs := readBranchDeploy(t)
	var same int
	var changed []string
	for _, name := range slices.Sorted(maps.Keys(theirs.Inputs)) {
		if declaredDefault(t, name) == theirs.Inputs[name] {
			same++
			continue
		}
		changed = append(changed, markdown.Cell(name))
	}
	require.Equal(t, []string{"`environment`"}, changed, "the page explains each default that differs")
	for _, name := range theirs.Outputs {
		assert.Contains(t, outputNames(), name)
	}
	for word, ends := range theirs.Reasons {
		assert.Equal(t, ends, ending(t, word), word)
	}
	return table([]string{"", "In branch-deploy v12", "In Lockstep"}, [][]string{
		{"Inputs", strconv.Itoa(len(theirs.Inputs)), fmt.Sprintf("All of them, %d with the same default", same)},
		{"Outputs", strconv.Itoa(len(theirs.Outputs)), "All of them"},
		{"Reason codes", strconv.Itoa(len(theirs.Reasons)), "All of them, with the same decision and exit status"},
	})
}

// declaredDefault is the default of one of our inputs.
func declaredDefault(t *testing.T, name string) string {
	t.Helper()
	all := config.Inputs(track.SinkTypes()...)
	i := slices.IndexFunc(all, func(input config.Input) bool { return input.Name == name })
	require.GreaterOrEqual(t, i, 0, "there is no input %q", name)
	return all[i].Default
}

// ending is what a reason means for a workflow.
func ending(t *testing.T, word string) string {
	t.Helper()
	reason := deploy.Reason(word)
	require.Contains(t, reasons(t), reason)
	if reason.Fails() {
		return string(reason.Outcome()) + " 1"
	}
	return string(reason.Outcome()) + " 0"
}

// strictTable is written by hand, except that each way back is one that the page of all differences names.
func strictTable(t *testing.T, b block) string {
	t.Helper()
	all := read(t, filepath.Join(root, "docs", "differences.md"))
	for _, row := range b.rows() {
		if back := column(row, 2); back != "" {
			assert.Contains(t, all, "| "+back, row[0])
		}
	}
	return b.text
}
