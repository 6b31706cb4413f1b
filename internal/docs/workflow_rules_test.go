package docs

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// Actions of others are named by the commit that they are at, with its version for people and for
// Dependabot.
func TestActionsArePinned(t *testing.T) {
	t.Parallel()
	used := regexp.MustCompile(`(?m)\buses: *"?([\w.-]+/[\w./-]+)@(.*)$`)
	pinned := regexp.MustCompile(`^[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	removed := regexp.MustCompile(`(?m)^- {2,}uses:.*$`) // in what a page shows as a change
	checked := 0
	assertPinned := func(where, text string) {
		for _, match := range used.FindAllStringSubmatch(removed.ReplaceAllLiteralString(text, ""), -1) {
			if match[1] != "lockstep-action/lockstep" && match[1] != "lockstep-action/lockstep/"+reusable {
				checked++
				assert.Regexp(t, pinned, match[2], "%s: %s", where, match[1])
			}
		}
	}
	for _, page := range documentation(repo(t)) {
		assertPinned(page, read(repo(t), page))
	}
	for _, example := range exampleFiles(repo(t)) {
		assertPinned(example.page, example.text)
	}
	assert.Positive(t, checked)
}

// A checkout leaves its token on disk unless it is told not to, and what a stranger can choose never
// becomes a part of a script. That includes outputs of which only some are chosen by strangers: people
// copy the form.
func TestStepsAreSafe(t *testing.T) {
	t.Parallel()
	checked := 0
	for page, steps := range stepsShown(t) {
		for _, step := range steps {
			if strings.HasPrefix(step.Uses, "actions/checkout@") {
				checked++
				assert.Equal(t, "false", step.With["persist-credentials"], "%s: the checkout keeps its token", page)
			}
			assert.NotContains(t, step.Run, "${{", "%s: pass it through env", page)
			assert.NotContains(t, step.With["script"], "${{", "%s: pass it through env", page)
		}
	}
	assert.Positive(t, checked)
}

// stepsShown finds the steps of all workflows, and those that a page shows alone, by page.
func stepsShown(t *testing.T) map[string][]step {
	t.Helper()
	found := map[string][]step{}
	for _, w := range workflows(t) {
		for _, job := range w.Jobs {
			found[w.page] = append(found[w.page], job.Steps...)
		}
	}
	for _, page := range documentation(repo(t)) {
		for _, text := range yamlBlocks(read(repo(t), page)) {
			var alone []step
			if strings.HasPrefix(text, "- ") {
				require.NoError(t, yaml.Unmarshal([]byte(text), &alone), page)
			}
			found[page] = append(found[page], alone...)
		}
	}
	return found
}

// A condition of a step comes too late to save a runner: the image is pulled before.
func TestCommentsStartNoRunnerInVain(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, w := range workflows(t) {
		if !w.runsOn("issue_comment") {
			continue
		}
		for name, job := range w.Jobs {
			if job.Needs.IsZero() {
				checked++
				assert.Contains(t, job.If, "github.event.issue.pull_request && ", "%s: %s", w.page, name)
				assert.Regexp(t, `startsWith\(github\.event\.comment\.body, '\.`, job.If, "%s: %s", w.page, name)
			}
		}
	}
	assert.Positive(t, checked)
}

// What ends a deployment runs when the deployment has failed, and only when there was one.
func TestFinishingJobsAlwaysRun(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, w := range workflows(t) {
		for name, job := range w.Jobs {
			for _, step := range job.calls() {
				if step.With["mode"] == "finish" {
					checked++
					assert.Regexp(t, `^always\(\) && needs\.\w+\.outputs\.continue == 'true'$`, job.If, "%s: %s", w.page, name)
					assert.Regexp(t, `^\$\{\{ (needs\.\w+\.result == 'success' && 'rolled_back' \|\| needs\.\w+\.result != 'skipped' && needs\.\w+\.result \|\| )?needs\.\w+\.result \}\}$`, step.With["status"], "%s: %s", w.page, name)
				}
			}
		}
	}
	assert.Positive(t, checked)
}

// When failed jobs are re-run alone, nothing is checked: what deploys knows by the attempt that it is not to.
func TestDeployingJobsKnowTheirAttempt(t *testing.T) {
	t.Parallel()
	const guard = `needs.START.outputs.run_attempt == github.run_attempt`
	checked := 0
	for i, w := range workflows(t) {
		for start := range w.Jobs {
			deploying := w.deployingAfter(start)
			if len(deploying) == 0 {
				continue
			}
			checked++
			t.Run(fmt.Sprintf("%s-%d", w.page, i), func(t *testing.T) {
				t.Parallel()
				assert.Empty(t, w.unguarded(start), "these jobs deploy when they are re-run alone")
				bare := strings.ReplaceAll(w.text, " && "+strings.ReplaceAll(guard, "START", start), "")
				assert.ElementsMatch(t, deploying, parsed(repo(t), filepath.Join(root, w.page), bare).unguarded(start))
				unknown := regexp.MustCompile(`(?m)^ +run_attempt: .*\n`).ReplaceAllString(w.text, "")
				assert.ElementsMatch(t, deploying, parsed(repo(t), filepath.Join(root, w.page), unknown).unguarded(start), "the start hands its attempt on")
			})
		}
	}
	assert.GreaterOrEqual(t, checked, 10)
}

// deployingAfter lists the jobs that wait for one that starts deployments, apart from those that end them.
func (w workflow) deployingAfter(start string) []string {
	starts := func(s step) bool { return s.With["skip_completing"] == "true" }
	if !slices.ContainsFunc(w.Jobs[start].calls(), starts) {
		return nil
	}
	var names []string
	for name, job := range w.Jobs {
		if len(job.calls()) == 0 && slices.Contains(job.needs(), start) {
			names = append(names, name)
		}
	}
	return names
}

// unguarded lists those of them that go on in another attempt than that of the start.
func (w workflow) unguarded(start string) []string {
	guard := "needs." + start + ".outputs.continue == 'true' && needs." + start + ".outputs.run_attempt == github.run_attempt"
	handed := regexp.MustCompile(`^\$\{\{ steps\.[\w-]+\.outputs\.run_attempt \}\}$`).MatchString(w.Jobs[start].Outputs["run_attempt"])
	return slices.DeleteFunc(w.deployingAfter(start), func(name string) bool { return handed && isGuarded(w.Jobs[name].If, guard) })
}

// isGuarded reports whether a condition holds only where the guard does.
func isGuarded(condition, guard string) bool {
	alternatives := regexp.MustCompile(`\([^()]+\)`).ReplaceAllString(condition, "")
	return strings.Contains(condition, guard) && !strings.Contains(alternatives, "||")
}

func (j job) needs() []string {
	var names []string
	if j.Needs.Decode(&names) != nil {
		names = []string{j.Needs.Value}
	}
	return names
}

func (j job) checksOut() bool {
	return slices.ContainsFunc(j.Steps, func(s step) bool { return strings.HasPrefix(s.Uses, "actions/checkout@") })
}

// Workflows to begin with grant nothing by default, and no right to write to jobs that only run what
// is checked out. They end jobs that hang, and take secrets of an environment without a deployment of
// GitHub's.
func TestWorkflowsToBeginWith(t *testing.T) {
	t.Parallel()
	for _, w := range workflows(t) {
		if !w.hardened(t) {
			continue
		}
		assert.Regexp(t, `(?m)^permissions: \{\}`, w.text, w.page)
		for name, job := range w.Jobs {
			if job.Uses == "" { // a called workflow has its own
				assert.NotEmpty(t, job.TimeoutMinutes, "%s: %s wants timeout-minutes", w.page, name)
			}
			for scope, level := range job.Permissions {
				assert.True(t, level == "read" || scope == "id-token" || scope == "pages" || len(job.calls()) > 0 || !job.checksOut(), "%s: %s runs your code and may write", w.page, name)
			}
			if !job.Environment.IsZero() && job.Permissions["pages"] == "" { // GitHub Pages have an environment of their own
				assert.True(t, w.leavesDeploymentsToUs(job), "%s: %s wants deployment: false", w.page, name)
			}
		}
	}
}

// leavesDeploymentsToUs reports whether GitHub adds no deployment for a job, or none that counts.
func (w workflow) leavesDeploymentsToUs(j job) bool {
	var environment struct{ Deployment string }
	if j.Environment.Decode(&environment) == nil && environment.Deployment == "false" {
		return true
	}
	for _, other := range w.Jobs {
		for _, step := range other.calls() {
			if step.With["deployment_order_scope"] == "own" {
				return true
			}
		}
	}
	return false
}
