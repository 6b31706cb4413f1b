package rehearse_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A deployment that another job of its run ends counts for a verified order, and so does one of a later attempt.
func TestVerifiedOrderOfSeveralJobs(t *testing.T) {
	t.Parallel()
	const before = "user alice write\npush checkout Faster\npull 1 alice checkout\ncomment alice 1 .deploy to staging\njob success\npass 10m\n"
	const after = "set skip_completing false\ncomment alice 1 .deploy to production\nwant output continue true\njob success\n" +
		"-- with --\nskip_completing: true\nenforced_deployment_order: staging,production\ndeployment_order_scope: verified\n"
	for name, script := range map[string]string{
		"ended by another job": "finish success\n",
		"ended by a re-run":    "finish failure\npass 1h\nrerun\njob success\nfinish success\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, run(t, before+script+after))
		})
	}
}

// Lines that say what a user with access to git and the API can do past the action.
func TestAttackVerbs(t *testing.T) {
	t.Parallel()
	const before = "user root admin\nuser mallory write\npush checkout Harmless\npull 1 mallory checkout\n"
	for name, script := range map[string]string{
		"branch that was moved": before + `push evil Evil
before-request addComment move checkout evil mallory
comment root 1 .deploy to staging
want exit 1
want output reason_code ref_changed`,
		"branch that was moved back to a commit": before + `push checkout More
move checkout sha(checkout~1)
comment root 1 .deploy to staging
want output continue true
want output sha sha(checkout~1)
job success`,
		"commit with an old date": before + `pass 1h
pushpull 1 3h Old work
comment root 1 .deploy to staging
want output sha sha(pull/1)
want output continue true
job success`,
		"status": before + `rule checks ci
check ci checkout success
status ci checkout failure
comment root 1 .deploy to staging
want exit 1
want output commit_status FAILURE`,
		"checks of another app and workflow": before + `appcheck circle build checkout success
appcheck github-actions test checkout failure nightly schedule
comment root 1 .deploy to staging
want exit 1
want output commit_status FAILURE`,
		"required check of one app": before + `rulecheck build 15368
comment root 1 .deploy to staging
want exit 1
want output commit_status PENDING
check build checkout success
comment root 1 .deploy to staging
want output continue true
job success`,
		"forged deployment": before + `forged staging checkout mallory in_progress {"type":"branch-deploy", "text": "a b"}
want deployment staging in_progress checkout
forged staging checkout mallory failure no object
want deployment staging failure checkout`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, run(t, script))
		})
	}
	left, err := stage(t, before+`forged staging checkout mallory failure {"type":"branch-deploy", "text": "a b"}`)
	require.NoError(t, err)
	made := left.GitHub.Deployments("staging")[0]
	assert.Equal(t, "mallory", made.Creator)
	assert.JSONEq(t, `{"type":"branch-deploy", "text": "a b"}`, string(made.Payload))
	for _, wrong := range []string{
		"move checkout", "move nothing checkout", "move checkout nothing", "pushpull 1 1h", "pushpull 1 x Text", "pushpull 2 1h Text", "status ci checkout",
		"status ci nothing success", "appcheck circle build checkout", "appcheck circle build nothing success", "rulecheck build", "rulecheck build x",
		"forged staging checkout mallory success", "forged staging nothing mallory success {}",
	} {
		t.Run(wrong, func(t *testing.T) {
			t.Parallel()
			assert.Error(t, run(t, before+wrong))
		})
	}
}
