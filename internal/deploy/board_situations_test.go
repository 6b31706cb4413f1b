package deploy_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// onBoard returns the facts as they are read for a board: what is about the environment alone has its name on it.
func onBoard(t deploytest.Trial) deploy.Facts {
	f := t.Facts
	environment, live := t.Request.Command.Environment, deploy.DeploymentsPart+deploy.Part(t.Request.Command.Environment)
	f.Deployments, f.Read, f.Unavailable = maps.Clone(f.Deployments), maps.Clone(f.Read), maps.Clone(f.Unavailable)
	if f.Deployments == nil {
		f.Deployments = map[string][]deploy.Deployment{}
	}
	f.Deployments[environment] = f.Live
	delete(f.Read, live)
	if f.Read[deploy.LivePart] {
		f.MarkRead(live)
	}
	if problem, unavailable := f.Unavailable[deploy.LivePart]; unavailable {
		f.MarkUnavailable(live, problem)
	}
	f.Board.Rehearsals = map[deploy.StatusOf]deploy.Rehearsal{f.Rehearsal.StatusOf: f.Rehearsal}
	compared := deploy.Compared{Changes: f.Changes}
	if problem, unavailable := f.Unavailable[deploy.ChangesPart]; unavailable {
		compared.Problem = &problem
	}
	if f.Read[deploy.ChangesPart] || compared.Problem != nil {
		wanted := deploy.NeedsKnowing(t.Request, t.Config, t.Facts).Changes
		f.Board.Compared = map[deploy.Comparison]deploy.Compared{wanted: compared}
	}
	f.Live, f.Rehearsal, f.Changes = nil, deploy.Rehearsal{}, deploy.Changes{}
	f.Answer = deploy.Answer{}
	for _, part := range []deploy.Part{deploy.LivePart, deploy.ChangesPart} {
		delete(f.Read, part)
		delete(f.Unavailable, part)
	}
	return f
}

// later are the situations that come about when a command has been typed: no status can know of them.
func later(text string) bool {
	return slices.ContainsFunc([]string{
		"The command names an unknown environment", "The parameters contradict themselves", "between the two reads",
		"the actor rejects it", "the actor does not answer in time", "Another job of the same run",
	}, func(part string) bool { return strings.Contains(text, part) })
}

// askers are the ways of asking for the head of a pull request that a status speaks of.
func askers() map[string]deploytest.Trial {
	plain := deploytest.Trial{
		Request: deploytest.Asking(command.Deploy, "production"), Config: deploytest.Settings(),
		Facts: deploytest.Facts(), Lock: deploytest.StickyLock("monalisa"),
	}
	fork := plain
	fork.Facts = deploytest.Facts()
	fork.Config.Origin.Forks = true
	fork.Facts.Pull.CrossRepo, fork.Facts.Pull.HeadRepo, fork.Facts.Pull.HeadExists = true, "eve/shop", false
	return map[string]deploytest.Trial{"no rules file": plain, "fork": fork, "rules file": deploytest.Trials()[deploy.HeadWay]}
}

// The status says before what a deployment is refused for: the same findings, for each situation of the checks page.
func TestStatusSaysWhatTheDeploymentWould(t *testing.T) {
	t.Parallel()
	refused := 0
	for _, gate := range deploytest.Situations() {
		for _, situation := range gate.Situations {
			for name, trial := range askers() {
				trial.Facts.Unavailable = maps.Clone(trial.Facts.Unavailable)
				if gate.Enable != nil {
					gate.Enable(&trial)
				}
				if situation.Arrange(&trial); later(situation.Text) {
					continue
				}
				would := deploy.Decide(trial.Request, trial.Config, trial.Facts)
				if would.Verdict == deploy.Refuse {
					refused++
				}
				t.Run(gate.Name+"/"+situation.Text+"/"+name, func(t *testing.T) {
					t.Parallel()
					assertForetold(t, trial, would)
				})
			}
		}
	}
	assert.Greater(t, refused, 150)
}

func assertForetold(t *testing.T, trial deploytest.Trial, would deploy.Decision) {
	t.Helper()
	asked := trial.Request
	asked.Command = command.Command{Kind: command.Status, About: "production", Environment: "production", KnownEnvironment: true}
	f := onBoard(trial)
	d := deploy.Decide(asked, trial.Config, f)
	if would.Denied() {
		assert.True(t, d.Denied(), "who may not deploy may not ask either")
		return
	}
	require.Equal(t, deploy.StatusCompleted, d.Reason, d.Findings)
	require.Len(t, d.Board.Rows, 1)
	said := d.Board.Rows[0].Asked
	assert.Equal(t, would.Findings, said.Findings)
	assert.Equal(t, would.Reason, said.Reason)
	assert.Equal(t, would.Verdict, said.Verdict)
	assert.Equal(t, deploy.NeedsKnowing(trial.Request, trial.Config, trial.Facts), asForOne(deploy.NeedsKnowing(asked, trial.Config, f)))
}

// asForOne returns the needs of a board with one environment as those of a deployment there.
func asForOne(n deploy.Needs) deploy.Needs {
	for _, environment := range n.Board.Environments {
		n.Live = environment
	}
	for _, rehearsal := range n.Board.Rehearsals {
		n.Rehearsal = rehearsal
	}
	for _, comparison := range n.Board.Comparisons {
		n.Changes = comparison
	}
	n.Board = deploy.NeedsOfBoard{}
	return n
}
