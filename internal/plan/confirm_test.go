package plan_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
)

func confirming() config.Config {
	c := locked()
	c.Confirmation = config.Confirmation{Required: true, Timeout: time.Minute}
	return c
}

// answered is a request whose question was asked and got that answer.
func answered(kind deploy.AnswerKind) decided {
	asked := decide(asking(command.Deploy), confirming(), facts())
	asked.ledger.Phase, asked.ledger.ReactionID, asked.ledger.PromptID = plan.Starting, 9, 8
	asked.ledger.Lock.Attempted, asked.ledger.Lock.Tip, asked.ledger.Lock.Confirmed = true, tip, true
	f := facts()
	f.Answer = deploy.Answer{Kind: kind, At: at().Add(time.Minute)}
	f.ReadAt = at().Add(time.Minute)
	f.Locks = map[string]deploy.Lock{productionLock: {Branch: productionLock, Tip: tip}}
	f.Locks[productionLock] = withClaim(f.Locks[productionLock], asked.ledger.Lock.ClaimID)
	d := decide(asking(command.Deploy), confirming(), f)
	d.ledger = asked.ledger.Renew(d.request, d.config, d.decision, f)
	return d
}

func withClaim(l deploy.Lock, id string) deploy.Lock {
	l.Document.ClaimID, l.Document.CreatedBy = id, "octocat"
	return l
}

// The lock is taken before the question: no one else can deploy until it is answered.
func TestForAsking(t *testing.T) {
	t.Parallel()
	for _, kind := range []command.Kind{command.Deploy, command.Noop} {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			d := decide(asking(kind), confirming(), facts())
			require.Equal(t, deploy.Ask, d.decision.Verdict)
			assertPlan(t, []string{"first reaction eyes on 5", "take " + productionLock + ", must, concurrent", "comment confirm on 12, must"}, d.plan())
		})
	}
}

// What was done before the question is not done again after a yes.
func TestForConfirmed(t *testing.T) {
	t.Parallel()
	d := answered(deploy.Confirmed)
	require.Equal(t, deploy.Proceed, d.decision.Verdict)
	assertPlan(t, []string{
		"edit confirm 8", "comment started and look on 12, must, concurrent",
		"create deployment of feature to production, must", "status in_progress, must",
	}, d.plan())
	assert.Equal(t, at().Add(time.Minute), d.ledger.Subject.StartedAt, "the wait is not part of the deployment")
	assert.Equal(t, tip, d.ledger.Lock.Tip)
	d.ledger.End.Tracking = new(plan.TrackingEndpoint)
	assertPlan(t, []string{
		"edit confirm 8", "announce started, must, concurrent", "comment started and look on 12, must",
		"create deployment of feature to production, must", "status in_progress, must",
	}, d.plan())
}

func TestForUnconfirmed(t *testing.T) {
	t.Parallel()
	for kind, reason := range map[deploy.AnswerKind]deploy.Reason{
		deploy.Rejected: deploy.ConfirmationRejected, deploy.TimedOut: deploy.ConfirmationTimedOut,
	} {
		t.Run(fmt.Sprintf("%q", kind), func(t *testing.T) {
			t.Parallel()
			d := answered(kind)
			require.Equal(t, reason, d.decision.Reason)
			assertPlan(t, []string{
				"free " + productionLock + " " + tip + ", must", "edit confirm 8, must", "react -1 on 5, concurrent", "take reaction 9 off 5, concurrent",
			}, d.plan(), kind)
		})
	}
}

// A run that is cut off while it waits says so in the question.
func TestAbandonQuestion(t *testing.T) {
	t.Parallel()
	d := answered(deploy.Confirmed)
	d.ledger.Answer = deploy.NoAnswer
	assert.Equal(t, []string{
		"free " + productionLock + " " + tip + ", must, concurrent", "comment answer on 12, must", "react -1 on 5, concurrent",
		"take reaction 9 off 5, concurrent", "edit confirm 8, concurrent",
	}, show(plan.Abandon(d.ledger, plan.Interrupted())))
	d.ledger.Answer = deploy.Confirmed
	assert.NotContains(t, show(plan.Abandon(d.ledger, plan.Interrupted())), "edit confirm 8, concurrent")
}

// The question tells what was counted while the lock was taken; once it is asked its own words stay.
func TestQuestionIsFilled(t *testing.T) {
	t.Parallel()
	f := facts()
	f.Live = []deploy.Deployment{{SHA: liveSHA, State: deploy.Active}}
	d := decide(asking(command.Deploy), confirming(), f)
	prompt := effect[plan.Comment](t, d.plan())
	d.ledger.MarkDone(plan.CountCommits{}, plan.Done{Ahead: 41, Changes: &deploy.Changelog{Commits: 41, Unknown: 41}})
	filled, isComment := d.ledger.Resolve(prompt).(plan.Comment)
	require.True(t, isComment)
	assert.Contains(t, filled.Body, "41 commits")
	assert.Contains(t, filled.Body, "\n\n<!-- lockstep:confirm run=77.2 comment=5 -->")

	d.ledger.PromptID = 8
	f.Answer = deploy.Answer{Kind: deploy.Confirmed, At: at()}
	f.Locks = map[string]deploy.Lock{productionLock: withClaim(deploy.Lock{Branch: productionLock, Tip: tip}, d.ledger.Lock.ClaimID)}
	again := decide(asking(command.Deploy), confirming(), f)
	again.ledger = d.ledger.Renew(again.request, again.config, again.decision, f)
	assert.Equal(t, 41, again.ledger.Subject.Live.Ahead, "it is not counted twice")
	assert.Equal(t, 41, again.ledger.Subject.Live.Changes.Unknown)
	edited, isEdit := again.ledger.Resolve(effect[plan.EditComment](t, again.plan())).(plan.EditComment)
	require.True(t, isEdit)
	assert.Contains(t, edited.New.Body, "Confirmed by **octocat**")
	assert.Contains(t, edited.New.Body, "\n\n<!-- lockstep:confirm run=77.2 comment=5 -->")
}
