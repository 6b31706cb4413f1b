package gh_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// taking is the effect that takes a lock.
func taking(t *testing.T, github *sim.GitHub, d lock.Document) plan.TakeLock {
	t.Helper()
	looks := locks(lock.GlobalBranch, d.Target.Branch())
	looks.Pull = 7
	repository := read(t, github, deploy.Needs{}).Repository
	github.ResetRequests()
	return plan.TakeLock{Repository: repository, Branch: d.Target.Branch(), Content: d.Marshal(), ClaimID: d.ClaimID, Taker: d.Taker(), Recheck: &looks}
}

func do(t *testing.T, github *sim.GitHub, effect plan.Effect) (plan.Done, error) {
	t.Helper()
	return newClient(t, github.Client().Transport, "sim-token").Do(t.Context(), effect, ledger())
}

func redo(t *testing.T, github *sim.GitHub, effect plan.Effect) (plan.Done, error) {
	t.Helper()
	return newClient(t, github.Client().Transport, "sim-token").Redo(t.Context(), effect, ledger())
}

// attempts are the ways to carry out an effect: for the first time, and once more.
func attempts() map[string]func(*testing.T, *sim.GitHub, plan.Effect) (plan.Done, error) {
	return map[string]func(*testing.T, *sim.GitHub, plan.Effect) (plan.Done, error){"first": do, "again": redo}
}

// asked counts the requests with an operation.
func asked(github *sim.GitHub, operation string) int {
	count := 0
	for _, request := range github.Requests() {
		if strings.Contains(request.Operation, operation) {
			count++
		}
	}
	return count
}

// requestTo is a question of the test's own.
func requestTo(t *testing.T, path string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.github.com"+path, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer sim-token")
	request.Header.Set("User-Agent", "test")
	return request
}

func answerTo[T any](t *testing.T, github *sim.GitHub, request *http.Request) T {
	t.Helper()
	response, err := github.Client().Do(request)
	require.NoError(t, err)
	defer response.Body.Close() //nolint:errcheck // the whole answer is in memory
	var found T
	require.NoError(t, json.NewDecoder(response.Body).Decode(&found))
	return found
}

// commit is one as git has it.
type commit struct {
	Message string
	Parents []any
}

func commitOf(t *testing.T, github *sim.GitHub, sha string) commit {
	t.Helper()
	return answerTo[commit](t, github, requestTo(t, "/repos/acme/shop/git/commits/"+sha))
}

func TestTakeLock(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	want := document("prod/eu west", 5)
	done, err := do(t, github, taking(t, github, want))
	require.NoError(t, err)
	assert.Equal(t, github.Head("prod/eu-west-branch-deploy-lock"), done.LockTip)
	assert.Len(t, github.Requests(), 3, "tree, commit and branch")

	facts := done.Facts
	require.NotNil(t, facts)
	assert.Empty(t, facts.Unavailable)
	assert.Equal(t, deploy.Lock{Branch: want.Target.Branch(), Tip: done.LockTip, Document: want, Run: deploy.RunGoing, RunExists: true}, facts.Locks[want.Target.Branch()])
	assert.Equal(t, github.Head("feature/a b"), facts.Pull.Head.SHA)
	assert.False(t, facts.ReadAt.IsZero())

	made := commitOf(t, github, done.LockTip)
	assert.Equal(t, "lock [skip ci]", made.Message)
	assert.Empty(t, made.Parents)
	content, _ := github.File(done.LockTip, lock.File)
	assert.Equal(t, want.Marshal(), content)
	_, others := github.File(done.LockTip, "README.md")
	assert.False(t, others, "nothing but the lock's file")
}

func TestTakeLockOfSomeoneElse(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	effect := taking(t, github, document("production", 5))
	require.NoError(t, github.Lock(sim.Lock{Environment: "production", Owner: "bob", Pull: 7}))
	tip := github.Head(production)
	for name, attempt := range attempts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			done, err := attempt(t, github, effect)
			taken, isTaken := errorAs[*gh.TakenError](err)
			require.True(t, isTaken, "%v", err)
			assert.Equal(t, production, taken.Branch)
			assert.Equal(t, "bob", taken.Facts.Locks[production].Document.CreatedBy)
			assert.Contains(t, err.Error(), "someone else")
			assert.Equal(t, plan.Done{}, done)
			assert.True(t, gh.Definite(err), "to ask once more is of no use")
			assert.Equal(t, tip, github.Head(production))
		})
	}
}

// The branch of a lock without its file belongs to someone as well.
func TestTakeLockWithoutAFile(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	effect := taking(t, github, document("production", 5))
	require.NoError(t, github.Lock(sim.Lock{Environment: "production", Owner: "bob", Pull: 7, Form: sim.EmptyLock}))
	_, err := do(t, github, effect)
	taken, isTaken := errorAs[*gh.TakenError](err)
	require.True(t, isTaken, "%v", err)
	assert.NotEmpty(t, taken.Facts.Locks[production].Unreadable)
}

func TestTakeLockAgain(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	effect := taking(t, github, document("production", 5))
	first, err := do(t, github, effect)
	require.NoError(t, err)
	for name, attempt := range attempts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			again, err := attempt(t, github, effect)
			require.NoError(t, err)
			assert.Equal(t, first.LockTip, again.LockTip)
			assert.Equal(t, effect.ClaimID, again.Facts.Locks[production].Document.ClaimID)
			assert.Equal(t, first.LockTip, github.Head(production))
		})
	}
}

// Another job of the same run makes the same claim. Its lock is not ours, whether we are told or have to look.
func TestTakeLockOfAnotherJob(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	other := document("production", 5)
	other.Job = "another"
	first, err := do(t, github, taking(t, github, other))
	require.NoError(t, err)
	effect := taking(t, github, document("production", 5))
	for name, attempt := range attempts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := attempt(t, github, effect)
			_, isTaken := errorAs[*gh.TakenError](err)
			require.True(t, isTaken, "%v", err)
			assert.Equal(t, first.LockTip, github.Head(production))
		})
	}
}

// Locks of old versions make no claim, and one that makes none is not ours.
func TestTakeLockWithoutAClaim(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	effect := taking(t, github, document("production", 5))
	require.NoError(t, github.Lock(sim.Lock{Environment: "production", Owner: "bob", Pull: 7, Form: sim.LegacyLock}))
	effect.ClaimID = ""
	_, err := do(t, github, effect)
	_, isTaken := errorAs[*gh.TakenError](err)
	assert.True(t, isTaken, "%v", err)
}

func TestTakeLockWithoutPermission(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]func(*sim.GitHub) string{
		"token": func(github *sim.GitHub) string {
			github.AddToken(sim.Token{Value: "poor", Login: sim.ActionsLogin, Permissions: map[string]string{"contents": "read", "pull-requests": "write"}})
			return "poor"
		},
		"branch": func(github *sim.GitHub) string {
			github.Fail(sim.Fault{Operation: "createRef", Status: 200, Body: `{"data":{"createRef":null},"errors":[{"type":"FORBIDDEN","path":["createRef"],"message":"Resource not accessible by integration"}]}`})
			return "sim-token"
		},
		"commit": func(github *sim.GitHub) string {
			github.Fail(sim.Fault{Path: "/repos/*/*/git/commits", Status: 403, Body: `{"message":"Resource not accessible by integration"}`})
			return "sim-token"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			effect := taking(t, github, document("production", 5))
			_, err := newClient(t, github.Client().Transport, broken(github)).Do(t.Context(), effect, ledger())
			require.ErrorContains(t, err, "take the lock")
			assert.Contains(t, gh.Explain(err).Hint, "`contents: write`")
			assert.True(t, gh.Denied(err))
			assert.True(t, gh.Definite(err))
			assert.Zero(t, asked(github, "query"), "%s: there is nothing to look into")
			assert.Empty(t, github.Head(production))
		})
	}
}

func TestTakeLockAgainstARuleset(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.AddRule(sim.Rule{Branch: "*-branch-deploy-lock", Type: "creation"})
	_, err := do(t, github, taking(t, github, document("production", 5)))
	problem := gh.Explain(err)
	assert.Contains(t, problem.Text, "could not take the lock")
	assert.Contains(t, problem.Text, "creations being restricted")
	assert.Contains(t, problem.Hint, "ruleset")
	assert.True(t, gh.Definite(err))
	assert.Empty(t, github.Head(production))
}

// A branch of the same name as a folder of locks leaves no room for the lock.
func TestTakeLockWithoutRoom(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.Push(sim.Commit{Branch: "prod"})
	_, err := do(t, github, taking(t, github, document("prod/eu", 5)))
	require.ErrorContains(t, err, "Ref cannot be created")
	assert.True(t, gh.Definite(err))
}

func TestTakeLockWithoutNames(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"tree": "/repos/*/*/git/trees", "commit": "/repos/*/*/git/commits"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			effect := taking(t, github, document("production", 5))
			github.Fail(sim.Fault{Path: path, Status: 201, Body: `{}`})
			if name == "tree" {
				github.Fail(sim.Fault{Path: "/repos/*/*/git/commits", Status: 201, Body: `{"sha":"a"}`})
			}
			_, err := do(t, github, effect)
			require.ErrorContains(t, err, "names nothing")
			assert.Empty(t, github.Head(production))
		})
	}
}

// The answer about the lock is lost: the lock is there, and the second attempt finds it.
func TestTakeLockWhoseAnswerWasLost(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sim.Fault{
		"bad gateway": {Status: 502}, "cut": {Cut: true}, "no JSON": {Status: 200, Body: "<html>"},
		"null": {Status: 200, Body: `{"data":null}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			effect := taking(t, github, document("production", 5))
			fault.Operation, fault.After = "createRef", true
			github.Fail(fault)
			_, err := do(t, github, effect)
			require.Error(t, err)
			assert.False(t, gh.Definite(err))
			tip := github.Head(production)
			require.NotEmpty(t, tip)
			done, err := redo(t, github, effect)
			require.NoError(t, err)
			assert.Equal(t, tip, done.LockTip)
			assert.Equal(t, tip, done.Facts.Locks[production].Tip)
			assert.Equal(t, tip, github.Head(production))
			assert.Equal(t, 1, asked(github, "createRef"))
		})
	}
}

// An error that says nothing certain is looked into: the lock may stand.
func TestTakeLockWithAnUncertainError(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]string{"internal": `"type":"INTERNAL",`, "untyped": ``} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			effect := taking(t, github, document("production", 5))
			github.Fail(sim.Fault{
				Operation: "createRef", After: true, Status: 200,
				Body: `{"data":{"createRef":null},"errors":[{` + kind + `"path":["createRef"],"message":"Something went wrong"}]}`,
			})
			done, err := do(t, github, effect)
			require.NoError(t, err)
			assert.Equal(t, github.Head(production), done.LockTip)
		})
	}
}

// Where what came of it cannot be read, it is not taken for refused.
func TestTakeLockThatCannotBeLookedInto(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	effect := taking(t, github, document("production", 5))
	require.NoError(t, github.Lock(sim.Lock{Environment: "production", Owner: "bob", Pull: 7}))
	github.Fail(sim.Fault{
		Operation: "query", Status: 200,
		Body: `{"data":{"repository":{"nameWithOwner":"acme/shop","lock1":null},"rateLimit":{}},"errors":[{"path":["repository","lock1"],"message":"Something went wrong"}]}`,
	})
	_, err := do(t, github, effect)
	require.ErrorContains(t, err, "already exists")
	assert.False(t, gh.Definite(err), "the locks are as unknown as before")

	github.Fail(sim.Fault{Operation: "query", Status: 401, Body: `{"message":"Bad credentials"}`, Times: -1})
	_, err = do(t, github, effect)
	require.ErrorContains(t, err, "already exists")
	require.ErrorContains(t, err, "Bad credentials")
	assert.False(t, gh.Definite(err))
	_, err = redo(t, github, effect)
	require.ErrorContains(t, err, "Bad credentials")
	assert.False(t, gh.Definite(err))
}

// hidden is a token to which GitHub hides the whole repository when it asks for deployments.
func hidden(github *sim.GitHub) string {
	github.AddToken(sim.Token{Value: "hidden", Login: sim.ActionsLogin, Permissions: map[string]string{"contents": "write", "pull-requests": "write"}})
	return "hidden"
}

func TestTakeLockWithoutASightOfDeployments(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	effect := taking(t, github, document("production", 5))
	effect.Recheck.Environments, effect.Recheck.Live = []string{"staging"}, "production"
	done, err := newClient(t, github.Client().Transport, hidden(github)).Do(t.Context(), effect, ledger())
	require.NoError(t, err)
	assert.Equal(t, github.Head(production), done.LockTip)
	assert.Equal(t, done.LockTip, done.Facts.Locks[production].Tip)
	assert.Contains(t, done.Facts.Unavailable, deploy.DeploymentsPart+"staging")
	assert.NotContains(t, done.Facts.Unavailable, deploy.LocksPart)
}

// A lock that was taken is not lost sight of because the rest could not be read.
func TestTakeLockWithoutALook(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	left := document("staging", 4)
	old := put(github, left.Target.Branch(), left.Marshal())
	take, replace := taking(t, github, document("production", 5)), taking(t, github, document("staging", 5))
	take.Recheck.Environments, replace.Instead = []string{"staging"}, old
	client := newClient(t, github.Client().Transport, hidden(github))
	github.Fail(sim.Fault{Operation: "query", Status: 403, Body: `{"message":"no"}`, Times: -1})
	for _, effect := range []plan.TakeLock{take, replace} {
		t.Run(effect.Branch, func(t *testing.T) {
			t.Parallel()
			done, err := client.Do(t.Context(), effect, ledger())
			require.Error(t, err)
			assert.Equal(t, github.Head(effect.Branch), done.LockTip)
			assert.NotEqual(t, old, done.LockTip)
			assert.False(t, gh.Definite(err), "the lock was not refused")
			assert.Contains(t, gh.Explain(err).Text, "could not read")
		})
	}
}

// A further page that cannot be read is as bad as the first one.
func TestTakeLockWithHalfALook(t *testing.T) {
	t.Parallel()
	for environment, fault := range map[string]sim.Fault{
		"denied":  {Status: 403, Body: `{"message":"no"}`},
		"partial": {Status: 200, Body: `{"data":{"repository":{"deployments":null}},"errors":[{"path":["repository","deployments"],"message":"no"}]}`},
	} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			for range 30 {
				github.JobDeployment("staging", github.Head("main"))
			}
			effect := taking(t, github, document(environment, 5))
			effect.Recheck.Environments, effect.Recheck.Scope = []string{"staging"}, deploy.UntilOwn
			fault.Operation = "query"
			github.Fail(fault)
			done, err := do(t, github, effect)
			require.ErrorContains(t, err, "read more deployments")
			assert.Equal(t, github.Head(effect.Branch), done.LockTip)
			assert.False(t, gh.Definite(err))
		})
	}
}

func TestTakeLockInstead(t *testing.T) {
	t.Parallel()
	for name, attempt := range attempts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			require.NoError(t, github.Lock(sim.Lock{Environment: "production", Owner: "bob", Pull: 7, Deploying: true}))
			effect := taking(t, github, document("production", 5))
			effect.Instead = github.Head(production)
			done, err := attempt(t, github, effect)
			require.NoError(t, err)
			assert.NotEqual(t, effect.Instead, done.LockTip)
			assert.Equal(t, github.Head(production), done.LockTip)
			assert.Equal(t, "alice", done.Facts.Locks[production].Document.CreatedBy)
			assert.Empty(t, commitOf(t, github, done.LockTip).Parents)
		})
	}
}

func TestTakeLockInsteadOfOneThatMoved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		github := newGitHub(t)
		require.NoError(t, github.Lock(sim.Lock{Environment: "production", Owner: "bob", Pull: 7, Deploying: true}))
		effect := taking(t, github, document("production", 5))
		effect.Instead = github.Head(production)
		require.NoError(t, github.Unlock("production"))

		_, err := do(t, github, effect)
		require.ErrorContains(t, err, "take the lock")
		assert.True(t, gh.Definite(err))
		assert.Empty(t, github.Head(production), "the one that was to be taken over is gone")

		require.NoError(t, github.Lock(sim.Lock{Environment: "production", Owner: "carol", Pull: 7}))
		tip := github.Head(production)
		_, err = do(t, github, effect)
		taken, isTaken := errorAs[*gh.TakenError](err)
		require.True(t, isTaken, "%v", err)
		assert.Equal(t, "carol", taken.Facts.Locks[production].Document.CreatedBy)
		assert.Equal(t, tip, github.Head(production))
	})
}

// A renewal needs no second look. Where the lock moved or is gone, it was not renewed.
func TestRenewLock(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		meanwhile func(*sim.GitHub) error
		owner     string // of the lock that is there then
		renewed   bool
	}{
		"still there": {func(*sim.GitHub) error { return nil }, "alice", true},
		"gone":        {func(github *sim.GitHub) error { return github.Unlock("production") }, "", false},
		"replaced": {func(github *sim.GitHub) error {
			return errors.Join(github.Unlock("production"), github.Lock(sim.Lock{Environment: "production", Owner: "carol", Pull: 7}))
		}, "carol", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				github := newGitHub(t)
				require.NoError(t, github.Lock(sim.Lock{Environment: "production", Owner: "alice", Pull: 7}))
				effect := taking(t, github, document("production", 5))
				effect.Instead, effect.Renews = github.Head(production), true
				require.NoError(t, test.meanwhile(github))
				tip := github.Head(production)
				done, err := do(t, github, effect)
				if test.renewed {
					require.NoError(t, err)
					assert.Equal(t, plan.Done{LockTip: github.Head(production)}, done)
					assert.NotEqual(t, tip, done.LockTip)
					return
				}
				taken, isTaken := errorAs[*gh.TakenError](err)
				require.True(t, isTaken, "%v", err)
				assert.Equal(t, test.owner, taken.Facts.Locks[production].Document.CreatedBy)
				assert.Equal(t, tip, github.Head(production))
			})
		})
	}
}

// A lock that is still where it was has not been taken by anyone else.
func TestTakeLockInsteadAgainstARuleset(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	left := document("production", 5)
	effect := taking(t, github, left)
	effect.Instead = put(github, production, left.Marshal()) // by the same command, long ago
	github.AddRule(sim.Rule{Branch: "*-branch-deploy-lock", Type: "non_fast_forward"})
	for name, attempt := range attempts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			done, err := attempt(t, github, effect)
			require.ErrorContains(t, err, "force-push")
			assert.Contains(t, gh.Explain(err).Hint, "ruleset")
			assert.Equal(t, plan.Done{}, done)
			assert.Equal(t, effect.Instead, github.Head(production))
		})
	}
}

// The branch is moved once even if the answer is lost and the request repeated.
func TestTakeLockInsteadWhoseAnswerWasLost(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sim.Fault{"bad gateway": {Status: 502}, "null": {Status: 200, Body: `{"data":{"updateRefs":null}}`}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				github := newGitHub(t)
				require.NoError(t, github.Lock(sim.Lock{Environment: "production", Owner: "bob", Pull: 7, Deploying: true}))
				effect := taking(t, github, document("production", 5))
				effect.Instead = github.Head(production)
				fault.Operation, fault.After = "updateRefs", true
				github.Fail(fault)
				done, err := do(t, github, effect)
				if name == "null" {
					require.ErrorContains(t, err, "names nothing")
					assert.False(t, gh.Definite(err))
					done, err = redo(t, github, effect)
				}
				require.NoError(t, err)
				assert.Equal(t, github.Head(production), done.LockTip)
				assert.NotEqual(t, effect.Instead, done.LockTip)
			})
		})
	}
}

func TestCrowdTakesALock(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	client := newClient(t, github.Client().Transport, "sim-token")
	const crowd = 50
	var (
		group sync.WaitGroup
		tips  [crowd]string
		errs  [crowd]error
	)
	effects := make([]plan.TakeLock, crowd)
	for i := range effects {
		effects[i] = taking(t, github, document("production", int64(i+1)))
	}
	for i, effect := range effects {
		group.Go(func() {
			done, err := client.Do(t.Context(), effect, ledger())
			tips[i], errs[i] = done.LockTip, err
		})
	}
	group.Wait()
	winners := 0
	for i := range crowd {
		if errs[i] == nil {
			winners++
			assert.Equal(t, github.Head(production), tips[i])
			content, _ := github.File(production, lock.File)
			assert.Equal(t, effects[i].Content, content)
			continue
		}
		_, isTaken := errorAs[*gh.TakenError](errs[i])
		assert.True(t, isTaken, fmt.Sprint(errs[i]))
	}
	assert.Equal(t, 1, winners)
}
