// Package lock knows what a lock is: a branch whose newest commit holds the file lock.json.
//
// It names the branch, reads and writes the file, and tells claims apart. Branch names, the file's
// fields and claims are those of branch-deploy, so that either action reads, honours and releases
// the locks of the other.
package lock

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/js"
)

// The names that every reader of locks relies on.
const (
	File         = "lock.json"                 // in the root of the branch
	GlobalBranch = "global-branch-deploy-lock" // holds the lock of all environments
	branchSuffix = "-branch-deploy-lock"
)

// Target is what a lock is about: one environment, or all of them.
type Target struct {
	Environment string // "" for all
	Global      bool
}

// Branch names the branch that is the lock.
func (t Target) Branch() string {
	if t.Global {
		return GlobalBranch
	}
	return Branch(t.Environment)
}

// Branch names the branch that locks an environment: each blank becomes a hyphen, and nothing else
// changes.
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
