package docs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Workflows in the documentation are linted as if they ran against this very action.yml: a
// misspelt input or output of ours is found as well.
func TestWorkflowsInDocumentation(t *testing.T) {
	t.Parallel()
	project := t.TempDir()
	folder := filepath.Join(project, ".github", "workflows")
	require.NoError(t, os.MkdirAll(folder, 0o755))
	require.NoError(t, os.Mkdir(filepath.Join(project, ".git"), 0o755)) // what makes it a project for actionlint
	for _, name := range []string{"action.yml", "Dockerfile"} {
		require.NoError(t, os.WriteFile(filepath.Join(project, name), []byte(read(repo(t), filepath.Join(root, name))), 0o600))
	}
	// For actionlint, entry points are files next to action.yml; ours are in the image.
	for _, name := range []string{"lockstep", "lockstep-post"} {
		require.NoError(t, os.WriteFile(filepath.Join(project, name), nil, 0o600))
	}
	ours := regexp.MustCompile(`uses: *(?:lockstep-action/lockstep@\S+|\./\.lockstep)`)
	called := regexp.MustCompile(`uses: *lockstep-action/lockstep/(\.github/workflows/deploy\.yml)@\S+`)
	var paths []string
	for i, w := range workflows(t) {
		path := filepath.Join(folder, workflowName(w, i))
		require.NoFileExists(t, path, "two workflows of the documentation have one name")
		require.NoError(t, os.WriteFile(path, []byte(ours.ReplaceAllLiteralString(called.ReplaceAllString(w.text, "uses: ./$1"), "uses: ./")), 0o600))
		paths = append(paths, path)
	}
	require.NotEmpty(t, paths, "the documentation shows a workflow")
	assertLint(t, paths)
}

// workflowName is the name that a workflow has as a file, or that its first line gives it for
// others to call.
func workflowName(w published, i int) string {
	if strings.HasSuffix(w.page, ".yml") {
		return filepath.Base(w.page)
	}
	if named := regexp.MustCompile(`^# \.github/workflows/([a-z-]+\.yml)\n`).FindStringSubmatch(w.text); named != nil {
		return named[1]
	}
	return fmt.Sprintf("%s-%d.yml", filepath.Base(w.page), i+1)
}

// workflowBlocks returns the fenced YAML blocks that are whole workflows.
func workflowBlocks(text string) []string {
	var whole []string
	for _, block := range yamlBlocks(text) {
		if hasKey(block, "on") && hasKey(block, "jobs") {
			whole = append(whole, block)
		}
	}
	return whole
}

// yamlBlocks returns the fenced YAML blocks of a page, without what they are indented by.
func yamlBlocks(text string) []string {
	fence := regexp.MustCompile("(?ms)^( *)```ya?ml[^\n]*\n(.*?)^ *```")
	var blocks []string
	for _, match := range fence.FindAllStringSubmatch(text, -1) {
		blocks = append(blocks, regexp.MustCompile("(?m)^"+match[1]).ReplaceAllLiteralString(match[2], ""))
	}
	return blocks
}

func hasKey(block, key string) bool {
	return strings.HasPrefix(block, key+":") || strings.Contains(block, "\n"+key+":")
}

// newer is what .github/actionlint.yaml says as well, for files at their own place.
const newer = `property "workflow_(repository|sha)" is not defined`

func assertLint(t *testing.T, paths []string) {
	t.Helper()
	args := []string{"tool", "-modfile=internal/tools/lint/go.mod", "actionlint", "-no-color", "-shellcheck=", "-pyflakes=", "-ignore", newer}
	lint := exec.CommandContext(t.Context(), "go", append(args, paths...)...)
	lint.Dir = root
	out, err := lint.CombinedOutput()
	assert.NoError(t, err, "%s", out)
}
