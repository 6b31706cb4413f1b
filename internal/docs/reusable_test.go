package docs

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/doctor"
)

// reusableFile is the workflow that others call.
func reusableFile(t *testing.T) published {
	t.Helper()
	m := repo(t)
	path := filepath.Join(root, filepath.FromSlash(reusable))
	return parsed(m, path, read(m, path))
}

// trigger is what the workflow says to its callers.
func (w workflow) trigger(t *testing.T) (inputs, outputs, secrets map[string]any) {
	t.Helper()
	var on struct {
		Call struct{ Inputs, Outputs, Secrets map[string]any } `yaml:"workflow_call"`
	}
	require.NoError(t, w.On.Decode(&on))
	return on.Call.Inputs, on.Call.Outputs, on.Call.Secrets
}

// A caller grants exactly what its jobs ask for together: with less, GitHub starts nothing.
func TestCallersGrantWhatIsCalled(t *testing.T) {
	t.Parallel()
	together := map[string]string{}
	for _, job := range reusableFile(t).Jobs {
		for scope, level := range job.Permissions {
			together[scope] = max(together[scope], level) // write comes after read
		}
	}
	callers := 0
	for _, w := range workflows(t) {
		for name, job := range w.Jobs {
			if strings.HasPrefix(job.Uses, "lockstep-action/lockstep/"+reusable+"@") {
				callers++
				assert.Equal(t, together, job.Permissions, "%s: %s", w.page, name)
				assert.NotContains(t, w.text, "secrets: inherit", "%s: %s: GitHub hands none to a workflow of another owner", w.page, name)
			}
		}
	}
	assert.GreaterOrEqual(t, callers, 2)
}

// The doctor knows the workflow: its inputs, with what they become, and its outputs.
func TestDoctorKnowsTheReusableWorkflow(t *testing.T) {
	t.Parallel()
	w := reusableFile(t)
	inputs, outputs, secrets := w.trigger(t)
	assert.ElementsMatch(t, slices.Collect(maps.Keys(secrets)), doctor.CallSecrets())
	assert.ElementsMatch(t, slices.Collect(maps.Keys(inputs)), slices.Collect(maps.Keys(doctor.CallInputs())))
	assert.ElementsMatch(t, slices.Collect(maps.Keys(outputs)), doctor.CallOutputs())
	calls := w.Jobs["start"].calls()
	require.Len(t, calls, 1)
	for input, becomes := range doctor.CallInputs() {
		if becomes != "" {
			assert.Contains(t, calls[0].With[becomes], "inputs."+input, becomes)
		}
	}
	assert.Equal(t, "${{ inputs.rules == '' && inputs.environments || '' }}", calls[0].With["enforced_deployment_order"])
	assert.Equal(t, "${{ inputs.default_environment == '' }}", calls[0].With["disable_naked_commands"])
}

// Its page names each input, output and secret.
func TestReusableWorkflowIsDocumented(t *testing.T) {
	t.Parallel()
	page := read(repo(t), filepath.Join(root, "docs", "reusable-workflow.md"))
	inputs, outputs, secrets := reusableFile(t).trigger(t)
	for _, names := range []map[string]any{inputs, outputs, secrets} {
		require.NotEmpty(t, names)
		for name := range names {
			assert.Contains(t, page, "`"+name+"`")
		}
	}
}

// A repository with nothing but the quick start is one that deploys with Lockstep.
func TestDoctorOfQuickStart(t *testing.T) {
	t.Parallel()
	setup := doctor.Setup{Names: []string{"lockstep-action/lockstep"}}
	setup.Read([]checkup.File{{Path: ".github/workflows/deploy.yml", Text: workflowBlocks(read(repo(t), filepath.Join(root, "README.md")))[0]}})
	require.Len(t, setup.Uses, 1)
	assert.Equal(t, doctor.Commands, setup.Uses[0].Role)
	assert.True(t, setup.Uses[0].Called)
	assert.Empty(t, setup.Uses[0].Wrong)
}

// Until there is a release, a reader learns that v1 names nothing before copying a block with it.
func TestNoReleaseIsSaidFirst(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile(`lockstep-action/lockstep\S*@v1`)
	m := repo(t)
	pages := []string{m.path("README.md"), m.path("docs", "reusable-workflow.md")}
	for _, pattern := range []string{m.path("docs", "from-*.md"), m.path("examples", "*.yml")} {
		found, err := filepath.Glob(pattern)
		require.NoError(t, err)
		pages = append(pages, found...)
	}
	for _, page := range pages {
		text := read(m, page)
		if first := named.FindStringIndex(text); first != nil {
			assert.Contains(t, text[:first[0]], "released yet", page)
		}
	}
}
