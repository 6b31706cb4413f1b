package plan_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// No word of the ledger is in the handoff, and nothing of the ledger is lost.
func TestHandoff(t *testing.T) {
	t.Parallel()
	l := decide(asking(command.Deploy), locked(), facts()).ledger
	text, err := l.Handoff()
	require.NoError(t, err)
	for _, word := range []string{"production", "octocat", "feature", "https", "deploy", "{", "+", "/", "="} {
		assert.NotContains(t, text, word)
	}
	read, err := plan.ReadHandoff(text)
	require.NoError(t, err)
	assert.Equal(t, marshal(t, l), marshal(t, read))

	idle, err := plan.ReadHandoff("")
	require.NoError(t, err)
	assert.Equal(t, plan.Ledger{}, idle)
}

func TestReadHandoffErrors(t *testing.T) {
	t.Parallel()
	packed := func(text string) string {
		var buffer bytes.Buffer
		writer := gzip.NewWriter(&buffer)
		_, _ = writer.Write([]byte(text))
		_ = writer.Close()
		return base64.RawURLEncoding.EncodeToString(buffer.Bytes())
	}
	for name, text := range map[string]string{
		"in clear":       `{"phase":"ready"}`,
		"not packed":     base64.RawURLEncoding.EncodeToString([]byte(`{"phase":"ready"}`)),
		"cut off":        packed(`{"phase":"ready"}`)[:30],
		"no ledger":      packed("ready"),
		"much too long":  packed(`{"phase":"` + strings.Repeat("x", 1<<20) + `"}`),
		"another branch": packed(`{"phase":"ready","lock":{"branch":"main"}}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := plan.ReadHandoff(text)
			assert.Error(t, err)
		})
	}
}

func TestRecover(t *testing.T) {
	t.Parallel()
	held := func(sticky bool) *deploy.Lock {
		d := lock.Document{
			Target: lock.Target{Environment: "production"}, Branch: "feature", CreatedAt: at(), CreatedBy: "octocat", Sticky: sticky,
			UnlockCommand: ".unlock production", RunID: 77, RunAttempt: 1, Job: "start",
		}
		return &deploy.Lock{Branch: productionLock, Tip: tip, Document: d}
	}
	made := func(state string, ended bool) *plan.DeploymentOfStart {
		return &plan.DeploymentOfStart{
			ID: 9, Environment: "production", Ref: "feature", SHA: headSHA, State: state, Ended: ended,
			Payload: plan.Payload{
				Actor: "ada", RunAttempt: 1, StartedCommentID: 6, ReactionID: new(int64(8)), Params: new("--x"), CommitVerified: true,
				Timestamp: "2026-11-21T09:59:00.000Z", Product: "shop", Version: "1.2",
			},
		}
	}
	const open, over = "in_progress", "success"
	for name, test := range map[string]struct {
		kind   command.Kind
		traces plan.Traces
		want   plan.Left
	}{
		"nothing":                       {command.Deploy, plan.Traces{}, plan.NothingLeft},
		"deployment":                    {command.Deploy, plan.Traces{Deployment: made(open, false)}, plan.EndLeft},
		"deployment and lock":           {command.Deploy, plan.Traces{Deployment: made(open, false), Lock: held(false)}, plan.EndLeft},
		"deployment and lock to stay":   {command.Deploy, plan.Traces{Deployment: made(open, false), Lock: held(true)}, plan.EndLeft},
		"ended":                         {command.Deploy, plan.Traces{Deployment: made(over, true)}, plan.NothingLeft},
		"ended, and the lock was left":  {command.Deploy, plan.Traces{Deployment: made(over, true), Lock: held(false)}, plan.LockLeft},
		"ended, and the lock stays":     {command.Deploy, plan.Traces{Deployment: made(over, true), Lock: held(true)}, plan.NothingLeft},
		"lock":                          {command.Deploy, plan.Traces{Lock: held(false)}, plan.UnknownLockLeft},
		"lock of a command not known":   {command.None, plan.Traces{Lock: held(false)}, plan.UnknownLockLeft},
		"lock to stay":                  {command.Deploy, plan.Traces{Lock: held(true)}, plan.NothingLeft},
		"lock that was asked for":       {command.Lock, plan.Traces{Lock: held(true)}, plan.NothingLeft},
		"rehearsal":                     {command.Noop, plan.Traces{Lock: held(false)}, plan.EndLeft},
		"rehearsal, and the lock stays": {command.Noop, plan.Traces{Lock: held(true)}, plan.EndLeft},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, left := plan.Recover(asking(test.kind), settings(), test.traces)
			assert.Equal(t, test.want, left)
			if test.want != plan.EndLeft {
				return
			}
			assert.Equal(t, plan.Ready, l.Phase)
			assert.Equal(t, 1, l.RunAttempt, "the attempt is that of the start")
			assert.Equal(t, "production feature", l.Subject.Environment+" "+l.Subject.Ref)
			assert.Equal(t, test.kind == command.Noop, l.Subject.Noop)
			assert.Equal(t, "https://shop.example", l.Subject.EnvironmentURL)
			if test.traces.Deployment == nil {
				return
			}
			assert.Equal(t, []int64{9, 6, 8}, []int64{l.DeploymentID, l.StartedCommentID, l.ReactionID})
			assert.Equal(t, headSHA+" ada --x 1.2", strings.Join([]string{l.Subject.SHA, l.Subject.Actor, l.Subject.Params, l.Version}, " "))
			assert.Equal(t, at().Add(-time.Minute), l.Subject.StartedAt)
			assert.Equal(t, ".deploy main to production", l.End.Rollback.Command)
		})
	}
}
