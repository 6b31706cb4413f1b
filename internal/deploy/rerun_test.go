package deploy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/event"
)

// rerunCase is a run that one user started by a command, and that one user starts again.
type rerunCase struct {
	asks, starts string // users; "" is a runner that does not say who started the attempt
	command      string
	attempt      int
	meanwhile    string
}

// Users of the table, with what they may do.
var rerunUsers = map[string]deploy.Actor{
	"admin": {Permission: "admin", Role: "admin"}, "other-admin": {Permission: "admin", Role: "admin"},
	"writer": {Permission: "write", Role: "write"}, "reader": {Permission: "read", Role: "read"},
}

var rerunCommands = map[string]func() deploy.Request{
	"deploy":   func() deploy.Request { return deploytest.Asking(command.Deploy, "production") },
	"noop":     func() deploy.Request { return deploytest.Asking(command.Noop, "production") },
	"rollback": func() deploy.Request { return deploytest.Rollback("production") },
	"exact":    func() deploy.Request { return deploytest.ExactCommit("production") },
	"lock":     func() deploy.Request { return deploytest.Asking(command.Lock, "production") },
	"unlock":   func() deploy.Request { return deploytest.Asking(command.Unlock, "production") },
	"info":     func() deploy.Request { return deploytest.Asking(command.LockInfo, "production") },
	"help":     func() deploy.Request { return deploytest.Asking(command.Help, "") },
}

var rerunChanges = map[string]func(*deploy.Facts){
	"nothing":        func(*deploy.Facts) {},
	"new head":       func(f *deploy.Facts) { f.Pull.Head.PushedAt = deploy.Know(deploytest.AskedAt().Add(time.Second)) },
	"new main":       func(f *deploy.Facts) { f.Stable.Head.PushedAt = deploy.Know(deploytest.AskedAt().Add(time.Second)) },
	"main unknown":   func(f *deploy.Facts) { f.Stable.Head.PushedAt = deploy.Known[time.Time]{} },
	"pushes unread":  func(f *deploy.Facts) { delete(f.Read, deploy.PushesPart) },
	"review missing": func(f *deploy.Facts) { f.Pull.ReviewDecision = deploy.ReviewRequired },
	"lock of asker":  func(f *deploy.Facts) { lockProduction(f, "asker") },
	"lock of third":  func(f *deploy.Facts) { lockProduction(f, "third") },
}

func lockProduction(f *deploy.Facts, owner string) {
	l := deploytest.StickyLock(owner)
	f.Locks = map[string]deploy.Lock{"production-branch-deploy-lock": l}
}

func (c rerunCase) decide() deploy.Decision {
	r, settings, f := rerunCommands[c.command](), exact(), deploytest.Facts()
	settings.Permissions, settings.Admins.Logins = []string{"write", "admin"}, []string{"Admin", "other-admin"}
	r.Event.Actor, r.Event.Triggering, r.Event.Run.Attempt = c.asks, c.starts, c.attempt
	rerunChanges[c.meanwhile](&f)
	for branch, l := range f.Locks {
		if l.Document.CreatedBy == "asker" {
			l.Document.CreatedBy = c.asks
			f.Locks[branch] = l
		}
	}
	f.Actor, f.Rerunner = rerunUsers[c.asks], deploy.Actor{}
	delete(f.Read, deploy.RerunnerPart)
	if needs := deploy.NeedsFor(r, settings); needs.RerunBy != "" {
		f.Rerunner = rerunUsers[needs.RerunBy]
		f.MarkRead(deploy.RerunnerPart)
	}
	return deploy.Decide(r, settings, f)
}

// want says in words which gates block. It is written from what is promised, without the gates.
func (c rerunCase) want() []string {
	may := map[string]bool{"admin": true, "other-admin": true, "writer": true}
	if !may[c.asks] || !may[c.starts] {
		return []string{"permission"}
	}
	var blocked []string
	deploysHead := c.command == "deploy" || c.command == "noop"
	deploys := deploysHead || c.command == "rollback" || c.command == "exact"
	rerun := c.attempt > 1 || c.asks != c.starts
	switch {
	case c.meanwhile == "review missing" && c.command == "deploy" && c.starts == "writer":
		blocked = append(blocked, "reviews")
	case c.meanwhile == "new head" && deploysHead,
		c.command == "rollback" && rerun && (c.meanwhile == "new main" || c.meanwhile == "main unknown" || c.meanwhile == "pushes unread"):
		blocked = append(blocked, "safety")
	case c.meanwhile == "lock of third" && (deploys || c.command == "lock"),
		c.meanwhile == "lock of asker" && (deploys || c.command == "lock") && c.starts != c.asks:
		blocked = append(blocked, "lock")
	}
	return blocked
}

// A run that was started again needs the permissions of both users; every other right is that of the one who did it.
func TestRunsStartedAgain(t *testing.T) {
	t.Parallel()
	for asks := range rerunUsers {
		for _, starts := range []string{"admin", "other-admin", "writer", "reader", ""} {
			for name := range rerunCommands {
				for attempt := 1; attempt <= 3; attempt++ {
					for change := range rerunChanges {
						one := rerunCase{asks, starts, name, attempt, change}
						t.Run(asks+" asks, "+starts+" starts attempt "+string(rune('0'+attempt))+" of "+name+", "+change, func(t *testing.T) {
							t.Parallel()
							assert.Equal(t, one.want(), deploytest.Blocked(one.decide()))
						})
					}
				}
			}
		}
	}
}

func TestTextsOfReruns(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		one        rerunCase
		gate       string
		text, hint string
	}{
		"who starts it again may not": {
			rerunCase{"admin", "reader", "deploy", 2, "nothing"},
			"permission",
			"You have the permission `read` in this repository; this command needs `write` or `admin`.",
			"Ask someone with that permission to run the command, or ask an admin of the repository for access.",
		},
		"who wrote the command may not": {
			rerunCase{"reader", "admin", "deploy", 2, "nothing"},
			"permission",
			"The command is by `reader`, who has the permission `read` in this repository; it needs `write` or `admin`.",
			"Write the command in a new comment of your own.",
		},
		"an older runner": {
			rerunCase{"admin", "", "unlock", 2, "nothing"},
			"permission",
			"The runner does not say who started this run again.", "Write the command in a new comment.",
		},
		"merged meanwhile": {
			rerunCase{"admin", "admin", "rollback", 2, "new main"},
			"safety",
			"This run was started again, and `main` got the commit `2222222` after the command: at 2026-11-21 09:59:51 UTC, and the command at 2026-11-21 09:59:50 UTC.",
			"Write the command in a new comment: `.deploy main to production`.",
		},
		"unknown when it was merged": {
			rerunCase{"admin", "admin", "rollback", 2, "main unknown"},
			"safety",
			"This run was started again, and GitHub does not say whether `main` got the commit `2222222` before the command.",
			"Write the command in a new comment: `.deploy main to production`.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := deploytest.Said(t, test.one.decide(), test.gate)
			assert.Equal(t, test.text, said.Text)
			assert.Equal(t, test.hint, said.Hint)
		})
	}
}

// The question of a confirmation and the lock are those of who started the attempt.
func TestRightsOfTheRerunner(t *testing.T) {
	t.Parallel()
	r, c := deploytest.Asking(command.Deploy, "production"), deploytest.Settings()
	r.Event.Triggering, r.Event.Run.Attempt = "hubot", 2
	c.Admins = config.Admins{Teams: []string{"acme/admins"}}
	f := deploytest.Facts()
	f.Actor.Teams, f.Pull.ReviewDecision = []string{"acme/admins"}, deploy.ReviewRequired
	f.Rerunner = deploy.Actor{Login: "hubot", Permission: "write"}
	assert.Equal(t, []string{"reviews"}, deploytest.Blocked(deploy.Decide(r, c, f)), "the team of the first actor does not count")
	f.Rerunner.Teams, f.Actor.Teams = f.Actor.Teams, nil
	assert.Empty(t, deploytest.Blocked(deploy.Decide(r, c, f)))
	needs := deploy.NeedsFor(r, c)
	assert.Equal(t, "octocat hubot", needs.Actor+" "+needs.RerunBy)
	assert.Equal(t, "hubot", event.Event{Actor: "octocat", Triggering: "hubot"}.RerunBy())
	assert.Empty(t, event.Event{Actor: "octocat", Triggering: "OctoCat"}.RerunBy(), "a login is the same in every case")
	assert.True(t, event.Event{Actor: "octocat", Triggering: "hubot"}.Rerun())
}
