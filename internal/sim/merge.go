package sim

import (
	"fmt"

	"github.com/lockstep-action/lockstep/internal/sim/git"
)

// MergeMethod is a way to merge a pull request.
type MergeMethod string

// The methods.
const (
	MergeCommits MergeMethod = "merge"  // a merge commit
	SquashMerge  MergeMethod = "squash" // one commit with all changes
	RebaseMerge  MergeMethod = "rebase" // a copy of each commit; merge commits are left out
)

// MergePullBy merges a pull request by a method and returns the base's newest commit then, or "" when there is a conflict.
// The head branch stays.
func (g *GitHub) MergePullBy(number int, method MergeMethod) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.mergePull(g.existing(number), method)
}

func (g *GitHub) mergePull(p *pull, method MergeMethod) string {
	onto := g.head(p.Base)
	made, err := g.mergedBy(p, method, onto)
	if err != nil || len(made) == 0 {
		return ""
	}
	newest := made[len(made)-1]
	p.state, p.mergeCommit, p.mergedOnto, p.broughtIn, p.mergedBy = "MERGED", newest, onto, made, p.Author
	p.closedAt, p.updatedAt = g.now(), g.now()
	g.setRef("refs/heads/"+p.Base, newest)
	return newest
}

// mergedBy makes the commits of a merge, oldest first.
func (g *GitHub) mergedBy(p *pull, method MergeMethod, onto string) ([]string, error) {
	by := g.signature(p.Author, g.now())
	switch method {
	case MergeCommits:
		message := fmt.Sprintf("Merge pull request #%d from %s\n\n%s", p.Number, p.label(g.repository.Owner), p.Title)
		oid, err := g.merge(onto, p.headOID, by, message)
		return []string{oid}, err
	case RebaseMerge:
		return g.rebase(g.commitsOf(p), onto, by)
	case SquashMerge:
		tree, err := g.git.MergeTree(onto, p.headOID)
		if err != nil {
			return nil, err
		}
		message := fmt.Sprintf("%s (#%d)", p.Title, p.Number)
		return []string{g.git.WriteCommit(git.Commit{Tree: tree, Parents: []string{onto}, Author: by, Committer: by, Message: message})}, nil
	}
	return nil, fmt.Errorf("there is no merge method %q", method)
}

// rebase copies commits onto another one. Authors stay; the committer is the one who merges.
func (g *GitHub) rebase(commits []git.Commit, onto string, by git.Signature) ([]string, error) {
	var made []string
	for _, one := range commits {
		if len(one.Parents) != 1 {
			continue
		}
		tree, err := g.git.PickTree(one.OID, onto)
		if err != nil {
			return nil, err
		}
		onto = g.git.WriteCommit(git.Commit{Tree: tree, Parents: []string{onto}, Author: one.Author, Committer: by, Message: one.Message})
		made = append(made, onto)
	}
	return made, nil
}
