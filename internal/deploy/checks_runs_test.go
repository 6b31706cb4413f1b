package deploy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// inRun is a check run of a workflow's run.
func inRun(name, conclusion string, run int64) deploy.Check {
	one := deploytest.CheckRun(name, conclusion)
	one.Run, one.Suite, one.Workflow = deploy.Know(run), "CS", "W_1"
	one.RunID = deploy.Know(run * 100)
	return one
}

// again is a check run of a run that was started once more: its own number is new.
func again(one deploy.Check) deploy.Check {
	one.RunID.Value += 1000
	return one
}

// The newest run of a workflow counts, and in it every job, also those that share a name.
func TestNewestRunCounts(t *testing.T) {
	t.Parallel()
	otherWorkflow := inRun("test", "FAILURE", 1)
	otherWorkflow.Workflow = "W_2"
	for name, test := range map[string]struct {
		nodes []deploy.Check
		want  deploy.ChecksState
	}{
		"newer success":                             {[]deploy.Check{inRun("test", "FAILURE", 1), inRun("test", "SUCCESS", 2)}, deploy.ChecksPassed},
		"newer success, listed last":                {[]deploy.Check{inRun("test", "SUCCESS", 2), inRun("test", "FAILURE", 1)}, deploy.ChecksPassed},
		"newer failure":                             {[]deploy.Check{inRun("test", "FAILURE", 2), inRun("test", "SUCCESS", 1)}, deploy.ChecksFailed},
		"two jobs of one name":                      {[]deploy.Check{inRun("test", "FAILURE", 1), inRun("test", "SUCCESS", 1)}, deploy.ChecksFailed},
		"one of them is running":                    {[]deploy.Check{inRun("test", "", 1), inRun("test", "SUCCESS", 1)}, deploy.ChecksPending},
		"both have passed":                          {[]deploy.Check{inRun("test", "SUCCESS", 1), inRun("test", "SUCCESS", 1)}, deploy.ChecksPassed},
		"an older run started again, and under way": {[]deploy.Check{again(inRun("test", "", 1)), inRun("test", "SUCCESS", 2)}, deploy.ChecksPending},
		"an older run started again, and failed":    {[]deploy.Check{inRun("test", "SUCCESS", 2), again(inRun("test", "FAILURE", 1))}, deploy.ChecksFailed},
		"an older run started again, and passed":    {[]deploy.Check{inRun("test", "FAILURE", 2), again(inRun("test", "SUCCESS", 1))}, deploy.ChecksPassed},
		"another workflow":                          {[]deploy.Check{otherWorkflow, inRun("test", "SUCCESS", 2)}, deploy.ChecksFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, checked(all(), reported(test.nodes...)).Evidence.CommitStatus)
		})
	}
}

// Where the token may not see runs, every check run counts, and the answer says what to add.
func TestHiddenRuns(t *testing.T) {
	t.Parallel()
	blind := func(conclusion string) deploy.Check {
		one := deploytest.CheckRun("test", conclusion)
		one.Workflow, one.Event = "", ""
		return one
	}
	for name, test := range map[string]struct {
		nodes   []deploy.Check
		want    deploy.ChecksState
		blurred bool
	}{
		"all have passed":  {[]deploy.Check{blind("SUCCESS"), blind("SUCCESS")}, deploy.ChecksPassed, false},
		"an older failure": {[]deploy.Check{blind("FAILURE"), blind("SUCCESS")}, deploy.ChecksFailed, true},
		"the only one":     {[]deploy.Check{blind("FAILURE")}, deploy.ChecksFailed, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := deploytest.Without(deploy.RunsPart)
			f.Pull.Checks = reported(test.nodes...)
			f.Unavailable[deploy.RunsPart] = deploy.Problem{Text: "No.", Hint: "Add `actions: read`."}
			d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), f)
			assert.Equal(t, test.want, d.Evidence.CommitStatus)
			assert.Equal(t, test.blurred, strings.Contains(deploytest.Said(t, d, "checks").Hint, "count older runs as well. Add `actions: read`."))
		})
	}
}

// A workflow whose run has not ended has checks to come, unless one that counts is shown and still running.
func TestUnfinishedWorkflows(t *testing.T) {
	t.Parallel()
	suite := func(name string, complete bool) deploy.CheckSuite {
		return deploy.CheckSuite{NodeID: "CS", Actions: true, Name: name, Workflow: "W_1", Complete: complete}
	}
	app := deploy.CheckSuite{NodeID: "CS"}
	const text, hint = "1 check of this commit has not ended yet: `CI`.", "The workflow `CI` is under way, and the next check is not shown yet; `ignored_checks` also takes the name of a workflow that does not matter."
	for name, test := range map[string]struct {
		settings config.Checks
		nodes    []deploy.Check
		suite    deploy.CheckSuite
		want     deploy.ChecksState
	}{
		"no check is shown yet":         {all(), nil, suite("CI", false), deploy.ChecksPending},
		"only the first one is shown":   {all(), []deploy.Check{inRun("test", "SUCCESS", 1)}, suite("CI", false), deploy.ChecksPending},
		"a failure outweighs it":        {all(), []deploy.Check{inRun("test", "FAILURE", 1)}, suite("CI", false), deploy.ChecksFailed},
		"it has ended":                  {all(), []deploy.Check{inRun("test", "SUCCESS", 1)}, suite("CI", true), deploy.ChecksPassed},
		"an idle app":                   {all(), []deploy.Check{inRun("test", "SUCCESS", 1)}, app, deploy.ChecksPassed},
		"an idle app, and nothing else": {all(), nil, app, deploy.NoChecks},
		"a suite without a run":         {all(), nil, deploy.CheckSuite{NodeID: "CS", Actions: true}, deploy.NoChecks},
		"a check that is ignored runs":  {ignoring(all(), "test"), []deploy.Check{inRun("test", "", 1)}, suite("CI", false), deploy.ChecksPending},
		"the workflow is ignored, too":  {ignoring(all(), "test", "CI"), []deploy.Check{inRun("test", "", 1)}, suite("CI", false), deploy.ChecksPassed},
		"it is ignored, with an @":      {ignoring(all(), "test", "CI@2@"), []deploy.Check{inRun("test", "", 1)}, suite("CI@2", false), deploy.ChecksPassed},
		"mode required":                 {onlyRequired(), nil, suite("CI", false), deploy.NoChecks},
		"another workflow, in a list":   {listed("lint"), []deploy.Check{status("lint", "SUCCESS")}, suite("CI", false), deploy.ChecksPassed},
		"the workflow of a listed one":  {listed("test"), []deploy.Check{inRun("test", "SUCCESS", 1)}, suite("CI", false), deploy.ChecksPending},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checks := reported(test.nodes...)
			checks.Suites = []deploy.CheckSuite{test.suite}
			d := checked(test.settings, checks)
			assert.Equal(t, test.want, d.Evidence.CommitStatus)
			if test.want == deploy.ChecksPending {
				assert.Equal(t, text, deploytest.Said(t, d, "checks").Text)
				assert.Contains(t, deploytest.Said(t, d, "checks").Hint, hint)
			}
		})
	}
	hostile := reported()
	hostile.Suites = []deploy.CheckSuite{suite(deploytest.Hostile, false)}
	deploytest.AssertHarmless(t, deploytest.Said(t, checked(all(), hostile), "checks"))
}

// A workflow that could not begin, or that waits for an approval, has ended without a check.
func TestBrokenWorkflows(t *testing.T) {
	t.Parallel()
	suite := func(conclusion string, run int64) deploy.CheckSuite {
		return deploy.CheckSuite{NodeID: "CS", Actions: true, Name: "CI", Workflow: "W_1", Event: "push", Run: deploy.Know(run), Complete: true, Conclusion: conclusion}
	}
	for name, test := range map[string]struct {
		settings config.Checks
		nodes    []deploy.Check
		suites   []deploy.CheckSuite
		want     deploy.ChecksState
	}{
		"could not begin":         {all(), nil, []deploy.CheckSuite{suite("STARTUP_FAILURE", 1)}, deploy.ChecksFailed},
		"waits for an approval":   {all(), nil, []deploy.CheckSuite{suite("ACTION_REQUIRED", 1)}, deploy.ChecksFailed},
		"was cancelled":           {all(), nil, []deploy.CheckSuite{suite("CANCELLED", 1)}, deploy.NoChecks},
		"was skipped":             {all(), nil, []deploy.CheckSuite{suite("SKIPPED", 1)}, deploy.NoChecks},
		"a newer one passed":      {all(), nil, []deploy.CheckSuite{suite("STARTUP_FAILURE", 1), suite("SUCCESS", 2)}, deploy.NoChecks},
		"its checks tell more":    {all(), []deploy.Check{inRun("test", "SUCCESS", 1)}, []deploy.CheckSuite{suite("FAILURE", 1)}, deploy.ChecksPassed},
		"the workflow is ignored": {ignoring(all(), "CI"), nil, []deploy.CheckSuite{suite("STARTUP_FAILURE", 1)}, deploy.NoChecks},
		"others are required":     {onlyRequired(), nil, []deploy.CheckSuite{suite("STARTUP_FAILURE", 1)}, deploy.NoChecks},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checks := reported(test.nodes...)
			checks.Suites = test.suites
			d := checked(test.settings, checks)
			assert.Equal(t, test.want, d.Evidence.CommitStatus)
			if test.want == deploy.ChecksFailed {
				assert.Equal(t, "1 check of this commit failed: `CI`.", deploytest.Said(t, d, "checks").Text)
			}
		})
	}
}

// GitHub's own summary may say something else than the checks that count.
func TestSummaryOfGitHub(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		settings config.Checks
		state    string
		level    deploy.Level
	}{
		"the same":            {all(), "SUCCESS", deploy.Pass},
		"a failure":           {all(), "FAILURE", deploy.Warn},
		"an error":            {all(), "ERROR", deploy.Warn},
		"unknown":             {all(), "", deploy.Pass},
		"some are ignored":    {ignoring(all(), "lint"), "FAILURE", deploy.Pass},
		"others are required": {onlyRequired(), "FAILURE", deploy.Pass},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checks := reported(inRun("test", "SUCCESS", 1))
			checks.State = test.state
			assert.Equal(t, test.level, deploytest.Said(t, checked(test.settings, checks), "checks").Level)
		})
	}
}

// A required check of one app is not met by a commit status, or by a check run of another app, of the same name.
func TestRequiredApp(t *testing.T) {
	t.Parallel()
	of := func(app int64) deploy.Check {
		one := deploytest.CheckRun("build", "SUCCESS")
		one.App, one.Required = deploy.Know(app), true
		return one
	}
	for name, test := range map[string]struct {
		node deploy.Check
		app  deploy.Known[int64]
		want deploy.ChecksState
	}{
		"the app itself":  {of(15368), deploy.Know[int64](15368), deploy.ChecksPassed},
		"another app":     {of(7), deploy.Know[int64](15368), deploy.ChecksPending},
		"a commit status": {status("build", "SUCCESS"), deploy.Know[int64](15368), deploy.ChecksPending},
		"any app":         {status("build", "SUCCESS"), deploy.Known[int64]{}, deploy.ChecksPassed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checks := reported(test.node)
			checks.Expected = []deploy.Expectation{{Name: "build", App: test.app}}
			assert.Equal(t, test.want, checked(all(), checks).Evidence.CommitStatus)
		})
	}
}
