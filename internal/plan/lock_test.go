package plan_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/plan"
)

const (
	productionLock = "production-branch-deploy-lock"
	tip            = "3333333333333333333333333333333333333333"
	liveSHA        = "4444444444444444444444444444444444444444"
)

// held are facts with a lock of production.
func held(d lock.Document) deploy.Facts {
	f := facts()
	d.Target = lock.Target{Environment: "production"}
	f.Locks = map[string]deploy.Lock{productionLock: {Branch: productionLock, Tip: tip, Document: d}}
	return f
}

// taken parses the lock that a plan takes.
func taken(t *testing.T, steps []plan.Step) lock.Document {
	t.Helper()
	document, err := lock.Parse(effect[plan.TakeLock](t, steps).Content)
	require.NoError(t, err)
	return document
}

// The lock is taken at the same time as the first reaction; everything else waits for it.
func TestForStartWithLock(t *testing.T) {
	t.Parallel()
	const look = "comment started and look on 12, must"
	deployment := []string{"create deployment of feature to production, must", "status in_progress, must"}
	begin := []string{"first reaction eyes on 5", "take " + productionLock + ", must, concurrent"}
	withTracking := locked()
	withTracking.Versioner = tracked().Versioner
	live := facts()
	live.Live = []deploy.Deployment{{SHA: liveSHA, State: deploy.Active}}
	own := held(lock.Document{CreatedBy: "octocat", Sticky: true})
	for name, test := range map[string]struct {
		config config.Config
		facts  deploy.Facts
		want   []string
	}{
		"free":         {locked(), facts(), append(append(begin, look), deployment...)},
		"with live":    {locked(), live, append(append(begin, "measure 4444444 1111111, concurrent", look), deployment...)},
		"with tracker": {withTracking, facts(), append(append(begin, "announce started, must", look), deployment...)},
		"own lock":     {locked(), own, append([]string{"first reaction eyes on 5", look + ", concurrent"}, deployment...)},
		"left behind": {
			locked(), held(lock.Document{CreatedBy: "octocat"}),
			append([]string{"first reaction eyes on 5", "take " + productionLock + " " + tip + ", must, concurrent", look}, deployment...),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := decide(asking(command.Deploy), test.config, test.facts)
			require.Equal(t, deploy.Proceed, d.decision.Verdict)
			assertPlan(t, test.want, d.plan())
		})
	}
}

// What a lock says, for each command that takes one.
func TestLockDocument(t *testing.T) {
	t.Parallel()
	sticky, lasting := locked(), locked()
	sticky.Locks.Sticky, lasting.Locks.Expiry = true, 8*time.Hour
	unnamed, flagless := locked(), locked()
	unnamed.Commands.Unlock, flagless.Commands.GlobalFlag = "", ""
	reasoned, timed, global := asking(command.Lock), asking(command.Lock), asking(command.Lock)
	reasoned.Command.Reason, timed.Command.For = "release day", 2*time.Hour
	global.Command.Global, global.Command.Environment = true, ""
	for name, test := range map[string]struct {
		request deploy.Request
		config  config.Config
		change  func(*lock.Document)
	}{
		"deploy":      {asking(command.Deploy), locked(), func(d *lock.Document) { d.Reason = "deployment" }},
		"noop":        {asking(command.Noop), sticky, func(d *lock.Document) { d.Reason = "deployment" }},
		"kept":        {asking(command.Deploy), sticky, func(d *lock.Document) { d.Sticky = true }},
		"lock":        {asking(command.Lock), locked(), func(d *lock.Document) { d.Sticky = true }},
		"with reason": {reasoned, locked(), func(d *lock.Document) { d.Sticky, d.Reason = true, "release day" }},
		"for a time":  {timed, lasting, func(d *lock.Document) { d.Sticky, d.ExpiresAt = true, at().Add(2*time.Hour) }},
		"expiring":    {asking(command.Lock), lasting, func(d *lock.Document) { d.Sticky, d.ExpiresAt = true, at().Add(8*time.Hour) }},
		"not sticky":  {asking(command.Deploy), lasting, func(d *lock.Document) { d.Reason = "deployment" }},
		"no .unlock":  {asking(command.Lock), unnamed, func(d *lock.Document) { d.Sticky, d.UnlockCommand = true, "" }},
		"no flag": {global, flagless, func(d *lock.Document) {
			d.Sticky, d.Target, d.UnlockCommand = true, lock.Target{Global: true}, ""
		}},
		"global": {global, locked(), func(d *lock.Document) {
			d.Sticky, d.Target, d.UnlockCommand = true, lock.Target{Global: true}, ".unlock --global"
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := decide(test.request, test.config, facts())
			want := lock.Document{
				Target: lock.Target{Environment: "production"}, Branch: "feature", CreatedAt: at(), CreatedBy: "octocat",
				UnlockCommand: ".unlock production", Link: "https://github.com/acme/shop/pull/12#issuecomment-5",
				Tool: "lockstep", RunID: 77, RunAttempt: 2,
			}
			test.change(&want)
			want.ClaimID = lock.Claim{
				Owner: "acme", Repository: "shop", Pull: 12, CommentID: 5, Target: want.Target, Ref: "feature", Sticky: want.Sticky,
			}.ID()
			steps := d.plan()
			assert.Equal(t, want, taken(t, steps))
			assert.Equal(t, want.Target.Branch(), effect[plan.TakeLock](t, steps).Branch)
			assert.Equal(t, "R_1", effect[plan.TakeLock](t, steps).Repository)
		})
	}
}

// A renewed lock keeps what the command does not change.
func TestRenewedDocument(t *testing.T) {
	t.Parallel()
	before, err := lock.Parse(`{"reason":"rollback","branch":"old","created_at":"2026-01-01T00:00:00.000Z","created_by":"octocat","sticky":true,` +
		`"environment":"production","global":false,"unlock_command":".release production","link":"https://github.com/acme/shop/pull/3#issuecomment-4",` +
		`"expires_at":"2100-01-01T00:00:00.000Z","run_id":70,"run_attempt":1,"job":"other","color":"red"}`)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		reason string
		lasts  time.Duration
		change func(*lock.Document)
	}{
		"reason": {"bad migration", 0, func(d *lock.Document) { d.Reason = "bad migration" }},
		"end":    {"", 8 * time.Hour, func(d *lock.Document) { d.ExpiresAt = at().Add(8 * time.Hour) }},
		"both": {"bad migration", time.Hour, func(d *lock.Document) {
			d.Reason, d.ExpiresAt = "bad migration", at().Add(time.Hour)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, lasting := asking(command.Lock), locked()
			r.Command.Reason, r.Command.For, lasting.Locks.Expiry = test.reason, test.lasts, 30*time.Minute
			d := decide(r, lasting, held(before))
			want := before
			test.change(&want)
			want.ClaimID, want.Tool = d.decision.Claim.ID(), lock.Tool
			want.RunID, want.RunAttempt, want.Job = 77, 2, ""
			steps := d.plan()
			take := effect[plan.TakeLock](t, steps)
			assert.Equal(t, want.Marshal(), take.Content)
			assert.Equal(t, want.ClaimID, take.ClaimID)
			assert.Equal(t, want.Taker(), take.Taker)
			assert.True(t, take.Renews)
			assertPlan(t, []string{"take " + productionLock + " " + tip + ", must", "comment answer on 12", "react +1 on 5, concurrent"}, steps)
		})
	}
}

// The lock was the actor's before: whatever becomes of its renewal, the way out does not remove it.
func TestFailedRenewalKeepsTheLock(t *testing.T) {
	t.Parallel()
	claim := lock.Claim{Owner: "acme", Repository: "shop", Pull: 12, CommentID: 5, Target: lock.Target{Environment: "production"}, Ref: "feature", Sticky: true}
	for name, before := range map[string]lock.Document{
		"of another comment": {CreatedBy: "octocat", Sticky: true},
		"of the edited one":  {CreatedBy: "octocat", Sticky: true, ClaimID: claim.ID(), RunID: 70},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := asking(command.Lock)
			r.Command.Reason = "bad migration"
			d := decide(r, locked(), held(before))
			take := effect[plan.TakeLock](t, d.plan())
			for stage, note := range map[string]func(*plan.Ledger){
				"begun":    func(*plan.Ledger) {},
				"rejected": func(l *plan.Ledger) { l.MarkRejected(take) },
				"done":     func(l *plan.Ledger) { l.MarkDone(take, plan.Done{LockTip: tip}) },
			} {
				l := decide(r, locked(), held(before)).ledger
				l.MarkStarted(take)
				note(&l)
				for _, step := range plan.Abandon(l, plan.Interrupted()) {
					_, frees := step.Effect.(plan.FreeLock)
					assert.False(t, frees, stage)
				}
			}
		})
	}
}

// The ledger notes the lock of its own run, and no other.
func TestLedgerLock(t *testing.T) {
	t.Parallel()
	claim := lock.Claim{Owner: "acme", Repository: "shop", Pull: 12, CommentID: 5, Target: lock.Target{Environment: "production"}, Ref: "feature"}
	mine := lock.Document{CreatedBy: "octocat", ClaimID: claim.ID()}
	kept := mine
	kept.Sticky = true
	taker := lock.Job{RunID: 77, RunAttempt: 2}
	planned := &plan.Lock{Branch: productionLock, ClaimID: claim.ID(), Taker: taker, Command: ".unlock production"}
	again := &plan.Lock{Branch: productionLock, ClaimID: claim.ID(), Taker: taker, Command: ".unlock production", Attempted: true, Confirmed: true, Tip: tip}
	stays := *again
	stays.Sticky = true
	for name, test := range map[string]struct {
		facts deploy.Facts
		want  *plan.Lock
	}{
		"free":                  {facts(), planned},
		"taken over":            {held(lock.Document{CreatedBy: "octocat"}), planned},
		"of an earlier attempt": {held(mine), again},
		"file says sticky":      {held(kept), &stays},
		"of the same person":    {held(lock.Document{CreatedBy: "octocat", Sticky: true}), nil},
		"of another person":     {held(lock.Document{CreatedBy: "eve", Sticky: true}), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, decide(asking(command.Deploy), locked(), test.facts).ledger.Lock)
		})
	}
	for _, kind := range []command.Kind{command.Unlock, command.LockInfo, command.Help} {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			assert.Nil(t, decide(asking(kind), locked(), facts()).ledger.Lock, kind)
		})
	}
	assert.Nil(t, decide(asking(command.Deploy), settings(), facts()).ledger.Lock, "locks are switched off")
	assert.Nil(t, decide(rollback(), tracked(), facts()).ledger.Lock)
}

// Only what the run took itself is given back, and a sticky lock only where it was never granted.
func TestGiveBack(t *testing.T) {
	t.Parallel()
	free := "free " + productionLock + " " + tip + ", must, concurrent"
	for name, test := range map[string]struct {
		lock *plan.Lock
		want string
	}{
		"none":                {nil, ""},
		"not begun":           {&plan.Lock{Branch: productionLock}, ""},
		"begun":               {&plan.Lock{Branch: productionLock, Attempted: true}, "free " + productionLock + ", must, concurrent"},
		"taken":               {&plan.Lock{Branch: productionLock, Attempted: true, Tip: tip}, free},
		"settled":             {&plan.Lock{Branch: productionLock, Attempted: true, Tip: tip, Confirmed: true}, free},
		"sticky, not granted": {&plan.Lock{Branch: productionLock, Attempted: true, Tip: tip, Sticky: true}, free},
		"sticky":              {&plan.Lock{Branch: productionLock, Attempted: true, Tip: tip, Sticky: true, Confirmed: true}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := ready(asking(command.Deploy), settings())
			l.Lock = test.lock
			frees := func(steps []plan.Step) string {
				for _, line := range show(steps) {
					if len(line) > 5 && line[:5] == "free " {
						return line
					}
				}
				return ""
			}
			assert.Equal(t, test.want, frees(plan.End(l, config.Completed)))
			assert.Equal(t, test.want, frees(plan.Abandon(l, plan.Interrupted())))
		})
	}
}

// Commands about locks, and how each is answered.
func TestForLockCommands(t *testing.T) {
	t.Parallel()
	broken := held(lock.Document{})
	broken.Locks[productionLock] = deploy.Lock{Branch: productionLock, Tip: tip, Unreadable: "it is no text"}
	theirs := held(lock.Document{CreatedBy: "eve", Sticky: true})
	claim := lock.Claim{Owner: "acme", Repository: "shop", Pull: 12, CommentID: 5, Target: lock.Target{Environment: "production"}, Ref: "feature", Sticky: true}
	const up, down = "react +1 on 5, concurrent", "react -1 on 5, concurrent"
	for name, test := range map[string]struct {
		kind  command.Kind
		facts deploy.Facts
		want  []string
	}{
		"lock":                   {command.Lock, facts(), []string{"take " + productionLock + ", must", "comment answer on 12", up}},
		"lock again":             {command.Lock, held(lock.Document{CreatedBy: "octocat", Sticky: true, ClaimID: claim.ID()}), []string{"react +1 on 5"}},
		"lock what is mine":      {command.Lock, held(lock.Document{CreatedBy: "octocat", Sticky: true}), []string{"comment answer on 12", up}},
		"lock what is theirs":    {command.Lock, theirs, []string{"comment answer on 12, must", down}},
		"lock what is broken":    {command.Lock, broken, []string{"comment answer on 12, must", down}},
		"unlock":                 {command.Unlock, theirs, []string{"free " + productionLock + " " + tip + ", must", "comment answer on 12", up}},
		"unlock what is broken":  {command.Unlock, broken, []string{"free " + productionLock + " " + tip + ", must", "comment answer on 12", up}},
		"unlock nothing":         {command.Unlock, facts(), []string{"comment answer on 12, must", up}},
		"info":                   {command.LockInfo, theirs, []string{"comment answer on 12, must", up}},
		"info of what is broken": {command.LockInfo, broken, []string{"comment answer on 12, must", down}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assertPlan(t, test.want, decide(asking(test.kind), locked(), test.facts).plan())
		})
	}
}

// The next comment reports what could not be cleaned up.
func TestTroubles(t *testing.T) {
	t.Parallel()
	l := ready(asking(command.Deploy), settings())
	l.Lock = &plan.Lock{Branch: productionLock, Attempted: true, Tip: tip, Command: ".unlock production"}
	l.AddProblem(plan.FreeLock{}, deploy.Problem{Text: "GitHub was down."})
	l.AddProblem(plan.SetStatus{}, deploy.Problem{Text: "It was very down."})
	l.AddProblem(plan.React{}, deploy.Problem{Text: "This does not matter."})
	told, isComment := l.Resolve(effect[plan.Comment](t, finish(l, config.Completed, at()))).(plan.Comment)
	require.True(t, isComment)
	assert.Contains(t, told.Body, "GitHub was down. Remove it with `.unlock production`.")
	assert.Contains(t, told.Body, "It was very down.")
	assert.NotContains(t, told.Body, "This does not matter.")

	l.Lock = nil
	l.AddProblem(plan.FreeLock{}, deploy.Problem{Text: "Which lock?"})
	assert.NotContains(t, l.Resolve(plan.Comment{}).(plan.Comment).Body, "Remove it with `.unlock production`.\n> ⚠️ Which") //nolint:forcetypeassert // a comment stays one
}

func TestLedgerNotesLocks(t *testing.T) {
	t.Parallel()
	l := plan.Ledger{Lock: &plan.Lock{Branch: productionLock}}
	l.MarkStarted(plan.TakeLock{})
	assert.True(t, l.Lock.Attempted)
	l.MarkRejected(plan.TakeLock{})
	assert.False(t, l.Lock.Attempted)
	l.MarkDone(plan.TakeLock{}, plan.Done{LockTip: tip, Facts: &deploy.Facts{ReadAt: at()}})
	assert.Equal(t, tip, l.Lock.Tip)
	assert.Equal(t, at(), l.Subject.StartedAt, "the time it took is not the deployment's")
	l.Subject.StartedAt = time.Time{}
	l.MarkDone(plan.FreeLock{}, plan.Done{})
	assert.Nil(t, l.Lock)
	for _, none := range []plan.Effect{plan.TakeLock{}, plan.Comment{}} {
		l.MarkStarted(none)
		l.MarkRejected(none)
	}
	assert.Equal(t, plan.Ledger{}, l)
}

// The distance to what runs is counted while other things happen, and is part of the comment.
func TestMeasure(t *testing.T) {
	t.Parallel()
	f := facts()
	f.Live = []deploy.Deployment{{SHA: liveSHA, State: deploy.Active}}
	d := decide(asking(command.Deploy), settings(), f)
	require.Equal(t, "https://github.com/acme/shop/compare/"+liveSHA+"..."+headSHA, d.ledger.Subject.Live.CompareURL)
	d.ledger.MarkDone(plan.CountCommits{}, plan.Done{Ahead: 41, Behind: 3})
	assert.True(t, d.ledger.Subject.Live.Counted)
	filled, isComment := d.ledger.Resolve(effect[plan.Comment](t, d.plan())).(plan.Comment)
	require.True(t, isComment)
	assert.Contains(t, filled.Body, "41")

	for name, test := range map[string]struct {
		change func(*config.Config)
		kind   command.Kind
		want   plan.CountCommits
	}{
		"listed":     {func(c *config.Config) { c.Messages.Changelog = true }, command.Deploy, plan.CountCommits{Base: liveSHA, Head: headSHA, Lists: true}},
		"a noop":     {func(c *config.Config) { c.Messages.Changelog = true }, command.Noop, plan.CountCommits{Base: liveSHA, Head: headSHA, Lists: true}},
		"not listed": {func(*config.Config) {}, command.Deploy, plan.CountCommits{Base: liveSHA, Head: headSHA}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := settings()
			test.change(&c)
			assert.Equal(t, test.want, effect[plan.CountCommits](t, decide(asking(test.kind), c, f).plan()))
		})
	}

	running := facts()
	running.Live = []deploy.Deployment{{SHA: headSHA, State: deploy.Active}}
	same := decide(asking(command.Deploy), settings(), running)
	assert.NotContains(t, show(same.plan()), "measure", "it is what is to be deployed")
	assert.True(t, same.ledger.Subject.Live.Counted)
}
