package sim

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/sim/git"
)

func pullRoutes() []route {
	const single = "/repos/{owner}/{repo}/pulls/{pull_number}"
	read, write := []string{"pull-requests:read"}, []string{"pull-requests:write"}
	return []route{
		{method: "GET", path: "/repos/{owner}/{repo}/pulls", needs: read, handle: (*GitHub).listPulls},
		{method: "POST", path: "/repos/{owner}/{repo}/pulls", needs: write, handle: (*GitHub).postPull},
		{method: "PATCH", path: single, needs: write, handle: onPull((*GitHub).patchPull)},
		{method: "GET", path: single, needs: read, handle: onPull((*GitHub).getPull)},
		{method: "GET", path: single + "/files", needs: read, handle: onPull((*GitHub).listPullFiles)},
		{method: "GET", path: single + "/reviews", needs: read, handle: onPull((*GitHub).listReviews)},
		{method: "PUT", path: single + "/update-branch", needs: write, handle: onPull((*GitHub).putUpdateBranch)},
	}
}

// onPull finds the pull request of a route before its handler runs.
func onPull(handle func(*GitHub, *call, *pull) answer) func(*GitHub, *call) answer {
	return func(g *GitHub, c *call) answer {
		found := g.pulls[int(c.number("pull_number")+c.number("issue_number"))]
		if found == nil {
			return refuse(http.StatusNotFound, "Not Found")
		}
		return handle(g, c, found)
	}
}

// listPulls answers the pull requests, the open ones unless asked otherwise, newest first.
func (g *GitHub) listPulls(c *call) answer {
	state := cmp.Or(c.query.Get("state"), "open")
	differs := func(name, value string) bool { return c.query.Get(name) != "" && c.query.Get(name) != value }
	list := slices.DeleteFunc(g.sortedPulls(), func(p *pull) bool {
		return state != "all" && state != restState(p.state) || differs("base", p.Base) || differs("head", p.label(g.repository.Owner))
	})
	if c.query.Get("direction") != "asc" {
		slices.Reverse(list)
	}
	return listed(c, list, func(p *pull) any { return g.restPull(p) })
}

// postPull opens a pull request between two branches of this repository.
func (g *GitHub) postPull(c *call) answer {
	head, base := withoutOwner(c.text("head")), c.text("base")
	taken := func(p *pull) bool { return p.state == "OPEN" && p.Head == head && p.Base == base && !p.isCross() }
	switch {
	case g.head(head) == "":
		return invalid("PullRequest", "head", "invalid", "")
	case g.head(base) == "":
		return invalid("PullRequest", "base", "invalid", "")
	case slices.ContainsFunc(g.sortedPulls(), taken):
		return invalid("PullRequest", "", "custom", "A pull request already exists for "+g.repository.Owner+":"+head+".")
	case len(g.git.Between(g.head(base), g.head(head))) == 0:
		return invalid("PullRequest", "", "custom", "No commits between "+base+" and "+head)
	}
	const reads = 2 // until the merge state is computed: this answer, and the next
	opened := g.openPull(Pull{Author: c.token.Login, Title: c.text("title"), Head: head, Base: base, Draft: c.flag("draft", false), Computing: reads})
	opened.Body = c.text("body")
	return reply(http.StatusCreated, g.restPull(opened))
}

// patchPull changes title, text, base and state of a pull request. A merged one stays merged.
func (g *GitHub) patchPull(c *call, p *pull) answer {
	if base := c.text("base"); base != "" && g.head(base) == "" {
		return invalid("PullRequest", "base", "invalid", "")
	}
	reopens := c.text("state") == "open" && p.state == "CLOSED"
	if reopens && !p.isCross() && g.head(p.Head) == "" {
		return invalid("PullRequest", "state", "invalid", "state cannot be changed. The "+p.Head+" branch has been deleted.")
	}
	p.Title, p.Base = cmp.Or(c.text("title"), p.Title), cmp.Or(c.text("base"), p.Base)
	if _, given := c.fields["body"]; given {
		p.Body = c.text("body")
	}
	switch {
	case c.text("state") == "closed" && p.state == "OPEN":
		g.closePull(p)
	case reopens:
		p.state, p.closedAt = "OPEN", time.Time{}
	}
	p.updatedAt = g.now()
	return reply(http.StatusOK, g.restPull(p))
}

func (g *GitHub) getPull(_ *call, p *pull) answer { return reply(http.StatusOK, g.restPull(p)) }

// putUpdateBranch merges the base into the head. GitHub does that in the background and
// answers 202 at once.
func (g *GitHub) putUpdateBranch(c *call, p *pull) answer {
	if expected := c.text("expected_head_sha"); expected != "" && expected != p.headOID {
		return refuse(http.StatusUnprocessableEntity, "expected head sha didn't match current head ref.")
	}
	if !g.behind(p) {
		return refuse(http.StatusUnprocessableEntity, "There are no new commits on the base branch.")
	}
	if file := g.workflowFile(p); file != "" && !c.token.allows("workflows:write") {
		return refuse(http.StatusForbidden, "refusing to allow a GitHub App to create or update workflow `"+file+"` without `workflows` permission")
	}
	oid, err := g.merge(p.headOID, g.head(p.Base), g.signature(c.token.Login, g.now()), "Merge branch '"+p.Base+"' into "+p.Head)
	if err != nil {
		return refuse(http.StatusUnprocessableEntity, "merge conflict between base and head")
	}
	g.moveHead(p, oid)
	return reply(http.StatusAccepted, object{"message": "Updating pull request branch.", "url": g.web("/pull/%d", p.Number)})
}

// workflowFile is a workflow that the base has changed since the pull request left it, "" for none.
func (g *GitHub) workflowFile(p *pull) string {
	since, _ := g.git.Commit(g.git.MergeBase(g.head(p.Base), p.headOID))
	base, _ := g.git.Commit(g.head(p.Base))
	for _, change := range g.git.Changes(since.Tree, base.Tree) {
		if strings.HasPrefix(change.Path, ".github/workflows/") {
			return change.Path
		}
	}
	return ""
}

// stackIDs is what the ids of stacks have over their numbers.
const stackIDs = 5_000_000

func (g *GitHub) restPull(p *pull) object {
	author := g.user(p.Author)
	commits := g.commitsOf(p)
	self, issue, page := g.api("/pulls/%d", p.Number), g.api("/issues/%d", p.Number), g.web("/pull/%d", p.Number)
	shown := object{
		"id": p.id, "node_id": p.nodeID(), "number": p.Number, "url": self, "html_url": page, "diff_url": page + ".diff",
		"patch_url": page + ".patch", "issue_url": issue, "commits_url": self + "/commits",
		"review_comments_url": self + "/comments", "review_comment_url": g.api("/pulls/comments{/number}"),
		"comments_url": issue + "/comments", "statuses_url": g.api("/statuses/%s", p.headOID),
		"state": restState(p.state), "locked": p.locked, "title": p.Title, "body": p.Body, "user": author.rest(),
		"author_association": author.association(), "labels": g.restLabels(p), "milestone": nil, "assignee": nil,
		"assignees": []any{}, "requested_reviewers": []any{}, "requested_teams": []any{}, "auto_merge": nil,
		"created_at": p.createdAt, "updated_at": p.updatedAt, "closed_at": moment(p.closedAt), "merged_at": p.mergedAt(), "merged_by": nil,
		"merge_commit_sha": optional(g.testMerge(p)), "draft": p.Draft, "merged": p.state == "MERGED", "mergeable": nil,
		"mergeable_state": strings.ToLower(g.mergeState(p)), "rebaseable": nil, "maintainer_can_modify": false,
		"comments": len(g.commentsOf(p.Number)), "review_comments": 0, "commits": len(commits), "additions": 0, "deletions": 0,
		"changed_files": len(g.changedFiles(p)), "head": g.restHead(p), "base": g.restBase(p), "_links": g.restPullLinks(p), "stack": nil,
	}
	if p.Stack != nil {
		shown["stack"] = object{
			"id": int64(p.Stack.Number) + stackIDs, "number": p.Stack.Number, "position": p.Stack.Position, "size": p.Stack.Size,
			"base": object{"ref": p.Stack.Base, "sha": g.head(p.Stack.Base)},
		}
	}
	if p.state == "MERGED" {
		shown["merged_by"], shown["merge_commit_sha"] = g.user(p.mergedBy).rest(), p.mergeCommit
	}
	if p.state == "OPEN" && p.MergeState != "UNKNOWN" && p.Computing == 0 {
		shown["mergeable"] = g.mergeable(p)
	}
	return shown
}

// testMerge is the merge commit by which GitHub tries a pull request out, "" where that fails.
func (g *GitHub) testMerge(p *pull) string {
	oid, err := g.merge(g.head(p.Base), p.headOID, g.signature(p.Author, p.updatedAt), "Merge "+p.headOID+" into "+g.head(p.Base))
	if err != nil {
		return ""
	}
	return oid
}

func restState(state string) string {
	if state == "OPEN" {
		return "open"
	}
	return "closed"
}

func (g *GitHub) restHead(p *pull) object {
	head := object{"label": p.label(g.repository.Owner), "ref": p.Head, "sha": p.headOID, "user": g.user(p.Author).rest(), "repo": nil}
	if name := g.headName(p); name != "" {
		owner, _, _ := strings.Cut(name, "/")
		head["user"], head["repo"] = g.owner(owner), g.restRepository(name)
	}
	return head
}

func (g *GitHub) restBase(p *pull) object {
	return object{
		"label": g.repository.Owner + ":" + p.Base, "ref": p.Base, "sha": g.baseOID(p),
		"user": g.owner(g.repository.Owner), "repo": g.restRepository(g.repository.FullName()),
	}
}

// mostPullFiles is how many of a pull request's files can be listed.
const mostPullFiles = 3000

func (g *GitHub) listPullFiles(c *call, p *pull) answer {
	files := g.restChanges(g.changedFiles(p), p.headOID)
	return listed(c, files[:min(len(files), mostPullFiles)], func(file any) any { return file })
}

// baseOID is the base as the pull request remembers it: the newest commit of its branch, or
// for a merged one what it was merged into.
func (g *GitHub) baseOID(p *pull) string {
	return cmp.Or(p.mergedOnto, g.head(p.Base))
}

func (g *GitHub) restPullLinks(p *pull) object {
	self, issue := g.api("/pulls/%d", p.Number), g.api("/issues/%d", p.Number)
	link := func(to string) object { return object{"href": to} }
	return object{
		"self": link(self), "html": link(g.web("/pull/%d", p.Number)), "issue": link(issue), "comments": link(issue + "/comments"),
		"review_comments": link(self + "/comments"), "review_comment": link(g.api("/pulls/comments{/number}")),
		"commits": link(self + "/commits"), "statuses": link(g.api("/statuses/%s", p.headOID)),
	}
}

func (g *GitHub) changedFiles(p *pull) []git.Change {
	base, _ := g.git.Commit(g.git.MergeBase(g.baseOID(p), p.headOID))
	head, _ := g.git.Commit(p.headOID)
	return g.git.Changes(base.Tree, head.Tree)
}
