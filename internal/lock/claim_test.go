package lock_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/lock"
)

// The fingerprints that branch-deploy makes of the same claims.
func TestClaimID(t *testing.T) {
	t.Parallel()
	for want, claim := range map[string]lock.Claim{
		"sha256:4be9269547aac9128baf1133938d776d68dacb7a7d7f5083fbcd00fee23d32ca": {
			Owner: "corp", Repository: "test", Pull: 1, CommentID: 123,
			Target: lock.Target{Environment: "production"}, Ref: "cool-new-feature",
		},
		"sha256:7dd5eed25656e74faf493695f70f0d78e6b8d42c96849cbc33d1d1dd9a58986f": {
			Owner: "corp", Repository: "test", Pull: 1, CommentID: 123,
			Target: lock.Target{Global: true}, Ref: "cool-new-feature", Sticky: true,
		},
		"sha256:38439d24f6a505b8dc8761847984eacc33f7a5c0951a326cdef1b2ce90e8cad3": {
			Owner: "octo-org", Repository: "r&d", Pull: 7, CommentID: 987654321,
			Target: lock.Target{Environment: "prod <eu>"}, Ref: "feature/ü", Sticky: true,
		},
	} {
		t.Run(claim.Target.Branch(), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, claim.ID())
		})
	}
}

// What is hashed is the text that JSON.stringify makes, down to its escapes.
func TestClaimIDOfOddNames(t *testing.T) {
	t.Parallel()
	claim := lock.Claim{
		Owner: "o", Repository: "<r>&", Pull: 1 << 40, CommentID: 1<<53 - 1,
		Target: lock.Target{Environment: "a\u2028\u2029\"\\/\b\f\n\r\t\x01\x1f\x7f😀\ufffd"},
	}
	text := `{"repository":{"owner":"o","name":"<r>&"},"issue_number":1099511627776,"comment_id":9007199254740991,` +
		`"target":{"environment":"a` + "\u2028\u2029" + `\"\\/\b\f\n\r\t\u0001\u001f` + "\x7f😀\ufffd" +
		`","global":false},"ref":null,"sticky":false}`
	sum := sha256.Sum256([]byte(text))
	assert.Equal(t, "sha256:"+hex.EncodeToString(sum[:]), claim.ID())
}

func TestClaimsDiffer(t *testing.T) {
	t.Parallel()
	claim := func(change func(*lock.Claim)) lock.Claim {
		one := lock.Claim{
			Owner: "o", Repository: "r", Pull: 1, CommentID: 2,
			Target: lock.Target{Environment: "production"}, Ref: "branch",
		}
		change(&one)
		return one
	}
	changes := map[string]func(*lock.Claim){
		"itself":      func(*lock.Claim) {},
		"owner":       func(c *lock.Claim) { c.Owner = "p" },
		"repository":  func(c *lock.Claim) { c.Repository = "s" },
		"pull":        func(c *lock.Claim) { c.Pull = 3 },
		"comment":     func(c *lock.Claim) { c.CommentID = 3 },
		"environment": func(c *lock.Claim) { c.Target.Environment = "staging" },
		"global":      func(c *lock.Claim) { c.Target.Global = true },
		"ref":         func(c *lock.Claim) { c.Ref = "main" },
		"no ref":      func(c *lock.Claim) { c.Ref = "" },
		"sticky":      func(c *lock.Claim) { c.Sticky = true },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for other, differently := range changes {
				assert.Equal(t, name == other, claim(change).ID() == claim(differently).ID(), other)
			}
		})
	}
}

// All environments are all of them, whatever environment was asked about.
func TestClaimOfAllEnvironmentsNamesNone(t *testing.T) {
	t.Parallel()
	all := lock.Claim{Target: lock.Target{Global: true}}
	named := lock.Claim{Target: lock.Target{Environment: "production", Global: true}}
	assert.Equal(t, all.ID(), named.ID())
}
