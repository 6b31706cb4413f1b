package arch

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// ownWorkflow is what the tests look at in a workflow of this repository.
type ownWorkflow struct {
	On          map[string]any
	Permissions map[string]string
	Concurrency struct {
		Group  string
		Cancel any `yaml:"cancel-in-progress"`
	}
	Env  map[string]string
	Jobs map[string]struct {
		Minutes     int  `yaml:"timeout-minutes"`
		MayFail     bool `yaml:"continue-on-error"`
		Environment string
		Permissions map[string]string
		Needs       any
		Steps       []struct {
			Uses string
			Run  string
			With map[string]any
		}
	}
}

func ownWorkflows(t *testing.T) map[string]ownWorkflow {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, ".github", "workflows", "*.yml"))
	require.NoError(t, err)
	found := map[string]ownWorkflow{}
	for _, path := range paths {
		var w ownWorkflow
		require.NoError(t, yaml.Unmarshal([]byte(read(t, path)), &w), path)
		found[filepath.Base(path)] = w
	}
	require.Contains(t, found, "ci.yml")
	require.Contains(t, found, "release.yml")
	return found
}

// Every job ends by itself, has rights of its own and no more than it says, and takes no text from
// outside into a script.
func TestJobsOfThisRepository(t *testing.T) {
	t.Parallel()
	for name, w := range ownWorkflows(t) {
		assert.NotNil(t, w.Permissions, name)
		assert.Empty(t, w.Permissions, name)
		for id, job := range w.Jobs {
			where := name + ": " + id
			assert.Positive(t, job.Minutes, "%s has a timeout", where)
			assert.NotNil(t, job.Permissions, "%s says what it may do", where)
			for _, step := range job.Steps {
				assert.NotContains(t, step.Run, "${{", "%s: values reach scripts through env", where)
				if strings.HasPrefix(step.Uses, "actions/checkout@") {
					assert.Equal(t, false, step.With["persist-credentials"], "%s: the checkout keeps no token", where)
				}
			}
		}
	}
}

// Actions are pinned to a commit, with the version next to it for people and for Dependabot.
func TestOwnActionsArePinned(t *testing.T) {
	t.Parallel()
	uses := regexp.MustCompile(`(?m)^\s*(?:- )?uses: *(.*)$`)
	pinned := regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	versions, local := map[string]string{}, map[string]bool{}
	assertPinned := func(name, used string) {
		assert.Regexp(t, pinned, used, name)
		action, version, _ := strings.Cut(used, "@")
		if before, known := versions[action]; known {
			assert.Equal(t, before, version, "%s: one version of an action everywhere", name)
		}
		versions[action] = version
	}
	for name, w := range ownWorkflows(t) {
		found := uses.FindAllStringSubmatch(read(t, filepath.Join(root, ".github", "workflows", name)), -1)
		steps := 0
		for _, job := range w.Jobs {
			for _, step := range job.Steps {
				if step.Uses != "" {
					steps++
				}
			}
		}
		assert.Len(t, found, steps, "%s: each `uses:` is on a line of its own", name)
		for _, match := range found {
			if strings.HasPrefix(match[1], "./") {
				local[match[1]] = true
				continue
			}
			assertPinned(name, match[1])
		}
	}
	for action := range local {
		for _, match := range uses.FindAllStringSubmatch(read(t, filepath.Join(root, filepath.FromSlash(action), "action.yml")), -1) {
			assertPinned(action, match[1])
		}
	}
	require.NotEmpty(t, versions)
}

// A release is started by a person, never cut short, and written to the repository by one job alone, which
// waits for the reviewers of the environment. Only the page comes after it.
func TestReleaseWorkflow(t *testing.T) {
	t.Parallel()
	w := ownWorkflows(t)["release.yml"]
	assert.Len(t, w.On, 1)
	assert.Contains(t, w.On, "workflow_dispatch")
	assert.Equal(t, false, w.Concurrency.Cancel)
	assert.NotEmpty(t, w.Concurrency.Group)
	assert.Empty(t, w.Env, "the scripts of CI take their settings from the environment")
	assert.Equal(t, []any{"plan", "image", "verify"}, w.Jobs["publish"].Needs)
	assert.Equal(t, "publish", w.Jobs["page"].Needs)
	for id, job := range w.Jobs {
		_, writes := job.Permissions["contents"]
		assert.True(t, writes, "%s checks out the source", id)
		assert.Equal(t, id == "publish", job.Permissions["contents"] == "write", id)
		assert.Equal(t, id == "publish", job.Environment == "release", id)
		assert.Equal(t, id == "image", job.Permissions["packages"] == "write", id)
		assert.Equal(t, id == "image" || id == "page", job.Permissions["id-token"] == "write", id)
		assert.Equal(t, id == "page", job.Permissions["pages"] == "write", id)
		assert.Equal(t, id == "page", job.MayFail, id)
	}
	assert.Equal(t, map[string]string{"contents": "read"}, w.Jobs["test"].Permissions)
}

// The action of a checkout is built from it; what is released names an image.
func TestNameInMarketplace(t *testing.T) {
	t.Parallel()
	m := readMetadata(t)
	assert.LessOrEqual(t, len(m.Description), 125, "the Marketplace cuts longer ones")
	assert.Contains(t, []string{"white", "black", "yellow", "blue", "green", "orange", "red", "purple", "gray-dark"}, m.Branding.Color)
	assert.Regexp(t, `^[a-z0-9]+(-[a-z0-9]+)*$`, m.Branding.Icon)
}

// Dependabot looks after everything that is pinned: each module, the base image and the actions.
func TestDependabotCoversWhatIsPinned(t *testing.T) {
	t.Parallel()
	var config struct {
		Updates []struct {
			Ecosystem   string `yaml:"package-ecosystem"`
			Directory   string
			Directories []string
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, filepath.Join(root, ".github", "dependabot.yml"))), &config))
	covered := map[string][]string{}
	for _, update := range config.Updates {
		covered[update.Ecosystem] = append(update.Directories, update.Directory)
	}
	for _, path := range files(t, "go.mod") {
		module, err := filepath.Rel(root, filepath.Dir(path))
		require.NoError(t, err)
		assert.Contains(t, covered["gomod"], filepath.Join("/", module), path)
	}
	assert.Contains(t, covered["github-actions"], "/")
	assert.Contains(t, covered["docker"], "/")
}
