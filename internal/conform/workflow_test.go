package conform

import (
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

const workflow = "../../.github/workflows/conformance.yml"

// grants are the permissions that the jobs of the workflow pass to the program, by job.
func grants(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(workflow)
	require.NoError(t, err)
	var file struct {
		Jobs map[string]struct {
			Permissions map[string]string
			Needs       string
			Steps       []struct {
				Uses string
				With map[string]string
			}
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &file))
	all := map[string]string{}
	for name, job := range file.Jobs {
		for _, step := range job.Steps {
			if step.Uses == "./.github/actions/conform" {
				all[name] = step.With["permissions"]
				parsed, err := ParsePermissions(all[name])
				require.NoError(t, err)
				assert.Equal(t, job.Permissions, map[string]string(parsed), "job %s tells the program what it grants", name)
				assert.True(t, name == "all" || job.Needs != "", "job %s waits for another: two at once would refuse each other", name)
			}
		}
	}
	return all
}

// One job has all permissions that a row needs, and for each permission that a row is about one job lacks it.
func TestWorkflowGrants(t *testing.T) {
	t.Parallel()
	all := grants(t)
	most, err := ParsePermissions(all["all"])
	require.NoError(t, err)
	assert.Equal(t, usual(), most, "the simulator's usual token is that of the job with the most permissions")
	needed := map[string]bool{}
	for _, a := range Table() {
		for _, need := range append(slices.Clone(a.Needs), a.Lacks) {
			if name := nameOf(need); !slices.Contains([]string{"", "issues", "workflows"}, name) { // which no job has
				needed[name] = true
			}
		}
	}
	for name := range needed {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, all["all"], name+": ")
			assert.Contains(t, slices.Collect(maps.Keys(all)), "no-"+name)
			assert.NotContains(t, all["no-"+name], name+": ")
		})
	}
	assert.Len(t, all, len(needed)+1)
}
