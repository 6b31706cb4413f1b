package deploy

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// gap is what the head of the pull request lacks of another branch.
type gap struct {
	branch string
	Distance
	behind bool // GitHub says so itself, whatever the distance is
}

func (g gap) lacks() bool { return g.behind || g.Commits > 0 }

// String says how far the head lags behind.
func (g gap) String() string {
	if g.Commits == 0 {
		return "behind " + markdown.Code(g.branch)
	}
	return plural(g.Commits, "commit") + " behind " + markdown.Code(g.branch)
}

// gaps lists the branches whose commits the head must not lack. GitHub's own word about it concerns
// the base.
func gaps(c config.Config, f Facts) []gap {
	base := gap{f.Pull.BaseRef, f.Pull.BehindBase, f.Pull.MergeState == "BEHIND"}
	stable := gap{c.StableBranch, f.Pull.BehindStable, false}
	switch {
	case c.Outdated.Mode == config.OutdatedStable:
		return []gap{stable}
	case c.Outdated.Mode == config.OutdatedBase, base.branch == stable.branch:
		return []gap{base}
	}
	return []gap{base, stable}
}

// outdatedBy lists the gaps through which the head is outdated.
func outdatedBy(c config.Config, f Facts) []gap {
	var found []gap
	for _, g := range gaps(c, f) {
		if g.lacks() {
			found = append(found, g)
		}
	}
	return found
}

// checkOutdated wants the head to hold every commit of its base.
func checkOutdated(r Request, c config.Config, f Facts) Finding {
	switch {
	case !deploysHead(r):
		return Finding{Text: "it does not matter whether the pull request is up to date"}
	case c.Outdated.Update == config.UpdateDisabled:
		return Finding{Text: "branches that lack commits of their base may be deployed"}
	}
	if problem, missing := f.unavailable(PullPart); missing {
		return blockUnavailable(problem)
	}
	if found := outdatedBy(c, f); len(found) > 0 {
		return outdated(found)
	}
	if problem, missing := distanceUnavailable(c, f); missing {
		return blockUnavailable(problem)
	}
	return Finding{Text: "the branch is up to date"}
}

// distanceUnavailable finds why a distance is missing that would have to be nought.
func distanceUnavailable(c config.Config, f Facts) (Problem, bool) {
	for _, g := range gaps(c, f) {
		if g.Known {
			continue
		}
		if problem, missing := f.unavailable(FreshnessPart); missing {
			return problem, true
		}
		return Problem{
			Text: "I could not read how many commits of " + markdown.Code(g.branch) + " the branch lacks.",
			Hint: "Run the command again. If it stays so, check that the branch " + markdown.Code(g.branch) + " exists.",
		}, true
	}
	return Problem{}, false
}

func outdated(found []gap) Finding {
	distances, branches := make([]string, len(found)), make([]string, len(found))
	for i, g := range found {
		distances[i], branches[i] = g.String(), markdown.Code(g.branch)
	}
	return Finding{
		Level: Block, Code: PrechecksFailed,
		Text: "The branch is " + strings.Join(distances, " and ") + ".",
		Hint: "Merge " + strings.Join(branches, " and ") + " into it, wait for the checks, and run the command again.",
	}
}

// updates reports whether GitHub can bring the branch up to date by itself: it merges the base, which
// must be what is missing and must not conflict.
func updates(c config.Config, f Facts) bool {
	base := gaps(c, f)[0]
	return c.Outdated.Update == config.UpdateForce && base.branch == f.Pull.BaseRef && base.lacks() && f.Pull.MergeState != dirty
}

// updating says that GitHub is asked to.
func updating(f Facts) string {
	return "I ask GitHub to merge " + markdown.Code(f.Pull.BaseRef) + " into it. Wait for the checks of the new commit, and run the command again. If none appear (GitHub starts no workflows for a merge by the workflow's own token), push a commit of your own."
}
