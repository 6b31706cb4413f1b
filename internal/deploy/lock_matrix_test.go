package deploy_test

import (
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// encounter is a command that meets a lock, in words.
type encounter struct {
	asked  string // deploy, noop, lock, global: what the command asks for
	place  string // here, all: which lock exists, that of the environment or that of all
	holder string // nobody, itself, actor, other: who took it; itself is the same comment
	age    string // counts, over: whether it has expired
	kind   string // sticky, passing: how long it stays
	run    string // untold, unknown, going, ended: the run that took it
	owner  string // user, pull: to whom locks belong
	pull   string // same, another: the pull request that it was made on
	look   string // first, second
}

// encounters goes through every combination.
func encounters() iter.Seq[encounter] {
	words := [][]string{
		{"deploy", "noop", "lock", "global"},
		{"here", "all"},
		{"nobody", "itself", "actor", "other"},
		{"counts", "over"},
		{"sticky", "passing"},
		{"untold", "unknown", "going", "ended"},
		{"user", "pull"},
		{"same", "another"},
		{"first", "second"},
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
	case "global":
		s.request = deploytest.Globally(command.Lock)
	}
	if e.owner == "pull" {
		s.config.Locks.Owner = config.OwnedByPull
	}
	if e.look == "second" {
		s.request.Pinned = deploytest.HeadSHA
	}
	if e.holder != "nobody" {
		s.hold(map[string]string{"here": "production", "all": "global"}[e.place], e.lock())
	}
	return s
}

// lock is the lock that exists.
func (e encounter) lock() deploy.Lock {
	l := deploytest.StickyLock(map[string]string{"itself": "octocat", "actor": "octocat", "other": "hubot"}[e.holder])
	l.Document.Sticky = e.kind == "sticky"
	l.Run = map[string]deploy.RunState{"going": deploy.RunGoing, "ended": deploy.RunEnded}[e.run]
	if e.run != "untold" {
		l.Document.RunID, l.Document.RunAttempt = 77, 1
	}
	if e.pull == "another" {
		l.Document.Link = deploytest.LinkTo(7)
	}
	l.Document.ExpiresAt = deploytest.Facts().ReadAt.Add(time.Second)
	if e.age == "over" {
		l.Document.ExpiresAt = deploytest.Facts().ReadAt
	}
	if e.holder == "itself" {
		l.Document.ClaimID = e.claim().ID()
	}
	return l
}

// claim is what the command claims. Only commands about locks claim sticky ones here.
func (e encounter) claim() lock.Claim {
	claim := lock.Claim{Owner: "acme", Repository: "shop", Pull: 12, CommentID: 900, Ref: "feature"}
	claim.Target = lock.Target{Environment: "production"}
	if e.asked == "global" {
		claim.Target = lock.Target{Global: true}
	}
	claim.Sticky = e.asked == "lock" || e.asked == "global"
	return claim
}

// standings say how a request stands to a lock. A dash means that it does not matter; of the rows
// exactly one fits each encounter, so that their order says nothing.
const standings = `
holder       age     kind     run            mine  wants   stands
nobody       -       -        -              -     -       free
itself,actor,other over -     -              -     -       stale
itself       counts  -        -              -     -       ours
actor,other  counts  sticky   -              yes   -       owned
actor,other  counts  sticky   -              no    -       held
actor,other  counts  passing  ended          -     -       stale
actor,other  counts  passing  untold,unknown,going no -    held
actor,other  counts  passing  untold,unknown,going yes lock owned
actor,other  counts  passing  untold         yes   deploy  stale
actor,other  counts  passing  unknown,going  yes   deploy  held
`

// consequences say what follows on a first look: the reason, whether the command takes the lock of its
// target, and whether people are warned.
const consequences = `
asked        place  stands         reason              takes  warns
deploy       -      held           lock_conflict       no     no
deploy       here   free           deployment_ready    yes    no
deploy       here   stale           deployment_ready    yes    yes
deploy       here   ours,owned  deployment_ready    no     no
deploy       all    free,ours,owned deployment_ready yes   no
deploy       all    stale           deployment_ready    yes    yes
noop         -      held           lock_conflict       no     no
noop         here   free           noop_ready          yes    no
noop         here   stale           noop_ready          yes    yes
noop         here   ours,owned  noop_ready          no     no
noop         all    free,ours,owned noop_ready      yes    no
noop         all    stale           noop_ready          yes    yes
lock         -      held           lock_conflict       no     no
lock         here   free           lock_acquired       yes    no
lock         here   stale           lock_acquired       yes    yes
lock         here   ours,owned  lock_already_owned  no     no
lock         all    free,ours,owned lock_acquired   yes    no
lock         all    stale           lock_acquired       yes    yes
global       here   -              lock_acquired       yes    no
global       all    held           lock_conflict       no     no
global       all    free           lock_acquired       yes    no
global       all    stale           lock_acquired       yes    yes
global       all    ours,owned  lock_already_owned  no     no
`

// row finds the one row of a table that fits, by column.
func row(t *testing.T, table string, facts map[string]string) map[string]string {
	t.Helper()
	var found []map[string]string
	var columns []string
	for line := range strings.Lines(strings.TrimSpace(table)) {
		cells := strings.Fields(line)
		if columns == nil {
			columns = cells
			continue
		}
		fits, byName := true, map[string]string{}
		for i, column := range columns {
			byName[column] = cells[i]
			fact, given := facts[column]
			fits = fits && (!given || cells[i] == "-" || slices.Contains(strings.Split(cells[i], ","), fact))
		}
		if fits {
			found = append(found, byName)
		}
	}
	require.Len(t, found, 1, "%v", facts)
	return found[0]
}

// stands looks up how the request stands to the lock.
func (e encounter) stands(t *testing.T) string {
	t.Helper()
	facts := map[string]string{"holder": e.holder, "age": e.age, "kind": e.kind, "run": e.run, "mine": "no", "wants": "deploy"}
	if e.owner == "user" && e.holder == "actor" || e.owner == "pull" && e.pull == "same" {
		facts["mine"] = "yes"
	}
	if e.asked == "lock" || e.asked == "global" {
		facts["wants"] = "lock"
	}
	return row(t, standings, facts)["stands"]
}

// Every command meets every lock, on a first look and on a second.
func TestLockMatrix(t *testing.T) {
	t.Parallel()
	met := 0
	for e := range encounters() {
		met++
		stands := e.stands(t)
		want := row(t, consequences, map[string]string{"asked": e.asked, "place": e.place, "stands": stands})
		deploys := e.asked == "deploy" || e.asked == "noop"
		if e.look == "second" && deploys && want["takes"] == "yes" {
			// It held the lock when it was looked at first.
			want = map[string]string{"reason": "lock_conflict", "takes": "no", "warns": "no"}
		}
		d := e.arrange().decide()
		require.Equal(t, want["reason"], string(d.Reason), "%+v", e)
		refused := want["reason"] == "lock_conflict"
		require.Equal(t, refused, d.Verdict == deploy.Refuse, "%+v", e)
		require.Equal(t, refused, d.Reason.Fails(), "%+v", e)
		require.Equal(t, want["takes"] == "yes", !refused && takesTarget(d), "%+v", e)
		require.Equal(t, want["warns"] == "yes", len(d.Warnings()) == 1, "%+v", e)
		e.assertStanding(t, d, stands)
	}
	assert.Equal(t, 4*2*4*2*2*4*2*2*2, met)
}

// takesTarget reports whether a decision leaves a lock to be taken.
func takesTarget(d deploy.Decision) bool {
	return d.Locks.Target.Status == deploy.Free || d.Locks.Target.Status == deploy.Stale
}

// assertStanding wants the lock to be where it is, and seen for what it is. A command about all
// environments looks at single ones only to tell of them.
func (e encounter) assertStanding(t *testing.T, d deploy.Decision, stands string) {
	t.Helper()
	state, other := d.Locks.Target, d.Locks.Global
	if e.place == "all" {
		state, other = other, state
	}
	if e.asked == "global" {
		other = deploy.LockState{Status: deploy.Free}
	}
	if e.asked == "global" && e.place == "here" {
		require.Equal(t, stands != "free", len(d.Locks.Others) == 1, "%+v", e)
		stands, state = "free", d.Locks.Global
	}
	require.Equal(t, stands, string(state.Status), "%+v", e)
	require.Equal(t, stands == "stale", state.Why != "", "%+v", e)
	require.Equal(t, deploy.Free, other.Status, "%+v", e)
	require.True(t, d.Locks.Looked, "%+v", e)
}
