package docs

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

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

func readBranchDeploy(m *maker) branchDeploy {
	var names branchDeploy
	m.must(yaml.Unmarshal([]byte(read(m, m.path("internal", "docs", "testdata", "branch-deploy-v12.yml"))), &names))
	m.require(len(names.Inputs) == 50 && len(names.Outputs) == 41 && len(names.Reasons) == 28, "the list of branch-deploy's names is not whole")
	return names
}

// dropInTable says what becomes of the names that workflows for branch-deploy use.
func dropInTable(m *maker, _ block) string {
	theirs := readBranchDeploy(m)
	var same int
	var changed []string
	for _, name := range slices.Sorted(maps.Keys(theirs.Inputs)) {
		if declaredDefault(m, name) == theirs.Inputs[name] {
			same++
			continue
		}
		changed = append(changed, markdown.Cell(name))
	}
	m.check(slices.Equal(changed, []string{"`environment`"}), "the page explains one default that differs, not %v", changed)
	for _, name := range theirs.Outputs {
		m.check(slices.Contains(config.OutputNames(), name), "there is no output %q", name)
	}
	for word, ends := range theirs.Reasons {
		m.check(ending(m, word) == ends, "%s wants %s, got %s", word, ends, ending(m, word))
	}
	return table([]string{"", "In branch-deploy v12", "In Lockstep"}, [][]string{
		{"Inputs", strconv.Itoa(len(theirs.Inputs)), fmt.Sprintf("All of them, %d with the same default", same)},
		{"Outputs", strconv.Itoa(len(theirs.Outputs)), "All of them"},
		{"Reason codes", strconv.Itoa(len(theirs.Reasons)), "All of them, with the same decision and exit status"},
	})
}

// declaredDefault is the default of one of our inputs.
func declaredDefault(m *maker, name string) string {
	all := config.Inputs(track.SinkTypes()...)
	i := slices.IndexFunc(all, func(input config.Input) bool { return input.Name == name })
	m.require(i >= 0, "there is no input %q", name)
	return all[i].Default
}

// ending is what a reason means for a workflow.
func ending(m *maker, word string) string {
	reason := deploy.Reason(word)
	m.require(slices.Contains(reasons(m), reason), "there is no reason %q", word)
	if reason.Fails() {
		return string(reason.Outcome()) + " 1"
	}
	return string(reason.Outcome()) + " 0"
}

// strictTable is written by hand, except that each way back is one that the page of all differences names.
func strictTable(m *maker, b block) string {
	all := read(m, m.path("docs", "differences.md"))
	for _, row := range b.rows() {
		if back := column(row, 2); back != "" {
			m.check(strings.Contains(all, "| "+back), "docs/differences.md does not name %s", back)
		}
	}
	return b.text
}
