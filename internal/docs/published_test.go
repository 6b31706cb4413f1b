package docs

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// reusable is the workflow of this repository that others call, and checkedOut is where it checks the action out.
const (
	reusable   = ".github/workflows/deploy.yml"
	checkedOut = "./.lockstep"
)

// ours reports whether a step calls the action.
func (s step) ours() bool {
	return strings.HasPrefix(s.Uses, "lockstep-action/lockstep@") || s.Uses == checkedOut
}

// calls lists the steps of a job that call the action.
func (j job) calls() []step {
	return slices.DeleteFunc(slices.Clone(j.Steps), func(s step) bool { return !s.ours() })
}

// readWorkflows reads every workflow that people may copy, once for all tests.
var readWorkflows = sync.OnceValues(func() (all []published, problems []string) {
	m := newMaker(root)
	for _, path := range documentation(m) {
		for _, text := range workflowBlocks(read(m, path)) {
			all = append(all, parsed(m, path, text))
		}
	}
	path := m.path(filepath.FromSlash(reusable))
	all = append(all, parsed(m, path, read(m, path)))
	return append(all, exampleFiles(m)...), m.problems
})

// workflows lists every workflow that people may copy.
func workflows(t *testing.T) []published {
	t.Helper()
	all, problems := readWorkflows()
	require.Empty(t, problems)
	return all
}

// hardened reports whether a workflow is one of those that people are told to begin with: an example,
// or the first one of the README.
func (p published) hardened(t *testing.T) bool {
	t.Helper()
	if p.page == "README.md" {
		return p.text == workflowBlocks(read(repo(t), filepath.Join(root, p.page)))[0]
	}
	return p.isFile()
}

// isFile reports whether a workflow is a file of its own: an example, or the one that others call.
func (p published) isFile() bool { return strings.HasPrefix(p.page, "examples/") || p.page == reusable }

// runsOn reports whether a workflow runs on an event.
func (w workflow) runsOn(event string) bool { return slices.Contains(w.events(), event) }
