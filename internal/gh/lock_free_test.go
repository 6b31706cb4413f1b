package gh_test

import (
	"net/http"
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

// freeing puts a lock and gives the effect that removes it.
func freeing(t *testing.T, github *sim.GitHub, environment string) plan.FreeLock {
	t.Helper()
	held := document(environment, 5)
	free := plan.FreeLock{
		Repository: read(t, github, deploy.Needs{}).Repository, Branch: held.Target.Branch(),
		Tip: put(github, held.Target.Branch(), held.Marshal()), ClaimID: held.ClaimID, Taker: held.Taker(),
	}
	github.ResetRequests()
	return free
}

// unknownMutation is what a server says that does not know updateRefs.
func unknownMutation() sim.Fault {
	return sim.Fault{
		Operation: "updateRefs", Times: -1, Status: http.StatusOK,
		Body: `{"errors":[{"path":["mutation","updateRefs"],"extensions":{"code":"undefinedField"},"message":"Field 'updateRefs' doesn't exist on type 'Mutation'"}]}`,
	}
}

func TestFreeLock(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	free := freeing(t, github, "prod/eu #1 50%")
	_, err := do(t, github, free)
	require.NoError(t, err)
	assert.Empty(t, github.Head(free.Branch))
	assert.Len(t, github.Requests(), 1)
	for range 2 {
		_, err = redo(t, github, free)
		require.NoError(t, err, "what is gone is as good as released")
	}
}

// Older servers cannot look and remove at once.
func TestFreeLockInSteps(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.Fail(unknownMutation())
	free := freeing(t, github, "prod/eu #1 50%")
	other := put(github, lock.Branch("prod/eu #1"), "{}")
	_, err := do(t, github, free)
	require.NoError(t, err)
	assert.Empty(t, github.Head(free.Branch))
	assert.Equal(t, other, github.Head(lock.Branch("prod/eu #1")))
	_, err = do(t, github, free)
	require.NoError(t, err, "gone")

	free = freeing(t, github, "production")
	tip := put(github, production, `{"a":1}`)
	_, err = do(t, github, free)
	_, isReplaced := errorAs[*gh.ReplacedError](err)
	require.True(t, isReplaced, "%v", err)
	assert.Equal(t, tip, github.Head(production))
}

func TestFreeLockThatWasReplaced(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	free := freeing(t, github, "production")
	require.NoError(t, github.Unlock("production"))
	require.NoError(t, github.Lock(sim.Lock{Environment: "production", Owner: "bob", Pull: 7}))
	tip := github.Head(production)
	_, err := do(t, github, free)
	replaced, isReplaced := errorAs[*gh.ReplacedError](err)
	require.True(t, isReplaced, "%v", err)
	assert.Equal(t, gh.ReplacedError{Branch: production, Want: free.Tip, Got: tip}, *replaced)
	assert.Contains(t, err.Error(), tip)
	assert.True(t, gh.Definite(err), "it will not come back")
	assert.Equal(t, tip, github.Head(production))
}

// Where taking the lock was cut off, its claim tells whether it is the one.
func TestFreeLockByItsClaim(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	free := freeing(t, github, "production")
	free.Tip = ""
	foreign := free
	foreign.ClaimID = document("production", 6).ClaimID
	_, err := do(t, github, foreign)
	require.NoError(t, err, "there is nothing of ours")
	elsewhere := free
	elsewhere.Taker.Place = "another"
	_, err = do(t, github, elsewhere)
	require.NoError(t, err, "it is the lock of another job of the run")
	unclaimed := free
	unclaimed.ClaimID = ""
	_, err = do(t, github, unclaimed)
	require.NoError(t, err)
	assert.NotEmpty(t, github.Head(production))

	github.ResetRequests()
	for range 2 {
		_, err = do(t, github, free)
		require.NoError(t, err)
		assert.Empty(t, github.Head(production))
	}
	assert.Len(t, github.Requests(), 3, "a look and the removal, then a look")
}

// A lock of an old version makes no claim; that it is not ours needs no words.
func TestFreeLockOfAnOldVersionByItsClaim(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	require.NoError(t, github.Lock(sim.Lock{Environment: "production", Owner: "bob", Pull: 7, Form: sim.LegacyLock}))
	_, err := do(t, github, plan.FreeLock{Repository: "R", Branch: production})
	require.NoError(t, err)
	assert.NotEmpty(t, github.Head(production))
}

// Whose run it is need not be known for that.
func TestFreeLockOfAnotherRunByItsClaim(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	free := freeing(t, github, "production")
	free.Tip = ""
	_, err := do(t, github, free)
	require.NoError(t, err)
	for _, request := range github.Requests() {
		assert.NotContains(t, request.Path, "/actions/runs/")
	}
}

// A lock that cannot be read may be ours: that is no success.
func TestFreeLockThatCouldNotBeLookedAt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer answering
		text   string
		denied bool
	}{
		"denied":           {lockAnswer(`null`, `{"type":"FORBIDDEN","path":["repository","lock0"],"message":"Resource not accessible by integration"}`), "not accessible", true},
		"broken off":       {lockAnswer(`null`, `{"path":["repository","lock0"],"message":"Something went wrong"}`), "Something went wrong", false},
		"hidden":           {answer(200, `{"data":{"repository":null,"rateLimit":{}},"errors":[{"type":"NOT_FOUND","path":["repository"],"message":"Could not resolve"}]}`), "no such repository", false},
		"about another":    {answer(200, `{"data":{"repository":{"nameWithOwner":"acme/other"},"rateLimit":{}}}`), "acme/other", false},
		"no answer at all": {answer(401, `{"message":"Bad credentials"}`), "Bad credentials", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wire := &answers{list: []answering{test.answer}}
			_, err := newClient(t, wire, "x").Do(t.Context(), plan.FreeLock{Repository: "R", Branch: production, ClaimID: "sha256:1"}, ledger())
			require.ErrorContains(t, err, "release the lock")
			require.ErrorContains(t, err, test.text)
			assert.Equal(t, test.denied, gh.Denied(err))
		})
	}
}

func TestFreeLockWithoutPermission(t *testing.T) {
	t.Parallel()
	for permission, hint := range map[string]string{"contents": "`contents: write`", "pull-requests": "`contents: write`"} {
		t.Run(permission, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			github.AddToken(sim.Token{Value: "poor", Login: sim.ActionsLogin, Permissions: map[string]string{permission: "read"}})
			free := freeing(t, github, "production")
			_, err := newClient(t, github.Client().Transport, "poor").Do(t.Context(), free, ledger())
			require.ErrorContains(t, err, "release the lock")
			assert.Contains(t, gh.Explain(err).Hint, hint)
			assert.Equal(t, free.Tip, github.Head(production))
		})
	}
}

func TestFreeLockAgainstARuleset(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	free := freeing(t, github, "production")
	github.AddRule(sim.Rule{Branch: "*-branch-deploy-lock", Type: "deletion"})
	_, err := do(t, github, free)
	require.Error(t, err)
	assert.Contains(t, gh.Explain(err).Text, "protected ref")
	assert.Contains(t, gh.Explain(err).Hint, "ruleset")
}

// An answer that is lost after the removal is as good as one that arrives.
func TestFreeLockWhoseAnswerWasLost(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sim.Fault{
		"bad gateway": {Operation: "updateRefs", Status: 502},
		"no JSON":     {Operation: "updateRefs", Status: 200, Body: "<html>"},
		"in steps":    {Method: http.MethodDelete, Status: 502},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				github := newGitHub(t)
				free := freeing(t, github, "production")
				fault.After = true
				github.Fail(fault)
				if fault.Method != "" {
					github.Fail(unknownMutation())
				}
				for range 2 {
					_, err := do(t, github, free)
					require.NoError(t, err)
					assert.Empty(t, github.Head(production))
				}
			})
		})
	}
}

// Someone can remove a lock between the look and the removal.
func TestFreeLockThatVanishes(t *testing.T) {
	t.Parallel()
	for name, said := range map[string]sim.Fault{
		"not found": {Method: http.MethodDelete, Status: 404, Body: `{"message":"Not Found"}`},
		"no ref":    {Method: http.MethodDelete, Status: 422, Body: `{"message":"Reference does not exist"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			github.Fail(unknownMutation())
			github.Fail(said)
			_, err := do(t, github, freeing(t, github, "production"))
			require.NoError(t, err)
		})
	}
}

// A repository whose commits have longer names has a longer name for no commit as well.
func TestFreeLockWithALongName(t *testing.T) {
	t.Parallel()
	const tip = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	wire := &answers{list: []answering{answer(200, `{"data":{"updateRefs":{"clientMutationId":null}}}`)}}
	_, err := newClient(t, wire, "x").Do(t.Context(), plan.FreeLock{Repository: "R", Branch: production, Tip: tip}, ledger())
	require.NoError(t, err)
	assert.Contains(t, wire.last, `"beforeOid":"`+tip+`"`)
	assert.Contains(t, wire.last, `"afterOid":"0000000000000000000000000000000000000000000000000000000000000000"`)
}
