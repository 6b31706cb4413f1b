// Package lock defines what a lock is: a branch whose newest commit contains the file lock.json.
//
// It names the branch, reads and writes the file, and compares claims. Branch names, the file's fields and claims are
// those of branch-deploy: either action reads, honours and releases the locks of the other.
package lock

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/lockstep-action/lockstep/internal/js"
)

// The names that every reader of locks relies on.
const (
	File         = "lock.json"                 // in the root of the branch
	GlobalBranch = "global-branch-deploy-lock" // the lock of all environments
	branchSuffix = "-branch-deploy-lock"
)

// Target is what a lock is about: one environment, or all of them.
type Target struct {
	Environment string // "" for all
	Global      bool
}

// Branch returns the name of the branch that is the lock.
func (t Target) Branch() string {
	if t.Global {
		return GlobalBranch
	}
	return Branch(t.Environment)
}

// Branch returns the name of the branch that locks an environment: only each blank becomes a hyphen.
func Branch(environment string) string {
	return strings.Map(func(r rune) rune {
		if js.IsSpace(r) {
			return '-'
		}
		return r
	}, environment) + branchSuffix
}

// IsBranch reports whether a branch can be a lock, by its name.
func IsBranch(name string) bool { return strings.HasSuffix(name, branchSuffix) }

// Claim is what makes two requests for a lock the same one: the same comment run again makes the same claim.
type Claim struct {
	Owner, Repository string
	Pull              int
	CommentID         int64
	Target            Target
	Ref               string // what is deployed, or the pull request's branch; "" for none
	Sticky            bool
}

// claimed is what a claim's fingerprint is made of, in this order of keys.
type claimed struct {
	Repository struct {
		Owner string `json:"owner"`
		Name  string `json:"name"`
	} `json:"repository"`
	IssueNumber int   `json:"issue_number"`
	CommentID   int64 `json:"comment_id"`
	Target      struct {
		Environment *string `json:"environment"`
		Global      bool    `json:"global"`
	} `json:"target"`
	Ref    *string `json:"ref"`
	Sticky bool    `json:"sticky"`
}

// ID returns the fingerprint of the claim: "sha256:" and 64 hexadecimal digits.
func (c Claim) ID() string {
	var all claimed
	all.Repository.Owner, all.Repository.Name = c.Owner, c.Repository
	all.IssueNumber, all.CommentID = c.Pull, c.CommentID
	if all.Target.Global = c.Target.Global; !c.Target.Global {
		all.Target.Environment = &c.Target.Environment
	}
	all.Ref, all.Sticky = nullable(c.Ref), c.Sticky
	// Cannot fail: there is nothing in it that JSON does not know.
	text, _ := js.Stringify(all)
	sum := sha256.Sum256([]byte(text))
	return claimPrefix + hex.EncodeToString(sum[:])
}

const (
	claimPrefix = "sha256:"
	claimDigits = 2 * sha256.Size
)

func nullable(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
