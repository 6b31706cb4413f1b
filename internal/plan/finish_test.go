package plan_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// ready is the ledger of a start at whose end everything stood.
func ready(r deploy.Request, c config.Config) plan.Ledger {
	l := decide(r, c, facts()).ledger
	l.Phase, l.ReactionID, l.StartedCommentID = plan.Ready, 9, 6
	if r.Command.Kind == command.Deploy {
		l.DeploymentID, l.Attempted = 42, true
	}
	l.Announced = c.Tracks() && r.Command.Kind == command.Deploy
	return l
}

func TestFinish(t *testing.T) {
	t.Parallel()
	const (
		comment = "comment result on 12, must"
		off     = "take reaction 9 off 5, concurrent"
		rocket  = "react rocket on 5, concurrent"
		down    = "react -1 on 5, concurrent"
	)
	for status, want := range map[config.Status]struct{ status, reaction, announce string }{
		config.Completed: {"status success, must", rocket, "announce completed, concurrent"},
		config.Failed:    {"status failure, must", down, "announce failed, concurrent"},
		config.Aborted:   {"status failure aborted: the job was cancelled, must", down, "announce aborted, concurrent"},
		"":               {"status failure it is unknown how the job ended, must", down, "announce aborted, concurrent"},
		config.Pending:   {"status failure it is unknown how the job ended, must", down, "announce aborted, concurrent"},
	} {
		t.Run(fmt.Sprintf("%q", status), func(t *testing.T) {
			t.Parallel()
			for _, c := range []config.Config{settings(), tracked()} {
				steps := []string{want.status, comment, want.reaction, off}
				if c.Tracks() {
					steps = append(steps, want.announce)
				}
				assertPlan(t, steps, finish(ready(asking(command.Deploy), c), status, at()), "deploy, %q", status)
				assertPlan(t, []string{comment, want.reaction, off},
					finish(ready(asking(command.Noop), c), status, at()), "noop, %q: nothing was deployed", status)
			}
		})
	}
}

func TestFinishWithoutReactions(t *testing.T) {
	t.Parallel()
	c := settings()
	c.Reaction = ""
	l := ready(asking(command.Deploy), c)
	l.ReactionID = 0
	assertPlan(t, []string{"status success, must", "comment result on 12, must"}, finish(l, config.Completed, at()))

	c.Reaction = "rocket"
	l = ready(asking(command.Deploy), c)
	assertPlan(t, []string{"status success, must", "comment result on 12, must"}, finish(l, config.Completed, at()),
		"the first reaction is the last one already")
	l.ReactionID = 0
	assert.Contains(t, show(finish(l, config.Completed, at())), "react rocket on 5, concurrent", "it was lost")
}

// A tracking endpoint that is out of order fails a finished deployment only on request.
func TestFinishAnnouncement(t *testing.T) {
	t.Parallel()
	for _, fail := range []config.FailOnError{config.FailNever, config.FailStart, config.FailAlways} {
		t.Run(string(fail), func(t *testing.T) {
			t.Parallel()
			c := tracked()
			c.Versioner.FailOnError = fail
			want := "announce completed, concurrent"
			if fail == config.FailAlways {
				want = "announce completed, must, concurrent"
			}
			assert.Contains(t, show(finish(ready(asking(command.Deploy), c), config.Completed, at())), want, fail)
		})
	}
	for status, want := range map[config.Status]string{
		config.Completed: "", config.Failed: "the job failed", config.Aborted: "the job was cancelled", "": "it is unknown how the job ended",
	} {
		t.Run(fmt.Sprintf("%q", status), func(t *testing.T) {
			t.Parallel()
			steps := finish(ready(asking(command.Deploy), tracked()), status, at())
			assert.Equal(t, want, effect[plan.RecordEvent](t, steps).Message, status)
		})
	}
}

func TestFinishWords(t *testing.T) {
	t.Parallel()
	c := settings()
	later := at().Add(64*time.Second + 500*time.Millisecond)
	body := effect[plan.Comment](t, finish(ready(asking(command.Deploy), c), config.Completed, later)).Body
	assert.Contains(t, body, "in 1m5s")
	assert.Contains(t, body, "**Environment URL:** [shop.example](https://shop.example)")
	assert.Contains(t, body, `"id": 42`)
	assert.Contains(t, body, `"status": "raw"`)

	c.URLInComment = false
	body = effect[plan.Comment](t, finish(ready(asking(command.Deploy), c), config.Failed, later)).Body
	assert.NotContains(t, body, "Environment URL:")
	assert.Contains(t, body, "`.deploy main to production`", "the way back")
	for name, r := range map[string]deploy.Request{"rollback": rollback(), "noop": asking(command.Noop)} {
		body = effect[plan.Comment](t, finish(ready(r, c), config.Failed, later)).Body
		assert.NotContains(t, body, ".deploy main", "%s: there is nothing to go back from", name)
	}
}

func TestSeconds(t *testing.T) {
	t.Parallel()
	l := ready(asking(command.Deploy), settings())
	assert.Equal(t, 0, plan.Seconds(l, at().Add(499*time.Millisecond)))
	assert.Equal(t, 1, plan.Seconds(l, at().Add(500*time.Millisecond)))
	assert.Equal(t, 3600, plan.Seconds(l, at().Add(time.Hour)))
}

// The way out of a start that broke, from every point that it can have reached.
func TestAbandon(t *testing.T) {
	t.Parallel()
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
		"nothing begun":     {func(*plan.Ledger) {}, []string{comment, down}},
		"first reaction":    {func(l *plan.Ledger) { l.ReactionID = 9 }, []string{comment, down, off}},
		"announced":         {func(l *plan.Ledger) { l.Announced = true }, []string{abort, comment, down}},
		"deployment sought": {func(l *plan.Ledger) { l.Attempted = true }, []string{fail, comment, down}},
		"everything":        {func(l *plan.Ledger) { l.ReactionID, l.Announced, l.Attempted, l.DeploymentID = 9, true, true, 42 }, []string{fail, abort, comment, down, off}},
		"no pull request":   {func(l *plan.Ledger) { l.Pull, l.Attempted, l.Announced = 0, true, true }, []string{fail, abort}},
		"reactions are off": {func(l *plan.Ledger) { l.Reaction = "" }, []string{comment}},
		"what has happened": {func(l *plan.Ledger) { l.Pull, l.Records, l.DeploymentID, l.Announced = 0, true, 42, true }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := decide(asking(command.Deploy), tracked(), facts()).ledger
			test.change(&l)
			steps := plan.Abandon(l, deploy.Problem{Text: "It broke.", Hint: "Try again."})
			assertPlan(t, test.want, steps)
			if l.Announced && !l.Records {
				assert.Equal(t, "the start was called off: It broke.", effect[plan.RecordEvent](t, steps).Message)
			}
			if l.Pull != 0 {
				assert.Contains(t, effect[plan.Comment](t, steps).Body, "It broke.\n\n**What to do:** Try again.")
			}
		})
	}
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	assert.NotEmpty(t, plan.Interrupted().Text)
	assert.NotEmpty(t, plan.Interrupted().Hint)
}
