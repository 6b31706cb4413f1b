package plan_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/plan"
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
	back := func(l *config.Labels) { l.RolledBack = []string{"went-{environment}"} }
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
		"back":                 {command.Rollback, config.Completed, "", back, []string{"unlabel broken, must, concurrent", "label live done went-production, must, concurrent"}},
		"back, approved":       {command.Rollback, config.Completed, "APPROVED", func(l *config.Labels) { back(l); l.SkipDeployedIfApproved = true }, []string{"unlabel broken, must, concurrent", "label went-production, must, concurrent"}},
		"back failed":          {command.Rollback, config.Failed, "", back, []string{"unlabel live, must, concurrent", "unlabel done, must, concurrent", "label broken, must, concurrent"}},
		"forward again":        {command.Deploy, config.Completed, "", back, []string{"unlabel broken, must, concurrent", "unlabel went-production, must, concurrent", "label live done, must, concurrent"}},
		"not forward":          {command.Deploy, config.Failed, "", back, []string{"unlabel live, must, concurrent", "unlabel done, must, concurrent", "label broken, must, concurrent"}},
		"rehearsed forward":    {command.Noop, config.Completed, "", back, []string{"unlabel untried, must, concurrent", "label tried, must, concurrent"}},
		"named":                {command.Deploy, config.Completed, "", func(l *config.Labels) { l.Deployed = []string{"on-{environment}", "{environment}"} }, []string{"unlabel broken, must, concurrent", "label on-production production, must, concurrent"}},
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
			l := labelledBy(test.kind, c, f)
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

// A workflow that went back itself has rolled its deployment back, but not a rehearsal, and not a rollback.
func TestLabelsOfWhatWasTakenBack(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind command.Kind
		want string
	}{
		"deployment": {command.Deploy, "label broken went-production, must, concurrent"},
		"rehearsal":  {command.Noop, "label untried Tried, must, concurrent"},
		"rollback":   {command.Rollback, "label broken, must, concurrent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := labelled()
			c.Labels.RolledBack = []string{"went-{environment}"}
			ending := message.Ending{Status: config.Failed, RawStatus: "rolled_back", At: at()}
			assert.Contains(t, show(plan.Tell(labelledBy(test.kind, c, facts()), ending)), test.want)
		})
	}
}

// labelledBy is the ledger of a command with these settings. What makes a rollback of a deployment is its subject.
func labelledBy(kind command.Kind, c config.Config, f deploy.Facts) plan.Ledger {
	if kind != command.Rollback {
		return decide(asking(kind), c, f).ledger
	}
	r := asking(command.Deploy)
	l := decide(r, c, f).ledger
	l.Subject.Rollback = &message.Rollback{}
	c.Result.Mode = true
	return l.WithResult(r, c)
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
