package sim

import (
	"net/http"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim/git"
)

func pullRoutes() []route {
	const single = "/repos/{owner}/{repo}/pulls/{pull_number}"
	read, write := []string{"pull-requests:read"}, []string{"pull-requests:write"}
	return []route{
		{method: "GET", path: single, needs: read, handle: onPull((*GitHub).getPull)},
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
	oid, err := g.merge(p.headOID, g.head(p.Base), g.signature(c.token.Login, g.now()), "Merge branch '"+p.Base+"' into "+p.Head)
	if err != nil {
		return refuse(http.StatusUnprocessableEntity, "merge conflict between base and head")
	}
	g.moveHead(p, oid)
	return reply(http.StatusAccepted, object{"message": "Updating pull request branch.", "url": g.web("/pull/%d", p.Number)})
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
		"state": restState(p.state), "locked": false, "title": p.Title, "body": p.body, "user": author.rest(),
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
	if p.state == "OPEN" && p.MergeState != "UNKNOWN" {
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

// baseOID is the base as the pull request remembers it: the newest commit of its branch, or
// for a merged one what it was merged into.
func (g *GitHub) baseOID(p *pull) string {
	if merge, ok := g.git.Commit(p.mergeCommit); ok {
		return merge.Parents[0]
	}
	return g.head(p.Base)
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
