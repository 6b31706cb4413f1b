package arch

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/sim"
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
		// contents: write is for update_branch alone, so that both of its levels are shown.
		if scope, isWrite := strings.CutSuffix(permission, ": write"); isWrite && scope != "contents" {
			delete(found, scope+": read")
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// The permissions of the hardened workflow are enough for a deployment without a complaint, and not
// one of them can be left out.
func TestHardenedPermissions(t *testing.T) {
	t.Parallel()
	granted := hardenedPermissions(t)
	log, problem := deployWith(t, granted)
	require.NoError(t, problem)
	assert.NotContains(t, log, "permissions:")
	for scope := range granted {
		fewer := maps.Clone(granted)
		delete(fewer, scope)
		log, problem := deployWith(t, fewer)
		assert.True(t, problem != nil || strings.Contains(log, "permissions:"), "%s is not needed", scope)
	}
}

// hardenedPermissions reads the permissions of the job in the page's workflow. Each has a reason
// beside it.
func hardenedPermissions(t *testing.T) map[string]string {
	t.Helper()
	found := workflowBlocks(read(t, filepath.Join(root, "docs", "security.md")))
	require.Len(t, found, 1)
	var workflow struct {
		Permissions map[string]string
		Jobs        map[string]struct{ Permissions map[string]string }
	}
	require.NoError(t, yaml.Unmarshal([]byte(found[0]), &workflow))
	assert.Empty(t, workflow.Permissions, "the workflow grants nothing by default")
	granted := workflow.Jobs["deploy"].Permissions
	require.NotEmpty(t, granted)
	for scope, level := range granted {
		assert.Regexp(t, `(?m)^ +`+scope+`: `+level+` +# \w+`, found[0], "%s wants a reason", scope)
	}
	return granted
}

// deployWith plays a deployment with a token that has these permissions, on a pull request with a
// check run, a commit status and a rule. It returns the log and what went wrong.
func deployWith(t *testing.T, granted map[string]string) (log string, problem error) {
	t.Helper()
	var grants []string
	for scope, level := range granted {
		grants = append(grants, scope+"="+level)
	}
	story, err := rehearse.ParseStory(t.Name(), []byte(`
user alice write
push checkout Faster checkout
pull 1 alice checkout
check build checkout success
rule checks build
pass 1m
token `+strings.Join(grants, " ")+`
comment alice 1 .deploy to staging
want output continue true
job success
want deployment staging success
want comment Deployment Results
comment alice 1 .deploy to production
want output continue true
-- with --
enforced_deployment_order: staging,production
`))
	require.NoError(t, err)
	var github *sim.GitHub
	problem = rehearse.Run(t.Context(), story, rehearse.Options{
		Schema:  schema(t),
		Prepare: func(g *sim.GitHub) { github = g },
		Wait: func(time.Duration) {
			github.Check(sim.Check{Name: "ci", Commit: github.Head("checkout"), State: "success", CommitStatus: true})
		},
		After: func(p *rehearse.Play) { _, _, log = p.Last() },
	})
	return log, problem
}
