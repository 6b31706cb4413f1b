package sim

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Lock is a lock of another tool: branch-deploy, whose locks are
// branches with a file. Zero fields mean: a lock of all environments that lasts until a user
// frees it, without a reason, asked for by a comment that is gone, made now in the way of
// version 12.
type Lock struct {
	Environment string // "" for all of them
	Owner       string
	Pull        int   // the pull request that it was asked for on
	Comment     int64 // the comment that asked for it
	Deploying   bool
	Reason      string
	Form        LockForm
	CreatedAt   time.Time
}

// LockForm is how a lock is written down.
type LockForm string

// Forms of locks: that of version 12, that of the versions before, a file that is no lock, and
// a branch without the file.
const (
	CurrentLock LockForm = ""
	LegacyLock  LockForm = "legacy"
	BrokenLock  LockForm = "broken"
	EmptyLock   LockForm = "empty"
)

// LockFile is the name of the file in the branch of a lock.
const LockFile = "lock.json"

// LockBranch is the branch of an environment's lock, or with "" that of the lock of all.
func LockBranch(environment string) string {
	blank := regexp.MustCompile(`[\t-\r\p{Z}\x{FEFF}]`) // white space as JavaScript has it
	return cmp.Or(blank.ReplaceAllString(environment, "-"), "global") + "-branch-deploy-lock"
}

// Lock makes a lock. It fails when there is a branch of its name already.
func (g *GitHub) Lock(l Lock) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.pulls[l.Pull]
	if p == nil {
		return fmt.Errorf("lock on pull request %d: it does not exist", l.Pull)
	}
	if l.CreatedAt.IsZero() {
		l.CreatedAt = g.now()
	}
	l.Comment = cmp.Or(l.Comment, g.ids.nextLarge())
	name := "refs/heads/" + LockBranch(l.Environment)
	oid := g.head(g.repository.DefaultBranch)
	if files := g.lockFiles(l, p); files != nil {
		oid = g.commitOn(oid, Commit{Author: l.Owner, Message: "lock [skip ci]", Files: files})
	}
	if wrong := g.wrongRef(name, oid); wrong != "" {
		return fmt.Errorf("lock %q: %s", LockBranch(l.Environment), wrong)
	}
	g.setRef(name, oid)
	return nil
}

// Unlock frees a lock without a look at what it holds.
func (g *GitHub) Unlock(environment string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	name := "refs/heads/" + LockBranch(environment)
	if wrong := g.wrongDeletion(name); wrong != "" {
		return fmt.Errorf("unlock %q: %s", LockBranch(environment), wrong)
	}
	g.removeRef(name)
	return nil
}

// lockFiles are the files that a lock adds to its branch.
func (g *GitHub) lockFiles(l Lock, p *pull) map[string]string {
	switch l.Form {
	case EmptyLock:
		return nil
	case BrokenLock:
		return map[string]string{LockFile: braced(pair("created_by", quoted(l.Owner)))}
	default:
		return map[string]string{LockFile: braced(g.lockPairs(l, p)...)}
	}
}

// lockPairs are the fields of a lock in their order.
func (g *GitHub) lockPairs(l Lock, p *pull) []string {
	reason := l.Reason
	if l.Deploying {
		reason = "deployment"
	}
	pairs := []string{
		pair("reason", nullable(reason)),
		pair("branch", quoted(p.Head)),
		pair("created_at", quoted(l.CreatedAt.UTC().Format("2006-01-02T15:04:05.000Z"))),
		pair("created_by", quoted(l.Owner)),
		pair("sticky", fmt.Sprint(!l.Deploying)),
		pair("environment", nullable(l.Environment)),
		pair("global", fmt.Sprint(l.Environment == "")),
		pair("unlock_command", quoted(".unlock "+cmp.Or(l.Environment, "--global"))),
		pair("link", quoted(g.web("/pull/%d#issuecomment-%d", l.Pull, l.Comment))),
	}
	if l.Form == LegacyLock {
		return pairs
	}
	return append(append([]string{pair("schema_version", "1")}, pairs...), pair("claim_id", quoted(g.claim(l, p.Head))))
}

// claim names what a command asked for, to recognise the same command.
func (g *GitHub) claim(l Lock, branch string) string {
	asked := braced(
		pair("repository", braced(pair("owner", quoted(g.repository.Owner)), pair("name", quoted(g.repository.Name)))),
		pair("issue_number", fmt.Sprint(l.Pull)),
		pair("comment_id", fmt.Sprint(l.Comment)),
		pair("target", braced(pair("environment", nullable(l.Environment)), pair("global", fmt.Sprint(l.Environment == "")))),
		pair("ref", quoted(branch)),
		pair("sticky", fmt.Sprint(!l.Deploying)),
	)
	sum := sha256.Sum256([]byte(asked))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// What follows writes JSON byte for byte as JavaScript does, which claims depend on.

func braced(pairs ...string) string { return "{" + strings.Join(pairs, ",") + "}" }

func pair(name, value string) string { return quoted(name) + ":" + value }

func nullable(text string) string {
	if text == "" {
		return "null"
	}
	return quoted(text)
}

func quoted(text string) string {
	short := map[rune]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`}
	var b strings.Builder
	for _, r := range text {
		switch {
		case short[r] != "":
			b.WriteString(short[r])
		case r < ' ':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return `"` + b.String() + `"`
}
