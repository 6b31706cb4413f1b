// Package releases finds out what each deployment of an environment brought: the pull requests and commits that no
// earlier one had, and whether it went forward or back.
//
// It is pure: package gh reads a [History], and the reports are made from the [Release] values that [Of] returns.
package releases

import (
	"slices"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// History is what GitHub knows of the deployments of one environment, and of the commits that they deployed.
type History struct {
	Environment string
	ReadAt      time.Time           // by GitHub's clock
	Since       time.Time           // deployments that ended before are read only to compare with
	Deployments []deploy.Deployment // newest first, each with its statuses, newest first
	Cut         time.Time           // deployments before were not read, because there are too many; zero where all were
	Commits     []Commit            // of the default branch, newest first, as far back as they were read
	Off         map[string]Off      // by commits of deployments that are not among Commits; one that is missing was not compared
}

// Commit is a commit of the default branch, or of a branch that was deployed.
type Commit struct {
	SHA         string
	Parents     []string
	Title       string // the first line of the message
	Author      string // login, or else the name in the commit
	URL         string
	AuthoredAt  time.Time
	CommittedAt time.Time
	Pull        *Pull // that brought it, nil for none
}

// Pull is a pull request as far as reports need it. Times that GitHub does not tell are zero.
type Pull struct {
	Number        int
	Title         string
	Author        string // login
	URL           string
	CreatedAt     time.Time
	MergedAt      time.Time // zero for one that is not merged
	FirstCommitAt time.Time // when its first commit was authored, by the clock of the author
}

// Off is what a comparison with the default branch says of a commit that was deployed.
type Off struct {
	Commits []Commit // those that the default branch lacks; none for a commit that is older than those that were read
	Gap     string   // why it is not known which commits it has, "" where it is
}

// Complete leaves out what GitHub records of its own for jobs of ours. It reports whether the newest success before Since
// is there, and if that was a rollback also what it went back from; and unless it is ours something before it of another run,
// which shows that it is not GitHub's own for a job: then no older deployments are needed.
func (h *History) Complete() bool {
	h.Deployments = withoutJobs(h.Deployments)
	before, _ := h.aroundSince()
	last := slices.IndexFunc(before, func(d deploy.Deployment) bool { return d.Rollback == nil })
	if last < 0 {
		return false
	}
	at := slices.IndexFunc(h.Deployments, func(d deploy.Deployment) bool { return d.ID == before[last].ID })
	ofRun := func(run string) bool { return run != "" && slices.Contains(runsOf(before[last]), run) }
	another := func(d deploy.Deployment) bool { return !slices.ContainsFunc(runsOf(d), ofRun) }
	return before[last].Own || slices.ContainsFunc(h.Deployments[at+1:], another)
}

// Compared returns the deployments of which it matters what they had: those that succeeded since Since, the success before
// them, and if that was a rollback, also what it went back from.
func (h *History) Compared() []deploy.Deployment {
	before, all := h.aroundSince()
	for _, d := range before {
		all = append(all, d)
		if d.Rollback == nil {
			break
		}
	}
	return all
}

// aroundSince returns the deployments that succeeded before Since, the newest success first, and those that did later.
func (h *History) aroundSince() (before, later []deploy.Deployment) {
	at := map[string]time.Time{}
	for _, d := range h.Deployments {
		r := outcome(d, h.ReadAt)
		at[d.ID] = r.SucceededAt
		switch {
		case r.Result != Succeeded:
		case r.SucceededAt.Before(h.Since):
			before = append(before, d)
		default:
			later = append(later, d)
		}
	}
	slices.SortStableFunc(before, func(a, b deploy.Deployment) int { return at[b.ID].Compare(at[a.ID]) })
	return before, later
}
