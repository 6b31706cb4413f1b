package releases

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// Of returns the deployments of the environment as releases, newest first. What GitHub records of its own for a job of a
// run of ours is left out: ours says the same.
func Of(h History) []Release {
	var all []Release
	for _, d := range withoutJobs(h.Deployments) {
		all = append(all, outcome(d, h.ReadAt))
	}
	graph, apart := graphOf(h)
	found := finder{graph: graph, cut: !h.Cut.IsZero(), off: h.Off, apart: apart, seen: map[string]bool{}, brought: map[string]bool{}}
	var before *Release
	for _, next := range Successes(all) {
		found.describe(next, before)
		before = next
	}
	return all
}

// Successes returns those that succeeded in the order in which they did. The releases are newest first.
func Successes(all []Release) []*Release {
	var successes []*Release
	for i := range slices.Backward(all) {
		if all[i].Result == Succeeded {
			successes = append(successes, &all[i])
		}
	}
	slices.SortStableFunc(successes, func(a, b *Release) int { return a.SucceededAt.Compare(b.SucceededAt) })
	return successes
}

// InOrder returns the statuses of a deployment, oldest first. GitHub promises no order.
func InOrder(statuses []deploy.Status) []deploy.Status {
	all := slices.Clone(statuses)
	slices.Reverse(all)
	slices.SortStableFunc(all, func(a, b deploy.Status) int { return a.CreatedAt.Value.Compare(b.CreatedAt.Value) })
	return all
}

// abandonedAfter is how long a deployment without a result may be silent.
const abandonedAfter = 24 * time.Hour

// abortedMark begins the description of a status that says why nothing was deployed.
const abortedMark = "aborted:"

// outcome works out from the statuses of a deployment what became of it. Its state hides that it succeeded before it
// was replaced.
func outcome(d deploy.Deployment, now time.Time) Release {
	r := Release{Deployment: d, StartedAt: d.CreatedAt, Result: Running}
	started, last, failure := false, d.CreatedAt, deploy.Status{}
	for _, status := range InOrder(d.Statuses) {
		at := status.CreatedAt.Value
		last = at
		r.LogURL = cmp.Or(status.LogURL, r.LogURL) // the status that makes it inactive has none
		switch status.State {
		case "IN_PROGRESS":
			if !started {
				started, r.StartedAt = true, at
			}
		case "SUCCESS":
			if r.SucceededAt.IsZero() {
				r.SucceededAt = at
			}
			failure = deploy.Status{}
		case "FAILURE", "ERROR":
			failure = status
		}
	}
	r.FailedAt = failure.CreatedAt.Value
	switch {
	case !r.SucceededAt.IsZero():
		r.Result = Succeeded
	case strings.HasPrefix(failure.Description, abortedMark):
		r.Result = Aborted
	case failure.State != "":
		r.Result = Failed
	case d.State == "ABANDONED" || now.Sub(last) >= abandonedAfter:
		r.Result = Abandoned
	}
	return r
}

// withoutJobs leaves out what GitHub itself records for a job with an environment whose run has a deployment of ours. Where
// that made ours inactive, it is ours that still runs.
func withoutJobs(deployments []deploy.Deployment) []deploy.Deployment {
	ours, active := map[string]bool{}, map[string]bool{}
	for _, d := range deployments {
		for _, run := range runsOf(d) {
			ours[run] = ours[run] || d.Own && d.CreatedBy.Run.ID > 0
			active[run] = active[run] || !d.Own && d.State == deploy.Active
		}
	}
	kept := slices.DeleteFunc(slices.Clone(deployments), func(d deploy.Deployment) bool {
		return !d.Own && slices.ContainsFunc(runsOf(d), func(run string) bool { return ours[run] })
	})
	for i, d := range kept {
		if d.Own && d.State == deploy.Inactive && active[runsOf(d)[0]] {
			kept[i].State = deploy.Active
		}
	}
	return kept
}

// runsOf returns the number of the run of a deployment, by what is ours, or else by its logs, with "" for none: the status
// that makes a deployment inactive has no log.
func runsOf(d deploy.Deployment) []string {
	if d.Own {
		return []string{strconv.FormatInt(d.CreatedBy.Run.ID, 10)}
	}
	all := []string{runOf(d.LogURL)}
	for _, status := range d.Statuses {
		all = append(all, runOf(status.LogURL))
	}
	return all
}

// runOf returns the number of the run that a log is of, "" for none.
func runOf(log string) string {
	_, after, _ := strings.Cut(log, "/actions/runs/")
	run, _, _ := strings.Cut(after, "/")
	return run
}

func sameFiles(a, b deploy.Deployment) bool {
	return a.SHA == b.SHA || a.TreeSHA != "" && a.TreeSHA == b.TreeSHA
}

// finder knows the commits of a history, and which of them releases had so far.
type finder struct {
	graph   map[string]Commit
	cut     bool // older deployments were not read
	off     map[string]Off
	apart   map[string]bool // commits that the default branch lacks
	based   bool            // a release had commits of the default branch that were read
	seen    map[string]bool // commits, each with all that it is built on
	brought map[string]bool // pull requests and commits without one, by key
	gap     string          // why it is not known what earlier releases had, "" where it is
}

// graphOf returns the commits that were read, and which of them the default branch lacks.
func graphOf(h History) (all map[string]Commit, apart map[string]bool) {
	all, apart = map[string]Commit{}, map[string]bool{}
	for _, off := range h.Off {
		for _, commit := range off.Commits {
			all[commit.SHA], apart[commit.SHA] = commit, true
		}
	}
	for _, commit := range h.Commits {
		all[commit.SHA] = commit
		delete(apart, commit.SHA)
	}
	return all, apart
}

// describe says which way a release went, and what it brought. The releases before it were described.
func (f *finder) describe(r, before *Release) {
	commits, gap := f.fresh(r.Deployment)
	switch {
	case before == nil && !f.cut:
		r.Kind = First
	case before == nil && r.Rollback == nil:
		r.Kind, r.Unknown = Forward, "deployments before were not read, because there are too many"
	case before != nil && sameFiles(r.Deployment, before.Deployment):
		r.Kind = Redeploy
	case r.Rollback != nil || f.contains(before.SHA, r.SHA):
		r.Kind = Rollback
	default:
		r.Kind, r.Unknown = Forward, gap
	}
	if r.Kind == Forward && r.Unknown == "" {
		r.Unknown = f.gap
	}
	if r.Kind == Forward && r.Unknown == "" && f.lacks(r.SHA, commits) {
		r.Unknown = "it has commits that are older than those that were read"
	}
	if r.Kind == Forward && r.Unknown == "" {
		r.Changes, r.More = f.changes(commits)
	}
	f.remember(r, commits, gap)
}

// remember notes what a release had. Of one that could not be compared it is only known which pull request it was about:
// what else it brought counts for no later release either. A rollback has nothing that would end this.
func (f *finder) remember(r *Release, commits []Commit, gap string) {
	for _, commit := range commits {
		_, read := f.graph[commit.SHA]
		f.seen[commit.SHA], f.brought[keyOf(commit)] = true, true
		f.based = f.based || read && !f.apart[commit.SHA]
		for _, parent := range commit.Parents {
			f.seen[parent] = true // also one that was not read
		}
	}
	switch {
	case gap != "":
		f.gap = "it is not known what an earlier deployment had: " + gap
		if r.Pull > 0 {
			f.brought[pullKey(r.Pull)] = true
		}
	case r.Kind != Rollback:
		f.gap = ""
	}
}

// fresh returns the commits of a deployment that no release had, newest first, and why they are not known.
func (f *finder) fresh(d deploy.Deployment) (all []Commit, gap string) {
	off, compared := f.off[d.SHA]
	_, read := f.graph[d.SHA]
	switch {
	case compared && off.Gap != "":
		return nil, off.Gap
	case !read && !compared && d.Commit == nil:
		return nil, "the commit no longer exists"
	case !read && !compared:
		return nil, "the commit was not compared with the default branch"
	case !read: // older than those that were read
		return []Commit{{SHA: d.SHA}}, ""
	}
	f.walk(d.SHA, f.seen, func(commit Commit) { all = append(all, commit) })
	slices.SortStableFunc(all, func(a, b Commit) int { return b.CommittedAt.Compare(a.CommittedAt) })
	return all, ""
}

// contains reports whether a commit that a release had is built on another one.
func (f *finder) contains(commit, other string) bool {
	if !f.seen[other] {
		return false
	}
	found := false
	f.walk(commit, nil, func(one Commit) { found = found || one.SHA == other || slices.Contains(one.Parents, other) })
	return found
}

// lacks reports whether a deployment may have commits that no release had and that were not read: what was read ends at a
// time. A branch may begin before it where what it is about is known: by its pull request, or because it is not merged.
func (f *finder) lacks(sha string, fresh []Commit) bool {
	if _, read := f.graph[sha]; !read {
		return true
	}
	firsts, above := f.firsts(sha), map[string][]Commit{}
	for _, commit := range fresh {
		for _, parent := range commit.Parents {
			above[parent] = append(above[parent], commit)
		}
	}
	return slices.ContainsFunc(fresh, func(c Commit) bool {
		another := func(child Commit) bool { return keyOf(child) != keyOf(c) }
		for i, parent := range c.Parents {
			_, read := f.graph[parent]
			switch {
			case read || f.seen[parent]:
			case f.apart[c.SHA]:
				return !f.based
			case c.Pull == nil || firsts[c.SHA] && i == 0 || !firsts[c.SHA] && slices.ContainsFunc(above[c.SHA], another):
				return true
			}
		}
		return false
	})
}

// firsts returns a commit with its first parent, the first parent of that, and so on.
func (f *finder) firsts(sha string) map[string]bool {
	all := map[string]bool{}
	for !all[sha] && len(f.graph[sha].Parents) > 0 {
		all[sha] = true
		sha = f.graph[sha].Parents[0]
	}
	return all
}

// walk visits a commit and all that it is built on, as far as they were read, without those that are known.
func (f *finder) walk(from string, known map[string]bool, visit func(Commit)) {
	reached, next := map[string]bool{}, []string{from}
	for len(next) > 0 {
		sha := next[len(next)-1]
		next = next[:len(next)-1]
		commit, read := f.graph[sha]
		if !read || known[sha] || reached[sha] {
			continue
		}
		reached[sha] = true
		visit(commit)
		next = append(next, commit.Parents...)
	}
}

// changes returns what commits bring that no release had, each pull request once, at its newest commit; and apart from
// those the pull requests of which a release had a part.
func (f *finder) changes(commits []Commit) (changes, more []Change) {
	listed := map[string]bool{}
	for _, commit := range commits {
		key := keyOf(commit)
		switch {
		case listed[key]:
			continue
		case f.brought[key]:
			more = append(more, ChangeOf(commit))
		default:
			changes = append(changes, ChangeOf(commit))
		}
		listed[key] = true
	}
	return changes, more
}

func keyOf(c Commit) string {
	if c.Pull == nil {
		return c.SHA
	}
	return pullKey(c.Pull.Number)
}

func pullKey(number int) string { return "#" + strconv.Itoa(number) }

// ChangeOf returns a commit as a change: the pull request that brought it, or else the commit itself.
func ChangeOf(c Commit) Change {
	if c.Pull == nil {
		return Change{Change: deploy.Change{SHA: c.SHA, Title: c.Title, Author: c.Author, URL: c.URL}, AuthoredAt: c.AuthoredAt}
	}
	p := c.Pull
	return Change{Change: deploy.Change{Pull: p.Number, SHA: c.SHA, Title: p.Title, Author: p.Author, URL: p.URL}, Pull: p}
}
