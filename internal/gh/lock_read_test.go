package gh_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/sim"
)

const production = "production-branch-deploy-lock"

// locks asks for the locks of branches, for attempt 2 of run 42.
func locks(branches ...string) deploy.Needs {
	return deploy.Needs{Locks: branches, Run: deploy.RunID{ID: 42, Attempt: 2}}
}

// document is a lock of our own, of attempt 2 of run 42, asked for by a comment.
func document(environment string, comment int64) lock.Document {
	claim := lock.Claim{Owner: "acme", Repository: "shop", Pull: 7, CommentID: comment, Target: lock.Target{Environment: environment}}
	return lock.Document{
		Target: lock.Target{Environment: environment}, Reason: "deployment", Branch: "feature/a b", CreatedBy: "alice",
		CreatedAt: time.Date(2026, 1, 31, 8, 9, 10, 0, time.UTC), UnlockCommand: ".unlock " + environment,
		Link:    fmt.Sprintf("https://github.com/acme/shop/pull/7#issuecomment-%d", comment),
		ClaimID: claim.ID(), Tool: lock.Tool, RunID: 42, RunAttempt: 2,
	}
}

// put makes a branch with a file as its lock and gives the commit's name.
func put(github *sim.GitHub, branch, content string) string {
	return github.Push(sim.Commit{Branch: branch, Files: map[string]string{lock.File: content}})
}

func TestLocks(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	require.NoError(t, github.Lock(sim.Lock{Environment: "prod/eu west", Owner: "bob", Pull: 7, Comment: 12, Reason: "`x`"}))
	require.NoError(t, github.Lock(sim.Lock{Owner: "carol", Pull: 7, Form: sim.LegacyLock}))
	own := document("staging", 5)
	tip := put(github, lock.Branch("staging"), own.Marshal())

	facts := read(t, github, locks(lock.Branch("prod/eu west"), lock.GlobalBranch, lock.Branch("staging"), lock.Branch("free")))
	assert.Empty(t, facts.Unavailable)
	require.Len(t, facts.Locks, 3, "a branch that is missing is no lock")
	assert.NotEmpty(t, facts.Repository)

	foreign := facts.Locks["prod/eu-west-branch-deploy-lock"]
	assert.Equal(t, github.Head("prod/eu-west-branch-deploy-lock"), foreign.Tip)
	assert.Equal(t, "prod/eu-west-branch-deploy-lock", foreign.Branch)
	assert.Equal(t, "bob `x` prod/eu west 7", fmt.Sprint(foreign.Document.CreatedBy, " ", foreign.Document.Reason, " ", foreign.Document.Environment, " ", foreign.Document.Pull()))
	assert.True(t, strings.HasPrefix(foreign.Document.ClaimID, "sha256:"))
	assert.Empty(t, foreign.Unreadable)

	legacy := facts.Locks[lock.GlobalBranch]
	assert.True(t, legacy.Document.Global)
	assert.Equal(t, "carol", legacy.Document.CreatedBy)
	assert.Empty(t, legacy.Document.ClaimID)

	mine := facts.Locks[lock.Branch("staging")]
	assert.Equal(t, deploy.Lock{Branch: lock.Branch("staging"), Tip: tip, Document: own, Run: deploy.RunGoing, RunExists: true}, mine)
	assert.Len(t, github.Requests(), 1, "all locks in one query, and none of their runs has to be looked up")
}

// Anything in place of a lock's file makes a lock that says nothing: the environment never counts as free.
func TestUnreadableLocks(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	require.NoError(t, github.Lock(sim.Lock{Environment: "empty", Owner: "bob", Pull: 7, Form: sim.EmptyLock}))
	require.NoError(t, github.Lock(sim.Lock{Environment: "broken", Owner: "bob", Pull: 7, Form: sim.BrokenLock}))
	put(github, lock.Branch("text"), "<html>")
	put(github, lock.Branch("binary"), "\x00\xff")
	put(github, lock.Branch("long"), strings.Repeat(" ", 600_000))
	github.Push(sim.Commit{Branch: lock.Branch("directory"), Files: map[string]string{lock.File + "/a": "1"}})
	for environment, why := range map[string]string{
		"empty": "has no file lock.json", "broken": "is not one of a lock", "text": "is not one of a lock",
		"binary": "it is no text", "long": "it is too long", "directory": "it is no text",
	} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			branch := lock.Branch(environment)
			facts := read(t, github, locks(branch))
			assert.Empty(t, facts.Unavailable)
			assert.Contains(t, facts.Locks[branch].Unreadable, why)
			assert.Equal(t, github.Head(branch), facts.Locks[branch].Tip)
			assert.Empty(t, facts.Locks[branch].Document)
		})
	}
}

// lockAnswer is an answer about one lock, with an error.
func lockAnswer(found, problem string) answering {
	return answer(http.StatusOK, `{"data":{"repository":{"nameWithOwner":"acme/shop","id":"R_1","lock0":`+found+`},"rateLimit":{}},"errors":[`+problem+`]}`)
}

func TestLocksThatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	const withoutFile = `{"target":{"oid":"a","file":null}}`
	for name, test := range map[string]struct {
		found, problem string
		unread         bool
		hint           string
	}{
		"denied":         {`null`, `{"type":"FORBIDDEN","path":["repository","lock0"],"message":"Resource not accessible by integration"}`, true, "`contents: read`"},
		"broken off":     {`null`, `{"path":["repository","lock0"],"message":"Something went wrong"}`, true, "again"},
		"file denied":    {withoutFile, `{"type":"FORBIDDEN","path":["repository","lock0","target","file"],"message":"Resource not accessible by integration"}`, true, "`contents: read`"},
		"commit unknown": {`{"target":null}`, `{"type":"INTERNAL","path":["repository","lock0","target"],"message":"no"}`, true, "again"},
		"no object":      {`{"target":{"oid":"a","file":{"object":null}}}`, ``, false, ""},
		"file missing":   {withoutFile, `{"type":"NOT_FOUND","path":["repository","lock0","target","file"],"message":"Could not resolve file for path 'lock.json'."}`, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wire := &answers{list: []answering{lockAnswer(test.found, test.problem)}}
			facts, err := newClient(t, wire, "x").Facts(t.Context(), locks(production))
			require.NoError(t, err)
			problem, unread := facts.Unavailable[deploy.LocksPart]
			assert.Equal(t, test.unread, unread)
			assert.Contains(t, problem.Hint, test.hint)
			if !test.unread {
				assert.Contains(t, facts.Locks[production].Unreadable, "has no file")
			}
		})
	}
}

// One lock that cannot be read does not hide the others, and is not taken for free.
func TestLockNextToOneThatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	body := `{"data":{"repository":{"nameWithOwner":"acme/shop","id":"R_1","lock0":{"target":{"oid":"a","file":{"object":{"text":"{}","isTruncated":false}}}},"lock1":null},
		"rateLimit":{}},"errors":[{"path":["repository","lock1"],"message":"Something went wrong"}]}`
	wire := &answers{list: []answering{answer(http.StatusOK, body)}}
	facts, err := newClient(t, wire, "x").Facts(t.Context(), locks(lock.GlobalBranch, production))
	require.NoError(t, err)
	assert.Contains(t, facts.Unavailable, deploy.LocksPart)
	assert.Equal(t, "a", facts.Locks[lock.GlobalBranch].Tip)
}

func TestLocksWithoutPermission(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	require.NoError(t, github.Lock(sim.Lock{Environment: "production", Owner: "bob", Pull: 7}))
	github.AddToken(sim.Token{Value: "poor", Login: sim.ActionsLogin, Permissions: map[string]string{"pull-requests": "write"}})
	facts, err := newClient(t, github.Client().Transport, "poor").Facts(t.Context(), locks(production))
	require.NoError(t, err)
	assert.Contains(t, facts.Unavailable[deploy.LocksPart].Hint, "`contents: read`")
}

func TestRunsOfLocks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(d *lock.Document)
		state  deploy.RunState
		looks  int
	}{
		"going":               {func(d *lock.Document) { d.RunID = 100 }, deploy.RunGoing, 1},
		"ended":               {func(d *lock.Document) { d.RunID = 101 }, deploy.RunEnded, 1},
		"unknown":             {func(d *lock.Document) { d.RunID = 999 }, deploy.RunEnded, 1},
		"started again":       {func(d *lock.Document) { d.RunID, d.RunAttempt = 102, 1 }, deploy.RunGoing, 1},
		"its second attempt":  {func(d *lock.Document) { d.RunID = 102 }, deploy.RunGoing, 1},
		"attempt not told":    {func(d *lock.Document) { d.RunID, d.RunAttempt = 102, 0 }, deploy.RunGoing, 1},
		"our own":             {func(*lock.Document) {}, deploy.RunGoing, 0},
		"our earlier attempt": {func(d *lock.Document) { d.RunAttempt = 1 }, deploy.RunEnded, 0},
		"ours, not told":      {func(d *lock.Document) { d.RunAttempt = 0 }, deploy.RunGoing, 0},
		"run not told":        {func(d *lock.Document) { d.RunID = 0 }, deploy.RunUnknown, 0},
		"sticky":              {func(d *lock.Document) { d.RunID, d.Sticky = 101, true }, deploy.RunUnknown, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			github.AddRun(sim.WorkflowRun{ID: 100, RunAttempt: 2})
			github.AddRun(sim.WorkflowRun{ID: 101, RunAttempt: 2, Status: "completed", Conclusion: "failure"})
			github.AddRun(sim.WorkflowRun{ID: 102, RunAttempt: 1})
			github.Rerun(102, "")
			held := document("production", 5)
			test.change(&held)
			put(github, production, held.Marshal())
			facts := read(t, github, locks(production))
			assert.Empty(t, facts.Unavailable)
			assert.Equal(t, test.state, facts.Locks[production].Run)
			assert.Len(t, github.Requests(), 1+test.looks)
		})
	}
}

// Without the permission the state of the run is unknown; the lock is known all the same.
func TestRunThatCouldNotBeLookedUp(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.AddToken(sim.Token{Value: "poor", Login: sim.ActionsLogin, Permissions: map[string]string{"contents": "read"}})
	held := document("production", 5)
	held.RunID = 100
	put(github, production, held.Marshal())
	facts, err := newClient(t, github.Client().Transport, "poor").Facts(t.Context(), locks(production, lock.GlobalBranch))
	require.NoError(t, err)
	assert.Contains(t, facts.Unavailable[deploy.RunPart].Hint, "`actions: read`")
	assert.NotContains(t, facts.Unavailable, deploy.LocksPart)
	assert.Equal(t, deploy.RunUnknown, facts.Locks[production].Run)
	assert.Equal(t, held, facts.Locks[production].Document)
}

// Several runs are looked up at the same time, each for its own lock.
func TestRunsOfManyLocks(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	var branches []string
	for i := range 12 {
		status := map[int]string{0: "completed", 1: "in_progress"}[i%2]
		held := document(fmt.Sprintf("env%d", i), 5)
		held.RunID = github.AddRun(sim.WorkflowRun{Status: status, RunAttempt: 2})
		put(github, held.Target.Branch(), held.Marshal())
		branches = append(branches, held.Target.Branch())
	}
	facts := read(t, github, locks(branches...))
	for i, branch := range branches {
		want := map[int]deploy.RunState{0: deploy.RunEnded, 1: deploy.RunGoing}[i%2]
		assert.Equal(t, want, facts.Locks[branch].Run, branch)
	}
	assert.Len(t, github.Requests(), 13)
}
