package deploy_test

import (
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
	one.Run, one.Suite = deploy.Know(run), "CS"
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
		"newer success":              {[]deploy.Check{inRun("test", "FAILURE", 1), inRun("test", "SUCCESS", 2)}, deploy.ChecksPassed},
		"newer success, listed last": {[]deploy.Check{inRun("test", "SUCCESS", 2), inRun("test", "FAILURE", 1)}, deploy.ChecksPassed},
		"newer failure":              {[]deploy.Check{inRun("test", "FAILURE", 2), inRun("test", "SUCCESS", 1)}, deploy.ChecksFailed},
		"two jobs of one name":       {[]deploy.Check{inRun("test", "FAILURE", 1), inRun("test", "SUCCESS", 1)}, deploy.ChecksFailed},
		"one of them is running":     {[]deploy.Check{inRun("test", "", 1), inRun("test", "SUCCESS", 1)}, deploy.ChecksPending},
		"both have passed":           {[]deploy.Check{inRun("test", "SUCCESS", 1), inRun("test", "SUCCESS", 1)}, deploy.ChecksPassed},
		"another workflow":           {[]deploy.Check{otherWorkflow, inRun("test", "SUCCESS", 2)}, deploy.ChecksFailed},
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
		nodes []deploy.Check
		want  deploy.ChecksState
	}{
		"all have passed":  {[]deploy.Check{blind("SUCCESS"), blind("SUCCESS")}, deploy.ChecksPassed},
		"an older failure": {[]deploy.Check{blind("FAILURE"), blind("SUCCESS")}, deploy.ChecksFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := deploytest.Without(deploy.RunsPart)
			f.Pull.Checks = reported(test.nodes...)
			f.Unavailable[deploy.RunsPart] = deploy.Problem{Text: "No.", Hint: "Add `actions: read`."}
			d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), f)
			assert.Equal(t, test.want, d.Evidence.CommitStatus)
			if !test.want.Fine() {
				assert.Contains(t, deploytest.Said(t, d, "checks").Hint, "count older runs as well. Add `actions: read`.")
			}
		})
	}
}

// A workflow whose run has not ended has checks to come, unless one that is shown is still running.
func TestUnfinishedWorkflows(t *testing.T) {
	t.Parallel()
	suite := func(workflow string, complete bool) deploy.CheckSuite {
		return deploy.CheckSuite{NodeID: "CS", Workflow: workflow, Complete: complete}
	}
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
		"an idle app":                   {all(), []deploy.Check{inRun("test", "SUCCESS", 1)}, suite("", false), deploy.ChecksPassed},
		"an idle app, and nothing else": {all(), nil, suite("", false), deploy.NoChecks},
		"a check that is ignored runs":  {ignoring(all(), "test"), []deploy.Check{inRun("test", "", 1)}, suite("CI", false), deploy.ChecksPassed},
		"mode required":                 {onlyRequired(), nil, suite("CI", false), deploy.NoChecks},
		"a list":                        {listed("test"), []deploy.Check{inRun("test", "SUCCESS", 1)}, suite("CI", false), deploy.ChecksPassed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checks := reported(test.nodes...)
			checks.Suites = []deploy.CheckSuite{test.suite}
			d := checked(test.settings, checks)
			assert.Equal(t, test.want, d.Evidence.CommitStatus)
			if test.want == deploy.ChecksPending {
				assert.Equal(t, "1 check of this commit has not ended yet: `CI`.", deploytest.Said(t, d, "checks").Text)
			}
		})
	}
	hostile := reported()
	hostile.Suites = []deploy.CheckSuite{suite(deploytest.Hostile, false)}
	deploytest.AssertHarmless(t, deploytest.Said(t, checked(all(), hostile), "checks"))
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
