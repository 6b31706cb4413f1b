package plan_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
)

func started(t *testing.T, r deploy.Request, c config.Config) plan.StartDeployment {
	t.Helper()
	d := decide(r, c, facts())
	return effect[plan.StartDeployment](t, d.plan())
}

func TestStartDeployment(t *testing.T) {
	t.Parallel()
	start := started(t, asking(command.Deploy), settings())
	assert.Equal(t, "production", start.Environment)
	assert.Equal(t, "feature", start.Ref)
	assert.Equal(t, headSHA, start.SHA)
	assert.True(t, start.Production)
	assert.NotNil(t, start.RequiredContexts, "GitHub takes null for every context there is")
	assert.Empty(t, start.RequiredContexts)

	c := settings()
	c.RequiredContexts, c.ProductionEnvironments = []string{"ci/test"}, nil
	start = started(t, asking(command.Deploy), c)
	assert.Equal(t, []string{"ci/test"}, start.RequiredContexts)
	assert.False(t, start.Production)

	start = started(t, rollback(), settings())
	assert.Equal(t, "main "+stableSHA, start.Ref+" "+start.SHA)
	assert.True(t, start.Payload.StableBranchUsed)
}

// GitHub merges nothing into a branch unless a workflow asks for it, and never into the stable one.
func TestAutoMerge(t *testing.T) {
	t.Parallel()
	wanted, disabled := settings(), settings()
	wanted.Origin.AutoMerge, disabled.Origin.AutoMerge = true, true
	disabled.Outdated.Update = config.UpdateDisabled
	assert.False(t, started(t, asking(command.Deploy), settings()).AutoMerge)
	assert.True(t, started(t, asking(command.Deploy), wanted).AutoMerge)
	assert.False(t, started(t, asking(command.Deploy), disabled).AutoMerge)
	assert.False(t, started(t, rollback(), wanted).AutoMerge)
	r, c := tracking(wanted, config.Started)
	assert.False(t, started(t, r, c).AutoMerge, "a commit is no branch")
}

// The order of the keys is part of the contract: branch-deploy's first, then our own.
func TestPayloadJSON(t *testing.T) {
	t.Parallel()
	r := asking(command.Deploy)
	r.Command.Params = command.Params{Raw: "--cpu=2 <b>", JSON: `{"_":["<b>"],"cpu":2}`}
	d := decide(r, settings(), facts())
	d.ledger.ReactionID, d.ledger.StartedCommentID = 9, 6
	filled, isStart := d.ledger.Resolve(effect[plan.StartDeployment](t, d.plan())).(plan.StartDeployment)
	require.True(t, isStart)
	want := `{"type":"branch-deploy","sha":"` + headSHA + `","params":"--cpu=2 \u003cb\u003e","parsed_params":{"_":["\u003cb\u003e"],"cpu":2},` +
		`"github_run_id":77,"initial_comment_id":5,"initial_reaction_id":9,"deployment_started_comment_id":6,` +
		`"timestamp":"2026-11-21T10:00:00.000Z","commit_verified":true,"actor":"octocat","stable_branch_used":false,` +
		`"tool":"lockstep","github_run_attempt":2,"pull_request":12,"product":"shop","version":"` + headSHA + `"}`
	assert.Equal(t, want, marshal(t, filled.Payload))
}

// A deployment names who started its run again, and so does the ledger that is made of it where the handoff is lost.
func TestPayloadOfRerun(t *testing.T) {
	t.Parallel()
	r, f := asking(command.Deploy), facts()
	r.Event.Triggering, f.Rerunner = "hubot", deploy.Actor{Login: "hubot", Permission: "write"}
	d := decide(r, settings(), f)
	made := effect[plan.StartDeployment](t, d.plan()).Payload
	assert.Equal(t, "octocat hubot", made.Actor+" "+made.RerunBy)
	assert.Contains(t, marshal(t, made), `,"rerun_by":"hubot"}`)
	assert.Equal(t, "hubot", d.ledger.Subject.RerunBy)

	recovered, _ := plan.Recover(asking(command.Deploy), settings(), plan.Traces{Deployment: &plan.DeploymentOfStart{Payload: made}})
	assert.Equal(t, "octocat hubot", recovered.Subject.Actor+" "+recovered.Subject.RerunBy)
}

func TestPayloadJSONOfLittle(t *testing.T) {
	t.Parallel()
	r, c := tracking(settings(), config.Started)
	want := `{"type":"branch-deploy","sha":"` + headSHA + `","params":null,"parsed_params":null,` +
		`"github_run_id":77,"initial_reaction_id":null,` +
		`"timestamp":"2026-11-21T10:00:00.000Z","commit_verified":false,"actor":"octocat","stable_branch_used":false,` +
		`"tool":"lockstep","github_run_attempt":2,"product":"store","version":"v1"}`
	assert.Equal(t, want, marshal(t, started(t, r, c).Payload))
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}

func TestSameRun(t *testing.T) {
	t.Parallel()
	ours := plan.Payload{Tool: plan.Tool, RunID: 77, RunAttempt: 2, TriggerCommentID: 5, Product: "shop"}
	ledger := plan.Ledger{RunID: 77, RunAttempt: 2, TriggerID: 5, Product: "shop"}
	assert.True(t, ledger.SameRun(ours))
	assert.True(t, ledger.SameProduct(ours))
	for name, change := range map[string]func(*plan.Payload){
		"another tool":    func(p *plan.Payload) { p.Tool = "" },
		"another run":     func(p *plan.Payload) { p.RunID = 78 },
		"another attempt": func(p *plan.Payload) { p.RunAttempt = 1 },
		"another comment": func(p *plan.Payload) { p.TriggerCommentID = 6 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			other := ours
			change(&other)
			assert.False(t, ledger.SameRun(other))
			assert.False(t, ledger.SameProduct(other))
		})
	}
	other := ours
	other.Product = "store"
	assert.True(t, ledger.SameRun(other))
	assert.False(t, ledger.SameProduct(other))
}

func TestInProgressStatus(t *testing.T) {
	t.Parallel()
	d := decide(asking(command.Deploy), settings(), facts())
	assert.Equal(t, plan.SetStatus{
		State: "in_progress", Environment: "production", EnvironmentURL: "https://shop.example", LogURL: runURL,
	}, effect[plan.SetStatus](t, d.plan()))
}
