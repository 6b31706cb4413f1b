package plan_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// What a start does, in order. Concurrent steps cost one round together.
func TestForStart(t *testing.T) {
	t.Parallel()
	silent := func(c config.Config) config.Config { c.Reaction = ""; return c }
	const look = "comment started and look on 12, must"
	for name, test := range map[string]struct {
		request deploy.Request
		config  config.Config
		want    []string
	}{
		"deploy": {asking(command.Deploy), settings(), []string{
			"first reaction eyes on 5", look + ", concurrent",
			"create deployment of feature to production, must", "status in_progress, must",
		}},
		"deploy without a reaction": {asking(command.Deploy), silent(settings()), []string{
			look + ", concurrent",
			"create deployment of feature to production, must", "status in_progress, must",
		}},
		"deploy with tracking": {asking(command.Deploy), tracked(), []string{
			"first reaction eyes on 5", "announce started, must, concurrent",
			look,
			"create deployment of feature to production, must", "status in_progress, must",
		}},
		"deploy with tracking, without a reaction": {asking(command.Deploy), silent(tracked()), []string{
			"announce started, must, concurrent",
			look,
			"create deployment of feature to production, must", "status in_progress, must",
		}},
		"rollback": {rollback(), tracked(), []string{
			"first reaction eyes on 5", "announce started, must, concurrent",
			look + ", unlocked",
			"create deployment of main to production, must", "status in_progress, must",
		}},
		"noop":               {asking(command.Noop), settings(), []string{"first reaction eyes on 5", look + ", concurrent"}},
		"noop with tracking": {asking(command.Noop), tracked(), []string{"first reaction eyes on 5", look + ", concurrent"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := decide(test.request, test.config, facts())
			require.Equal(t, deploy.Proceed, d.decision.Verdict)
			assertPlan(t, test.want, d.plan())
		})
	}
}

func TestForAnswers(t *testing.T) {
	t.Parallel()
	for kind, test := range map[command.Kind]struct {
		reaction, body string
	}{
		command.Help:       {"+1", "## 📚 Branch Deployment Help"},
		command.Lock:       {"+1", "Locks are off"},
		command.Unlock:     {"+1", "Locks are off"},
		command.LockInfo:   {"+1", "Locks are off"},
		command.Deprecated: {"-1", "### Deprecated Input Detected"},
		command.Naked:      {"-1", "### Missing Explicit Environment"},
	} {
		t.Run(fmt.Sprintf("%q", kind), func(t *testing.T) {
			t.Parallel()
			steps := decide(asking(kind), tracked(), facts()).plan()
			assertPlan(t, []string{"comment answer on 12, must", "react " + test.reaction + " on 5, concurrent"}, steps, kind)
			answer := effect[plan.Comment](t, steps)
			assert.Contains(t, answer.Body, test.body, kind)
			assert.Equal(t, "PR_1", answer.PullID, kind)
		})
	}
	assert.Empty(t, decide(asking(command.None), tracked(), facts()).plan())
}

// Outsiders with commands that could not run anyway get no answer at all.
func TestForIgnored(t *testing.T) {
	t.Parallel()
	f := facts()
	f.Actor.Permission = "none"
	assert.Empty(t, decide(asking(command.Naked), tracked(), f).plan())
}

// A refusal before anything was begun has nothing to take back.
func TestForEarlyRefusal(t *testing.T) {
	t.Parallel()
	f := facts()
	f.Deployments = nil
	d := decide(asking(command.Deploy), tracked(), f)
	steps := d.plan()
	assertPlan(t, []string{"comment answer on 12, must", "react -1 on 5, concurrent"}, steps)
	assert.Contains(t, effect[plan.Comment](t, steps).Body, "### 🚦 Invalid Deployment Order")

	d.config.Reaction, d.ledger.Reaction = "", ""
	assertPlan(t, []string{"comment answer on 12, must"}, d.plan(), "reactions are switched off")
}

// A refusal in the middle of a start takes back what is there by then.
func TestForLateRefusal(t *testing.T) {
	t.Parallel()
	f := facts()
	f.Pull.Head.SHA, f.Pull.Checks.SHA = stableSHA, stableSHA
	r := asking(command.Deploy)
	r.Pinned = headSHA
	const (
		fail    = "status error aborted: the deployment did not start, must, concurrent"
		abort   = "announce aborted, concurrent"
		comment = "comment answer on 12, must"
		down    = "react -1 on 5, concurrent"
		off     = "take reaction 9 off 5, concurrent"
	)
	for name, test := range map[string]struct {
		change func(*plan.Ledger)
		want   []string
	}{
		"first reaction":     {func(l *plan.Ledger) { l.ReactionID = 9 }, []string{comment, down, off}},
		"announced":          {func(l *plan.Ledger) { l.ReactionID, l.Announced = 9, true }, []string{abort, comment, down, off}},
		"deployment sought":  {func(l *plan.Ledger) { l.ReactionID, l.Announced, l.Attempted = 9, true, true }, []string{fail, abort, comment, down, off}},
		"deployment created": {func(l *plan.Ledger) { l.DeploymentID = 42 }, []string{fail, comment, down}},
		"reaction is -1":     {func(l *plan.Ledger) { l.Reaction, l.ReactionID = "-1", 9 }, []string{comment}},
		"reaction was lost":  {func(l *plan.Ledger) { l.Reaction, l.ReactionID = "-1", 0 }, []string{comment, down}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := decide(r, tracked(), f)
			require.Equal(t, deploy.RefChanged, d.decision.Reason)
			test.change(&d.ledger)
			steps := d.plan()
			assertPlan(t, test.want, steps)
			if d.ledger.Announced {
				assert.Equal(t, "the start was called off: The branch moved from `1111111` to `2222222` while the command was being checked.",
					effect[plan.RecordEvent](t, steps).Message)
			}
		})
	}
}

// A branch that GitHub brings up to date is updated first: whether that worked is part of the answer.
func TestForUpdateOfTheBranch(t *testing.T) {
	t.Parallel()
	d := decide(asking(command.Deploy), settings(), facts())
	d.decision.Verdict, d.decision.Reason, d.decision.Update = deploy.Refuse, deploy.PrechecksFailed, true
	steps := d.plan()
	assertPlan(t, []string{"update branch of 12 from 1111111, must", "comment answer on 12, must", "react -1 on 5, concurrent"}, steps)
	assert.Equal(t, headSHA, effect[plan.UpdateBranch](t, steps).ExpectedHead)
}

// Repeated attempts find a comment by its marker, which no other comment has.
func TestCommentMarkers(t *testing.T) {
	t.Parallel()
	d := decide(asking(command.Deploy), settings(), facts())
	started := effect[plan.Comment](t, d.plan())
	result := effect[plan.Comment](t, finish(d.ledger, config.Completed, at()))
	answer := effect[plan.Comment](t, plan.Abandon(d.ledger, plan.Interrupted()))
	for marker, comment := range map[string]plan.Comment{
		"<!-- lockstep:started run=77.2 comment=5 -->": started,
		"<!-- lockstep:result run=77.2 comment=5 -->":  result,
		"<!-- lockstep:answer run=77.2 comment=5 -->":  answer,
	} {
		t.Run(marker, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, marker, comment.Marker)
			filled, isComment := d.ledger.Resolve(comment).(plan.Comment)
			require.True(t, isComment)
			assert.Contains(t, filled.Body, "\n\n"+marker)
		})
	}
}
