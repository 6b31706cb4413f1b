package docs

import (
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// document is the file of a lock that hubot took on another pull request than the one of the tables:
// .lock production --for 8h --reason load test.
func document() lock.Document {
	return lock.Document{
		Target: lock.Target{Environment: "production"}, Reason: "load test", Branch: "bigger-cache",
		CreatedAt: before(), CreatedBy: "hubot", Sticky: true, UnlockCommand: ".unlock production",
		Link: "https://github.com/acme/shop/pull/13#issuecomment-3000", ClaimID: "sha256:" + strings.Repeat("5e", 32),
		Tool: lock.Tool, RunID: 76, RunAttempt: 1, Job: "deploy on GitHub Actions 1", Product: "shop", Version: "1.4.0", ExpiresAt: before().Add(8 * time.Hour),
	}
}

// ofDeployment makes a lock one that ends with its deployment.
func ofDeployment(l *deploy.Lock) {
	l.Document.Sticky, l.Document.Reason, l.Document.ExpiresAt = false, "deployment", time.Time{}
}

// global makes a lock one of all environments.
func global(l *deploy.Lock) {
	l.Document.Target, l.Document.UnlockCommand = lock.Target{Global: true}, ".unlock --global"
}

// held is a lock with changes.
func held(changes ...func(*deploy.Lock)) deploy.Lock {
	l := deploy.Lock{Tip: exactSHA, Document: document()}
	for _, change := range changes {
		change(&l)
	}
	l.Branch = l.Document.Target.Branch()
	return l
}

// hold puts locks among the facts.
func (a *trial) hold(locks ...deploy.Lock) {
	a.facts.Locks = map[string]deploy.Lock{}
	for _, l := range locks {
		a.facts.Locks[l.Branch] = l
	}
}

// holding is a lock that may be in the way.
type holding struct {
	text    string
	nothing bool // there is no lock
	change  func(*deploy.Lock)
}

func holdings() []holding {
	run := func(state deploy.RunState) func(*deploy.Lock) {
		return func(l *deploy.Lock) {
			ofDeployment(l)
			l.Run = state
		}
	}
	expired := func(l *deploy.Lock) { l.Document.ExpiresAt = before() }
	return []holding{
		{text: "None", nothing: true},
		{text: "`.lock`", change: func(*deploy.Lock) {}},
		{text: "`.lock --for 1h`, two hours ago", change: expired},
		{text: "A deployment that is under way", change: run(deploy.RunGoing)},
		{text: "A deployment whose run has ended", change: run(deploy.RunEnded)},
		{text: "A deployment, and the token lacks `actions: read`", change: run(deploy.RunUnknown)},
		{text: "A deployment of branch-deploy", change: func(l *deploy.Lock) {
			ofDeployment(l)
			l.Document.Tool, l.Document.RunID, l.Document.RunAttempt = "", 0, 0
		}},
		{text: "A branch without a lock file", change: func(l *deploy.Lock) { l.Unreadable = "the branch has no file lock.json" }},
		{text: "`.lock --global`", change: global},
		{text: "`.lock --global --for 1h`, two hours ago", change: func(l *deploy.Lock) {
			global(l)
			expired(l)
		}},
	}
}

// holdTable shows how commands fare where there is a lock of the actor, and where there is one of another user.
// Who owns it depends on lock_owner; what follows from that does not.
func holdTable(m *maker, _ block) string {
	var rows [][]string
	for _, one := range holdings() {
		row := []string{one.text}
		for _, yours := range []bool{true, false} {
			for _, asked := range []string{".deploy", ".noop", ".deploy main to", ".lock"} {
				sign := fares(m, one, asked, yours)
				if asked == ".deploy" || asked == ".lock" {
					row = append(row, sign)
				}
				if asked != ".lock" {
					m.check(row[len(row)-1] == sign, "%s: %s differs from the commands before", one.text, asked)
				}
			}
		}
		rows = append(rows, row)
	}
	heading := []string{"Lock of `production`", "Yours: `.deploy`", "Yours: `.lock`", "Another user's: `.deploy`", "Another user's: `.lock`"}
	return table(heading, rows)
}

// fares tells how a command fares, whichever way it is decided whose the lock is.
func fares(m *maker, one holding, asked string, yours bool) string {
	person, pull := map[bool]string{true: "octocat", false: "hubot"}, map[bool]string{true: "12", false: "13"}
	signs := map[string]bool{}
	for _, otherwise := range []bool{true, false} {
		signs[sign(m, one, asked, origin{"user", person[yours], pull[otherwise]})] = true
		signs[sign(m, one, asked, origin{"pull_request", person[otherwise], pull[yours]})] = true
	}
	m.require(len(signs) == 1, "%s: %s depends on lock_owner", one.text, asked)
	for only := range signs {
		return only
	}
	return ""
}

// origin is who took a lock, on which pull request, and which of the two counts.
type origin struct{ owner, login, pull string }

// sign decides on a command of octocat's on pull request 12.
func sign(m *maker, one holding, asked string, from origin) string {
	a := newTrial(m, "Branch")
	a.settings = settings(m, map[string]string{"lock_owner": from.owner})
	a.request = asking(understood(m, a, asked+" production"))
	if !one.nothing {
		a.hold(held(one.change, func(l *deploy.Lock) {
			l.Document.CreatedBy, l.Document.Link = from.login, "https://github.com/acme/shop/pull/"+from.pull+"#issuecomment-3000"
		}))
	}
	switch d := a.decide(); {
	case d.Verdict == deploy.Refuse:
		return "🔴"
	case d.Locks.Target.Status == deploy.Stale:
		return "🔓"
	case d.Reason == deploy.LockAlreadyOwned:
		return "🔵"
	}
	return "🟢"
}

func understood(m *maker, a *trial, body string) command.Command {
	asked, err := deploy.Grammar(a.settings).Parse(body)
	m.must(err)
	return asked
}

// lockFileTable lists what a lock's file holds. What each key means is written by hand.
func lockFileTable(m *maker, b block) string {
	var rows [][]string
	for _, name := range order(m, document().Marshal()) {
		key := markdown.Cell(name)
		rows = append(rows, append([]string{key}, kept(m, b, key, 1, 1)...))
	}
	return table([]string{"Key", "What it says"}, rows)
}
