package lock

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/lockstep-action/lockstep/internal/js"
)

// Claim is what makes two requests for a lock the same one: the comment, what it locks and how. The
// same comment run again makes the same claim.
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

// ID is the fingerprint of the claim: "sha256:" and 64 hexadecimal digits.
func (c Claim) ID() string {
	var all claimed
	all.Repository.Owner, all.Repository.Name = c.Owner, c.Repository
	all.IssueNumber, all.CommentID = c.Pull, c.CommentID
	all.Target.Environment, all.Target.Global = c.Target.name(), c.Target.Global
	all.Ref, all.Sticky = nullable(c.Ref), c.Sticky
	// Cannot fail: there is nothing in it that JSON does not know.
	text, _ := js.Stringify(all)
	sum := sha256.Sum256([]byte(text))
	return claimPrefix + hex.EncodeToString(sum[:])
}

// The parts of a claim's fingerprint.
const (
	claimPrefix = "sha256:"
	claimDigits = 2 * sha256.Size
)

// name is the environment as the file holds it, nil for all environments.
func (t Target) name() *string {
	if t.Global {
		return nil
	}
	return &t.Environment
}

func nullable(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
