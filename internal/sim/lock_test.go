package sim_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// The expected claims are those of branch-deploy itself.
func TestClaims(t *testing.T) {
	t.Parallel()
	for want, test := range map[string]struct {
		repository sim.Repository
		head       string
		lock       sim.Lock
	}{
		"sha256:4be9269547aac9128baf1133938d776d68dacb7a7d7f5083fbcd00fee23d32ca": {
			sim.Repository{Owner: "corp", Name: "test"},
			"cool-new-feature",
			sim.Lock{Environment: "production", Pull: 1, Comment: 123, Deploying: true},
		},
		"sha256:7dd5eed25656e74faf493695f70f0d78e6b8d42c96849cbc33d1d1dd9a58986f": {
			sim.Repository{Owner: "corp", Name: "test"}, "cool-new-feature", sim.Lock{Pull: 1, Comment: 123},
		},
		"sha256:38439d24f6a505b8dc8761847984eacc33f7a5c0951a326cdef1b2ce90e8cad3": {
			sim.Repository{Owner: "octo-org", Name: "r&d"}, "feature/ü", sim.Lock{Environment: "prod <eu>", Pull: 7, Comment: 987654321},
		},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			g := sim.New(mustSchema(t), test.repository)
			g.OpenPull(sim.Pull{Number: test.lock.Pull, Head: test.head})
			test.lock.Owner = "bob"
			require.NoError(t, g.Lock(test.lock))
			text, _ := g.File(sim.LockBranch(test.lock.Environment), sim.LockFile)
			assert.Contains(t, text, `"claim_id":"`+want+`"`)
		})
	}
}

func TestLocks(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.OpenPull(sim.Pull{Number: 5, Head: "feature"})
	when := time.Date(2026, 1, 31, 8, 9, 10, 123_000_000, time.UTC)
	lock := sim.Lock{Environment: "super production", Owner: "bob", Pull: 5, Comment: 77, Reason: "a\n\"b\"\\\u2028<\x01>", CreatedAt: when}
	require.NoError(t, g.Lock(lock))
	text, found := g.File("super-production-branch-deploy-lock", "lock.json")
	require.True(t, found)
	assert.Regexp(t, `^\Q{"schema_version":1,"reason":"a\n\"b\"\\`+"\u2028"+`<\u0001>","branch":"feature","created_at":"2026-01-31T08:09:10.123Z","created_by":"bob",`+
		`"sticky":true,"environment":"super production","global":false,"unlock_command":".unlock super production",`+
		`"link":"https://github.com/acme/shop/pull/5#issuecomment-77","claim_id":"sha256:\E[0-9a-f]{64}"}$`, text)
	var fields map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &fields))
	assert.Equal(t, lock.Reason, fields["reason"])

	require.ErrorContains(t, g.Lock(lock), "Reference already exists")
	require.NoError(t, g.Unlock("super production"))
	require.ErrorContains(t, g.Unlock("super production"), "Reference does not exist")
	lock.Pull = 6
	require.ErrorContains(t, g.Lock(lock), "pull request 6")
}

func TestFormsOfLocks(t *testing.T) {
	g := start(t)
	g.OpenPull(sim.Pull{Number: 5, Head: "feature"})
	for branch, test := range map[string]struct {
		lock sim.Lock
		want string
	}{
		"prod/eu-branch-deploy-lock": {
			sim.Lock{Environment: "prod/eu", Deploying: true}, `{"schema_version": 1, "reason": "deployment", "sticky": false, "environment": "prod/eu", "global": false}`,
		},
		"global-branch-deploy-lock": {sim.Lock{}, `{"reason": null, "sticky": true, "environment": null, "global": true, "unlock_command": ".unlock --global"}`},
		"b-branch-deploy-lock":      {sim.Lock{Environment: "b", Form: sim.BrokenLock}, `{"created_by": "bob"}`},
		"l-branch-deploy-lock":      {sim.Lock{Environment: "l", Form: sim.LegacyLock}, `{"reason": null, "created_by": "bob", "sticky": true}`},
	} {
		t.Run(branch, func(t *testing.T) {
			test.lock.Owner, test.lock.Pull = "bob", 5
			require.NoError(t, g.Lock(test.lock))
			text, found := g.File(branch, "lock.json")
			require.True(t, found, branch)
			includes(t, test.want, decode(t, []byte(text)))
		})
	}
	legacy, _ := g.File("l-branch-deploy-lock", "lock.json")
	assert.NotContains(t, legacy, "schema_version")
	assert.NotContains(t, legacy, "claim_id")
	require.NoError(t, g.Lock(sim.Lock{Environment: "e", Owner: "bob", Pull: 5, Form: sim.EmptyLock}))
	assert.Equal(t, g.Head("main"), g.Head("e-branch-deploy-lock"))
	_, found := g.File("e-branch-deploy-lock", "lock.json")
	assert.False(t, found)
}

func TestLockBranch(t *testing.T) {
	t.Parallel()
	for environment, want := range map[string]string{
		"": "global-branch-deploy-lock", "staging": "staging-branch-deploy-lock", "a \u00a0b": "a--b-branch-deploy-lock",
		"a\t\v\ufeff\u2028b": "a----b-branch-deploy-lock", "a\u0085b": "a\u0085b-branch-deploy-lock", "A/b": "A/b-branch-deploy-lock",
	} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, sim.LockBranch(environment))
		})
	}
}
