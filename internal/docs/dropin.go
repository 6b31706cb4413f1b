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

// branchDeploy is what workflows for a version of branch-deploy may name.
type branchDeploy struct {
	Inputs  map[string]string // with their defaults
	Outputs []string
	Reasons map[string]string // with decision and exit status
}

// dropInVersions are the versions of branch-deploy that are held to, and how many names each has: no list may lose one.
func dropInVersions() []dropInVersion {
	return []dropInVersion{
		{"In branch-deploy v12", "branch-deploy-v12.yml", 50, 41, 28},
		{"In its main branch of August 2026, with open pull requests for result mode and stacks", "branch-deploy-main-2026-08.yml", 57, 43, 34},
	}
}

type dropInVersion struct {
	title, file              string
	inputs, outputs, reasons int
}

func readBranchDeploy(m *maker, v dropInVersion) branchDeploy {
	var names branchDeploy
	m.must(yaml.Unmarshal([]byte(read(m, m.path("internal", "docs", "testdata", v.file))), &names))
	m.require(len(names.Inputs) == v.inputs && len(names.Outputs) == v.outputs && len(names.Reasons) == v.reasons,
		"the list %s of branch-deploy's names is not whole", v.file)
	return names
}

// dropInTable says what becomes of the names that workflows for branch-deploy use.
func dropInTable(m *maker, _ block) string {
	heading := []string{""}
	rows := [][]string{{"Inputs"}, {"Outputs"}, {"Reason codes"}}
	same := 0
	for _, version := range dropInVersions() {
		theirs := readBranchDeploy(m, version)
		same = heldTo(m, theirs)
		heading = append(heading, version.title)
		for i, count := range []int{len(theirs.Inputs), len(theirs.Outputs), len(theirs.Reasons)} {
			rows[i] = append(rows[i], strconv.Itoa(count))
		}
	}
	for i, kept := range []string{
		fmt.Sprintf("All of them, %d with the same default", same), "All of them", "All of them, with the same decision and exit status",
	} {
		rows[i] = append(rows[i], kept)
	}
	return table(append(heading, "In Lockstep"), rows)
}

// heldTo checks that nothing of a version is missing here, and counts the inputs with the same default.
func heldTo(m *maker, theirs branchDeploy) (same int) {
	var changed []string
	for _, name := range slices.Sorted(maps.Keys(theirs.Inputs)) {
		switch {
		case slices.Contains(config.NotSupported(), name):
		case declaredDefault(m, name) == theirs.Inputs[name]:
			same++
		default:
			changed = append(changed, markdown.Cell(name))
		}
	}
	m.check(slices.Equal(changed, []string{"`environment`"}), "the page explains one default that differs, not %v", changed)
	for _, name := range theirs.Outputs {
		m.check(slices.Contains(config.OutputNames(), name), "there is no output %q", name)
	}
	for word, ends := range theirs.Reasons {
		m.check(ending(m, word) == ends, "%s wants %s, got %s", word, ends, ending(m, word))
	}
	return same
}

// declaredDefault is the default of one of our inputs.
func declaredDefault(m *maker, name string) string {
	all := config.Declared(track.SinkTypes()...)
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
