package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/app"
	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/track"
)

// given are outputs by their names, but for those that every run gives.
func given(t *testing.T, r app.Result) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, output := range app.Outputs(r) {
		assert.NotContains(t, all, output.Name, "one value each")
		assert.Contains(t, app.OutputNames(), output.Name)
		all[output.Name] = output.Value
	}
	for _, name := range []string{"decision", "reason_code", "result"} {
		assert.Contains(t, all, name)
		delete(all, name)
	}
	return all
}

// deploying is a command that deploys, as far as its gates let it pass.
func deploying(reason deploy.Reason) app.Result {
	return app.Result{
		Config:  config.Config{Mode: config.TrackIt}, // the comment's own outputs are those of whole runs
		Request: deploy.Request{Command: command.Command{Kind: command.Deploy, Environment: "production", KnownEnvironment: true}},
		Decision: deploy.Decision{
			Kind: command.Deploy, Verdict: deploy.Proceed, Reason: reason,
			Target: deploy.Target{Environment: "production", Ref: "feature", SHA: "new", Kind: deploy.BranchTarget, Commit: deploy.Commit{Verified: true}},
		},
		Ledger: &plan.Ledger{Subject: message.Subject{SHA: "old", Verified: true}},
	}
}

// Outputs follow from a result alone. Whole runs are in the other tests of outputs.
func TestOutputs(t *testing.T) {
	t.Parallel()
	seconds := 61
	for name, test := range map[string]struct {
		reason deploy.Reason
		change func(*app.Result)
		want   map[string]string
	}{
		"nothing": {deploy.NoTrigger, func(*app.Result) {}, map[string]string{}},
		"ready": {
			deploy.DeploymentReady, func(r *app.Result) { r.Ledger.DeploymentID, r.Ledger.ReactionID, r.Ledger.StartedCommentID = 1, 2, 3 },
			map[string]string{
				"run_attempt": "0", "continue": "true", "noop": "false", "ref": "feature", "sha": "new", "commit_verified": "true",
				"deployment_id": "1", "initial_reaction_id": "2", "initial_comment_id": "3",
			},
		},
		"left to the workflow": {
			deploy.NoopReady, func(r *app.Result) {
				r.Ledger.End.SkipCompleting, r.Ledger.Lock = true, &plan.Lock{Branch: lock.GlobalBranch, Tip: "tip"}
				r.Decision.Target.Noop = true
			},
			map[string]string{"run_attempt": "0", "continue": "true", "noop": "true", "ref": "feature", "sha": "new", "commit_verified": "true", "lock_ref_sha": "tip"},
		},
		"sticky lock, left to the workflow": {
			deploy.NoopReady, func(r *app.Result) {
				r.Ledger.End.SkipCompleting, r.Ledger.Lock = true, &plan.Lock{Branch: lock.GlobalBranch, Tip: "tip", Sticky: true}
			},
			map[string]string{"run_attempt": "0", "continue": "true", "noop": "false", "ref": "feature", "sha": "new", "commit_verified": "true"},
		},
		"failed checks":    {deploy.PrechecksFailed, func(*app.Result) {}, map[string]string{"ref": "", "sha": ""}},
		"moved":            {deploy.RefChanged, func(*app.Result) {}, map[string]string{"ref": "feature", "sha": "old", "commit_verified": "true"}},
		"moved, by commit": {deploy.RefChanged, func(r *app.Result) { r.Decision.Target.Ref = "new" }, map[string]string{"ref": "old", "sha": "old", "commit_verified": "true"}},
		"moved, pinned":    {deploy.RefChanged, func(r *app.Result) { r.Request.Pinned = "mid" }, map[string]string{"ref": "feature", "sha": "mid"}},
		"broken start":     {deploy.UnexpectedError, func(*app.Result) {}, map[string]string{"ref": "feature", "sha": "new", "commit_verified": "true"}},
		"broken before the start": {
			deploy.UnexpectedError, func(r *app.Result) { r.Decision.Findings = []deploy.Finding{{Gate: "checks", Level: deploy.Block}} }, map[string]string{},
		},
		"order": {
			deploy.DeploymentOrderFailed, func(r *app.Result) {
				r.Decision.Order = []deploy.OrderState{{Environment: "dev"}, {Environment: "staging"}}
			},
			map[string]string{"ref": "feature", "sha": "new", "commit_verified": "true", "needs_to_be_deployed": "dev,staging"},
		},
		"global lock": {
			deploy.LockAcquired, func(r *app.Result) { r.Decision.Locks.Target.Target = lock.Target{Global: true} }, map[string]string{"global_lock_claimed": "true"},
		},
		"global lock, removed": {
			deploy.UnlockCompleted, func(r *app.Result) {
				r.Decision.Locks.Target = deploy.LockState{Target: lock.Target{Global: true}, Status: deploy.Held}
			}, map[string]string{"global_lock_released": "true"},
		},
		"global lock, not there": {
			deploy.UnlockCompleted, func(r *app.Result) {
				r.Decision.Locks.Target = deploy.LockState{Target: lock.Target{Global: true}, Status: deploy.Free}
			}, map[string]string{},
		},
		"recorded": {
			deploy.TrackRecorded, func(r *app.Result) {
				r.Environment, r.Record, r.RecordFile = "production", "{}", "file"
				r.Ledger.End.Tracking = &plan.TrackingEndpoint{UIURL: "https://ui.example"}
				r.Tracking = app.Tracking{EventID: "e", Status: "recorded", Receipts: []track.Receipt{
					{ID: "1", VersionID: "v", ReportOnly: []track.Rule{{}, {}}}, {ID: "2"},
				}}
			},
			map[string]string{
				"environment": "production", "record": "{}", "record_file": "file", "event_id": "e", "tracking_status": "recorded", "tracking_id": "2",
				"tracking_url": "https://ui.example/manage/deployments?view=2", "version_id": "v", "report_only_warnings": "2",
				"ref": "feature", "sha": "new", "commit_verified": "true",
			},
		},
		"blocked": {
			deploy.TrackingBlocked, func(r *app.Result) {
				r.Tracking = app.Tracking{EventID: "e", Status: "blocked", Refusal: &track.Refusal{Code: "FREEZE"}}
			},
			map[string]string{
				"event_id": "e", "tracking_status": "blocked", "block_code": "FREEZE", "retry_after": "",
				"ref": "feature", "sha": "new", "commit_verified": "true",
			},
		},
		"refused for some time": {
			deploy.SoakPending, func(r *app.Result) {
				until := time.Date(2026, time.November, 30, 8, 0, 0, 0, time.FixedZone("CET", 3600))
				r.Decision.Verdict = deploy.Refuse
				r.Decision.Findings = []deploy.Finding{
					{Level: deploy.Block, RetryAfter: until.Add(-time.Hour)}, {Level: deploy.Block, RetryAfter: until}, {Level: deploy.Warn, RetryAfter: until.Add(time.Hour)},
				}
			}, map[string]string{"retry_after": "2026-11-30T07:00:00Z"},
		},
		"refused, for some time and else": {
			deploy.SoakPending, func(r *app.Result) {
				r.Decision.Verdict = deploy.Refuse
				r.Decision.Findings = []deploy.Finding{{Level: deploy.Block, RetryAfter: time.Date(2026, time.November, 30, 8, 0, 0, 0, time.UTC)}, {Level: deploy.Block}}
			}, map[string]string{},
		},
		"finished": {
			deploy.FinishCompleted, func(r *app.Result) {
				r.Config.Mode, r.Environment, r.Seconds, r.Ledger.Subject.Noop = config.Finish, "production", &seconds, true
			}, map[string]string{"environment": "production", "noop": "true", "total_seconds": "61"},
		},
		"nothing to finish": {deploy.FinishCompleted, func(r *app.Result) { r.Config.Mode, r.Ledger = config.Finish, nil }, map[string]string{}},
		"merged": {
			deploy.MergeDeployRequired, func(r *app.Result) { r.Config.Mode, r.Environment = config.MergeDeploy, "production" },
			map[string]string{"environment": "production", "continue": "true", "sha": "new"},
		},
		"merged, and deployed": {
			deploy.MergeDeployNotRequired, func(r *app.Result) { r.Config.Mode, r.Environment = config.MergeDeploy, "production" },
			map[string]string{"environment": "production", "continue": "false"},
		},
		"unlocked": {
			deploy.UnlockOnMergeCompleted, func(r *app.Result) { r.Config.Mode, r.Unlocked = config.UnlockOnMerge, []string{"dev", "global"} },
			map[string]string{"unlocked_environments": "dev,global"},
		},
		"nothing unlocked": {
			deploy.UnlockOnMergeCompleted, func(r *app.Result) { r.Config.Mode, r.Unlocked = config.UnlockOnMerge, []string{} },
			map[string]string{"unlocked_environments": ""},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := deploying(test.reason)
			test.change(&r)
			got := given(t, r)
			handoff, has := got["handoff"]
			require.Equal(t, r.Ledger != nil && r.Ledger.End.SkipCompleting, has)
			if has {
				read, err := plan.ReadHandoff(handoff)
				require.NoError(t, err)
				assert.Equal(t, *r.Ledger, read)
				assert.Contains(t, got["context"], `"lockstep":"`+handoff+`"`)
				delete(got, "handoff")
				delete(got, "context")
			}
			assert.Equal(t, test.want, got)
		})
	}
}

// The keys of the result are always the same, in the same order.
func TestResultOutput(t *testing.T) {
	t.Parallel()
	valueOf := func(r app.Result) string {
		for _, output := range app.Outputs(r) {
			if output.Name == "result" {
				return output.Value
			}
		}
		return ""
	}
	for name, test := range map[string]struct {
		result app.Result
		want   string
	}{
		"nothing begun": {
			app.Result{Decision: deploy.Decision{Reason: deploy.UnexpectedError}, Request: deploying("").Request},
			`{"schema_version":1,"decision":"failure","reason_code":"unexpected_error","operation":"none","deployment_type":null,"environment":null,"ref":null,"sha":null,"deployment_id":null}`,
		},
		"ready": {
			deploying(deploy.DeploymentReady),
			`{"schema_version":1,"decision":"continue","reason_code":"deployment_ready","operation":"deploy","deployment_type":"branch","environment":"production","ref":"feature","sha":"new","deployment_id":null}`,
		},
		"merge": {
			app.Result{Config: config.Config{Mode: config.UnlockOnMerge, Environment: "production"}, Decision: deploy.Decision{Reason: deploy.UnlockOnMergeCompleted}},
			`{"schema_version":1,"decision":"complete","reason_code":"unlock_on_merge_completed","operation":"unlock_on_merge","deployment_type":null,"environment":"production","ref":null,"sha":null,"deployment_id":null}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, valueOf(test.result))
		})
	}
}
