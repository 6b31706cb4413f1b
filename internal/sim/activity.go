package sim

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// activity is one change of a branch: when it was pushed, whatever the dates in its commits say.
type activity struct {
	id            int64
	fork          string // owner/name of the fork, "" for this repository
	kind          string
	ref           string
	before, after string
	actor         string
	at            time.Time
}

// setRef moves a reference and whatever follows it.
func (g *GitHub) setRef(name, oid string) {
	before, _ := g.git.Ref(name)
	g.git.SetRef(name, oid)
	branch, ok := strings.CutPrefix(name, "refs/heads/")
	if !ok {
		return
	}
	if before != oid {
		g.record(activity{kind: g.kindOfMove(before, oid), ref: name, before: cmp.Or(before, zeroOID), after: oid, actor: g.pusherOf(oid)})
	}
	g.branchMoved(branch, oid)
}

// MoveBranch makes a branch point at a commit, whether or not that loses commits, as a force push of a user does.
func (g *GitHub) MoveBranch(login, branch, revision string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	oid, ok := g.commitAt(revision)
	if !ok || g.head(branch) == "" {
		return fmt.Errorf("move branch %q to %q: there is no such branch or commit", branch, revision)
	}
	g.user(login)
	g.caller = login
	defer func() { g.caller = "" }()
	g.setRef("refs/heads/"+branch, oid)
	return nil
}

// removeRef deletes a reference.
func (g *GitHub) removeRef(name string) {
	before, existed := g.git.Ref(name)
	g.git.DeleteRef(name)
	if existed && isBranch(name) {
		g.record(activity{kind: "branch_deletion", ref: name, before: before, after: zeroOID, actor: cmp.Or(g.caller, g.repository.Owner)})
		g.branchDeleted(strings.TrimPrefix(name, "refs/heads/"))
	}
}

func (g *GitHub) record(a activity) {
	a.id, a.at = int64(len(g.activities)+1), g.now()
	g.activities = append(g.activities, a)
}

func (g *GitHub) kindOfMove(before, after string) string {
	switch {
	case before == "":
		return "branch_creation"
	case slices.ContainsFunc(g.sortedPulls(), func(p *pull) bool { return p.mergeCommit == after }):
		return "pr_merge"
	case !g.git.History(after)[before]:
		return "force_push"
	}
	return "push"
}

// pusherOf is the user who moves a branch: the one who asks, or without a request the commit's committer.
func (g *GitHub) pusherOf(oid string) string {
	commit, _ := g.git.Commit(oid)
	return cmp.Or(g.caller, g.loginOf(commit.Committer), g.repository.Owner)
}

func activityRoutes() []route {
	return []route{{
		method: "GET", path: "/repos/{owner}/{repo}/activity", needs: []string{"contents:read"}, ofForks: true, handle: (*GitHub).listActivity,
	}}
}

// listActivity answers the changes of branches, the newest first unless asked otherwise.
func (g *GitHub) listActivity(c *call) answer {
	ref := c.query.Get("ref")
	if ref != "" && !strings.HasPrefix(ref, "refs/") {
		ref = "refs/heads/" + ref
	}
	since := g.now().Add(-activityPeriod(c.query.Get("time_period")))
	until := g.now().Add(-g.recordLag)
	differs := func(name, value string) bool {
		return c.query.Has(name) && !strings.EqualFold(c.query.Get(name), value)
	}
	fork := c.params["owner"] + "/" + c.params["repo"]
	if strings.EqualFold(fork, g.repository.FullName()) {
		fork = ""
	}
	list := slices.DeleteFunc(slices.Clone(g.activities), func(a activity) bool {
		return !strings.EqualFold(a.fork, fork) || ref != "" && a.ref != ref || differs("actor", a.actor) || differs("activity_type", a.kind) || a.at.Before(since) || a.at.After(until)
	})
	if c.query.Get("direction") != "asc" {
		slices.Reverse(list)
	}
	if after, err := strconv.ParseInt(c.query.Get("after"), 10, 64); err == nil {
		at := slices.IndexFunc(list, func(a activity) bool { return a.id == after })
		list = list[at+1:]
	}
	size := min(len(list), clamp(c.query.Get("per_page"), 30, 100))
	shown := []any{}
	for _, one := range list[:size] {
		shown = append(shown, g.restActivity(one))
	}
	answered := reply(http.StatusOK, shown)
	if size < len(list) {
		answered.header = map[string]string{"Link": "<" + pageAfter(c.request.URL, list[size-1].id) + `>; rel="next"`}
	}
	return answered
}

// activityPeriod is how far back a list of activities goes.
func activityPeriod(name string) time.Duration {
	const day = 24 * time.Hour
	periods := map[string]time.Duration{"day": day, "week": 7 * day, "month": 30 * day, "quarter": 90 * day, "year": 365 * day}
	return cmp.Or(periods[name], 100*365*day)
}

func pageAfter(address *url.URL, id int64) string {
	next := *address
	query := next.Query()
	query.Set("after", key(id))
	next.RawQuery = query.Encode()
	return next.String()
}

func (g *GitHub) restActivity(a activity) object {
	return object{
		"id": a.id, "node_id": nodeID("PSH", key(a.id)), "before": a.before, "after": a.after, "ref": a.ref,
		"timestamp": a.at, "activity_type": a.kind, "actor": g.user(a.actor).rest(),
	}
}

// Branches returns the names of the branches, sorted.
func (g *GitHub) Branches() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	names := g.git.Refs("refs/heads/")
	for i, name := range names {
		names[i] = strings.TrimPrefix(name, "refs/heads/")
	}
	return names
}
