package plan_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/markdown/markdowntest"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// FuzzReadLedger reads what another job handed over, which can be anything, and plans everything that can follow from
// it: it frees nothing but locks, sets no state that GitHub does not know, and writes no comment that does harm.
func FuzzReadLedger(f *testing.F) {
	l := decide(asking(command.Deploy), locked(), facts()).ledger
	l.End.Success, l.End.Failure = plan.Labels{Add: []string{"a"}}, plan.Labels{Add: []string{"b"}, Remove: []string{"a"}}
	l.Phase, l.DeploymentID, l.StartedCommentID, l.ReactionID = plan.Ready, 9, 8, 7
	l.Lock.Attempted, l.Lock.Tip = true, headSHA
	l.Subject.Live = &message.Live{SHA: stableSHA, Version: "`x` @all", CompareURL: "javascript:alert(1)"}
	l.Subject.TookOver = &message.TookOver{Owner: "@all", Why: "<b>\n# x"}
	text, err := l.Marshal()
	require.NoError(f, err)
	f.Add(text)
	const hostile = "`@all` <img src=x>\\n\\n```\\n# x\\u0000\\u202e ::error::x </details><!--- pre-deploy-metadata-end -->"
	for _, word := range []string{"octocat", "production", "feature", headSHA, runURL, ".deploy production", "ada", "shop"} {
		f.Add(strings.ReplaceAll(text, word, hostile))
	}
	for _, text := range []string{
		"", "null", "[]", "{", `{"phase":"ready","lock":{"branch":"main","sought":true,"tip":"` + headSHA + `"}}`,
		`{"phase":"ready","lock":null,"subject":null,"outbox":[{"sink":"x","event":null}]}`, `{"subject":{"parsed_params":{"a":"\u003c/details>"},"started_at":"0000-01-01T00:00:00+23:59"}}`,
		`{"pull":-1,"timeout":-9223372036854775808,"prompt_id":3,"phase":"starting","tracked":true,"unrecorded":true}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := plan.ReadLedger(text)
		if err != nil {
			assert.Equal(t, plan.Ledger{}, l)
			return
		}
		written, err := l.Marshal()
		require.NoError(t, err)
		again, err := plan.ReadLedger(written)
		require.NoError(t, err)
		rewritten, err := again.Marshal()
		require.NoError(t, err)
		assert.Equal(t, written, rewritten)
		for _, status := range []config.Status{config.Completed, config.Failed, config.Aborted, ""} {
			checkEnd(t, l, status)
		}
	})
}

func checkEnd(t *testing.T, l plan.Ledger, status config.Status) {
	t.Helper()
	problem := plan.Interrupted()
	for _, steps := range [][]plan.Step{
		finish(l, status, at()), endTracked(l, status), plan.Abandon(l, problem),
	} {
		for _, step := range steps {
			l.MarkStarted(step.Effect)
			l.AddProblem(step.Effect, deploy.Problem{Text: "no"})
			checkEffect(t, l.Resolve(step.Effect))
			l.MarkDone(step.Effect, plan.Done{})
		}
	}
}

func checkEffect(t *testing.T, effect plan.Effect) {
	t.Helper()
	switch e := effect.(type) {
	case plan.FreeLock:
		assert.True(t, strings.HasSuffix(e.Branch, "-branch-deploy-lock"), "%q is freed", e.Branch)
	case plan.SetStatus:
		assert.True(t, slices.Contains([]string{"success", "failure", "error", "inactive"}, e.State), e.State)
	case plan.Comment:
		checkWords(t, e.Body)
	case plan.EditComment:
		checkWords(t, e.New.Body)
	case plan.NotifySinks:
		assert.True(t, json.Valid([]byte(`"`+string(e.Status)+`"`)))
	default:
	}
}

// checkWords wants a comment that GitHub takes, and in which what the ledger says is code or plain words.
func checkWords(t *testing.T, body string) {
	t.Helper()
	assert.LessOrEqual(t, js.UTF16Len(body), 65536)
	plain, problems := markdowntest.Prose(body)
	assert.Empty(t, problems, body)
	plain = regexp.MustCompile(`</?(details|summary)>|<!--[^>]*-->|\]\(https?://[^()<>\s\x60|\\]*\)`).ReplaceAllString(plain, "")
	assert.NotRegexp(t, `@[0-9A-Za-z]`, plain)
	assert.NotContains(t, plain, "<")
	assert.NotContains(t, plain, "](")
	assert.LessOrEqual(t, strings.Count(body, "<!-- lockstep:"), 1)
	assert.LessOrEqual(t, strings.Count(body, "<!--- pre-deploy-metadata-end -->"), 1)
	assert.NotContains(t, body, "\x00")
}

// A ledger from outside cannot name a branch that is no lock.
func TestLedgerOfNoLock(t *testing.T) {
	t.Parallel()
	for branch, want := range map[string]bool{
		"main": false, "": false, "production-branch-deploy-lock": true, "global-branch-deploy-lock": true, "x-branch-deploy-lock/../main": false,
	} {
		t.Run(branch, func(t *testing.T) {
			t.Parallel()
			text, err := json.Marshal(plan.Ledger{Lock: &plan.Lock{Branch: branch, Tip: headSHA}, Timeout: time.Minute})
			require.NoError(t, err)
			_, err = plan.ReadLedger(string(text))
			assert.Equal(t, want, err == nil, "%q: %v", branch, err)
		})
	}
}
