package deploy_test

import (
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// encounter is a command that meets a lock, in words.
type encounter struct {
	asked  string // deploy, noop, lock, renew, global: what the command asks for; renew is a lock with a reason
	place  string // here, all: which lock exists, that of the environment or that of all
	holder string // none, itself, actor, other: who took it; itself is the same comment
	age    string // valid, expired
	kind   string // sticky, passing: how long it stays
	run    string // unnamed, unknown, going, ended: the run that took it
	owner  string // user, pull: who owns locks
	pull   string // same, another: the pull request that it was made on
	stage  string // first, recheck
}

// group names the subtest of the encounter.
func (e encounter) group() string { return e.asked + ", lock " + e.place + " by " + e.holder }

// encounters goes through every combination.
func encounters() iter.Seq[encounter] {
	words := [][]string{
		{"deploy", "noop", "lock", "renew", "global"},
		{"here", "all"},
		{"none", "itself", "actor", "other"},
		{"valid", "expired"},
		{"sticky", "passing"},
		{"unnamed", "unknown", "going", "ended"},
		{"user", "pull"},
		{"same", "another"},
		{"first", "recheck"},
	}
	return func(yield func(encounter) bool) {
		total := 1
		for _, list := range words {
			total *= len(list)
		}
		for number := range total {
			var w [9]string
			for i, list := range words {
				w[i], number = list[number%len(list)], number/len(list)
			}
			if !yield(encounter{w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8]}) {
				return
			}
		}
	}
}

// arrange brings the encounter about.
func (e encounter) arrange() situation {
	s := situation{deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Facts()}
	switch e.asked {
	case "noop":
		s.request = deploytest.Asking(command.Noop, "production")
	case "lock":
		s.request = deploytest.Asking(command.Lock, "production")
	case "renew":
		s.request = deploytest.Asking(command.Lock, "production")
		s.request.Command.Reason = "bad migration"
	case "global":
		s.request = deploytest.Globally(command.Lock)
	}
	if e.owner == "pull" {
		s.config.Locks.Owner = config.OwnedByPull
	}
	if e.stage == "recheck" {
		s.request.Pinned = deploytest.HeadSHA
	}
	if e.holder != "none" {
		s.hold(map[string]string{"here": "production", "all": "global"}[e.place], e.lock())
	}
	return s
}

// lock is the lock that exists.
func (e encounter) lock() deploy.Lock {
	l := deploytest.StickyLock(map[string]string{"itself": "octocat", "actor": "octocat", "other": "hubot"}[e.holder])
	l.Document.Sticky = e.kind == "sticky"
	l.Run = map[string]deploy.RunState{"going": deploy.RunGoing, "ended": deploy.RunEnded}[e.run]
	if e.run != "unnamed" {
		l.Document.RunID, l.Document.RunAttempt = 77, 1
	}
	if e.pull == "another" {
		l.Document.Link = deploytest.LinkTo(7)
	}
	l.Document.ExpiresAt = deploytest.Facts().ReadAt.Add(time.Second)
	if e.age == "expired" {
		l.Document.ExpiresAt = deploytest.Facts().ReadAt
	}
	if e.holder == "itself" {
		l.Document.ClaimID = e.claim().ID()
	}
	return l
}

func (e encounter) asks(words ...string) bool { return slices.Contains(words, e.asked) }

// claim is what the command claims. Only commands about locks claim sticky ones here.
func (e encounter) claim() lock.Claim {
	claim := lock.Claim{Owner: "acme", Repository: "shop", Pull: 12, CommentID: 900, Ref: "feature"}
	claim.Target = lock.Target{Environment: "production"}
	if e.asked == "global" {
		claim.Target = lock.Target{Global: true}
	}
	claim.Sticky = e.asks("lock", "renew", "global")
	return claim
}

// statuses are the relations of a request to a lock. A dash means that it does not matter. Exactly one
// row fits each encounter: their order does not matter either.
var statuses = rows(`
holder       age     kind     run            mine  wants   status
none         -       -        -              -     -       free
itself,actor,other expired -  -              -     -       stale
itself       valid   -        -              -     -       ours
actor,other  valid   sticky   -              yes   -       owned
actor,other  valid   sticky   -              no    -       held
actor,other  valid   passing  ended          -     -       stale
actor,other  valid   passing  unnamed,unknown,going no  -    held
actor,other  valid   passing  unnamed,unknown,going yes lock owned
actor,other  valid   passing  unnamed        yes   deploy  stale
actor,other  valid   passing  unknown,going  yes   deploy  held
`)

// consequences are what follows before a recheck: the reason, whether the command takes the lock of its
// target, and whether there is a warning.
var consequences = rows(`
asked        place  kind     status          reason              takes  warns
deploy       -      -        held            lock_conflict       no     no
deploy       here   -        free            deployment_ready    yes    no
deploy       here   -        stale           deployment_ready    yes    yes
deploy       here   -        ours,owned      deployment_ready    no     no
deploy       all    -        free,ours,owned deployment_ready    yes    no
deploy       all    -        stale           deployment_ready    yes    yes
noop         -      -        held            lock_conflict       no     no
noop         here   -        free            noop_ready          yes    no
noop         here   -        stale           noop_ready          yes    yes
noop         here   -        ours,owned      noop_ready          no     no
noop         all    -        free,ours,owned noop_ready          yes    no
noop         all    -        stale           noop_ready          yes    yes
lock         -      -        held            lock_conflict       no     no
lock         here   -        free            lock_acquired       yes    no
lock         here   -        stale           lock_acquired       yes    yes
lock         here   -        ours,owned      lock_already_owned  no     no
lock         all    -        free,ours,owned lock_acquired       yes    no
lock         all    -        stale           lock_acquired       yes    yes
renew        -      -        held            lock_conflict       no     no
renew        here   -        free            lock_acquired       yes    no
renew        here   -        stale           lock_acquired       yes    yes
renew        here   -        ours            lock_already_owned  no     no
renew        here   sticky   owned           lock_already_owned  no     no
renew        here   passing  owned           lock_conflict       no     no
renew        all    -        free,ours,owned lock_acquired       yes    no
renew        all    -        stale           lock_acquired       yes    yes
global       here   -        -               lock_acquired       yes    no
global       all    -        held            lock_conflict       no     no
global       all    -        free            lock_acquired       yes    no
global       all    -        stale           lock_acquired       yes    yes
global       all    -        ours,owned      lock_already_owned  no     no
`)

// rows reads a table: the cells of each row by column.
func rows(table string) []map[string]string {
	var all []map[string]string
	lines := strings.Split(strings.TrimSpace(table), "\n")
	columns := strings.Fields(lines[0])
	for _, line := range lines[1:] {
		byName := map[string]string{}
		for i, cell := range strings.Fields(line) {
			byName[columns[i]] = cell
		}
		all = append(all, byName)
	}
	return all
}

// row finds the one row of a table that fits, by column.
func row(t *testing.T, table []map[string]string, facts map[string]string) map[string]string {
	t.Helper()
	found := slices.DeleteFunc(slices.Clone(table), func(cells map[string]string) bool {
		for column, fact := range facts {
			if cells[column] != "-" && !slices.Contains(strings.Split(cells[column], ","), fact) {
				return true
			}
		}
		return false
	})
	require.Len(t, found, 1, "%v", facts)
	return found[0]
}

// status looks up the relation of the request to the lock.
func (e encounter) status(t *testing.T) string {
	t.Helper()
	facts := map[string]string{"holder": e.holder, "age": e.age, "kind": e.kind, "run": e.run, "mine": "no", "wants": "deploy"}
	if e.owner == "user" && e.holder == "actor" || e.owner == "pull" && e.pull == "same" {
		facts["mine"] = "yes"
	}
	if e.asks("lock", "renew", "global") {
		facts["wants"] = "lock"
	}
	return row(t, statuses, facts)["status"]
}

// Every command meets every lock, first and on a recheck.
func TestLockMatrix(t *testing.T) {
	t.Parallel()
	groups, met := map[string][]encounter{}, 0
	for e := range encounters() {
		groups[e.group()] = append(groups[e.group()], e)
		met++
	}
	require.Equal(t, 5*2*4*2*2*4*2*2*2, met)
	for name, group := range groups {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, e := range group {
				e.assertDecision(t)
			}
		})
	}
}

// assertDecision wants the decision that the tables name.
func (e encounter) assertDecision(t *testing.T) {
	t.Helper()
	status := e.status(t)
	want := row(t, consequences, map[string]string{"asked": e.asked, "place": e.place, "kind": e.kind, "status": status})
	deploys := e.asked == "deploy" || e.asked == "noop"
	if e.stage == "recheck" && deploys && want["takes"] == "yes" {
		// It had the lock when it was decided on first.
		want = map[string]string{"reason": "lock_conflict", "takes": "no", "warns": "no"}
	}
	d := e.arrange().decide()
	require.Equal(t, want["reason"], string(d.Reason), "%+v", e)
	refused := want["reason"] == "lock_conflict"
	require.Equal(t, refused, d.Verdict == deploy.Refuse, "%+v", e)
	require.Equal(t, refused, d.Reason.Fails(), "%+v", e)
	require.Equal(t, want["takes"] == "yes", !refused && takesTarget(d), "%+v", e)
	// A lock of the same comment that another run took is from before the comment was edited.
	edited := status == "ours" && e.run != "unnamed"
	renews := e.asked == "renew" && e.place == "here" && e.kind == "sticky" && (status == "owned" || edited)
	require.Equal(t, renews, d.Locks.Renews, "%+v", e)
	require.Equal(t, want["warns"] == "yes", len(d.Warnings()) == 1, "%+v", e)
	e.assertStatus(t, d, status)
}

// takesTarget reports whether a decision leaves a lock to be taken.
func takesTarget(d deploy.Decision) bool {
	return d.Locks.Target.Status == deploy.Free || d.Locks.Target.Status == deploy.Stale
}

// assertStatus wants the lock to be where it is, with the status that the table names. A command about all
// environments looks at single ones only to list them.
func (e encounter) assertStatus(t *testing.T, d deploy.Decision, status string) {
	t.Helper()
	state, other := d.Locks.Target, d.Locks.Global
	if e.place == "all" {
		state, other = other, state
	}
	if e.asked == "global" {
		other = deploy.LockState{Status: deploy.Free}
	}
	if e.asked == "global" && e.place == "here" {
		require.Equal(t, status != "free", len(d.Locks.Others) == 1, "%+v", e)
		status, state = "free", d.Locks.Global
	}
	require.Equal(t, status, string(state.Status), "%+v", e)
	require.Equal(t, status == "stale", state.Why != "", "%+v", e)
	require.Equal(t, deploy.Free, other.Status, "%+v", e)
	require.True(t, d.Locks.Looked, "%+v", e)
}
