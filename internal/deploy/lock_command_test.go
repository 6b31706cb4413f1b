package deploy_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// A lock may be removed and asked about whoever holds it.
func TestUnlockAndInfoOfEveryLock(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]deploy.Lock{
		"sticky":      stickyLock("hubot"),
		"one's own":   stickyLock("octocat"),
		"going":       passingLock("hubot", 77, deploy.RunGoing),
		"left behind": passingLock("hubot", 77, deploy.RunEnded),
		"expired":     expired(stickyLock("hubot")),
	} {
		for _, place := range []string{"production", "global"} {
			for kind, reason := range map[command.Kind]deploy.Reason{
				command.Unlock: deploy.UnlockCompleted, command.LockInfo: deploy.LockInfoCompleted,
			} {
				d := holding(asking(kind, "production"), place, l)
				assert.Equal(t, deploy.Proceed, d.Verdict, name)
				assert.Equal(t, reason, d.Reason, name)
				assert.Equal(t, deploy.Complete, d.Outcome(), name)
				assert.Empty(t, d.Warnings(), name)
				found := d.Locks.Target
				if place == "global" {
					found = d.Locks.Global
				}
				assert.Equal(t, otherSHA, found.Lock.Tip, "%s: what is meant is known", name)
			}
		}
	}
}

// A time that nobody understands is refused, beside everything else that is wrong.
func TestUnreadablePeriod(t *testing.T) {
	t.Parallel()
	s := situation{asking(command.Lock, "production"), settings(), known()}
	assert.Equal(t, deploy.Pass, said(t, s.decide(), "parameters").Level)
	s.request.Unreadable = errors.New("read \"--for\": `@all\n` is no length of time")
	d := s.decide()
	assert.Equal(t, deploy.UnexpectedError, d.Reason)
	assert.Equal(t, deploy.Finding{
		Gate: "parameters", Level: deploy.Block, Code: deploy.UnexpectedError,
		Text: "The command cannot be read: ``read \"--for\": `@all ` is no length of time``.",
		Hint: "Write for example `--for 2h`, with `m`, `h`, `d` or `w` for minutes, hours, days or weeks.",
	}, said(t, d, "parameters"))
	s.hold("production", stickyLock("octocat"))
	assert.Equal(t, deploy.UnexpectedError, s.decide().Reason, "also where the lock is one's own")
	s.hold("production", stickyLock("hubot"))
	assert.Equal(t, []string{"parameters", "lock"}, blocked(s.decide()))
}
