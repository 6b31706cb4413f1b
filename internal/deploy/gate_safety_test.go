package deploy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

func TestSafety(t *testing.T) {
	t.Parallel()
	asked := askedAt()
	late, never := asked.Add(time.Second), time.Time{}
	elsewhere := asked.In(time.FixedZone("", 2*60*60))
	const written, seen = "The commit `1111111` was written after the command", "The commit `1111111` reached GitHub after the command"
	for name, test := range map[string]struct {
		authored, seen, asked time.Time
		text                  string
	}{
		"long before":            {asked.Add(-time.Hour), asked.Add(-time.Hour), asked, ""},
		"the same second":        {asked, asked, asked, ""},
		"the same, another zone": {elsewhere, elsewhere, asked, ""},
		"a second later":         {late, asked, asked, written + ": at 2026-11-21 09:59:51 UTC, and the command at 2026-11-21 09:59:50 UTC."},
		"a moment later":         {asked.Add(time.Millisecond), asked, asked, written + ": at 2026-11-21 09:59:50 UTC, and the command at 2026-11-21 09:59:50 UTC."},
		"back-dated":             {asked.Add(-time.Hour), late, asked, seen + ": at 2026-11-21 09:59:51 UTC, and the command at 2026-11-21 09:59:50 UTC."},
		"never seen":             {asked, never, asked, ""},
		"never seen, but late":   {late, never, asked, written + ": at 2026-11-21 09:59:51 UTC, and the command at 2026-11-21 09:59:50 UTC."},
		"no date of the author":  {never, asked, asked, "GitHub did not say when the commit `1111111` was written."},
		"no date of the command": {asked, asked, never, "The event does not say when the command was written."},
		"no date at all":         {never, never, never, "The event does not say when the command was written."},
	} {
		f := known()
		f.Pull.Head.AuthoredAt, f.Pull.Head.SeenAt = test.authored, test.seen
		for _, kind := range []command.Kind{command.Deploy, command.Noop} {
			r := asking(kind, "production")
			r.Event.Comment.CreatedAt = test.asked
			d := deploy.Decide(r, settings(), f)
			if test.text == "" {
				assert.Equal(t, deploy.Proceed, d.Verdict, name)
				continue
			}
			assert.Equal(t, []string{"safety"}, blocked(d), name)
			assert.Equal(t, deploy.CommitSafetyFailed, d.Reason, name)
			assert.Equal(t, test.text, said(t, d, "safety").Text, name)
			assert.NotEmpty(t, said(t, d, "safety").Hint, name)
		}
	}
}

// An edited comment counts from when it was written first.
func TestSafetyOfEditedComment(t *testing.T) {
	t.Parallel()
	r, f := asking(command.Deploy, "production"), known()
	r.Event.Comment.UpdatedAt = askedAt().Add(time.Hour)
	f.Pull.Head.AuthoredAt = askedAt().Add(time.Minute)
	assert.Equal(t, deploy.CommitSafetyFailed, deploy.Decide(r, settings(), f).Reason)
}

// The stable branch was merged by somebody who may: a rollback is warned and not stopped.
func TestSafetyOfRollback(t *testing.T) {
	t.Parallel()
	f := known()
	f.Stable.Head.AuthoredAt = askedAt().Add(time.Second)
	d := deploy.Decide(rollback("production"), settings(), f)
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Equal(t, deploy.Finding{
		Gate: "safety", Level: deploy.Warn,
		Text: "The commit `2222222` was written after the command: at 2026-11-21 09:59:51 UTC, and the command at 2026-11-21 09:59:50 UTC.",
	}, said(t, d, "safety"))
	f.Stable.Head.AuthoredAt = time.Time{}
	assert.Equal(t, deploy.Proceed, deploy.Decide(rollback("production"), settings(), f).Verdict)

	f = known()
	f.Stable.Head.SeenAt = askedAt().Add(time.Second)
	d = deploy.Decide(rollback("production"), settings(), f)
	assert.Empty(t, d.Warnings(), "this very run may be the first that GitHub saw on it")
}

// Nobody can exchange a commit that the command names; its author's date counts nevertheless.
func TestSafetyOfExactCommit(t *testing.T) {
	t.Parallel()
	f := known()
	f.Exact.Commit.SeenAt = askedAt().Add(time.Second)
	assert.Equal(t, deploy.Proceed, deploy.Decide(exactly("production"), exact(), f).Verdict)
	f.Exact.Commit.AuthoredAt = askedAt().Add(time.Second)
	assert.Equal(t, deploy.CommitSafetyFailed, deploy.Decide(exactly("production"), exact(), f).Reason)
}

// Without a commit there is another gate that refuses.
func TestSafetyWithoutCommit(t *testing.T) {
	t.Parallel()
	c, f := exact(), known()
	c.Origin.Verification = true
	f.Pull.Head, f.Stable, f.Exact = deploy.Commit{}, deploy.Branch{}, deploy.ExactCommit{}
	for name, r := range map[string]deploy.Request{
		"head": asking(command.Deploy, "production"), "rollback": rollback("production"), "exact": exactly("production"),
	} {
		assert.Equal(t, []string{"commit"}, blocked(deploy.Decide(r, c, f)), name)
	}
}
