package sim

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/sim/git"
)

// Pull is a pull request. A zero number takes the next free one, and a zero base the default
// branch. HeadRepository names the fork that the head is in, as owner/name; it is empty for
// this repository and "deleted" for a fork that is gone. MergeState overrides what GitHub
// would work out as the merge state, for example with UNKNOWN.
type Pull struct {
	Number         int
	Author, Title  string
	Head, Base     string
	Draft          bool
	HeadRepository string
	MergeState     string
	Body           string // the description
	Computing      int    // so many reads find that GitHub has not computed the merge state yet
	Stack          *Stack // that it is part of, nil for none
}

// Stack is a pull request's place in a stack of pull requests, of which position 1 is the bottom.
type Stack struct {
	Number, Position, Size int
	Base                   string // of the stack
}

// deletedFork is the head repository of a pull request whose fork is gone.
const deletedFork = "deleted"

type pull struct {
	Pull
	id          int64
	headOID     string
	state       string // OPEN, CLOSED or MERGED
	mergeCommit string
	mergedOnto  string   // the base's newest commit before the merge
	broughtIn   []string // the commits that the merge made
	mergedBy    string
	locked      bool // its conversation
	labels      []string
	reviews     []*review
	createdAt   time.Time
	updatedAt   time.Time
	closedAt    time.Time
}

// OpenPull opens a pull request and returns its number. A head branch that does not exist is
// made, with one commit on top of the base.
func (g *GitHub) OpenPull(p Pull) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.openPull(p).Number
}

func (g *GitHub) openPull(p Pull) *pull {
	if p.Number == 0 {
		p.Number = g.nextNumber()
	}
	p.Author = cmp.Or(p.Author, "octocat")
	p.Base = cmp.Or(p.Base, g.repository.DefaultBranch)
	p.Head = cmp.Or(p.Head, fmt.Sprintf("change-%d", p.Number))
	p.Title = cmp.Or(p.Title, "Change "+p.Head)
	g.user(p.Author)
	opened := &pull{Pull: p, id: g.ids.nextLarge(), state: "OPEN", createdAt: g.now(), updatedAt: g.now()}
	g.pulls[p.Number] = opened
	oid := g.head(p.Head)
	if oid == "" || opened.isCross() {
		oid = g.commitOn(g.head(p.Base), Commit{
			Branch: p.Head, Author: p.Author, Message: p.Title,
			Files: map[string]string{fmt.Sprintf("change-%d.txt", p.Number): p.Title + "\n"},
		})
	}
	g.moveHead(opened, oid)
	return opened
}

// EditPull changes a pull request, such as its draft state or its title. Its number, author
// and head stay.
func (g *GitHub) EditPull(number int, change func(*Pull)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	edited := g.existing(number)
	before := edited.Pull
	change(&edited.Pull)
	edited.Number, edited.Author, edited.Head = before.Number, before.Author, before.Head
	edited.updatedAt = g.now()
}

// PushToPull commits onto the head of a pull request, wherever that is, and returns the new
// head. The commit's branch is ignored.
func (g *GitHub) PushToPull(number int, c Commit) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	target := g.existing(number)
	c.Branch, c.Author = target.Head, cmp.Or(c.Author, target.Author)
	oid := g.commitOn(target.headOID, c)
	g.moveHead(target, oid)
	return oid
}

// MergePull merges a pull request with a merge commit and returns that commit, or "" when
// there is a conflict. The head branch stays.
func (g *GitHub) MergePull(number int) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.mergePull(g.existing(number), MergeCommits)
}

// ClosePull closes a pull request without merging it.
func (g *GitHub) ClosePull(number int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closePull(g.existing(number))
}

// PullState returns OPEN, CLOSED or MERGED, or "" when there is no such pull request.
func (g *GitHub) PullState(number int) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if found := g.pulls[number]; found != nil {
		return found.state
	}
	return ""
}

// Pull returns a pull request, and whether there is one of that number.
func (g *GitHub) Pull(number int) (Pull, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	found := g.pulls[number]
	if found == nil {
		return Pull{}, false
	}
	shown := found.Pull
	if shown.Stack != nil {
		shown.Stack = new(*shown.Stack)
	}
	return shown, true
}

// PullHead returns the head of a pull request.
func (g *GitHub) PullHead(number int) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.existing(number).headOID
}

// Labels returns the names of a pull request's labels.
func (g *GitHub) Labels(number int) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.existing(number).labels)
}

// existing is a pull request that has to be there: the test has made a mistake
// otherwise.
func (g *GitHub) existing(number int) *pull {
	found := g.pulls[number]
	if found == nil {
		panic(fmt.Sprintf("sim: there is no pull request %d", number))
	}
	return found
}

// isCross reports whether the head is in another repository.
func (p *pull) isCross() bool { return p.HeadRepository != "" }

// label is the head as GitHub shows it, with its owner.
func (p *pull) label(owner string) string {
	switch p.HeadRepository {
	case "":
		return owner + ":" + p.Head
	case deletedFork:
		return "unknown repository"
	}
	owner, _, _ = strings.Cut(p.HeadRepository, "/")
	return owner + ":" + p.Head
}

// moveHead gives a pull request a new head commit, and moves the branch that it is on.
func (g *GitHub) moveHead(p *pull, oid string) {
	switch {
	case !p.isCross():
		g.setRef("refs/heads/"+p.Head, oid)
	case p.headOID != oid:
		g.record(activity{
			fork: p.HeadRepository, kind: g.kindOfMove(p.headOID, oid), ref: "refs/heads/" + p.Head,
			before: cmp.Or(p.headOID, zeroOID), after: oid, actor: p.Author,
		})
	}
	g.headMoved(p, oid)
}

// branchMoved lets the open pull requests of a branch follow it.
func (g *GitHub) branchMoved(branch, oid string) {
	for _, p := range g.pulls {
		if p.Head == branch && !p.isCross() && p.state == "OPEN" {
			g.headMoved(p, oid)
		}
	}
}

// branchDeleted closes the open pull requests of a branch.
func (g *GitHub) branchDeleted(branch string) {
	for _, p := range g.pulls {
		if p.Head == branch && !p.isCross() && p.state == "OPEN" {
			g.closePull(p)
		}
	}
}

func (g *GitHub) closePull(p *pull) {
	p.state, p.closedAt, p.updatedAt = "CLOSED", g.now(), g.now()
}

func (g *GitHub) headMoved(p *pull, oid string) {
	if p.headOID == oid {
		return
	}
	p.headOID, p.updatedAt = oid, g.now()
	g.git.SetRef(fmt.Sprintf("refs/pull/%d/head", p.Number), oid)
	g.dismissStale(p)
}

// commitsOf returns the commits that the pull request would add to its base.
func (g *GitHub) commitsOf(p *pull) []git.Commit {
	return g.git.Between(g.baseOID(p), p.headOID)
}

// mergeable tells whether head and base merge without conflict.
func (g *GitHub) mergeable(p *pull) bool {
	_, err := g.git.MergeTree(g.head(p.Base), p.headOID)
	return err == nil
}

// behind reports whether the base has commits that the head lacks.
func (g *GitHub) behind(p *pull) bool {
	return len(g.git.Between(p.headOID, g.head(p.Base))) > 0
}

// mergeState is GitHub's summary of whether the pull request can be merged.
func (g *GitHub) mergeState(p *pull) string {
	checks := g.rollupState(p.headOID)
	switch {
	case p.MergeState != "":
		return p.MergeState
	case p.state != "OPEN":
		return "UNKNOWN"
	case p.Computing > 0:
		p.Computing--
		return "UNKNOWN"
	case !g.mergeable(p):
		return "DIRTY"
	case p.Draft:
		return "DRAFT"
	case g.reviewMissing(p) || g.checksMissing(p):
		return "BLOCKED"
	case g.strict(p.Base) && g.behind(p):
		return "BEHIND"
	case checks != "" && checks != "SUCCESS":
		return "UNSTABLE"
	}
	return "CLEAN"
}

// mergedAt is when the pull request was merged, null before.
func (p *pull) mergedAt() any {
	if p.state != "MERGED" {
		return nil
	}
	return p.closedAt
}

func (p *pull) nodeID() string { return nodeID("PR", fmt.Sprint(p.Number)) }

// sortedPulls returns all pull requests by number.
func (g *GitHub) sortedPulls() []*pull {
	return slices.SortedFunc(maps.Values(g.pulls), func(a, b *pull) int { return cmp.Compare(a.Number, b.Number) })
}
