package deploy_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// A lock may be removed and asked about whoever holds it.
func TestUnlockAndInfoOfEveryLock(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]deploy.Lock{
		"sticky":      deploytest.StickyLock("hubot"),
		"one's own":   deploytest.StickyLock("octocat"),
		"going":       deploytest.PassingLock("hubot", 77, deploy.RunGoing),
		"left behind": deploytest.PassingLock("hubot", 77, deploy.RunEnded),
		"expired":     deploytest.Expired(deploytest.StickyLock("hubot")),
	} {
		for _, place := range []string{"production", "global"} {
			for kind, reason := range map[command.Kind]deploy.Reason{
				command.Unlock: deploy.UnlockCompleted, command.LockInfo: deploy.LockInfoCompleted,
			} {
				d := holding(deploytest.Asking(kind, "production"), place, l)
				assert.Equal(t, deploy.Proceed, d.Verdict, name)
				assert.Equal(t, reason, d.Reason, name)
				assert.Equal(t, deploy.Complete, d.Outcome(), name)
				assert.Empty(t, d.Warnings(), name)
				found := d.Locks.Target
				if place == "global" {
					found = d.Locks.Global
				}
				assert.Equal(t, deploytest.OtherSHA, found.Lock.Tip, "%s: what is meant is known", name)
			}
		}
	}
}

// A time that nobody understands is refused, beside everything else that is wrong.
func TestUnreadablePeriod(t *testing.T) {
	t.Parallel()
	s := situation{deploytest.Asking(command.Lock, "production"), deploytest.Settings(), deploytest.Facts()}
	assert.Equal(t, deploy.Pass, deploytest.Said(t, s.decide(), "parameters").Level)
	s.request.Unreadable = errors.New("read \"--for\": `@all\n` is no length of time")
	d := s.decide()
	assert.Equal(t, deploy.UnexpectedError, d.Reason)
	assert.Equal(t, deploy.Finding{
		Gate: "parameters", Level: deploy.Block, Code: deploy.UnexpectedError,
		Text: "The command cannot be read: ``read \"--for\": `@all ` is no length of time``.",
		Hint: "Type for example `--for 2h`, with `m`, `h`, `d` or `w` for minutes, hours, days or weeks.",
	}, deploytest.Said(t, d, "parameters"))
	s.hold("production", deploytest.StickyLock("octocat"))
	assert.Equal(t, deploy.UnexpectedError, s.decide().Reason, "also where the lock is one's own")
	s.hold("production", deploytest.StickyLock("hubot"))
	assert.Equal(t, []string{"parameters", "lock"}, deploytest.Blocked(s.decide()))
}
