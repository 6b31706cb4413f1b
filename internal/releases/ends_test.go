package releases_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/releases"
)

// branch is one that is not merged yet.
type branch struct {
	head string
	pull int // 0 for none
}

// project is a random repository with what was deployed from it.
type project struct {
	*rand.Rand

	hours    float64
	all      map[string]releases.Commit
	main     string
	branches []branch
	deployed []deploy.Deployment // newest first
}

func (p *project) commit(pull int, parents ...string) string {
	sha := fmt.Sprint("c", len(p.all)+1)
	p.all[sha] = commit(p.hours, sha, pull, parents...)
	return sha
}

// develop adds a commit somewhere, or merges a branch.
func (p *project) develop() {
	if len(p.branches) == 0 || p.IntN(3) == 0 {
		pull := len(p.all) * min(1, p.IntN(4))
		p.branches = append(p.branches, branch{p.commit(pull, p.main), pull})
		return
	}
	i := p.IntN(len(p.branches))
	one := p.branches[i]
	switch p.IntN(5) {
	case 0:
		p.main = p.commit(0, p.main)
	case 1:
		p.branches[i].head = p.commit(one.pull, one.head, p.main)
	case 2:
		p.branches[i].head = p.commit(one.pull, one.head)
	case 3:
		p.main = p.commit(one.pull, p.main, one.head)
		p.branches = slices.Delete(p.branches, i, i+1)
	default:
		p.main = p.commit(one.pull, p.main)
		p.branches = slices.Delete(p.branches, i, i+1)
	}
}

// deploy deploys the default branch, a branch, or what was deployed before.
func (p *project) deploy() {
	sha := p.main
	switch which := p.IntN(8); {
	case which == 0 && len(p.branches) > 0:
		sha = p.branches[p.IntN(len(p.branches))].head
	case which == 1 && len(p.deployed) > 0:
		sha = p.deployed[p.IntN(len(p.deployed))].SHA
	}
	d := good(p.hours, sha)
	d.Commit.CommittedAt = deploy.Know(p.all[sha].CommittedAt)
	p.deployed = slices.Insert(p.deployed, 0, d)
}

func (p *project) below(sha string, into map[string]bool) {
	if !into[sha] {
		into[sha] = true
		for _, parent := range p.all[sha].Parents {
			p.below(parent, into)
		}
	}
}

// history is what is read where the commits of the default branch are read back to a time.
func (p *project) history(since time.Time) releases.History {
	h := releases.History{ReadAt: at(p.hours + 1), Since: at(p.hours - 240), Deployments: p.deployed, Off: map[string]releases.Off{}}
	main := map[string]bool{}
	p.below(p.main, main)
	for _, sha := range slices.Sorted(maps.Keys(main)) {
		if one := p.all[sha]; !one.CommittedAt.Before(since) {
			h.Commits = append(h.Commits, one)
		}
	}
	slices.SortStableFunc(h.Commits, func(a, b releases.Commit) int { return b.CommittedAt.Compare(a.CommittedAt) })
	for _, d := range h.Compared() {
		if slices.ContainsFunc(h.Commits, func(c releases.Commit) bool { return c.SHA == d.SHA }) {
			continue
		}
		off, below := releases.Off{}, map[string]bool{}
		p.below(d.SHA, below)
		for _, sha := range slices.Sorted(maps.Keys(below)) {
			if !main[sha] {
				off.Commits = append(off.Commits, p.all[sha])
			}
		}
		h.Off[d.SHA] = off
	}
	return h
}

// However little was read, nothing that a deployment brought is missing where it is said to be known, and no rollback is
// taken for something else.
func TestWhatWasNotReadIsUnknown(t *testing.T) {
	t.Parallel()
	unknown, known := 0, 0
	for seed := range uint64(2000) {
		p := &project{Rand: rand.New(rand.NewPCG(seed, 3)), all: map[string]releases.Commit{}}
		p.main = p.commit(0)
		for range 60 {
			p.hours += p.Float64() * 30
			if p.IntN(2) == 0 {
				p.develop()
			} else {
				p.deploy()
			}
		}
		whole := releases.Of(p.history(time.Time{}))
		less := releases.Of(p.history(at(p.hours * p.Float64())))
		for i, want := range whole {
			switch got := less[i]; {
			case got.SucceededAt.Before(at(p.hours - 240)):
			case got.Unknown != "":
				unknown++
			default:
				known++
				had := strings.Fields(told(got))
				lost := slices.DeleteFunc(strings.Fields(told(want)), func(word string) bool { return word == "more" || slices.Contains(had, word) })
				assert.Empty(t, lost, "seed %d: %s, not %s", seed, told(got), told(want))
			}
		}
	}
	assert.Greater(t, known, unknown)
	assert.Positive(t, unknown)
}
