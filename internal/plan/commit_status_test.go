package plan_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// rehearsing are settings whose rules ask for noops of production.
func rehearsing() config.Config {
	c := settings()
	set := func(name string, required bool) policy.Environment {
		return policy.Environment{Name: name, Line: 3, Settings: policy.Settings{Noop: policy.Value[bool]{Value: required, Line: 4}}}
	}
	c.Policy = &policy.Policy{Zone: time.UTC, Environments: []policy.Environment{set("dev", false), set("production", true)}}
	return c
}

// reporting are settings with commit_status.
func reporting() config.Config {
	c := settings()
	c.CommitStatus = true
	return c
}

func written(steps []plan.Step) []plan.SetCommitStatus {
	var all []plan.SetCommitStatus
	for _, step := range steps {
		if effect, is := step.Effect.(plan.SetCommitStatus); is {
			all = append(all, effect)
		}
	}
	return all
}

// Who asks for which commit status: the start settles it.
func TestCommitStatusIsSettled(t *testing.T) {
	t.Parallel()
	toDev := asking(command.Noop)
	toDev.Command.Environment = "dev"
	both := rehearsing()
	both.CommitStatus = true
	builds := reporting()
	builds.Mode, builds.Track.EventType = config.TrackIt, "build"
	for name, test := range map[string]struct {
		request deploy.Request
		config  config.Config
		want    string
	}{
		"deploy":                     {asking(command.Deploy), settings(), ""},
		"noop":                       {asking(command.Noop), settings(), ""},
		"noop that rules ask for":    {asking(command.Noop), rehearsing(), "lockstep/noop/production"},
		"noop that no rule asks for": {toDev, rehearsing(), ""},
		"deploy under rules":         {asking(command.Deploy), rehearsing(), ""},
		"deploy that reports":        {asking(command.Deploy), reporting(), "lockstep/deploy/production"},
		"rollback that reports":      {rollback(), reporting(), "lockstep/deploy/production"},
		"noop does not report":       {asking(command.Noop), reporting(), ""},
		"both, noop":                 {asking(command.Noop), both, "lockstep/noop/production"},
		"both, deploy":               {asking(command.Deploy), both, "lockstep/deploy/production"},
		"build":                      {asking(command.Deploy), builds, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := deploy.Decision{Target: deploy.Target{Environment: test.request.Command.Environment, SHA: headSHA, Noop: test.request.Command.Kind == command.Noop}}
			assert.Equal(t, test.want, plan.NewLedger(test.request, test.config, d, facts()).End.CommitStatus)
		})
	}
}

func TestCommitStatusOfEnd(t *testing.T) {
	t.Parallel()
	for status, want := range map[config.Status]struct{ state, noop, deployment string }{
		config.Completed: {"success", "The noop of production succeeded", "The deployment to production succeeded"},
		config.Failed:    {"failure", "The noop of production did not succeed: the job failed", "The deployment to production did not succeed: the job failed"},
		config.Aborted:   {"failure", "The noop of production did not succeed: the job was cancelled", "The deployment to production did not succeed: the job was cancelled"},
		"":               {"failure", "The noop of production did not succeed: it is unknown how the job ended", "The deployment to production did not succeed: it is unknown how the job ended"},
		config.Pending:   {"failure", "The noop of production did not succeed: it is unknown how the job ended", "The deployment to production did not succeed: it is unknown how the job ended"},
	} {
		noop, deployment := ready(asking(command.Noop), rehearsing()), ready(asking(command.Deploy), reporting())
		noop.Subject.Noop, noop.Subject.SHA, noop.Subject.Environment = true, headSHA, "production"
		noop.End.CommitStatus = "lockstep/noop/production"
		assert.Equal(t, []plan.SetCommitStatus{{
			SHA: headSHA, Context: "lockstep/noop/production", State: want.state, Description: want.noop, TargetURL: runURL,
		}}, written(plan.End(noop, status)), status)
		assert.Equal(t, []plan.SetCommitStatus{{
			SHA: headSHA, Context: "lockstep/deploy/production", State: want.state, Description: want.deployment, TargetURL: runURL,
		}}, written(plan.End(deployment, status)), status)

		deployment.Tracked = true
		assert.Len(t, written(plan.End(deployment, status)), 1, status)
		deployment.Unrecorded = true
		assert.Len(t, written(plan.End(deployment, status)), 1, "the token may write it all the same")
		for _, step := range plan.End(noop, status) {
			assert.False(t, step.Must && len(written([]plan.Step{step})) > 0, "an end does not fail on it")
		}
	}
}

func TestCommitStatusSurvivesTheHandoff(t *testing.T) {
	t.Parallel()
	text, err := ready(asking(command.Deploy), reporting()).Handoff()
	require.NoError(t, err)
	read, err := plan.ReadHandoff(text)
	require.NoError(t, err)
	assert.Equal(t, "lockstep/deploy/production", read.End.CommitStatus)
}

func TestCommitStatusOfLongNames(t *testing.T) {
	t.Parallel()
	l := ready(asking(command.Deploy), reporting())
	l.Subject.Environment = strings.Repeat("ü", 200)
	description := written(plan.End(l, ""))[0].Description
	assert.Less(t, len([]rune(description)), 140)
	assert.Contains(t, description, "it is unknown how the job ended")
}

func TestCommitStatusNeedsACommit(t *testing.T) {
	t.Parallel()
	l := ready(asking(command.Deploy), reporting())
	l.Subject.SHA = ""
	assert.Empty(t, written(plan.End(l, config.Completed)))
}
