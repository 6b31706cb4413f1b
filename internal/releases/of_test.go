package releases_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/releases"
)

// at is a time in hours since the history begins.
func at(hours float64) time.Time {
	return time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(hours * float64(time.Hour)))
}

// status is a status of a deployment, as "SUCCESS 3" or "FAILURE 3 aborted: why".
func status(text string) deploy.Status {
	var s deploy.Status
	var hours float64
	state, rest, _ := strings.Cut(text, " ")
	number, description, _ := strings.Cut(rest, " ")
	_, err := fmt.Sscan(number, &hours)
	if err != nil {
		panic(err)
	}
	s.State, s.Description, s.CreatedAt = state, description, deploy.Know(at(hours))
	return s
}

// deployed is a deployment of ours of a commit with its statuses, oldest first.
func deployed(hours float64, sha string, statuses ...string) deploy.Deployment {
	d := deploy.Deployment{
		Environment: "production", SHA: sha, TreeSHA: "tree-" + sha, Own: true, CreatedAt: at(hours), State: "ACTIVE",
		ID: fmt.Sprint("D", hours), Commit: &deploy.Commit{SHA: sha},
	}
	for _, text := range statuses {
		d.Statuses = append([]deploy.Status{status(text)}, d.Statuses...)
	}
	return d
}

func good(hours float64, sha string) deploy.Deployment {
	return deployed(hours, sha, fmt.Sprint("IN_PROGRESS ", hours), fmt.Sprint("SUCCESS ", hours+0.1))
}

func commit(hours float64, sha string, pull int, parents ...string) releases.Commit {
	c := releases.Commit{SHA: sha, Title: "commit " + sha, Author: "alice", Parents: parents, AuthoredAt: at(hours), CommittedAt: at(hours)}
	if pull > 0 {
		c.Pull = &releases.Pull{Number: pull, Title: fmt.Sprint("pull ", pull), Author: "bob"}
	}
	return c
}

// line are five commits of the default branch, newest first: c and d are of the pull requests 3 and 4.
func line() []releases.Commit {
	return []releases.Commit{commit(5, "e", 0, "d"), commit(4, "d", 4, "c"), commit(3, "c", 3, "b"), commit(2, "b", 0, "a"), commit(1, "a", 0)}
}

// told says in a line what a release was, and what it brought.
func told(r releases.Release) string {
	words := []string{r.SHA, string(r.Result)}
	if r.Kind != "" {
		words = append(words, string(r.Kind))
	}
	name := func(c releases.Change) string {
		if c.Change.Pull > 0 {
			return fmt.Sprint("#", c.Change.Pull)
		}
		return c.SHA
	}
	for _, change := range r.Changes {
		words = append(words, name(change))
	}
	for _, change := range r.More {
		words = append(words, "more "+name(change))
	}
	if r.Unknown != "" {
		words = append(words, "("+r.Unknown+")")
	}
	return strings.Join(words, " ")
}

func TestOf(t *testing.T) {
	t.Parallel()
	gone := good(6, "x")
	gone.Commit, gone.Pull = nil, 9
	back := good(8, "b")
	back.Rollback = &deploy.Rollback{From: "d", To: "b"}
	merged := good(7, "c")
	merged.TreeSHA = "tree-p2"
	foreign := deploy.Deployment{SHA: "e", TreeSHA: "tree-e", CreatedAt: at(6), Commit: &deploy.Commit{SHA: "e"}, LogURL: "https://github.com/acme/shop/actions/runs/77/job/5", Statuses: []deploy.Status{status("SUCCESS 6.2")}}
	inactive := foreign
	inactive.LogURL, inactive.Statuses = "", []deploy.Status{status("INACTIVE 7"), status("SUCCESS 6.2")}
	inactive.Statuses[1].LogURL = foreign.LogURL
	ours := good(6, "d")
	ours.CreatedBy.Run.ID = 77
	const missing = "it has commits that are older than those that were read"
	old := []releases.Commit{commit(9, "n", 0, "m"), commit(8, "m", 0, "l"), commit(7, "z", 0, "e", "old"), commit(7, "y", 5, "e", "old"), commit(7, "x", 6, "e", "w"), commit(6, "w", 7, "old")} // l and old were not read
	branch := map[string]releases.Off{"p2": {Commits: []releases.Commit{commit(2.6, "p2", 3, "p1"), commit(2.5, "p1", 3, "b")}}, "p1": {Commits: []releases.Commit{commit(2.5, "p1", 3, "b")}}}
	for name, test := range map[string]struct {
		deployments []deploy.Deployment // oldest first
		off         map[string]releases.Off
		more        []releases.Commit // of the default branch
		want        []string          // newest first
	}{
		"nothing":                 {},
		"the first has no base":   {deployments: []deploy.Deployment{good(6, "b")}, want: []string{"b success first"}},
		"forward":                 {deployments: []deploy.Deployment{good(6, "b"), good(7, "e")}, want: []string{"e success forward e #4 #3", "b success first"}},
		"the same again":          {deployments: []deploy.Deployment{good(6, "b"), good(7, "b")}, want: []string{"b success redeploy", "b success first"}},
		"back, and forward again": {deployments: []deploy.Deployment{good(5, "b"), good(6, "d"), good(7, "c"), good(8, "e")}, want: []string{"e success forward e", "c success rollback", "d success forward #4 #3", "b success first"}},
		"named a rollback":        {deployments: []deploy.Deployment{good(6, "d"), back}, want: []string{"b success rollback", "d success first"}},
		"named a rollback, and nothing else succeeded": {
			deployments: []deploy.Deployment{good(6, "b"), deployed(7, "d", "FAILURE 7.1"), back},
			want:        []string{"b success redeploy", "d failure", "b success first"},
		},
		"before the merge, then its squash": {
			deployments: []deploy.Deployment{good(5, "b"), good(6, "p2"), merged, good(8, "d")}, off: branch,
			want: []string{"d success forward #4", "c success redeploy", "p2 success forward #3", "b success first"},
		},
		"further commits of the same pull request": {
			deployments: []deploy.Deployment{good(5, "b"), good(6, "p1"), good(7, "p2"), good(8, "d")}, off: branch,
			want: []string{"d success forward #4 more #3", "p2 success forward more #3", "p1 success forward #3", "b success first"},
		},
		"back from a branch": {
			deployments: []deploy.Deployment{good(5, "b"), good(6, "p2"), good(7, "b")}, off: branch,
			want: []string{"b success rollback", "p2 success forward #3", "b success first"},
		},
		"a commit that is gone hides what it brought": {
			deployments: []deploy.Deployment{good(5, "b"), gone, good(7, "d"), good(8, "e")},
			want:        []string{"e success forward e", "d success forward (it is not known what an earlier deployment had: the commit no longer exists)", "x success forward (the commit no longer exists)", "b success first"},
		},
		"a rollback does not end what is not known": {
			deployments: []deploy.Deployment{good(5, "b"), gone, back, good(9, "d")},
			want:        []string{"d success forward (it is not known what an earlier deployment had: the commit no longer exists)", "b success rollback", "x success forward (the commit no longer exists)", "b success first"},
		},
		"not compared": {
			deployments: []deploy.Deployment{good(5, "b"), good(6, "p2")},
			want:        []string{"p2 success forward (the commit was not compared with the default branch)", "b success first"},
		},
		"older than what was read": {
			deployments: []deploy.Deployment{good(5, "0"), good(6, "b")}, off: map[string]releases.Off{"0": {}},
			want: []string{"b success forward b a", "0 success first"},
		},
		"commits between are older than what was read": {
			deployments: []deploy.Deployment{good(5, "0"), good(6, "00"), good(7, "m"), good(8, "n")}, off: map[string]releases.Off{"0": {}, "00": {}}, more: old,
			want: []string{"n success forward n", "m success forward (" + missing + ")", "00 success forward (" + missing + ")", "0 success first"},
		},
		"a branch is older than what was read": {
			deployments: []deploy.Deployment{good(5, "e"), good(6, "z")}, more: old,
			want: []string{"z success forward (" + missing + ")", "e success first"},
		},
		"the branch of a pull request is older than what was read": {
			deployments: []deploy.Deployment{good(5, "e"), good(6, "y")}, more: old,
			want: []string{"y success forward #5", "e success first"},
		},
		"pull requests into another branch are older than what was read": {
			deployments: []deploy.Deployment{good(5, "e"), good(6, "x")}, more: old,
			want: []string{"x success forward (" + missing + ")", "e success first"},
		},
		"back to what was not read": {
			deployments: []deploy.Deployment{good(5, "k"), good(6, "n"), good(7, "k")}, more: old, off: map[string]releases.Off{"k": {}},
			want: []string{"k success forward (" + missing + ")", "n success forward (" + missing + ")", "k success first"},
		},
		"a branch begins where nothing was read": {
			deployments: []deploy.Deployment{good(5, "q"), good(6, "m"), good(7, "l")}, more: old, off: map[string]releases.Off{"l": {}, "q": {Commits: []releases.Commit{commit(5, "q", 0, "l")}}},
			want: []string{"l success rollback", "m success forward m", "q success first"},
		},
		"what GitHub records for our job":                          {deployments: []deploy.Deployment{good(5, "b"), ours, foreign}, want: []string{"d success forward #4 #3", "b success first"}},
		"what GitHub records for our job, and has no log of later": {deployments: []deploy.Deployment{good(5, "b"), ours, inactive}, want: []string{"d success forward #4 #3", "b success first"}},
		"the order of successes counts, not of starts": {
			deployments: []deploy.Deployment{good(5, "b"), deployed(6, "d", "SUCCESS 9"), good(7, "c")},
			want:        []string{"c success forward #3", "d success forward #4", "b success first"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			slices.Reverse(test.deployments)
			var all []string
			for _, release := range releases.Of(releases.History{ReadAt: at(10), Deployments: test.deployments, Commits: append(test.more, line()...), Off: test.off}) {
				all = append(all, told(release))
			}
			assert.Equal(t, test.want, all)
		})
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		statuses            []string // oldest first
		state               string
		hours               float64 // when it is read
		want                releases.Outcome
		started, ended, bad float64 // 0 for never
	}{
		"no status":                {hours: 10, want: releases.Running, started: 1},
		"silent for a day":         {hours: 25, want: releases.Abandoned, started: 1},
		"silent since a status":    {statuses: []string{"IN_PROGRESS 2"}, hours: 26, want: releases.Abandoned, started: 2},
		"given up by GitHub":       {state: "ABANDONED", hours: 2, want: releases.Abandoned, started: 1},
		"under way":                {statuses: []string{"QUEUED 1.5", "IN_PROGRESS 2", "IN_PROGRESS 3"}, hours: 26, want: releases.Running, started: 2},
		"success":                  {statuses: []string{"IN_PROGRESS 2", "SUCCESS 3", "INACTIVE 4"}, state: "INACTIVE", hours: 99, want: releases.Succeeded, started: 2, ended: 3},
		"success without a start":  {statuses: []string{"SUCCESS 3"}, hours: 99, want: releases.Succeeded, started: 1, ended: 3},
		"success twice":            {statuses: []string{"SUCCESS 3", "SUCCESS 5"}, hours: 99, want: releases.Succeeded, started: 1, ended: 3},
		"failure":                  {statuses: []string{"IN_PROGRESS 2", "ERROR 3", "FAILURE 4"}, hours: 99, want: releases.Failed, started: 2, bad: 4},
		"failure, inactive":        {statuses: []string{"FAILURE 4", "INACTIVE 5"}, state: "INACTIVE", hours: 99, want: releases.Failed, started: 1, bad: 4},
		"failure, then success":    {statuses: []string{"FAILURE 3", "SUCCESS 4"}, hours: 99, want: releases.Succeeded, started: 1, ended: 4},
		"success, then failure":    {statuses: []string{"SUCCESS 3", "FAILURE 4"}, hours: 99, want: releases.Succeeded, started: 1, ended: 3, bad: 4},
		"aborted":                  {statuses: []string{"FAILURE 3 aborted: cancelled"}, hours: 99, want: releases.Aborted, started: 1, bad: 3},
		"failed about an abortion": {statuses: []string{"FAILURE 3 the job was aborted: why"}, hours: 99, want: releases.Failed, started: 1, bad: 3},
		"in any order":             {statuses: []string{"SUCCESS 3", "IN_PROGRESS 2", "INACTIVE 4"}, hours: 99, want: releases.Succeeded, started: 2, ended: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := deployed(1, "a", test.statuses...)
			d.State = test.state
			all := releases.Of(releases.History{ReadAt: at(test.hours), Deployments: []deploy.Deployment{d}, Commits: line()})
			assert.Equal(t, test.want, all[0].Result)
			for _, one := range []struct {
				hours float64
				got   time.Time
			}{{test.started, all[0].StartedAt}, {test.ended, all[0].SucceededAt}, {test.bad, all[0].FailedAt}} {
				if want := at(one.hours); one.hours == 0 {
					assert.Zero(t, one.got)
				} else {
					assert.Equal(t, want, one.got)
				}
			}
		})
	}
}

// Where older deployments were not read, the oldest one that was is not the first.
func TestOfCutHistory(t *testing.T) {
	t.Parallel()
	h := releases.History{ReadAt: at(10), Cut: at(5), Deployments: []deploy.Deployment{good(6, "c"), good(5, "b")}, Commits: line()}
	all := releases.Of(h)
	assert.Equal(t, "b success forward (deployments before were not read, because there are too many)", told(all[1]))
	assert.Equal(t, "c success forward #3", told(all[0]))
	h.Deployments[1].Rollback = &deploy.Rollback{From: "c", To: "b"}
	assert.Equal(t, "b success rollback", told(releases.Of(h)[1]))
}
