package deploy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// status is a commit status.
func status(name, state string) deploy.Check {
	return deploy.Check{Kind: deploy.CommitStatus, Name: name, Value: state, NodeID: "SC_" + name, At: deploy.Know(deploytest.AskedAt())}
}

// required is a check that the base's rules want.
func required(one deploy.Check) deploy.Check {
	one.Required = true
	return one
}

// reported are the checks of the head.
func reported(nodes ...deploy.Check) deploy.Checks {
	return deploy.Checks{SHA: deploytest.HeadSHA, Reported: len(nodes) > 0, Nodes: nodes}
}

// expecting adds what rules require.
func expecting(checks deploy.Checks, names ...string) deploy.Checks {
	for _, name := range names {
		checks.Expected = append(checks.Expected, deploy.Expectation{Name: name})
	}
	return checks
}

// checked decides with the given checks.
func checked(c config.Checks, checks deploy.Checks) deploy.Decision {
	settings, f := deploytest.Settings(), deploytest.Facts()
	settings.Checks, f.Pull.Checks = c, checks
	return deploy.Decide(deploytest.Asking(command.Deploy, "production"), settings, f)
}

func all() config.Checks {
	return config.Checks{Mode: config.AllChecks, Unseen: config.UnseenPending}
}

func onlyRequired() config.Checks {
	return config.Checks{Mode: config.RequiredChecks, Unseen: config.UnseenPending}
}

func listed(names ...string) config.Checks {
	return config.Checks{Mode: config.ListedChecks, Names: names, Unseen: config.UnseenPending}
}

func ignoring(c config.Checks, names ...string) config.Checks {
	c.Ignored = names
	return c
}

func ignoringUnseen(c config.Checks) config.Checks {
	c.Unseen = config.UnseenIgnored
	return c
}

// The values that GitHub gives for a single check, and the states that follow.
func TestChecksClasses(t *testing.T) {
	t.Parallel()
	classes := map[deploy.ChecksState]string{
		deploy.ChecksPassed:      "SUCCESS SKIPPED NEUTRAL",
		deploy.ChecksPending:     "- EXPECTED PENDING",
		deploy.ChecksFailed:      "FAILURE ERROR CANCELLED TIMED_OUT ACTION_REQUIRED STALE STARTUP_FAILURE",
		deploy.ChecksUnavailable: "success Failure MYSTERY",
	}
	for want, values := range classes {
		for value := range strings.FieldsSeq(values) {
			value = strings.TrimPrefix(value, "-")
			for _, one := range []deploy.Check{deploytest.CheckRun("build", value), status("build", value)} {
				t.Run(fmt.Sprintf("%s %q", one.Kind, value), func(t *testing.T) {
					t.Parallel()
					d := checked(all(), reported(one))
					assert.Equal(t, want, d.Evidence.CommitStatus)
					assert.Equal(t, want == deploy.ChecksPassed, d.Verdict == deploy.Proceed)
				})
			}
		}
	}
}

// Several checks: a failure outweighs what is pending, and what is unknown outweighs everything.
func TestChecksTogether(t *testing.T) {
	t.Parallel()
	weight := []struct {
		value string
		state deploy.ChecksState
	}{
		{"SUCCESS", deploy.ChecksPassed},
		{"PENDING", deploy.ChecksPending},
		{"FAILURE", deploy.ChecksFailed},
		{"MYSTERY", deploy.ChecksUnavailable},
	}
	for i := range weight {
		for j := range weight {
			for k := range weight {
				t.Run(weight[i].value+" "+weight[j].value+" "+weight[k].value, func(t *testing.T) {
					t.Parallel()
					got := checked(all(), reported(deploytest.CheckRun("a", weight[i].value), status("b", weight[j].value), deploytest.CheckRun("c", weight[k].value)))
					assert.Equal(t, weight[max(i, j, k)].state, got.Evidence.CommitStatus)
				})
			}
		}
	}
}

// Which checks count.
func TestChecksPolicy(t *testing.T) {
	t.Parallel()
	good, bad := deploytest.CheckRun("good", "SUCCESS"), deploytest.CheckRun("bad", "FAILURE")
	mixed := reported(good, bad)
	rules := reported(required(good), bad)
	for name, test := range map[string]struct {
		settings config.Checks
		checks   deploy.Checks
		want     deploy.ChecksState
	}{
		"all":                                    {all(), mixed, deploy.ChecksFailed},
		"all, ignored":                           {ignoring(all(), "bad"), mixed, deploy.ChecksPassed},
		"all, everything ignored":                {ignoring(all(), "bad", "good"), mixed, deploy.ChecksPassed},
		"all, ignored in another case":           {ignoring(all(), "BAD"), mixed, deploy.ChecksFailed},
		"required, one is":                       {onlyRequired(), rules, deploy.ChecksPassed},
		"required, the bad one is":               {onlyRequired(), reported(good, required(bad)), deploy.ChecksFailed},
		"required, the bad one is, but ignored":  {ignoring(onlyRequired(), "bad"), reported(good, required(bad)), deploy.ChecksPassed},
		"required, none is":                      {onlyRequired(), mixed, deploy.ChecksPassed},
		"listed good":                            {listed("good"), mixed, deploy.ChecksPassed},
		"listed bad":                             {listed("good", "bad"), mixed, deploy.ChecksFailed},
		"listed in another case":                 {listed("Good"), mixed, deploy.ChecksMissing},
		"listed, missing":                        {listed("good", "lint"), mixed, deploy.ChecksMissing},
		"listed, missing outweighs failing":      {listed("bad", "lint"), mixed, deploy.ChecksMissing},
		"listed and ignored":                     {ignoring(listed("good", "bad"), "bad"), mixed, deploy.ChecksPassed},
		"listed, ignored and missing":            {ignoring(listed("good", "lint"), "lint"), mixed, deploy.ChecksMissing},
		"listed, nothing reported":               {listed("good"), reported(), deploy.ChecksMissing},
		"listed, found as a status":              {listed("good"), reported(status("good", "SUCCESS")), deploy.ChecksPassed},
		"listed, although not required":          {listed("bad"), rules, deploy.ChecksFailed},
		"nothing reported":                       {all(), reported(), deploy.NoChecks},
		"nothing reported, required":             {onlyRequired(), reported(), deploy.NoChecks},
		"a roll-up without a check":              {all(), deploy.Checks{SHA: deploytest.HeadSHA, Reported: true}, deploy.ChecksPassed},
		"an unknown mode counts everything":      {config.Checks{}, mixed, deploy.ChecksFailed},
		"an unknown result that does not count":  {ignoring(all(), "odd"), reported(good, deploytest.CheckRun("odd", "MYSTERY")), deploy.ChecksPassed},
		"one without a name":                     {all(), reported(good, deploytest.CheckRun("", "SUCCESS")), deploy.ChecksUnavailable},
		"one without a name, none of it listed":  {listed("good"), reported(good, status("", "SUCCESS")), deploy.ChecksUnavailable},
		"one that is neither a run nor a status": {all(), reported(good, deploy.Check{Name: "x", Value: "SUCCESS"}), deploy.ChecksUnavailable},
		"one that GitHub did not show":           {all(), reported(good, deploy.Check{}), deploy.ChecksUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, checked(test.settings, test.checks).Evidence.CommitStatus)
		})
	}
}

// A required check that has not reported yet is not passed by silence.
func TestChecksNotReportedYet(t *testing.T) {
	t.Parallel()
	good := required(deploytest.CheckRun("good", "SUCCESS"))
	for name, test := range map[string]struct {
		settings config.Checks
		checks   deploy.Checks
		want     deploy.ChecksState
	}{
		"comment right after the push":               {all(), expecting(reported(), "good"), deploy.ChecksPending},
		"the same in mode required":                  {onlyRequired(), expecting(reported(), "good"), deploy.ChecksPending},
		"reported":                                   {all(), expecting(reported(good), "good"), deploy.ChecksPassed},
		"reported, required":                         {onlyRequired(), expecting(reported(good), "good"), deploy.ChecksPassed},
		"another one is missing":                     {all(), expecting(reported(good), "good", "slow"), deploy.ChecksPending},
		"another one is missing, required":           {onlyRequired(), expecting(reported(good), "good", "slow"), deploy.ChecksPending},
		"a failure outweighs it":                     {all(), expecting(reported(deploytest.CheckRun("bad", "FAILURE")), "slow"), deploy.ChecksFailed},
		"a namesake that no rule asks for":           {onlyRequired(), expecting(reported(deploytest.CheckRun("good", "SUCCESS")), "good"), deploy.ChecksPending},
		"ignored":                                    {ignoring(all(), "slow"), expecting(reported(good), "slow"), deploy.ChecksPassed},
		"ignored, required":                          {ignoring(onlyRequired(), "slow"), expecting(reported(good), "slow"), deploy.ChecksPassed},
		"ignored and nothing reported":               {ignoring(all(), "slow"), expecting(reported(), "slow"), deploy.NoChecks},
		"a list replaces the rules":                  {listed("good"), expecting(reported(good), "slow"), deploy.ChecksPassed},
		"a listed one is missing, as ever":           {listed("slow"), expecting(reported(good), "slow"), deploy.ChecksMissing},
		"switched off":                               {ignoringUnseen(all()), expecting(reported(good), "slow"), deploy.ChecksPassed},
		"switched off, required":                     {ignoringUnseen(onlyRequired()), expecting(reported(good), "slow"), deploy.ChecksPassed},
		"switched off and nothing reported":          {ignoringUnseen(all()), expecting(reported(), "slow"), deploy.NoChecks},
		"switched off does not forgive a listed one": {ignoringUnseen(listed("slow")), expecting(reported(good), "slow"), deploy.ChecksMissing},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := checked(test.settings, test.checks)
			assert.Equal(t, test.want, d.Evidence.CommitStatus)
			assert.Equal(t, !test.want.Fine(), d.Verdict == deploy.Refuse)
		})
	}
}

func TestChecksUnavailable(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*deploy.Facts){
		"unavailable":  func(f *deploy.Facts) { f.Unavailable[deploy.ChecksPart] = deploy.Problem{Text: "No.", Hint: "Do."} },
		"not reliable": func(f *deploy.Facts) { f.Pull.Checks.Problem = "the list changed" },
		"of no commit": func(f *deploy.Facts) { f.Pull.Checks.SHA = "" },
		"never asked":  func(f *deploy.Facts) { f.Pull.Checks = deploy.Checks{} },
		"unavailable, moved": func(f *deploy.Facts) {
			f.Unavailable[deploy.ChecksPart] = deploy.Problem{Text: "No."}
			f.Pull.Checks.SHA = deploytest.OtherSHA
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, c := deploytest.Facts(), deploytest.Settings()
			change(&f)
			d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f)
			assert.Equal(t, deploy.ChecksUnavailable, d.Evidence.CommitStatus)
			assert.Equal(t, deploy.PrechecksFailed, d.Reason)
			assert.Equal(t, []string{"checks"}, deploytest.Blocked(d))
			if name == "unavailable" {
				assert.Equal(t, "No. Do.", deploytest.Said(t, d, "checks").Text+" "+deploytest.Said(t, d, "checks").Hint)
			}
			c.Checks.Skip = []string{"dev", "production"}
			d = deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f)
			assert.Equal(t, deploy.ChecksSkipped, d.Evidence.CommitStatus)
			assert.Equal(t, name == "unavailable, moved", d.Verdict == deploy.Refuse, "checks that do not count are not looked at")
		})
	}
}

// skip_ci is about environments, and about nothing but checks.
func TestChecksSkipped(t *testing.T) {
	t.Parallel()
	c, f := deploytest.Settings(), deploytest.Facts()
	c.Checks.Skip = []string{"dev"}
	f.Pull.Checks = reported(deploytest.CheckRun("bad", "FAILURE"))
	assert.Equal(t, deploy.ChecksFailed, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f).Evidence.CommitStatus)
	d := deploy.Decide(deploytest.Asking(command.Deploy, "dev"), c, f)
	assert.Equal(t, deploy.ChecksSkipped, d.Evidence.CommitStatus)
	assert.Equal(t, "checks do not count in `dev`", deploytest.Said(t, d, "checks").Text)
	f.Pull.ReviewDecision, f.Pull.Draft = deploy.ReviewRequired, true
	assert.Equal(t, []string{"draft", "reviews"}, deploytest.Blocked(deploy.Decide(deploytest.Asking(command.Deploy, "dev"), c, f)))
}

// The facts stay as they are, whatever is dropped from them on the way.
func TestChecksLeaveFactsAlone(t *testing.T) {
	t.Parallel()
	f, c := deploytest.Facts(), deploytest.Settings()
	f.Pull.Checks = expecting(reported(deploytest.CheckRun("a", "SUCCESS"), deploytest.CheckRun("b", "FAILURE"), deploytest.CheckRun("a", "SUCCESS")), "a", "x", "b", "x")
	c.Checks.Ignored = []string{"a", "b"}
	nodes, expected := slices.Clone(f.Pull.Checks.Nodes), slices.Clone(f.Pull.Checks.Expected)
	deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f)
	assert.Equal(t, nodes, f.Pull.Checks.Nodes)
	assert.Equal(t, expected, f.Pull.Checks.Expected)
}

// with changes one report of a check.
func with(one deploy.Check, changes ...func(*deploy.Check)) deploy.Check {
	for _, change := range changes {
		change(&one)
	}
	return one
}

func numbered(id int64) func(*deploy.Check) {
	return func(one *deploy.Check) { one.RunID = deploy.Know(id) }
}
func node(id string) func(*deploy.Check) { return func(one *deploy.Check) { one.NodeID = id } }
func of(app int64) func(*deploy.Check) {
	return func(one *deploy.Check) { one.App = deploy.Known[int64]{Value: app, OK: app != 0} }
}

// after moves a report some seconds behind the others.
func after(seconds int) func(*deploy.Check) {
	return func(one *deploy.Check) { one.At.Value = one.At.Value.Add(time.Duration(seconds) * time.Second) }
}

func timeless(one *deploy.Check) { one.At = deploy.Known[time.Time]{} }

// Several reports of one check: the newest counts, or none where GitHub does not say which that is.
func TestReruns(t *testing.T) {
	t.Parallel()
	pass, fail := deploytest.CheckRun("build", "SUCCESS"), deploytest.CheckRun("build", "FAILURE")
	passed, failed := status("ci", "SUCCESS"), status("ci", "FAILURE")
	for name, test := range map[string]struct {
		settings config.Checks
		nodes    []deploy.Check
		want     deploy.ChecksState
	}{
		"pass, then fail, by number":       {all(), []deploy.Check{with(pass, numbered(1)), with(fail, numbered(2))}, deploy.ChecksFailed},
		"fail, then pass, by number":       {all(), []deploy.Check{with(fail, numbered(1)), with(pass, numbered(2))}, deploy.ChecksPassed},
		"listed the other way round":       {all(), []deploy.Check{with(pass, numbered(2)), with(fail, numbered(1))}, deploy.ChecksPassed},
		"the number outweighs the time":    {all(), []deploy.Check{with(pass, numbered(2)), with(fail, numbered(1), after(60))}, deploy.ChecksPassed},
		"the number needs no time":         {all(), []deploy.Check{with(pass, numbered(2), timeless), with(fail, numbered(1), timeless)}, deploy.ChecksPassed},
		"rerun that is still under way":    {all(), []deploy.Check{with(pass, numbered(1)), with(deploytest.CheckRun("build", ""), numbered(2))}, deploy.ChecksPending},
		"pass, then fail, by time":         {all(), []deploy.Check{pass, with(fail, after(1))}, deploy.ChecksFailed},
		"fail, then pass, by time":         {all(), []deploy.Check{fail, with(pass, after(1))}, deploy.ChecksPassed},
		"by time, the other way round":     {all(), []deploy.Check{with(pass, after(1)), fail}, deploy.ChecksPassed},
		"one without a number":             {all(), []deploy.Check{with(fail, numbered(9)), with(pass, after(1))}, deploy.ChecksPassed},
		"the same number, by time":         {all(), []deploy.Check{with(fail, numbered(1)), with(pass, numbered(1), after(1))}, deploy.ChecksPassed},
		"one without a time":               {all(), []deploy.Check{pass, with(pass, timeless)}, deploy.ChecksUnavailable},
		"the first without a time":         {all(), []deploy.Check{with(pass, timeless), pass}, deploy.ChecksUnavailable},
		"tie with equal nodes":             {all(), []deploy.Check{pass, pass}, deploy.ChecksPassed},
		"tie with equal nodes, first kept": {all(), []deploy.Check{fail, pass}, deploy.ChecksFailed},
		"tie with different nodes":         {all(), []deploy.Check{pass, with(pass, node("CR_other"))}, deploy.ChecksUnavailable},
		"tie without nodes":                {all(), []deploy.Check{with(pass, node("")), with(pass, node(""))}, deploy.ChecksUnavailable},
		"three reports":                    {all(), []deploy.Check{with(fail, numbered(1)), with(pass, numbered(3)), with(fail, numbered(2))}, deploy.ChecksPassed},
		"tie that is ignored":              {ignoring(all(), "build"), []deploy.Check{pass, with(fail, node("CR_other"))}, deploy.ChecksPassed},
		"tie that is not listed":           {listed("lint"), []deploy.Check{pass, with(fail, node("CR_other")), deploytest.CheckRun("lint", "SUCCESS")}, deploy.ChecksPassed},
		"tie of another and a failure":     {listed("lint"), []deploy.Check{pass, with(fail, node("CR_other")), deploytest.CheckRun("lint", "FAILURE")}, deploy.ChecksFailed},

		"unknown app that counts":             {all(), []deploy.Check{with(pass, of(0), numbered(1)), with(pass, of(0), numbered(2))}, deploy.ChecksUnavailable},
		"unknown app, listed":                 {listed("build"), []deploy.Check{with(pass, of(0), numbered(1)), with(pass, of(0), numbered(2))}, deploy.ChecksUnavailable},
		"unknown app, not listed":             {listed("x"), []deploy.Check{with(fail, of(0), numbered(1)), with(fail, of(0), numbered(2)), deploytest.CheckRun("x", "SUCCESS")}, deploy.ChecksPassed},
		"unknown app, ignored":                {ignoring(all(), "build"), []deploy.Check{with(fail, of(0), numbered(1)), with(fail, of(0), numbered(2))}, deploy.ChecksPassed},
		"unknown app, not required":           {onlyRequired(), []deploy.Check{with(fail, of(0), numbered(1)), with(fail, of(0), numbered(2))}, deploy.ChecksPassed},
		"unknown app, the old one required":   {onlyRequired(), []deploy.Check{required(with(pass, of(0), numbered(1))), with(pass, of(0), numbered(2))}, deploy.ChecksUnavailable},
		"unknown app, the new one required":   {onlyRequired(), []deploy.Check{with(pass, of(0), numbered(1)), required(with(pass, of(0), numbered(2)))}, deploy.ChecksUnavailable},
		"unknown app once":                    {all(), []deploy.Check{with(pass, of(0))}, deploy.ChecksPassed},
		"unknown app next to a known one":     {all(), []deploy.Check{with(pass, of(0)), fail}, deploy.ChecksFailed},
		"another app with the same name":      {all(), []deploy.Check{with(fail, of(1), numbered(1)), with(pass, of(2), numbered(2))}, deploy.ChecksFailed},
		"a status with the same name":         {all(), []deploy.Check{fail, with(status("build", "SUCCESS"), after(60))}, deploy.ChecksFailed},
		"statuses, newest last":               {all(), []deploy.Check{failed, with(passed, after(1))}, deploy.ChecksPassed},
		"statuses, newest first":              {all(), []deploy.Check{with(failed, after(1)), passed}, deploy.ChecksFailed},
		"statuses, tie":                       {all(), []deploy.Check{passed, with(failed, node("SC_other"))}, deploy.ChecksUnavailable},
		"statuses, the same one on two pages": {all(), []deploy.Check{passed, deploytest.CheckRun("x", "SUCCESS"), passed}, deploy.ChecksPassed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := checked(test.settings, reported(test.nodes...))
			assert.Equal(t, test.want, d.Evidence.CommitStatus)
		})
	}
}

// All workflows of a repository belong to one app. A newer success of another workflow must not hide
// the failure of a job with the same name.
func TestRerunsOfOtherWorkflows(t *testing.T) {
	t.Parallel()
	fail := with(deploytest.CheckRun("build", "FAILURE"), numbered(1))
	pass := with(deploytest.CheckRun("build", "SUCCESS"), numbered(2))
	for name, test := range map[string]struct {
		newer deploy.Check
		want  deploy.ChecksState
	}{
		"a rerun":                  {pass, deploy.ChecksPassed},
		"another workflow":         {with(pass, func(one *deploy.Check) { one.Workflow = "W_2" }), deploy.ChecksFailed},
		"another event":            {with(pass, func(one *deploy.Check) { one.Event = "pull_request" }), deploy.ChecksFailed},
		"a run without a workflow": {with(pass, func(one *deploy.Check) { one.Workflow, one.Event = "", "" }), deploy.ChecksFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := checked(all(), reported(fail, test.newer))
			assert.Equal(t, test.want, d.Evidence.CommitStatus)
		})
	}
}
