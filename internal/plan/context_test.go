package plan_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// handedOver is a start as a step with result_mode gets it.
func handedOver(t *testing.T, c config.Config, change func(*plan.Ledger)) (text string, l plan.Ledger) {
	t.Helper()
	r := asking(command.Deploy)
	r.Event.WorkflowSHA = stableSHA
	r.Command.Params = command.Params{Raw: "--x <b>", JSON: `{"x":true}`}
	l = decide(r, c, facts()).ledger
	l.Phase, l.DeploymentID, l.ReactionID, l.StartedCommentID = plan.Ready, 9, 8, 7
	if l.Lock != nil {
		l.Lock.Tip, l.Lock.Attempted, l.Lock.Confirmed = tip, true, true
	}
	change(&l)
	return l.Context(r, c), l
}

// Workflows and branch-deploy read the keys: their names, their order and their forms stay.
func TestContext(t *testing.T) {
	t.Parallel()
	c := locked()
	c.Labels = config.Labels{Deployed: []string{"shipped", "done"}, SkipNoopIfApproved: true}
	c.Messages.TemplatePath = ".github/result.md"
	text, l := handedOver(t, c, func(*plan.Ledger) {})
	handoff, err := l.Handoff()
	require.NoError(t, err)
	want := `{"schema_version":1,"repository":"acme/shop","run_id":77,"run_attempt":2,"issue_number":12,"trigger_comment_id":5,` +
		`"trusted_sha":"` + stableSHA + `","lock_ref_sha":"` + tip + `","disable_lock":false,"started_comment_id":7,"deployment_id":9,"reaction_id":8,` +
		`"noop":false,"ref":"feature","sha":"` + headSHA + `","environment":"production","environment_url":"https://shop.example","actor":"octocat",` +
		`"fork":false,"commit_verified":true,"deployment_start_time":"2026-11-21T10:00:00.000Z","approved_reviews_count":"1","review_decision":"APPROVED",` +
		`"params":"--x <b>","parsed_params":"{\"x\":true}","settings":{"deploy_message_path":".github/result.md","environment_url_in_comment":"true",` +
		`"successful_deploy_labels":"shipped,done","failed_deploy_labels":"","successful_noop_labels":"","failed_noop_labels":"",` +
		`"skip_successful_noop_labels_if_approved":"true","skip_successful_deploy_labels_if_approved":"false"},"lockstep":"` + handoff + `"}`
	assert.Equal(t, want, text)

	long, _ := handedOver(t, c, func(l *plan.Ledger) { l.Subject.Params = strings.Repeat("x", 64<<10) })
	assert.Empty(t, long, "branch-deploy reads 64 KiB, and a step without it looks for the start")
}

// A context with our ledger is that ledger. One without it says enough for an end.
func TestReadContext(t *testing.T) {
	t.Parallel()
	c := locked()
	c.Labels.Deployed, c.URLInComment = []string{"shipped"}, false
	text, l := handedOver(t, c, func(*plan.Ledger) {})
	read, err := plan.ReadContext(asking(command.Deploy), settings(), text)
	require.NoError(t, err)
	assert.Equal(t, marshal(t, l), marshal(t, read))
	assert.False(t, read.Foreign)

	theirs := without(t, text, "lockstep")
	read, err = plan.ReadContext(asking(command.Deploy), settings(), theirs)
	require.NoError(t, err)
	assert.True(t, read.Foreign)
	assert.Equal(t, []int64{77, 5, 9, 8, 7}, []int64{read.RunID, read.TriggerID, read.DeploymentID, read.ReactionID, read.StartedCommentID})
	assert.Equal(t, &plan.Lock{Branch: productionLock, Tip: tip, Attempted: true, Confirmed: true}, read.Lock)
	assert.Equal(t, l.Subject.StartedAt, read.Subject.StartedAt)
	assert.Equal(t, l.Subject.Reviews, read.Subject.Reviews)
	assert.Equal(t, []string{"shipped"}, read.End.Success.Add)
	assert.False(t, read.End.ShowURL)
}

func TestReadContextErrors(t *testing.T) {
	t.Parallel()
	text, _ := handedOver(t, locked(), func(*plan.Ledger) {})
	theirs := without(t, text, "lockstep")
	for name, given := range map[string]string{
		"no JSON":            "schema",
		"a list":             "[]",
		"nothing":            "{}",
		"another repository": strings.Replace(theirs, "acme/shop", "acme/store", 1),
		"another form":       strings.Replace(theirs, `"schema_version":1`, `"schema_version":2`, 1),
		"another comment":    strings.Replace(theirs, `"trigger_comment_id":5`, `"trigger_comment_id":6`, 1),
		"another pull":       strings.Replace(theirs, `"issue_number":12`, `"issue_number":13`, 1),
		"no deployment":      strings.Replace(theirs, `"deployment_id":9`, `"deployment_id":null`, 1),
		"a wrong type":       strings.Replace(theirs, `"deployment_id":9`, `"deployment_id":"9"`, 1),
		"no reaction":        without(t, theirs, "reaction_id"),
		"no settings":        without(t, theirs, "settings"),
		"a changed ledger":   strings.Replace(text, `"lockstep":"H4s`, `"lockstep":"H4t`, 1),
		"much too long":      theirs + strings.Repeat(" ", 64<<10),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := plan.ReadContext(asking(command.Deploy), settings(), given)
			assert.Error(t, err)
		})
	}
}

func without(t *testing.T, text, key string) string {
	t.Helper()
	var all map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(text), &all))
	delete(all, key)
	return marshal(t, all)
}

// A step with result_mode keeps the settings of the start, or takes its own for all of them.
func TestWithResult(t *testing.T) {
	t.Parallel()
	start := settings()
	start.Labels.Deployed = []string{"shipped"}
	_, l := handedOver(t, start, func(*plan.Ledger) {})
	c := settings()
	c.Result = config.ResultSettings{Mode: true, Jobs: config.JobSkipped, Inherit: true}
	c.URLInComment, c.EnvironmentURLs, c.Labels.DeployFailed = false, nil, []string{"broken"}
	inherited := l.WithResult(asking(command.Deploy), c)
	assert.True(t, inherited.End.Skipped)
	inherited.End.Skipped = false
	assert.Equal(t, l, inherited)

	c.Result.Inherit = false
	own := l.WithResult(asking(command.Deploy), c)
	assert.Empty(t, own.Subject.EnvironmentURL)
	assert.False(t, own.End.ShowURL)
	assert.Equal(t, plan.Labels{Remove: []string{"broken"}}, own.End.Success)

	c.Result.URL = "https://pr-1.shop.example"
	assert.Equal(t, c.Result.URL, l.WithResult(asking(command.Deploy), c).Subject.EnvironmentURL)
	assert.Equal(t, l, l.WithResult(asking(command.Deploy), settings()), "in another mode nothing changes")
}
