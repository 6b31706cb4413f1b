package message_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/message"
)

const adasComment = "https://github.com/acme/shop/pull/7#issuecomment-3"

// sticky is a lock that a command took.
func sticky(target lock.Target) deploy.Lock {
	return deploy.Lock{Branch: target.Branch(), Tip: otherSHA, Document: lock.Document{
		Target: target, Branch: "fix", CreatedAt: at().Add(-26*time.Hour - 3*time.Minute - 4*time.Second), CreatedBy: "ada", Sticky: true,
		Reason: "release\nof 2.0", UnlockCommand: ".unlock everything", Link: adasComment,
	}}
}

// deploying is the lock of a deployment.
func deploying(target lock.Target) deploy.Lock {
	l := sticky(target)
	l.Document.Sticky, l.Document.Reason, l.Document.RunID, l.Run = false, "deployment", 70, deploy.RunGoing
	return l
}

// unreadable is a lock that says nothing.
func unreadable(target lock.Target) deploy.Lock {
	return deploy.Lock{Branch: target.Branch(), Tip: otherSHA, Unreadable: "its file lock.json is not one of a lock"}
}

// with changes a lock.
func with(l deploy.Lock, change func(*deploy.Lock)) deploy.Lock {
	change(&l)
	return l
}

func production() lock.Target { return lock.Target{Environment: "production"} }

func staging() lock.Target { return lock.Target{Environment: "staging"} }

func global() lock.Target { return lock.Target{Global: true} }

func expired(l *deploy.Lock) { l.Document.ExpiresAt = at().Add(-time.Hour) }

func ended(l *deploy.Lock) { l.Run = deploy.RunEnded }

func octocats(l *deploy.Lock) { l.Document.CreatedBy = "octocat" }

// locked are facts with these locks.
func locked(locks ...deploy.Lock) deploy.Facts {
	f := known()
	for _, l := range locks {
		f.Locks[l.Branch] = l
	}
	return f
}

func askingGlobally(kind command.Kind) deploy.Request {
	r := asking(kind, "")
	r.Command.Global, r.Command.KnownEnvironment = true, true
	return r
}

// taken is the document of a lock that a request takes.
func taken(target lock.Target) lock.Document {
	return lock.Document{
		Target: target, Branch: "feature", CreatedAt: at(), CreatedBy: "octocat", Sticky: true,
		Link: "https://github.com/acme/shop/pull/12#issuecomment-5",
	}
}

// decided decides for real, because the words have to fit what the gates say.
func decided(t *testing.T, r deploy.Request, c config.Config, f deploy.Facts) deploy.Decision {
	t.Helper()
	d := deploy.Decide(r, c, f)
	require.Equal(t, deploy.Proceed, d.Verdict)
	require.True(t, d.Locks.Looked)
	return d
}

func TestLockClaimed(t *testing.T) {
	t.Parallel()
	byPull, withReason, limited := settings(), taken(production()), taken(production())
	byPull.Locks.Owner = config.OwnedByPull
	withReason.Reason = "release of 2.0\r\n\r\n```\nsee the plan"
	limited.ExpiresAt = at().Add(2 * time.Hour)
	for name, test := range map[string]struct {
		request  deploy.Request
		config   config.Config
		facts    deploy.Facts
		document lock.Document
	}{
		"plain":         {asking(command.Lock, "production"), settings(), known(), taken(production())},
		"reason":        {asking(command.Lock, "production"), settings(), known(), withReason},
		"limited":       {asking(command.Lock, "production"), settings(), known(), limited},
		"by-pull":       {asking(command.Lock, "production"), byPull, known(), taken(production())},
		"taken-over":    {asking(command.Lock, "production"), settings(), locked(with(deploying(production()), ended)), taken(production())},
		"expired":       {asking(command.Lock, "production"), settings(), locked(with(sticky(production()), expired)), taken(production())},
		"global":        {askingGlobally(command.Lock), settings(), known(), taken(global())},
		"global-others": {askingGlobally(command.Lock), settings(), locked(sticky(production()), deploying(staging()), unreadable(lock.Target{Environment: "dev"})), taken(global())},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := decided(t, test.request, test.config, test.facts)
			golden(t, "lock-claimed-"+name, message.LockClaimed(test.request, test.config, d, test.document))
		})
	}
}

// Stale locks are in no one's way.
func TestLockClaimedWithStaleLocks(t *testing.T) {
	t.Parallel()
	r := askingGlobally(command.Lock)
	d := decided(t, r, settings(), locked(with(sticky(production()), expired), with(deploying(staging()), ended)))
	assert.Len(t, d.Locks.Others, 2)
	assert.NotContains(t, message.LockClaimed(r, settings(), d, taken(global())), "locks of their own")
	kept := deploy.LockState{Target: lock.Target{Environment: "production"}, Lock: sticky(production()), Status: deploy.Held}
	assert.Contains(t, message.LockClaimed(r, settings(), deploy.Decision{Locks: deploy.LockStates{Others: []deploy.LockState{kept}}}, taken(global())),
		`- **production**: locked by **ada** ([pull request 7](`+adasComment+`))`)
}

func TestLockOwned(t *testing.T) {
	t.Parallel()
	byPull := settings()
	byPull.Locks.Owner = config.OwnedByPull
	here := with(sticky(production()), func(l *deploy.Lock) { l.Document.Link = "https://github.com/acme/shop/pull/12#issuecomment-3" })
	for name, test := range map[string]struct {
		request deploy.Request
		config  config.Config
		facts   deploy.Facts
	}{
		"sticky":  {asking(command.Lock, "production"), settings(), locked(with(sticky(production()), octocats))},
		"global":  {askingGlobally(command.Lock), settings(), locked(with(sticky(global()), octocats))},
		"by-pull": {asking(command.Lock, "production"), byPull, locked(here)},
		"limited": {asking(command.Lock, "production"), settings(), locked(with(sticky(production()), func(l *deploy.Lock) {
			octocats(l)
			l.Document.ExpiresAt = at().Add(90 * time.Minute)
		}))},
		"deploying": {asking(command.Lock, "production"), settings(), locked(with(deploying(production()), octocats))},
		"old-version": {asking(command.Lock, "production"), settings(), locked(with(deploying(production()), func(l *deploy.Lock) {
			octocats(l)
			l.Document.RunID, l.Document.CreatedAt, l.Run = 0, time.Time{}, deploy.RunUnknown
		}))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := decided(t, test.request, test.config, test.facts)
			require.Equal(t, deploy.LockAlreadyOwned, d.Reason)
			golden(t, "lock-owned-"+name, message.LockOwned(test.request, test.config, d))
		})
	}
}

func TestLockRenewed(t *testing.T) {
	t.Parallel()
	byPull := settings()
	byPull.Locks.Owner = config.OwnedByPull
	here := with(sticky(production()), func(l *deploy.Lock) { l.Document.Link = "https://github.com/acme/shop/pull/12#issuecomment-3" })
	for name, test := range map[string]struct {
		request deploy.Request
		config  config.Config
		lock    deploy.Lock
		lasts   time.Duration
	}{
		"reason":  {asking(command.Lock, "production"), settings(), with(sticky(production()), octocats), 0},
		"limited": {asking(command.Lock, "production"), settings(), with(sticky(production()), octocats), 8 * time.Hour},
		"global":  {askingGlobally(command.Lock), settings(), with(sticky(global()), octocats), 8 * time.Hour},
		"by-pull": {asking(command.Lock, "production"), byPull, here, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := test.request
			r.Command.Reason, r.Command.For = "bad migration", test.lasts
			d := decided(t, r, test.config, locked(test.lock))
			require.True(t, d.Locks.Renews)
			document := test.lock.Document
			document.Reason = "bad migration"
			if test.lasts > 0 {
				document.ExpiresAt = at().Add(test.lasts)
			}
			golden(t, "lock-renewed-"+name, message.LockRenewed(r, test.config, d, document))
			assert.Contains(t, message.Summary(r, test.config, d, message.Record{}), "renewed (held by ")
		})
	}
}

func TestLockInfo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		request deploy.Request
		facts   deploy.Facts
	}{
		"none":         {asking(command.LockInfo, "production"), known()},
		"global-none":  {askingGlobally(command.LockInfo), locked(sticky(production()))},
		"sticky":       {asking(command.LockInfo, "production"), locked(sticky(production()))},
		"own":          {asking(command.LockInfo, "production"), locked(with(sticky(production()), octocats))},
		"deploying":    {asking(command.LockInfo, "production"), locked(deploying(production()))},
		"ended":        {asking(command.LockInfo, "production"), locked(with(deploying(production()), ended))},
		"expired":      {asking(command.LockInfo, "production"), locked(with(sticky(production()), expired))},
		"global":       {askingGlobally(command.LockInfo), locked(sticky(global()), sticky(production()))},
		"global-other": {asking(command.LockInfo, "production"), locked(sticky(global()))},
		"global-left":  {asking(command.LockInfo, "production"), locked(with(sticky(global()), expired))},
		"both":         {asking(command.LockInfo, "production"), locked(sticky(global()), deploying(production()))},
		"limited": {asking(command.LockInfo, "production"), locked(with(sticky(production()), func(l *deploy.Lock) {
			l.Document.ExpiresAt = at().Add(90 * time.Minute)
		}))},
		"little-known": {asking(command.LockInfo, "production"), locked(deploy.Lock{
			Branch: production().Branch(), Document: lock.Document{Target: production(), Sticky: true, Link: "https://chat.example/thread"},
		})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, "lock-info-"+name, message.LockInfo(test.request, settings(), decided(t, test.request, settings(), test.facts)))
		})
	}
}

// To whom a lock belongs depends on the settings.
func TestLockInfoByPull(t *testing.T) {
	t.Parallel()
	c := settings()
	c.Locks.Owner = config.OwnedByPull
	r := asking(command.LockInfo, "production")
	for link, want := range map[string]string{
		adasComment: "only commands on pull request 7 can deploy there now.",
		"https://github.com/acme/shop/pull/12#issuecomment-3": "only commands on this pull request can deploy there now.",
		"": "no one can deploy there now.",
	} {
		t.Run(link, func(t *testing.T) {
			t.Parallel()
			l := with(sticky(production()), func(l *deploy.Lock) { l.Document.Link = link })
			assert.Contains(t, message.LockInfo(r, c, decided(t, r, c, locked(l))), "**ada** has locked **production**: "+want+"\n")
		})
	}
}

func TestLockInfoWithoutCommands(t *testing.T) {
	t.Parallel()
	c := settings()
	c.Commands.Lock = ""
	r := asking(command.LockInfo, "production")
	assert.NotContains(t, message.LockInfo(r, c, decided(t, r, c, known())), "What to do")
	c.Commands.Unlock = ""
	assert.Contains(t, message.LockInfo(r, c, decided(t, r, c, locked(sticky(production())))),
		"| To remove it | delete the branch `production-branch-deploy-lock` |")
	c = settings()
	c.Commands.GlobalFlag = ""
	assert.Contains(t, message.LockInfo(r, c, decided(t, r, c, locked(sticky(global())))),
		"| To remove it | delete the branch `global-branch-deploy-lock` |", "a command would remove another lock")
}

// A clock that is behind makes no lock younger than new.
func TestAge(t *testing.T) {
	t.Parallel()
	r := asking(command.LockInfo, "production")
	for old, want := range map[time.Duration]string{
		-time.Minute:                         "0d:0h:0m:0s",
		0:                                    "0d:0h:0m:0s",
		1999 * time.Millisecond:              "0d:0h:0m:1s",
		59*time.Minute + 60*time.Second:      "0d:1h:0m:0s",
		400*24*time.Hour + 23*time.Hour:      "400d:23h:0m:0s",
		23*time.Hour + 59*time.Minute + 59e9: "0d:23h:59m:59s",
	} {
		t.Run(old.String(), func(t *testing.T) {
			t.Parallel()
			l := with(sticky(production()), func(l *deploy.Lock) { l.Document.CreatedAt = at().Add(-old) })
			assert.Contains(t, message.LockInfo(r, settings(), decided(t, r, settings(), locked(l))), "| Age | `"+want+"` |")
		})
	}
}

// Whatever a lock contains, a link in our words leads into this repository.
func TestLockLinks(t *testing.T) {
	t.Parallel()
	for link, linked := range map[string]bool{
		adasComment:                           true,
		"https://github.com/acme/shop/pull/7": true,
		"https://github.com/acme/shop/pull/0#issuecomment-3":                      false,
		"https://evil.example/pull/7#issuecomment-3":                              false,
		"https://github.com/acme/shop.evil/pull/7#issuecomment-3":                 false,
		"https://github.com/acme/shop/pull/../../evil/shop/pull/7#issuecomment-3": false,
		"https://github.com.evil.example/acme/shop/pull/7#issuecomment-3":         false,
		"javascript:alert('https://github.com/acme/shop/pull/7#issuecomment-3')":  false,
		"//github.com/acme/shop/pull/7#issuecomment-3":                            false,
	} {
		t.Run(link, func(t *testing.T) {
			t.Parallel()
			r := asking(command.LockInfo, "production")
			l := with(sticky(production()), func(l *deploy.Lock) { l.Document.Link = link })
			said := message.LockInfo(r, settings(), decided(t, r, settings(), locked(l)))
			assert.Equal(t, linked, strings.Contains(said, "]("+link+")"), link)
			assert.Equal(t, !linked, strings.Contains(said, "| Comment | `"+link+"` |"), link)
			r.Event.Run.ServerURL = ""
			assert.NotContains(t, message.LockInfo(r, settings(), decided(t, r, settings(), locked(l))), "](", "the server is unknown")
		})
	}
}

// The branch of a lock has hyphens for blanks, and anything else as it is.
func TestLockFileLink(t *testing.T) {
	t.Parallel()
	c := settings()
	c.Targets = []string{"prod/eu (new) #1"}
	r := asking(command.LockInfo, c.Targets[0])
	said := message.LockInfo(r, c, decided(t, r, c, locked(sticky(lock.Target{Environment: c.Targets[0]}))))
	assert.Contains(t, said, "[`lock.json`](https://github.com/acme/shop/blob/prod/eu-%28new%29-%231-branch-deploy-lock/lock.json)")
}

func TestLockRemoved(t *testing.T) {
	t.Parallel()
	unknown := func(l *deploy.Lock) {
		l.Document.RunID, l.Run, l.Document.CreatedAt = 0, deploy.RunUnknown, time.Time{}
	}
	for name, test := range map[string]struct {
		request deploy.Request
		facts   deploy.Facts
	}{
		"sticky":         {asking(command.Unlock, "production"), locked(sticky(production()))},
		"deploying":      {asking(command.Unlock, "production"), locked(deploying(production()))},
		"unknown":        {asking(command.Unlock, "production"), locked(with(deploying(production()), unknown))},
		"ended":          {asking(command.Unlock, "production"), locked(with(deploying(production()), ended))},
		"expired":        {asking(command.Unlock, "production"), locked(with(sticky(production()), expired))},
		"broken":         {asking(command.Unlock, "production"), locked(unreadable(production()))},
		"under-global":   {asking(command.Unlock, "production"), locked(sticky(production()), sticky(global()))},
		"under-broken":   {asking(command.Unlock, "production"), locked(sticky(production()), unreadable(global()))},
		"global":         {askingGlobally(command.Unlock), locked(sticky(global()))},
		"global-over":    {askingGlobally(command.Unlock), locked(sticky(global()), sticky(production()), deploying(staging()))},
		"with-stale-one": {asking(command.Unlock, "production"), locked(sticky(production()), with(sticky(global()), expired))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, "lock-removed-"+name, message.LockRemoved(test.request, settings(), decided(t, test.request, settings(), test.facts)))
		})
	}
}

func TestLockMissing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		request deploy.Request
		facts   deploy.Facts
	}{
		"plain":        {asking(command.Unlock, "production"), known()},
		"global":       {askingGlobally(command.Unlock), known()},
		"under-global": {asking(command.Unlock, "production"), locked(sticky(global()))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, "lock-missing-"+name, message.LockMissing(test.request, decided(t, test.request, settings(), test.facts)))
		})
	}
}

// Every lock that is in the way is shown with all that it says.
func TestRefusedByLock(t *testing.T) {
	t.Parallel()
	unordered := func(f deploy.Facts) deploy.Facts {
		f.Deployments["dev"] = nil
		return f
	}
	unread := locked(with(deploying(production()), func(l *deploy.Lock) { l.Run = deploy.RunUnknown }))
	unread.Unavailable[deploy.RunPart] = deploy.Problem{Text: "I could not read run 70.", Hint: "Add `actions: read` to the `permissions:` of the job."}
	for name, test := range map[string]struct {
		request deploy.Request
		facts   deploy.Facts
	}{
		"lock":             {asking(command.Lock, "production"), locked(sticky(production()))},
		"lock-global":      {asking(command.Lock, "production"), locked(sticky(global()))},
		"lock-globally":    {askingGlobally(command.Lock), locked(sticky(global()))},
		"lock-broken":      {asking(command.Lock, "production"), locked(unreadable(production()))},
		"deploy":           {asking(command.Deploy, "production"), locked(sticky(production()))},
		"deploy-deploying": {asking(command.Deploy, "production"), locked(deploying(production()))},
		"deploy-both":      {asking(command.Noop, "production"), locked(sticky(global()), deploying(production()))},
		"deploy-broken":    {asking(command.Deploy, "production"), locked(unreadable(global()))},
		"deploy-and-order": {asking(command.Deploy, "production"), unordered(locked(sticky(production())))},
		"deploy-unread":    {asking(command.Deploy, "production"), unread},
		"info-broken":      {asking(command.LockInfo, "production"), locked(unreadable(production()))},
		"info-both-broken": {asking(command.LockInfo, "production"), locked(unreadable(production()), sticky(global()))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, "refused-by-"+name, refusal(t, test.request, settings(), test.facts))
		})
	}
	r := asking(command.Unlock, "production")
	locks := decided(t, r, settings(), locked(sticky(global()), sticky(production()))).Locks // which are not what blocks
	golden(t, "refused-unlock-failed", message.Refused(r, settings(), deploy.Decision{
		Locks: locks, Kind: command.Unlock, Verdict: deploy.Refuse, Reason: deploy.UnlockFailed,
		Findings: []deploy.Finding{{Gate: "lock", Level: deploy.Block, Code: deploy.UnlockFailed, Text: "The lock could not be removed.", Hint: "Try again."}},
	}))
}

// hostileLock has hostile text wherever an outsider could put it.
func hostileLock(target lock.Target) deploy.Lock {
	return deploy.Lock{Branch: target.Branch(), Tip: hostile, Document: lock.Document{
		Target: lock.Target{Environment: hostile, Global: target.Global}, Reason: hostile, Branch: hostileRef,
		CreatedAt: at().Add(-time.Hour), CreatedBy: hostile, Sticky: true, UnlockCommand: hostile,
		Link: "https://github.com/acme/shop/pull/7#issuecomment-" + hostile, ClaimID: hostile, Tool: hostile,
	}}
}

func TestHostileLocks(t *testing.T) {
	t.Parallel()
	c := settings()
	c.Targets = []string{hostile, "production"}
	target := lock.Target{Environment: hostile}
	environment, everywhere := hostileLock(target), hostileLock(global())
	running := with(environment, func(l *deploy.Lock) { l.Document.Sticky, l.Document.RunID, l.Run = false, 70, deploy.RunUnknown })
	broken := deploy.Lock{Branch: target.Branch(), Unreadable: hostile}
	left := with(environment, expired)
	for name, test := range map[string]struct {
		request deploy.Request
		facts   deploy.Facts
		say     func(deploy.Request, config.Config, deploy.Decision) string
	}{
		"claimed":        {asking(command.Lock, hostile), locked(left), claimed},
		"claimed-global": {askingGlobally(command.Lock), locked(environment, broken), claimed},
		"owned":          {asking(command.Lock, hostile), locked(environment), message.LockOwned},
		"renewed":        {asking(command.Lock, hostile), locked(environment), renewed},
		"info":           {asking(command.LockInfo, hostile), locked(environment, everywhere), message.LockInfo},
		"info-running":   {asking(command.LockInfo, hostile), locked(running), message.LockInfo},
		"info-left":      {asking(command.LockInfo, hostile), locked(left), message.LockInfo},
		"info-none":      {asking(command.LockInfo, hostile), locked(), message.LockInfo},
		"removed":        {asking(command.Unlock, hostile), locked(environment, everywhere), message.LockRemoved},
		"removed-left":   {asking(command.Unlock, hostile), locked(left), message.LockRemoved},
		"removed-broken": {asking(command.Unlock, hostile), locked(broken), message.LockRemoved},
		"removed-global": {askingGlobally(command.Unlock), locked(environment, everywhere), message.LockRemoved},
		"removed-under":  {asking(command.Unlock, hostile), locked(running, everywhere), message.LockRemoved},
		"missing":        {asking(command.Unlock, hostile), locked(everywhere), missing},
		"refused":        {asking(command.Lock, hostile), locked(environment, everywhere), message.Refused},
		"refused-broken": {asking(command.Deploy, hostile), locked(broken, everywhere), message.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := test.request
			r.Event.Owner, r.Event.Repository = "acme", "shop"
			r.Command.KnownEnvironment = true
			d := deploy.Decide(r, c, test.facts)
			d.Findings = nil // of others, who have tests of their own
			d.Locks.Target.Why += hostile
			if strings.HasPrefix(name, "refused") {
				d.Findings = []deploy.Finding{{Level: deploy.Block, Code: deploy.LockConflict, Text: "It is locked."}}
			}
			if name == "owned" {
				r.Event.Actor, r.Event.Triggering = hostile+"2", hostile+"2"
			}
			golden(t, "hostile-lock-"+name, test.say(r, c, d))
			golden(t, "hostile-lock-summary-"+name, message.Summary(r, c, d, message.Record{}))
		})
	}
}

func claimed(r deploy.Request, c config.Config, d deploy.Decision) string {
	return message.LockClaimed(r, c, d, hostileLock(d.Locks.Target.Target).Document)
}

func renewed(r deploy.Request, c config.Config, d deploy.Decision) string {
	return message.LockRenewed(r, c, d, hostileLock(d.Locks.Target.Target).Document)
}

func missing(r deploy.Request, _ config.Config, d deploy.Decision) string {
	return message.LockMissing(r, d)
}
