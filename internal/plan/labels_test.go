package plan_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
)

func labelled() config.Config {
	c := settings()
	c.Labels = config.Labels{
		Deployed: []string{"live", "done"}, DeployFailed: []string{"broken"}, Noop: []string{"tried"}, NoopFailed: []string{"untried", "Tried"},
	}
	return c
}

func TestLabels(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind     command.Kind
		status   config.Status
		decision string
		change   func(*config.Labels)
		want     []string
	}{
		"deployed":             {command.Deploy, config.Completed, "", nil, []string{"unlabel broken, must, concurrent", "label live done, must, concurrent"}},
		"failed":               {command.Deploy, config.Failed, "", nil, []string{"unlabel live, must, concurrent", "unlabel done, must, concurrent", "label broken, must, concurrent"}},
		"cancelled":            {command.Deploy, config.Aborted, "", nil, []string{"unlabel live, must, concurrent", "unlabel done, must, concurrent", "label broken, must, concurrent"}},
		"rehearsed":            {command.Noop, config.Completed, "", nil, []string{"unlabel untried, must, concurrent", "label tried, must, concurrent"}},
		"rehearsal failed":     {command.Noop, config.Failed, "", nil, []string{"label untried Tried, must, concurrent"}},
		"approved":             {command.Deploy, config.Completed, "APPROVED", func(l *config.Labels) { l.SkipDeployedIfApproved = true }, []string{"unlabel broken, must, concurrent"}},
		"not approved":         {command.Deploy, config.Completed, "REVIEW_REQUIRED", func(l *config.Labels) { l.SkipDeployedIfApproved = true }, []string{"unlabel broken, must, concurrent", "label live done, must, concurrent"}},
		"approved, no skip":    {command.Deploy, config.Completed, "APPROVED", func(l *config.Labels) { l.SkipNoopIfApproved = true }, []string{"unlabel broken, must, concurrent", "label live done, must, concurrent"}},
		"approved, but failed": {command.Deploy, config.Failed, "APPROVED", func(l *config.Labels) { l.SkipDeployedIfApproved = true }, []string{"unlabel live, must, concurrent", "unlabel done, must, concurrent", "label broken, must, concurrent"}},
		"approved rehearsal":   {command.Noop, config.Completed, "APPROVED", func(l *config.Labels) { l.SkipNoopIfApproved = true }, []string{"unlabel untried, must, concurrent", "unlabel Tried, must, concurrent"}},
		"none":                 {command.Deploy, config.Completed, "", func(l *config.Labels) { *l = config.Labels{} }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := labelled()
			if test.change != nil {
				test.change(&c.Labels)
			}
			f := facts()
			f.Pull.ReviewDecision = test.decision
			l := decide(asking(test.kind), c, f).ledger
			var got []string
			for _, line := range show(finish(l, test.status, at())) {
				if strings.Contains(line, "label ") {
					got = append(got, line)
				}
			}
			assert.Equal(t, test.want, got)
		})
	}
}

// The result can take the place of the comment that said that the deployment started.
func TestResultInPlace(t *testing.T) {
	t.Parallel()
	c := settings()
	c.Messages.Style = config.UpdateComment
	l := ready(asking(command.Deploy), c)
	assert.Contains(t, show(finish(l, config.Completed, at())), "edit result 6, must")
	l.StartedCommentID = 0
	assert.Contains(t, show(finish(l, config.Completed, at())), "comment result on 12, must", "there is nothing to change")
}
