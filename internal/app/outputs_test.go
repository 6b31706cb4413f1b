package app_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// ending is what a run gives out at its end.
type ending struct {
	script string // what happens, after the branch and its pull request are there
	exit   int
	names  string // of the outputs: these and no others
	result string // output result behind its version, with words for commits and numbers
	values map[string]string
}

// scene comes before each script: a user who may deploy, and a pull request that is in order.
const scene = `
user alice write
user mallory read
push checkout Faster checkout
pull 1 alice checkout
`

// The outputs that come together.
const (
	atTheEnd = "decision reason_code result "
	ofWords  = atTheEnd + "comment_body issue_number triggered "
	ofAsking = ofWords + "type comment_id actor_handle actor "
	ofParams = ofAsking + "params parsed_params "
	ofTarget = ofParams + "environment "
	ofBranch = ofTarget + "base_ref default_branch_tree_sha fork "
	ofStates = ofBranch + "commit_status review_decision is_outdated merge_state_status approved_reviews_count "
	ofCommit = "ref sha commit_verified "
	ofStart  = ofCommit + "initial_comment_id "
	ofReady  = ofStates + ofStart + "initial_reaction_id continue noop run_attempt "
)

// loadSchema reads GitHub's contracts once for all scripts.
var loadSchema = sync.OnceValues(rehearse.LoadSchema)

// end plays a script to its end.
func end(t *testing.T, script string) (exit int, outputs map[string]string) {
	t.Helper()
	story, err := rehearse.ParseStory(t.Name(), []byte(scene+script))
	require.NoError(t, err)
	schema, err := loadSchema()
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		require.NoError(t, rehearse.Run(t.Context(), story, rehearse.Options{Schema: schema, After: func(p *rehearse.Session) {
			exit, outputs, _ = p.Last()
			for name, value := range outputs {
				outputs[name] = plainWords(p, value)
			}
		}}))
	})
	return exit, outputs
}

// plainWords puts words in the place of commits and of the numbers that GitHub gives. OTHER is what no branch
// points at now, or only a branch of a fork.
func plainWords(p *rehearse.Session, value string) string {
	for branch, word := range map[string]string{"checkout": "HEAD", "main": "STABLE"} {
		value = strings.ReplaceAll(value, p.GitHub.Head(branch), word)
	}
	value = regexp.MustCompile(`[0-9a-f]{40}`).ReplaceAllString(value, "OTHER")
	return regexp.MustCompile(`"deployment_id":[0-9]+`).ReplaceAllString(value, `"deployment_id":ID`)
}

func (e ending) check(t *testing.T) {
	t.Helper()
	exit, outputs := end(t, e.script)
	assert.Equal(t, e.exit, exit)
	names := strings.Fields(e.names)
	slices.Sort(names)
	assert.Equal(t, names, slices.Sorted(maps.Keys(outputs)))
	assert.Equal(t, `{"schema_version":1,`+e.result+`}`, outputs["result"])
	for name, value := range e.values {
		assert.Equal(t, value, outputs[name], name)
	}
}

func checkEndings(t *testing.T, endings map[string]ending) {
	t.Helper()
	for name, e := range endings {
		t.Run(name, func(t *testing.T) { t.Parallel(); e.check(t) })
	}
}

// What a workflow gets to know when it may go on.
func TestOutputsOfStarts(t *testing.T) {
	t.Parallel()
	checkEndings(t, map[string]ending{
		"deployment": {
			script: `comment alice 1 ".deploy staging \r\n"`, names: ofReady + "deployment_id record record_file",
			result: `"decision":"continue","reason_code":"deployment_ready","operation":"deploy","deployment_type":"branch","environment":"staging","ref":"checkout","sha":"HEAD","deployment_id":ID`,
			values: map[string]string{
				"continue": "true", "noop": "false", "triggered": "true", "type": "deploy", "environment": "staging", "ref": "checkout", "sha": "HEAD",
				"comment_body": ".deploy staging", "issue_number": "1", "actor": "alice", "actor_handle": "alice", "params": "", "parsed_params": "",
				"base_ref": "main", "fork": "false", "commit_verified": "false", "commit_status": "", "review_decision": "",
				"is_outdated": "false", "merge_state_status": "CLEAN", "approved_reviews_count": "0",
			},
		},
		"rehearsal": {
			script: "comment alice 1 .noop | --x=1 <b>", names: ofReady,
			result: `"decision":"continue","reason_code":"noop_ready","operation":"noop","deployment_type":"noop","environment":"production","ref":"checkout","sha":"HEAD","deployment_id":null`,
			values: map[string]string{"noop": "true", "type": "deploy", "params": "--x=1 <b>", "parsed_params": `{"_":["<b>"],"x":1}`},
		},
		"rollback": {
			script: "comment alice 1 .deploy main", names: ofBranch + ofStart + "initial_reaction_id continue noop run_attempt deployment_id record record_file",
			result: `"decision":"continue","reason_code":"deployment_ready","operation":"deploy","deployment_type":"branch","environment":"production","ref":"main","sha":"STABLE","deployment_id":ID`,
			values: map[string]string{"ref": "main", "sha": "STABLE"},
		},
		"exact commit": {
			script: "set allow_sha_deployments true\ncomment alice 1 .deploy sha(checkout)",
			names:  ofBranch + ofStart + "initial_reaction_id continue noop run_attempt deployment_id record record_file sha_deployment",
			result: `"decision":"continue","reason_code":"deployment_ready","operation":"deploy","deployment_type":"sha","environment":"production","ref":"HEAD","sha":"HEAD","deployment_id":ID`,
			values: map[string]string{"sha_deployment": "HEAD"},
		},
		"exact commit, rehearsed": {
			script: "set allow_sha_deployments true\ncomment alice 1 .noop sha(checkout)",
			names:  ofBranch + ofStart + "initial_reaction_id continue noop run_attempt sha_deployment",
			result: `"decision":"continue","reason_code":"noop_ready","operation":"noop","deployment_type":"noop","environment":"production","ref":"HEAD","sha":"HEAD","deployment_id":null`,
		},
		"fork": {
			script: "set allow_forks true\nfork 2 eve checkout eve/shop\ncomment alice 2 .deploy",
			names:  ofReady + "deployment_id record record_file fork_ref fork_label fork_checkout fork_full_name",
			result: `"decision":"continue","reason_code":"deployment_ready","operation":"deploy","deployment_type":"branch","environment":"production","ref":"OTHER","sha":"OTHER","deployment_id":ID`,
			values: map[string]string{"fork": "true", "fork_label": "eve:checkout", "issue_number": "2"},
		},
		"another base": {
			script: "set allow_non_default_target_branch_deployments true\npush release\ndraft 1 release\nset update_branch disabled\ncomment alice 1 .deploy",
			names:  ofReady + "deployment_id record record_file non_default_target_branch_used",
			result: `"decision":"continue","reason_code":"deployment_ready","operation":"deploy","deployment_type":"branch","environment":"production","ref":"checkout","sha":"HEAD","deployment_id":ID`,
			values: map[string]string{"non_default_target_branch_used": "true", "base_ref": "release"},
		},
		"environment with a URL": {
			script: "set environment_urls staging|http://a.example,production|https://shop.example\ncomment alice 1 .noop", names: ofReady + "environment_url",
			result: `"decision":"continue","reason_code":"noop_ready","operation":"noop","deployment_type":"noop","environment":"production","ref":"checkout","sha":"HEAD","deployment_id":null`,
			values: map[string]string{"environment_url": "https://shop.example"},
		},
		"environment whose URL is disabled": {
			script: "set environment_urls production|disabled\ncomment alice 1 .noop", names: ofReady + "environment_url",
			result: `"decision":"continue","reason_code":"noop_ready","operation":"noop","deployment_type":"noop","environment":"production","ref":"checkout","sha":"HEAD","deployment_id":null`,
			values: map[string]string{"environment_url": "null"},
		},
		"environment without a URL": {
			script: "set environment_urls staging|http://a.example\ncomment alice 1 .noop", names: ofReady + "environment_url",
			result: `"decision":"continue","reason_code":"noop_ready","operation":"noop","deployment_type":"noop","environment":"production","ref":"checkout","sha":"HEAD","deployment_id":null`,
			values: map[string]string{"environment_url": "null"},
		},
		"no reaction": {
			script: "set reaction\ncomment alice 1 .noop", names: ofStates + ofStart + "continue noop run_attempt",
			result: `"decision":"continue","reason_code":"noop_ready","operation":"noop","deployment_type":"noop","environment":"production","ref":"checkout","sha":"HEAD","deployment_id":null`,
		},
	})
}

// What it gets to know when a command is refused: what all gates saw, but no commit that the first of them
// did not let pass.
func TestOutputsOfRefusals(t *testing.T) {
	t.Parallel()
	checkEndings(t, map[string]ending{
		"checks": {
			script: "check build checkout failure\ncomment alice 1 .deploy", exit: 1, names: ofStates + "ref sha",
			result: `"decision":"failure","reason_code":"prechecks_failed","operation":"deploy","deployment_type":null,"environment":"production","ref":null,"sha":null,"deployment_id":null`,
			values: map[string]string{"ref": "", "sha": "", "commit_status": "FAILURE"},
		},
		"exact commit": {
			script: "comment alice 1 .deploy sha(checkout)", exit: 1, names: ofBranch + "ref sha",
			result: `"decision":"failure","reason_code":"prechecks_failed","operation":"deploy","deployment_type":null,"environment":"production","ref":null,"sha":null,"deployment_id":null`,
			values: map[string]string{"ref": "", "sha": ""},
		},
		"signature": {
			script: "set commit_verification true\ncomment alice 1 .deploy", exit: 1, names: ofStates + ofCommit,
			result: `"decision":"failure","reason_code":"commit_safety_failed","operation":"deploy","deployment_type":null,"environment":"production","ref":"checkout","sha":"HEAD","deployment_id":null`,
			values: map[string]string{"commit_verified": "false"},
		},
		"order": {
			script: "set enforced_deployment_order staging,production\ncomment alice 1 .noop", exit: 1, names: ofStates + ofCommit + "needs_to_be_deployed",
			result: `"decision":"failure","reason_code":"deployment_order_failed","operation":"noop","deployment_type":null,"environment":"production","ref":"checkout","sha":"HEAD","deployment_id":null`,
			values: map[string]string{"needs_to_be_deployed": "staging"},
		},
		"wrong order": {
			script: "set enforced_deployment_order development,production\ncomment alice 1 .deploy staging", exit: 1, names: ofStates + ofCommit,
			result: `"decision":"failure","reason_code":"deployment_order_failed","operation":"deploy","deployment_type":null,"environment":"staging","ref":"checkout","sha":"HEAD","deployment_id":null`,
		},
		"lock": {
			script: "user bob write\ncomment bob 1 .lock\ncomment alice 1 .deploy", exit: 1, names: ofStates + ofCommit,
			result: `"decision":"stop","reason_code":"lock_conflict","operation":"deploy","deployment_type":null,"environment":"production","ref":"checkout","sha":"HEAD","deployment_id":null`,
		},
		"distance that is unknown": {
			script: "refuse Ref.compare\nfail GET /repos/*/*/compare/* 500 9\ncomment alice 1 .deploy staging", exit: 1, names: ofStates,
			result: `"decision":"failure","reason_code":"unexpected_error","operation":"deploy","deployment_type":null,"environment":"staging","ref":null,"sha":null,"deployment_id":null`,
			values: map[string]string{"is_outdated": "", "commit_status": ""},
		},
		"environment": {
			script: "comment alice 1 .noop qa | --x=1", names: ofParams + "base_ref default_branch_tree_sha fork commit_status review_decision is_outdated merge_state_status approved_reviews_count",
			result: `"decision":"stop","reason_code":"invalid_environment","operation":"noop","deployment_type":null,"environment":null,"ref":null,"sha":null,"deployment_id":null`,
			values: map[string]string{"params": "--x=1", "parsed_params": `{"_":[],"x":1}`},
		},
		"parameters": {
			script: "comment alice 1 .deploy | --_=1 x", exit: 1, names: ofStates,
			result: `"decision":"failure","reason_code":"unexpected_error","operation":"deploy","deployment_type":null,"environment":"production","ref":null,"sha":null,"deployment_id":null`,
			values: map[string]string{"params": "--_=1 x", "parsed_params": ""},
		},
		"help of a stranger": {
			script: "comment mallory 1 .help", exit: 1, names: ofAsking,
			result: `"decision":"failure","reason_code":"permission_denied","operation":"help","deployment_type":null,"environment":null,"ref":null,"sha":null,"deployment_id":null`,
			values: map[string]string{"actor": "mallory", "type": "help"},
		},
	})
}

// What it gets to know when something happens in the middle of a start: which commit was meant to be
// deployed, and never another one.
func TestOutputsOfBrokenStarts(t *testing.T) {
	t.Parallel()
	const asked = `"operation":"deploy","deployment_type":"branch","environment":"production","ref":"checkout"`
	checkEndings(t, map[string]ending{
		"moved": {
			script: "before-request addComment push checkout More\ncomment alice 1 .deploy", exit: 1, names: ofStates + ofStart,
			result: `"decision":"failure","reason_code":"ref_changed",` + asked + `,"sha":"OTHER","deployment_id":null`,
			values: map[string]string{"ref": "checkout", "sha": "OTHER", "commit_verified": "false"},
		},
		"moved to what is signed": {
			script: "before-request addComment signed checkout More\ncomment alice 1 .deploy", exit: 1, names: ofStates + ofStart,
			result: `"decision":"failure","reason_code":"ref_changed",` + asked + `,"sha":"OTHER","deployment_id":null`,
			values: map[string]string{"commit_verified": "false"},
		},
		"stable branch moved": {
			script: "before-request addComment push main More\ncomment alice 1 .deploy main", exit: 1, names: ofBranch + ofStart,
			result: `"decision":"failure","reason_code":"ref_changed","operation":"deploy","deployment_type":"branch","environment":"production","ref":"main","sha":"OTHER","deployment_id":null`,
		},
		"created for another commit": {
			script: "before-request \"POST /repos/acme/shop/deployments\" push checkout More\ncomment alice 1 .deploy", exit: 1, names: ofStates + ofStart + "deployment_id",
			result: `"decision":"failure","reason_code":"deployment_sha_mismatch",` + asked + `,"sha":"OTHER","deployment_id":ID`,
		},
		"merged by GitHub": {
			script: "set deployment_auto_merge true\nbefore-request \"POST /repos/acme/shop/deployments\" push main More\ncomment alice 1 .deploy", names: ofStates + ofStart,
			result: `"decision":"stop","reason_code":"base_branch_update_required",` + asked + `,"sha":"OTHER","deployment_id":null`,
			values: map[string]string{"sha": "OTHER"},
		},
		"not created": {
			script: "fail POST /repos/*/*/deployments 422\ncomment alice 1 .deploy", exit: 1, names: ofStates + ofStart,
			result: `"decision":"failure","reason_code":"unexpected_error",` + asked + `,"sha":"HEAD","deployment_id":null`,
			values: map[string]string{"ref": "checkout", "sha": "HEAD"},
		},
		"not in progress": {
			script: "fail POST /repos/*/*/deployments/*/statuses 500 2\ncomment alice 1 .deploy", exit: 1, names: ofStates + ofStart + "deployment_id",
			result: `"decision":"failure","reason_code":"unexpected_error",` + asked + `,"sha":"HEAD","deployment_id":ID`,
		},
		"refused at the second look": {
			script: "before-request addComment draft 1\ncomment alice 1 .deploy", exit: 1, names: ofStates + "ref sha initial_comment_id",
			result: `"decision":"failure","reason_code":"prechecks_failed","operation":"deploy","deployment_type":null,"environment":"production","ref":null,"sha":null,"deployment_id":null`,
			values: map[string]string{"ref": "", "sha": ""},
		},
		"no answer": {
			script: "set deployment_confirmation true\ncomment alice 1 .deploy", exit: 1, names: ofStates + ofCommit,
			result: `"decision":"failure","reason_code":"confirmation_timed_out",` + asked + `,"sha":"HEAD","deployment_id":null`,
		},
		"nothing could be read": {
			script: "fail POST /graphql 500 9\ncomment alice 1 .deploy", exit: 1, names: ofTarget,
			result: `"decision":"failure","reason_code":"unexpected_error","operation":"deploy","deployment_type":null,"environment":"production","ref":null,"sha":null,"deployment_id":null`,
		},
	})
}

// What it gets to know of everything else.
func TestOutputsOfOtherEnds(t *testing.T) {
	t.Parallel()
	const none = `"operation":"none","deployment_type":null,"environment":null,"ref":null,"sha":null,"deployment_id":null`
	checkEndings(t, map[string]ending{
		"another event":  {script: "step push alice mode=comment", names: atTheEnd, result: `"decision":"stop","reason_code":"unsupported_event",` + none},
		"edited comment": {script: "comment alice 1 .help\nedit alice", names: atTheEnd, result: `"decision":"stop","reason_code":"unsupported_event",` + none},
		"deprecated":     {script: "comment alice 1 .deploy noop", names: atTheEnd, result: `"decision":"stop","reason_code":"deprecated_command",` + none},
		"naked":          {script: "set disable_naked_commands true\ncomment alice 1 .deploy", names: atTheEnd, result: `"decision":"stop","reason_code":"naked_command_disabled",` + none},
		"no command": {
			script: `comment alice 1 " thanks\n"`, names: ofWords, result: `"decision":"stop","reason_code":"no_trigger",` + none,
			values: map[string]string{"triggered": "false", "comment_body": "thanks", "issue_number": "1"},
		},
		"wrong input": {
			script: "set reaction wave\ncomment alice 1 .deploy", exit: 1, names: ofTarget,
			result: `"decision":"failure","reason_code":"unexpected_error",` + none,
		},
		"wrong input of a mode": {
			script: "step push alice merge_deploy_mode=true reaction=wave", exit: 1, names: atTheEnd,
			result: `"decision":"failure","reason_code":"unexpected_error",` + none,
		},
		"help": {
			script: "comment alice 1 .help me", names: ofAsking,
			result: `"decision":"complete","reason_code":"help_completed","operation":"help","deployment_type":null,"environment":null,"ref":null,"sha":null,"deployment_id":null`,
			values: map[string]string{"type": "help"},
		},
		"status": {
			script: "comment alice 1 .status", names: ofAsking + "board",
			result: `"decision":"complete","reason_code":"status_completed","operation":"status","deployment_type":null,"environment":null,"ref":null,"sha":null,"deployment_id":null`,
			values: map[string]string{"type": "status"},
		},
		"status of one environment": {
			script: "comment alice 1 .status staging", names: ofAsking + "board",
			result: `"decision":"complete","reason_code":"status_completed","operation":"status","deployment_type":null,"environment":"staging","ref":null,"sha":null,"deployment_id":null`,
		},
		"status of an unknown environment": {
			script: "comment alice 1 .status nowhere", names: ofAsking,
			result: `"decision":"stop","reason_code":"invalid_environment","operation":"status","deployment_type":null,"environment":null,"ref":null,"sha":null,"deployment_id":null`,
		},
		"status, not permitted": {
			script: "comment mallory 1 .status", exit: 1, names: ofAsking,
			result: `"decision":"failure","reason_code":"permission_denied","operation":"status","deployment_type":null,"environment":null,"ref":null,"sha":null,"deployment_id":null`,
		},
		"locks are off": {
			script: "set disable_lock true\ncomment alice 1 .unlock staging", names: ofAsking,
			result: `"decision":"complete","reason_code":"locking_disabled","operation":"unlock","deployment_type":null,"environment":"staging","ref":null,"sha":null,"deployment_id":null`,
			values: map[string]string{"type": "unlock"},
		},
		"question about all locks": {
			script: "comment alice 1 .wcid --global", names: ofAsking,
			result: `"decision":"complete","reason_code":"lock_info_completed","operation":"lock_info","deployment_type":null,"environment":"GLOBAL_REQUEST","ref":null,"sha":null,"deployment_id":null`,
			values: map[string]string{"type": "lock-info-alias"},
		},
		"lock": {
			script: "comment alice 1 .lock", names: ofAsking,
			result: `"decision":"complete","reason_code":"lock_acquired","operation":"lock","deployment_type":null,"environment":"production","ref":"checkout","sha":null,"deployment_id":null`,
			values: map[string]string{"type": "lock"},
		},
		"lock that cannot be read": {
			script: "locked staging alice broken\ncomment alice 1 .lock staging", exit: 1, names: ofAsking,
			result: `"decision":"stop","reason_code":"lock_conflict","operation":"lock","deployment_type":null,"environment":"staging","ref":"checkout","sha":null,"deployment_id":null`,
		},
		"question about a lock that cannot be read": {
			script: "locked staging alice broken\ncomment alice 1 .lock staging --info", exit: 1, names: ofAsking,
			result: `"decision":"failure","reason_code":"lock_conflict","operation":"lock_info","deployment_type":null,"environment":"staging","ref":null,"sha":null,"deployment_id":null`,
		},
		"lock of all": {
			script: "comment alice 1 .lock --global", names: ofAsking + "global_lock_claimed",
			result: `"decision":"complete","reason_code":"lock_acquired","operation":"lock","deployment_type":null,"environment":"GLOBAL_REQUEST","ref":"checkout","sha":null,"deployment_id":null`,
			values: map[string]string{"global_lock_claimed": "true"},
		},
		"lock of all, again": {
			script: "comment alice 1 .lock --global\ncomment alice 1 .lock --global", names: ofAsking,
			result: `"decision":"complete","reason_code":"lock_already_owned","operation":"lock","deployment_type":null,"environment":"GLOBAL_REQUEST","ref":"checkout","sha":null,"deployment_id":null`,
		},
		"unlock of all": {
			script: "comment alice 1 .lock --global\ncomment alice 1 .unlock --global", names: ofAsking + "global_lock_released",
			result: `"decision":"complete","reason_code":"unlock_completed","operation":"unlock","deployment_type":null,"environment":"GLOBAL_REQUEST","ref":null,"sha":null,"deployment_id":null`,
			values: map[string]string{"global_lock_released": "true"},
		},
		"unlock of nothing": {
			script: "comment alice 1 .unlock --global", names: ofAsking,
			result: `"decision":"complete","reason_code":"unlock_completed","operation":"unlock","deployment_type":null,"environment":"GLOBAL_REQUEST","ref":null,"sha":null,"deployment_id":null`,
		},
	})
}

// The modes that merges start.
func TestOutputsOfMergeModes(t *testing.T) {
	t.Parallel()
	const result = `"operation":"merge_deploy","deployment_type":null,"environment":"staging","ref":null,"sha":null,"deployment_id":null`
	checkEndings(t, map[string]ending{
		"nothing is deployed": {
			script: "step push alice merge_deploy_mode=true environment=staging", names: atTheEnd + "continue environment sha",
			result: `"decision":"continue","reason_code":"merge_deploy_required",` + result,
			values: map[string]string{"continue": "true", "environment": "staging", "sha": "STABLE"},
		},
		"a command at the same time": {
			script: "set merge_deploy_mode true\nset environment staging\ncomment alice 1 .deploy production", names: atTheEnd + "continue environment sha",
			result: `"decision":"continue","reason_code":"merge_deploy_required",` + result,
		},
		"the same is deployed": {
			script: "comment alice 1 .deploy main staging\njob success\nstep push alice merge_deploy_mode=true environment=staging", names: atTheEnd + "continue environment",
			result: `"decision":"stop","reason_code":"merge_deploy_not_required",` + result,
			values: map[string]string{"continue": "false", "environment": "staging"},
		},
		"unlock, another event": {
			script: "step push alice unlock_on_merge_mode=true merge_deploy_mode=true", names: atTheEnd + "unlocked_environments",
			result: `"decision":"complete","reason_code":"unlock_on_merge_completed","operation":"unlock_on_merge","deployment_type":null,"environment":"production","ref":null,"sha":null,"deployment_id":null`,
			values: map[string]string{"unlocked_environments": ""},
		},
	})
}
