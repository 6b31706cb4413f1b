// Package manifest lists what was released to an environment, from the history that GitHub has of its deployments.
package manifest

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/releases"
)

// Manifest is the list for one environment. Its JSON form is part of the action's interface: the order of keys never
// changes, and unknown is null.
type Manifest struct {
	SchemaVersion int       `json:"schema_version"`
	At            string    `json:"at"` // when it was read
	Environment   string    `json:"environment"`
	Since         string    `json:"since"`    // how far back it goes
	Releases      []Release `json:"releases"` // newest first
	LeftOut       int       `json:"left_out"` // how many of the oldest are missing
}

// Release is one deployment.
type Release struct {
	Version     *string  `json:"version"`
	Environment string   `json:"environment"`
	Date        string   `json:"date"` // when it ended, or else began
	SHA         string   `json:"sha"`
	Status      Status   `json:"status"`
	URL         *string  `json:"url"` // of the run
	By          *string  `json:"by"`
	Kind        *string  `json:"kind"` // first, forward, rollback or redeploy; null for one that did not succeed
	Changes     []Change `json:"changes"`
	Unknown     *string  `json:"unknown"` // why it is not known what it brought
	Stories     []string `json:"stories"` // in the titles of its changes
}

// Status is what became of a release.
type Status string

// The statuses.
const (
	Live       Status = "live"        // it runs now
	Replaced   Status = "replaced"    // it ran until the next one
	RolledBack Status = "rolled_back" // the next one went back to what ran before
	TakenDown  Status = "taken_down"  // nothing runs since then
	Failed     Status = "failed"      // also after it had succeeded
	Aborted    Status = "aborted"     // nothing was changed
	Abandoned  Status = "abandoned"   // it got no result
	InProgress Status = "in_progress"
)

// Change is a pull request, or a commit that no pull request brought.
type Change struct {
	Pull   *int    `json:"pull_request"`
	SHA    string  `json:"sha"`
	Title  string  `json:"title"`
	Author *string `json:"author"`
	URL    *string `json:"url"`
}

// Of lists the releases of a history whose success or beginning is not older than it goes back. Stories are what the
// pattern, a regular expression, finds in the titles of changes.
func Of(h releases.History, all []releases.Release, pattern string) Manifest {
	since := h.Since
	if h.Cut.After(since) {
		since = h.Cut
	}
	m := Manifest{SchemaVersion: 1, At: clock(h.ReadAt), Environment: h.Environment, Since: clock(since), Releases: []Release{}}
	stories := regexp.MustCompile(pattern) // the input was read as one
	statuses := statusesOf(all)
	for i, r := range all {
		date := endedAt(r)
		if date.Before(since) {
			continue
		}
		one := Release{
			Version: js.OrNull(r.Named()), Environment: h.Environment, Date: clock(date), SHA: r.SHA, Status: statuses[i], URL: js.OrNull(r.LogURL),
			By: js.OrNull(r.By()), Kind: js.OrNull(string(r.Kind)), Changes: []Change{}, Unknown: js.OrNull(unknown(r)), Stories: []string{},
		}
		for _, change := range slices.Concat(r.Changes, r.More) {
			one.Changes = append(one.Changes, changeOf(change.Change))
			for _, story := range stories.FindAllString(change.Title, -1) {
				if !slices.Contains(one.Stories, story) {
					one.Stories = append(one.Stories, story)
				}
			}
		}
		m.Releases = append(m.Releases, one)
	}
	slices.SortStableFunc(m.Releases, func(a, b Release) int { return strings.Compare(b.Date, a.Date) })
	return m
}

// unknown says why it is not known what a release brought.
func unknown(r releases.Release) string {
	if r.Kind == releases.First {
		return "there is no earlier one to compare it with"
	}
	return r.Unknown
}

// endedAt is when a release succeeded, or else failed, or else began.
func endedAt(r releases.Release) time.Time { return cmp.Or(r.SucceededAt, r.FailedAt, r.StartedAt) }

// statusesOf works out what became of each release: of one that succeeded, the next one that did tells.
func statusesOf(all []releases.Release) []Status {
	next := map[*releases.Release]*releases.Release{}
	var before *releases.Release
	for _, one := range releases.Successes(all) {
		next[before], before = one, one
	}
	statuses := make([]Status, len(all))
	for i := range all {
		statuses[i] = statusOf(all[i], next[&all[i]])
	}
	return statuses
}

func statusOf(r releases.Release, next *releases.Release) Status {
	switch r.Result {
	case releases.Failed:
		return Failed
	case releases.Aborted:
		return Aborted
	case releases.Abandoned:
		return Abandoned
	case releases.Running:
		return InProgress
	case releases.Succeeded:
	}
	switch {
	case next != nil && next.Kind == releases.Rollback:
		return RolledBack
	case !r.FailedAt.IsZero():
		return Failed
	case next != nil:
		return Replaced
	case r.State == deploy.Inactive:
		return TakenDown
	}
	return Live
}

func changeOf(c deploy.Change) Change {
	return Change{Pull: js.OrNull(c.Pull), SHA: c.SHA, Title: c.Title, Author: js.OrNull(c.Author), URL: js.OrNull(c.URL)}
}

func clock(at time.Time) string { return at.UTC().Format(time.RFC3339) }
