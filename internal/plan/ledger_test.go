package plan_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/policy"
)

func TestNewLedger(t *testing.T) {
	t.Parallel()
	r := asking(command.Deploy)
	r.Command.Params = command.Params{Raw: "--x", JSON: `{"_":[],"x":true}`}
	c := settings()
	assert.Equal(t, plan.Ledger{
		RunID: 77, RunAttempt: 2, Pull: 12, PullID: "PR_1", TriggerID: 5, Reaction: "eyes",
		Product: "shop", Version: headSHA, Branch: "feature", Repository: "R_1",
		End: plan.EndSettings{ShowURL: true, Rollback: message.WayOut{Command: ".deploy main to production"}},
		Subject: message.Subject{
			Actor: "octocat", Environment: "production", EnvironmentURL: "https://shop.example",
			Ref: "feature", SHA: headSHA, Kind: deploy.BranchTarget, Verified: true, Committer: "ada",
			Reviews: &message.Reviews{Count: 1, Decision: "APPROVED"},
			Params:  "--x", ParsedParams: json.RawMessage(`{"_":[],"x":true}`), RunURL: runURL, StartedAt: at(),
			Trigger: message.Trigger{
				CreatedAt: r.Event.Comment.CreatedAt, UpdatedAt: r.Event.Comment.UpdatedAt,
				Body: ".deploy production", URL: "https://github.com/acme/shop/pull/12#issuecomment-5",
			},
		},
	}, decide(r, c, facts()).ledger)
}

func TestNewLedgerNames(t *testing.T) {
	t.Parallel()
	r, c := tracking(settings(), config.Started)
	l := decide(r, c, facts()).ledger
	assert.Equal(t, "store v1 main", l.Product+" "+l.Version+" "+l.Branch, "what the inputs and the event say comes first")
	l = decide(rollback(), settings(), facts()).ledger
	assert.Equal(t, "main "+stableSHA, l.Branch+" "+l.Version)
	assert.True(t, l.Subject.Stable)
	assert.Nil(t, l.Subject.ParsedParams)
}

// Reviews and the fork are noted where they were looked at.
func TestNewLedgerOrigin(t *testing.T) {
	t.Parallel()
	f, c := facts(), settings()
	f.Pull.CrossRepo, f.Pull.HeadRepo, c.Origin.Forks = true, "eve/shop", true
	s := decide(asking(command.Deploy), c, f).ledger.Subject
	assert.True(t, s.Fork)
	assert.Equal(t, headSHA, s.Ref, "a fork's branch is not ours")

	s = decide(rollback(), settings(), facts()).ledger.Subject
	assert.False(t, s.Fork)
	r, c := tracking(settings(), config.Started)
	assert.Nil(t, decide(r, c, deploy.Facts{ReadAt: at()}).ledger.Subject.Reviews)
}

func TestLedgerRoundTrip(t *testing.T) {
	t.Parallel()
	r := asking(command.Deploy)
	r.Command.Params = command.Params{Raw: "--x", JSON: `{"_":[],"x":true}`}
	l := decide(r, settings(), facts()).ledger
	l.Phase, l.ReactionID, l.StartedCommentID, l.DeploymentID = plan.Starting, 9007199254740993, 6, 9007199254740995
	l.Attempted, l.Announced, l.Records = true, true, true
	text, err := l.Marshal()
	require.NoError(t, err)
	assert.NotContains(t, text, "\n")
	read, err := plan.ReadLedger(text)
	require.NoError(t, err)
	assert.Equal(t, l, read)

	read, err = plan.ReadLedger("")
	require.NoError(t, err)
	assert.Equal(t, plan.Ledger{}, read, "main did not get far enough to begin anything")
	assert.Equal(t, plan.Idle, read.Phase)
}

// The saved state lies in a file that every later step of the job can read.
func TestLedgerHoldsNoSecret(t *testing.T) {
	t.Parallel()
	c := tracked()
	require.ElementsMatch(t, []string{token, apiKey}, c.Secrets())
	text, err := decide(asking(command.Deploy), c, facts()).ledger.Marshal()
	require.NoError(t, err)
	assert.Contains(t, text, headSHA)
	for _, secret := range c.Secrets() {
		assert.NotContains(t, text, secret)
	}
}

// An environment variable of more than 128 KiB keeps a program from starting.
func TestLedgerStaysSmall(t *testing.T) {
	t.Parallel()
	for _, character := range []string{"x", "<", "\x01", "🚀"} {
		t.Run(fmt.Sprintf("%q", character), func(t *testing.T) {
			t.Parallel()
			r := asking(command.Deploy)
			long := strings.Repeat(character, 65536)
			words, err := json.Marshal(map[string][]string{"_": {long}})
			require.NoError(t, err)
			r.Command.Text, r.Command.Params = ".deploy | "+long, command.Params{Raw: long, JSON: string(words)}
			d := decide(r, settings(), facts())
			text, err := d.ledger.Marshal()
			require.NoError(t, err)
			assert.Less(t, len(text), 16<<10, "%q", character)
			assert.Equal(t, long, *effect[plan.StartDeployment](t, d.plan()).Payload.Params, "the deployment itself has all of them")
		})
	}
}

// The longest health check ends its deployment all the same.
func TestLongHealthStaysSmall(t *testing.T) {
	t.Parallel()
	answer := "200, its first 64 KiB without " + strings.Repeat("🚀", 47) + "…"
	result := deploy.HealthResult{URL: "https://app.example.com/" + strings.Repeat("&", 476), Answers: slices.Repeat([]string{answer}, 60), Result: deploy.Unhealthy}
	check := policy.HealthCheck{URL: result.URL, Contains: strings.Repeat("🚀", 500), Attempts: 60}
	l := decide(asking(command.Deploy), settings(), facts()).ledger
	l.Phase, l.HealthChecks = plan.Ending, slices.Repeat([]policy.HealthCheck{check}, 10)
	l.Health = &deploy.Health{Results: slices.Repeat([]deploy.HealthResult{result}, 10)}
	text, err := l.Marshal()
	require.NoError(t, err)
	read, err := plan.ReadLedger(text)
	require.NoError(t, err)
	assert.True(t, read.Health.Failed())
	require.Len(t, read.Health.Results, 10)
	assert.Equal(t, []string{answer}, read.Health.Results[9].Answers)
	assert.Len(t, l.Health.Results[9].Answers, 60, "nothing is left out where it is told")
}

// What a deployment brings is in the ledger as long as there is room; the numbers always are.
func TestChangesLeaveRoom(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		title string
		kept  int
	}{
		"short": {"Faster checkout", deploy.MaxChanges}, "long": {strings.Repeat("x", 120), deploy.MaxChanges}, "too long": {strings.Repeat("<", 500), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := decide(asking(command.Deploy), settings(), facts()).ledger
			all := &deploy.Changelog{Commits: 60}
			for i := range 60 {
				all.Add(deploy.Change{Pull: i + 1, SHA: headSHA, Title: test.title, Author: "alice", URL: "https://github.com/acme/shop/pull/1"})
			}
			l.Subject.Live = &message.Live{SHA: liveSHA, Changes: all}
			text, err := l.Marshal()
			require.NoError(t, err)
			read, err := plan.ReadLedger(text)
			require.NoError(t, err)
			assert.Len(t, read.Subject.Live.Changes.Changes, test.kept)
			assert.Equal(t, 60-test.kept, read.Subject.Live.Changes.More)
			assert.Equal(t, 60, read.Subject.Live.Changes.Pulls)
			assert.Len(t, l.Subject.Live.Changes.Changes, deploy.MaxChanges, "nothing is left out where it is told")
		})
	}
}

func TestReadLedgerBroken(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"{", `{"phase":"ready"`, "[]", `"x"`, `{"run_id":"7"}`, `{"phase":"ready","deployment_id":1.5}`} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			l, err := plan.ReadLedger(text)
			require.ErrorContains(t, err, "read ledger: ", text)
			assert.Equal(t, plan.Ledger{}, l, text)
		})
	}
}

// A run that dies in between must find traces of whatever it may have begun.
func TestLedgerBegin(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		effect plan.Effect
		want   plan.Ledger
	}{
		"deployment":           {plan.StartDeployment{}, plan.Ledger{Attempted: true}},
		"pending announcement": {plan.RecordEvent{Status: config.Pending}, plan.Ledger{Announced: true}},
		"start announcement":   {plan.RecordEvent{Status: config.Started}, plan.Ledger{Announced: true}},
		"end announcement":     {plan.RecordEvent{Status: config.Completed}, plan.Ledger{}},
		"reaction":             {plan.React{Initial: true}, plan.Ledger{}},
		"no reaction":          {plan.Unreact{}, plan.Ledger{}},
		"comment":              {plan.Comment{}, plan.Ledger{}},
		"status":               {plan.SetStatus{}, plan.Ledger{}},
		"branch":               {plan.UpdateBranch{}, plan.Ledger{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var l plan.Ledger
			l.MarkStarted(test.effect)
			assert.Equal(t, test.want, l)
		})
	}
	l := plan.Ledger{Announced: true}
	l.MarkStarted(plan.RecordEvent{Status: config.Aborted})
	assert.True(t, l.Announced, "the end is not told before it is")
}

func TestLedgerNote(t *testing.T) {
	t.Parallel()
	done := plan.Done{ReactionID: 9, CommentID: 6, DeploymentID: 42}
	full := plan.Ledger{Notified: true, ReactionID: 1, StartedCommentID: 2, DeploymentID: 3, Announced: true, Attempted: true}
	for name, test := range map[string]struct {
		effect plan.Effect
		change func(*plan.Ledger)
	}{
		"first reaction":     {plan.React{Initial: true}, func(l *plan.Ledger) { l.ReactionID = 9 }},
		"last reaction":      {plan.React{}, func(*plan.Ledger) {}},
		"reaction taken off": {plan.Unreact{}, func(l *plan.Ledger) { l.ReactionID = 0 }},
		"started comment":    {plan.Comment{Kind: plan.StartedComment}, func(l *plan.Ledger) { l.StartedCommentID = 6 }},
		"question":           {plan.Comment{Kind: plan.PromptComment}, func(l *plan.Ledger) { l.PromptID = 6 }},
		"another comment":    {plan.Comment{Kind: plan.AnswerComment}, func(*plan.Ledger) {}},
		"edited comment":     {plan.EditComment{}, func(*plan.Ledger) {}},
		"labels":             {plan.AddLabels{}, func(*plan.Ledger) {}},
		"no label":           {plan.RemoveLabel{}, func(*plan.Ledger) {}},
		"lock of another":    {plan.TakeLock{}, func(*plan.Ledger) {}},
		"nothing to count":   {plan.CountCommits{}, func(*plan.Ledger) {}},
		"start told":         {plan.NotifySinks{Status: config.Started}, func(*plan.Ledger) {}},
		"end told":           {plan.NotifySinks{Status: config.Failed}, func(l *plan.Ledger) { l.Notified = false }},
		"deployment":         {plan.StartDeployment{}, func(l *plan.Ledger) { l.DeploymentID = 42 }},
		"start announced":    {plan.RecordEvent{Status: config.Started}, func(*plan.Ledger) {}},
		"end announced":      {plan.RecordEvent{Status: config.Aborted}, func(l *plan.Ledger) { l.Announced = false }},
		"status":             {plan.SetStatus{State: "success"}, func(*plan.Ledger) {}},
		"branch":             {plan.UpdateBranch{}, func(*plan.Ledger) {}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, want := full, full
			test.change(&want)
			got.MarkDone(test.effect, done)
			assert.Equal(t, want, got)
		})
	}
}

// An endpoint that said no to a start knows of no start, and there is nothing to call off.
func TestLedgerRefused(t *testing.T) {
	t.Parallel()
	l := plan.Ledger{Announced: true, Attempted: true}
	l.MarkRejected(plan.RecordEvent{Status: config.Aborted})
	l.MarkRejected(plan.StartDeployment{})
	assert.Equal(t, plan.Ledger{Announced: true, Attempted: true}, l)
	l.MarkRejected(plan.RecordEvent{Status: config.Started})
	assert.Equal(t, plan.Ledger{Attempted: true}, l)
}

func TestLedgerFill(t *testing.T) {
	t.Parallel()
	l := plan.Ledger{ReactionID: 9, StartedCommentID: 6, Subject: message.Subject{StartedAt: at()}}
	const begun = "2026-11-21T10:00:00.000Z"
	assert.Equal(t, plan.StartDeployment{Payload: plan.Payload{ReactionID: new(int64(9)), StartedCommentID: 6, Timestamp: begun}}, l.Resolve(plan.StartDeployment{}))
	assert.Equal(t, plan.React{Content: "eyes"}, l.Resolve(plan.React{Content: "eyes"}))
	l.ReactionID, l.StartedCommentID = 0, 0
	assert.Equal(t, plan.StartDeployment{Payload: plan.Payload{Timestamp: begun}}, l.Resolve(plan.StartDeployment{}), "what is unknown is left out")
}

func TestLedgerCommand(t *testing.T) {
	t.Parallel()
	for _, r := range []deploy.Request{asking(command.Deploy), asking(command.Noop), rollback()} {
		t.Run(fmt.Sprintf("%s, stable branch: %v", r.Command.Kind, r.Command.StableBranch), func(t *testing.T) {
			t.Parallel()
			got := decide(r, settings(), facts()).ledger.Command()
			r.Command.Text = ""
			assert.Equal(t, r.Command, got)
		})
	}
}

func TestLedgerMarshalOddities(t *testing.T) {
	t.Parallel()
	l := plan.Ledger{Subject: message.Subject{Params: "x", ParsedParams: json.RawMessage(`{"_":`)}}
	text, err := l.Marshal()
	require.NoError(t, err)
	read, err := plan.ReadLedger(text)
	require.NoError(t, err)
	assert.Equal(t, "x", read.Subject.Params)
	assert.Nil(t, read.Subject.ParsedParams)

	l.Subject.StartedAt = at().AddDate(9000, 0, 0)
	_, err = l.Marshal()
	require.ErrorContains(t, err, "write ledger: ", "JSON has no year of five digits")
}

// What rules say has room in the ledger, and the short of it is kept.
func TestNoticesHaveRoom(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 5000)
	for name, test := range map[string]struct {
		notices, want []string
	}{
		"short": {[]string{"one\n\ntwo", "", "three"}, []string{"one\n\ntwo", "three"}},
		"long": {
			[]string{long + "\n\nshort\n\n" + long, "last"},
			[]string{long + "\n\nshort", "last", "The rules file says more than there is room for."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d deploy.Decision
			for _, notice := range test.notices {
				d.Findings = append(d.Findings, deploy.Finding{Notice: notice})
			}
			assert.Equal(t, test.want, plan.NewLedger(asking(command.Deploy), settings(), d, facts()).Subject.Notices)
		})
	}
}
