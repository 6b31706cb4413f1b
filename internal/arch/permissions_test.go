package arch

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// documentedJob is a job of a workflow on a page.
type documentedJob struct {
	Permissions map[string]string
	Steps       []struct {
		Uses string
		With map[string]string
	}
}

// jobOn finds the first job of a name on a page.
func jobOn(t *testing.T, page, name string) documentedJob {
	t.Helper()
	for _, block := range workflowBlocks(read(t, filepath.Join(root, page))) {
		var workflow struct {
			Permissions map[string]string
			Jobs        map[string]documentedJob
		}
		require.NoError(t, yaml.Unmarshal([]byte(block), &workflow))
		if job, found := workflow.Jobs[name]; found {
			if job.Permissions == nil {
				job.Permissions = workflow.Permissions
			}
			require.NotEmpty(t, job.Permissions)
			return job
		}
	}
	require.Fail(t, "no such job", "%s: %s", page, name)
	return documentedJob{}
}

// inputs are what a job gives to our action, apart from what only a runner can evaluate.
func (j documentedJob) inputs() map[string]string {
	for _, step := range j.Steps {
		if strings.HasPrefix(step.Uses, "lockstep-action/lockstep@") {
			return maps.Collect(func(yield func(string, string) bool) {
				for name, value := range step.With {
					if !strings.Contains(value, "${{") && !yield(name, value) {
						return
					}
				}
			})
		}
	}
	return nil
}

// deploys is how a job fares that deploys, on a pull request with a check run, a commit status and a
// rule, where an earlier deployment to staging was cut off.
const deploys = `
user alice write
signed checkout Faster checkout
pull 1 alice checkout
check build checkout success
rule checks build
pass 1m
INPUTS
TOKEN
comment alice 1 .deploy to development
want output continue true
job success
want deployment development success
want comment Deployment Results
comment alice 1 .deploy to staging
want output continue true
`

// permitted are the jobs of the pages, each with a story in which it needs all that it is granted.
func permitted() map[string]string {
	const opened = "\nuser alice write\npush checkout Faster checkout\npull 1 alice checkout\npass 1m\n"
	return map[string]string{
		"README.md deploy":        deploys,
		"docs/security.md deploy": deploys,
		"docs/locks.md deploy":    deploys,
		"docs/messages.md deploy": deploys,
		"docs/tracking.md deploy": deploys,
		"docs/multi-job.md start": strings.ReplaceAll(deploys, "job success\nwant deployment development success\nwant comment Deployment Results\n", ""),
		"docs/confirmation.md deploy": strings.ReplaceAll(deploys, "comment alice",
			"during \"GET /repos/acme/shop/issues/comments/\" react alice +1\ncomment alice"),
		"docs/multi-job.md finish": opened + `
set skip_completing true
comment alice 1 .deploy to staging
set skip_completing false
TOKEN
finish success
want deployment staging success
want comment Deployment Results
want lock staging none
`,
		"docs/merge-modes.md compare": opened + `
comment alice 1 .deploy to production
job success
merge 1
TOKEN
step push alice merge_deploy_mode=true environment=production
want output continue false
`,
		"docs/merge-modes.md unlock": opened + `
comment alice 1 .lock staging
comment alice 1 .deploy to production
crash
merge 1
TOKEN
closed 1 alice unlock_on_merge_mode=true
want output unlocked_environments production,staging
`,
	}
}

// The permissions of each job that calls the action are enough, without a complaint, and not one of
// them can be left out.
func TestDocumentedPermissions(t *testing.T) {
	t.Parallel()
	for name, story := range permitted() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, jobName, _ := strings.Cut(name, " ")
			job := jobOn(t, page, jobName)
			log, problem := playWith(t, story, job.inputs(), job.Permissions)
			require.NoError(t, problem)
			assert.NotContains(t, log, "permissions:")
			for scope := range job.Permissions {
				fewer := maps.Clone(job.Permissions)
				delete(fewer, scope)
				log, problem := playWith(t, story, job.inputs(), fewer)
				assert.True(t, problem != nil || strings.Contains(log, "permissions:"), "%s is not needed", scope)
			}
		})
	}
}

// playWith plays a story with a token that has these permissions. It returns the newest log and what
// went wrong.
func playWith(t *testing.T, script string, inputs, granted map[string]string) (log string, problem error) {
	t.Helper()
	var settings, scopes []string
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		settings = append(settings, "set "+name+" "+inputs[name])
	}
	for scope, level := range granted {
		scopes = append(scopes, scope+"="+level)
	}
	script = strings.NewReplacer("INPUTS", strings.Join(settings, "\n"), "TOKEN", "token "+strings.Join(scopes, " ")).Replace(script)
	story, err := rehearse.ParseStory(t.Name(), []byte(script))
	require.NoError(t, err)
	var github *sim.GitHub
	problem = rehearse.Run(t.Context(), story, rehearse.Options{
		Schema: schema(t),
		Prepare: func(g *sim.GitHub) {
			github = g
			if strings.Contains(script, "check build") {
				leaveLock(g)
			}
		},
		Wait: func(time.Duration) {
			if github.Head("checkout") != "" && strings.Contains(script, "check build") {
				github.Check(sim.Check{Name: "ci", Commit: github.Head("checkout"), State: "success", CommitStatus: true})
			}
		},
		After: func(p *rehearse.Play) { _, _, log = p.Last() },
	})
	return log, problem
}

// leaveLock makes a lock of staging whose run has ended.
func leaveLock(g *sim.GitHub) {
	left := held(ofDeployment).Document
	left.Environment, left.UnlockCommand = "staging", ".unlock staging"
	left.RunID = g.AddRun(sim.WorkflowRun{Name: "deploy", Event: "issue_comment", Status: "completed", Conclusion: "failure", RunAttempt: 1})
	g.Push(sim.Commit{Branch: lock.Branch("staging"), Files: map[string]string{lock.File: left.Marshal()}})
}

// Each permission in a workflow has a reason beside it.
func TestPermissionsHaveReasons(t *testing.T) {
	t.Parallel()
	granted := regexp.MustCompile(`(?m)^ +[a-z-]+: (?:read|write)\b.*$`)
	reasoned := regexp.MustCompile(`: (?:read|write) +# \w+`)
	checked := 0
	for _, page := range documentation(t) {
		for _, block := range workflowBlocks(read(t, page)) {
			for _, line := range granted.FindAllString(block, -1) {
				checked++
				assert.Regexp(t, reasoned, line, page)
			}
		}
	}
	assert.Positive(t, checked)
}
