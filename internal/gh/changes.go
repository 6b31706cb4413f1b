package gh

import (
	"context"

	"github.com/google/go-github/v60/github"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// changes are the files that a deployment changes, or why they could not be read.
type changes struct {
	found   deploy.Changes
	problem *deploy.Problem
	board   map[deploy.Comparison]deploy.Compared
}

func (c changes) addTo(facts *deploy.Facts) {
	facts.Changes, facts.Board.Compared = c.found, c.board
	noteProblem(facts, deploy.ChangesPart, c.problem)
	markRead(facts, map[deploy.Part]bool{deploy.ChangesPart: c.found.Head != ""})
}

// mostComparedFiles is how many files of a comparison GitHub shows.
const mostComparedFiles = 300

const errNoFiles = constant("the answer has no list of files")

// changes compares two commits from their common ancestor on. Where the base runs, the files that only the base changed
// count as well: a deployment takes those changes away.
func (r *reader) changes(ctx context.Context, wanted deploy.Comparison) changes {
	if wanted == (deploy.Comparison{}) {
		return changes{}
	}
	found := deploy.Changes{Comparison: wanted}
	behind, err := r.addCompared(ctx, wanted.Base, wanted.Head, &found)
	if err == nil && behind > 0 && wanted.Runs {
		_, err = r.addCompared(ctx, wanted.Head, wanted.Base, &found)
	}
	if err != nil {
		return changes{problem: new(Explain(doing{"compare the commit with what runs in the environment", "contents: read"}.failed(err)))}
	}
	return changes{found: found}
}

// addCompared adds the files that head has changed since its common ancestor with base. It returns how many commits of
// base the head lacks. Commits that GitHub cannot compare leave a gap.
func (r *reader) addCompared(ctx context.Context, base, head string, to *deploy.Changes) (behind int, err error) {
	options := &github.ListOptions{PerPage: 1}
	if to.Trees {
		options.PerPage = mostForms
	}
	comparison, response, err := r.rest.Repositories.CompareCommits(ctx, r.owner, r.name, base, head, options)
	if isMissing(response) {
		to.Gap = "GitHub cannot compare " + markdown.Code(deploy.Short(base)) + " with " + markdown.Code(deploy.Short(head))
		return 0, nil
	}
	if err = counted(comparison, err); err != nil {
		return 0, err
	}
	if comparison.Files == nil {
		return 0, errNoFiles
	}
	if base == to.Base {
		to.Forms = treesOf(comparison)
		to.Ahead, to.Behind = deploy.Know(comparison.GetAheadBy()), deploy.Know(comparison.GetBehindBy())
	}
	if len(comparison.Files) >= mostComparedFiles {
		to.Gap = "more than 300 files change, and GitHub does not list them all"
	}
	for _, file := range comparison.Files {
		to.Files = append(to.Files, file.GetFilename())
		if former := file.GetPreviousFilename(); former != "" {
			to.Files = append(to.Files, former)
		}
	}
	return comparison.GetBehindBy(), nil
}

// mostForms is how many commits of a comparison are read where their trees are wanted.
const mostForms = 100

func treesOf(comparison *github.CommitsComparison) []string {
	var trees []string
	for _, one := range comparison.Commits {
		trees = append(trees, one.GetCommit().GetTree().GetSHA())
	}
	return trees
}
