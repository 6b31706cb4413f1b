package deploy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

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
		"tie that does not count":          {ignoring(all(), "build"), []deploy.Check{pass, with(fail, node("CR_other"))}, deploy.ChecksUnavailable},

		"unknown app that counts":             {all(), []deploy.Check{with(pass, of(0), numbered(1)), with(pass, of(0), numbered(2))}, deploy.ChecksUnavailable},
		"unknown app, listed":                 {listed("build"), []deploy.Check{with(pass, of(0), numbered(1)), with(pass, of(0), numbered(2))}, deploy.ChecksUnavailable},
		"unknown app, not listed":             {listed("x"), []deploy.Check{with(fail, of(0), numbered(1)), with(fail, of(0), numbered(2)), deploytest.CheckRun("x", "SUCCESS")}, deploy.ChecksPassed},
		"unknown app, ignored":                {ignoring(all(), "build"), []deploy.Check{with(fail, of(0), numbered(1)), with(fail, of(0), numbered(2))}, deploy.ChecksPassed},
		"unknown app, not required":           {onlyRequired(), []deploy.Check{with(fail, of(0), numbered(1)), with(fail, of(0), numbered(2))}, deploy.ChecksPassed},
		"unknown app, the old one required":   {onlyRequired(), []deploy.Check{required(with(pass, of(0), numbered(1))), with(pass, of(0), numbered(2))}, deploy.ChecksUnavailable},
		"unknown app, the new one required":   {onlyRequired(), []deploy.Check{with(pass, of(0), numbered(1)), required(with(pass, of(0), numbered(2)))}, deploy.ChecksUnavailable},
		"unknown app once":                    {all(), []deploy.Check{with(pass, of(0))}, deploy.ChecksPassed},
		"unknown app beside a known one":      {all(), []deploy.Check{with(pass, of(0)), fail}, deploy.ChecksFailed},
		"another app with the same name":      {all(), []deploy.Check{with(fail, of(1), numbered(1)), with(pass, of(2), numbered(2))}, deploy.ChecksFailed},
		"a status with the same name":         {all(), []deploy.Check{fail, with(status("build", "SUCCESS"), after(60))}, deploy.ChecksFailed},
		"statuses, newest last":               {all(), []deploy.Check{failed, with(passed, after(1))}, deploy.ChecksPassed},
		"statuses, newest first":              {all(), []deploy.Check{with(failed, after(1)), passed}, deploy.ChecksFailed},
		"statuses, tie":                       {all(), []deploy.Check{passed, with(failed, node("SC_other"))}, deploy.ChecksUnavailable},
		"statuses, the same one on two pages": {all(), []deploy.Check{passed, deploytest.CheckRun("x", "SUCCESS"), passed}, deploy.ChecksPassed},
	} {
		d := checked(test.settings, reported(test.nodes...))
		assert.Equal(t, test.want, d.Evidence.CommitStatus, name)
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
		d := checked(all(), reported(fail, test.newer))
		assert.Equal(t, test.want, d.Evidence.CommitStatus, name)
	}
}
