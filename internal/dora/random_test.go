package dora_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/dora"
	"github.com/lockstep-action/lockstep/internal/releases"
)

const day = 24 * time.Hour

// world makes a random repository with what was deployed from it.
type world struct {
	*rand.Rand

	at      time.Time
	main    []releases.Commit // of the default branch with what was merged, oldest first
	tip     string
	heads   []releases.Commit // of pull requests that are not among those
	off     map[string]releases.Off
	trees   map[string]string
	commits int
	pulls   int
}

// noon is a Tuesday.
func noon() time.Time { return time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC) }

func newWorld(seed uint64) *world {
	return &world{Rand: rand.New(rand.NewPCG(seed, 7)), off: map[string]releases.Off{}, trees: map[string]string{}}
}

// chance reports true in so many of a hundred cases.
func (w *world) chance(percent int) bool { return w.IntN(100) < percent }

func (w *world) seconds(most time.Duration) time.Duration {
	return time.Duration(w.Int64N(int64(most/time.Second)+1)) * time.Second
}

// authored is a time that the clock of someone says, which may be wrong, or missing.
func (w *world) authored() time.Time {
	switch {
	case w.chance(3):
		return time.Time{}
	case w.chance(5):
		return w.at.Add(w.seconds(9 * day))
	case w.chance(2):
		return w.at.AddDate(-30, 0, 0)
	}
	return w.at.Add(-w.seconds(4 * day))
}

func (w *world) commit(tree string, parents ...string) releases.Commit {
	w.commits++
	made := releases.Commit{SHA: fmt.Sprintf("%07x%033x", 0xabc0000+w.commits, w.commits), Parents: parents, AuthoredAt: w.authored(), CommittedAt: w.at}
	w.trees[made.SHA] = tree
	return made
}

func (w *world) newTree() string { return fmt.Sprint("tree", w.commits) }

// grow adds a commit or a pull request to the default branch.
func (w *world) grow() {
	var parents []string
	if w.tip != "" {
		parents = []string{w.tip}
	}
	if len(parents) == 0 || w.chance(25) {
		w.add(w.commit(w.newTree(), parents...))
		return
	}
	w.pulls++
	pull := &releases.Pull{Number: w.pulls, CreatedAt: w.at.Add(-w.seconds(3 * day)), MergedAt: w.at, FirstCommitAt: w.authored()}
	var branch []releases.Commit
	for range 1 + w.IntN(3) {
		one := w.commit(w.newTree(), parents...)
		one.Pull = pull
		branch, parents = append(branch, one), []string{one.SHA}
	}
	head := branch[len(branch)-1]
	tree := w.trees[head.SHA]
	if w.chance(20) {
		tree = w.newTree() // the branch was behind
	}
	switch w.IntN(4) {
	case 0: // it stays open
		pull.MergedAt = time.Time{}
		w.leave(branch)
	case 1:
		w.leave(branch)
		squashed := w.commit(tree, w.tip)
		squashed.Pull = pull
		w.add(squashed)
	default:
		merge := w.commit(tree, w.tip, head.SHA)
		merge.Pull = pull
		w.add(append(branch, merge)...)
	}
}

func (w *world) add(commits ...releases.Commit) {
	w.main = append(w.main, commits...)
	w.tip = commits[len(commits)-1].SHA
}

// leave keeps a branch that the default branch lacks.
func (w *world) leave(branch []releases.Commit) {
	head := branch[len(branch)-1]
	w.heads = append(w.heads, head)
	switch {
	case w.chance(10):
		w.off[head.SHA] = releases.Off{Gap: "it cannot be compared"}
	case w.chance(90):
		w.off[head.SHA] = releases.Off{Commits: branch}
	}
}

// statuses are those of a deployment that was created now, newest first.
func (w *world) statuses() []deploy.Status {
	at := w.at
	var all []deploy.Status
	status := func(state, description string) {
		at = at.Add(w.seconds(2 * time.Hour))
		all = append(all, deploy.Status{State: state, Description: description, CreatedAt: deploy.Know(at)})
	}
	if w.chance(70) {
		status("IN_PROGRESS", "")
	}
	switch w.IntN(20) {
	case 0:
		status("FAILURE", "it does not start")
	case 1:
		status("ERROR", "aborted: cancelled")
	case 2:
		status("FAILURE", "first try")
		status("SUCCESS", "")
	case 3, 4:
		status("SUCCESS", "")
		at = at.Add(w.seconds(3 * day))
		status([]string{"FAILURE", "ERROR"}[w.IntN(2)], "it does not answer")
		if w.chance(30) {
			status("SUCCESS", "")
		}
	case 5: // nothing follows
	case 6:
		status("QUEUED", "")
	default:
		status("SUCCESS", "")
	}
	if w.chance(30) {
		status("INACTIVE", "")
	}
	slices.Reverse(all)
	return all
}

// deployed is a deployment of something.
func (w *world) deployed(before []deploy.Deployment) deploy.Deployment {
	sha := w.tip
	switch dice := w.IntN(20); {
	case dice < 4 && len(w.heads) > 0:
		sha = w.heads[len(w.heads)-1-w.IntN(min(len(w.heads), 3))].SHA
	case dice < 7 && len(before) > 0:
		sha = before[w.IntN(min(len(before), 4))].SHA
	case dice == 7:
		sha = w.main[w.IntN(len(w.main))].SHA
	}
	d := deploy.Deployment{
		Environment: "production", SHA: sha, TreeSHA: w.trees[sha], Commit: &deploy.Commit{SHA: sha}, State: "ACTIVE", CreatedAt: w.at, Statuses: w.statuses(),
	}
	switch {
	case w.chance(3):
		d.SHA, d.TreeSHA, d.Commit = fmt.Sprintf("dead%036x", w.Int64()), "", nil
	case w.chance(2):
		d.SHA, d.TreeSHA = fmt.Sprintf("beef%036x", w.Int64()), "unknown"
	case w.chance(4):
		d.State = "ABANDONED"
	}
	if w.chance(40) {
		d.Own, d.CreatedBy.Run.ID = true, 1+w.Int64N(1<<40)
		if w.chance(10) {
			d.Pull = 1 + w.IntN(w.pulls+1)
		}
		if w.chance(5) {
			d.Rollback = &deploy.Rollback{To: sha}
		}
	}
	return d
}

// twin is what GitHub records of its own for a job that names the environment.
func (w *world) twin(of deploy.Deployment) deploy.Deployment {
	return deploy.Deployment{
		Environment: of.Environment, SHA: of.SHA, TreeSHA: of.TreeSHA, Commit: of.Commit, CreatedAt: of.CreatedAt, State: of.State,
		LogURL: fmt.Sprintf("https://github.com/acme/shop/actions/runs/%d/job/1", of.CreatedBy.Run.ID), Statuses: w.statuses(),
	}
}

// randomCase is what a report is made of.
type randomCase struct {
	settings  dora.Settings
	history   releases.History
	incidents []releases.Incident
}

func zones() []*time.Location {
	all := []*time.Location{nil, time.UTC}
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata"} {
		if zone, err := time.LoadLocation(name); err == nil {
			all = append(all, zone)
		}
	}
	return all
}

func random(seed uint64) randomCase {
	w := newWorld(seed)
	days := []int{1, 7, 14, 90, 365}[w.IntN(5)]
	length := time.Duration(days) * day
	count := w.IntN(24)
	s := dora.Settings{At: noon().Add(w.seconds(9 * day)), Days: days, Zone: zones()[w.IntN(len(zones()))], Incidents: w.chance(70)}
	w.at = s.At.Add(-length - length/4)
	h := releases.History{Environment: "production", ReadAt: s.At, Since: s.From(), Off: w.off}
	w.grow()
	for range count {
		for range w.IntN(3) {
			w.grow()
		}
		w.at = w.at.Add(w.seconds(5 * length / 4 / time.Duration(count)))
		one := w.deployed(h.Deployments)
		h.Deployments = slices.Insert(h.Deployments, 0, one)
		if one.Own && w.chance(50) {
			h.Deployments = slices.Insert(h.Deployments, w.IntN(2), w.twin(one))
		}
		if w.chance(10) {
			w.at = w.at.Add(-w.seconds(time.Hour)) // two at once
		}
	}
	if w.chance(10) {
		h.Cut = s.From().Add(w.seconds(length / 2))
	}
	h.Commits = slices.Clone(w.main)
	if w.chance(10) {
		h.Commits = h.Commits[w.IntN(len(h.Commits)):]
		for _, one := range w.main[:len(w.main)-len(h.Commits)] {
			w.off[one.SHA] = releases.Off{} // older than those that were read
		}
	}
	slices.Reverse(h.Commits)
	return randomCase{s, h, w.incidents(s, h.Deployments)}
}

func (w *world) incidents(s dora.Settings, deployments []deploy.Deployment) []releases.Incident {
	var all []releases.Incident
	for i := range w.IntN(6) {
		one := releases.Incident{Number: i + 1, OpenedAt: s.At.Add(-w.seconds(s.At.Sub(s.From()) + day))}
		if len(deployments) > 0 {
			of := deployments[w.IntN(len(deployments))]
			if len(of.Statuses) > 0 && w.chance(20) {
				one.OpenedAt = of.Statuses[0].CreatedAt.Value // in the same second
			}
			switch w.IntN(6) {
			case 0:
				one.Body = "It is down.\n\nroot cause: " + of.SHA + "\n"
			case 1:
				one.Body = "Root Cause: `" + of.SHA[:9] + "`"
			case 2:
				one.Body = "root cause: unknown"
			}
		}
		if w.chance(70) {
			one.ClosedAt = one.OpenedAt.Add(w.seconds(2 * day))
		}
		all = append(all, one)
	}
	return all
}
