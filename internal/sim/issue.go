package sim

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"
)

// Issue is an issue. A zero number takes the next free one, which it shares with pull requests.
type Issue struct {
	Number        int
	Author, Title string
	Body          string
	Locked        bool // its conversation: people with write access may still change it, apps may not
	Labels        []string
	Closed        bool
	Deleted       bool
}

type issue struct {
	Issue
	id                   int64
	createdAt, updatedAt time.Time
	closedAt             time.Time // zero for one that is open
}

// OpenIssue opens an issue and returns its number.
func (g *GitHub) OpenIssue(i Issue) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	i.Number = cmp.Or(i.Number, g.nextNumber())
	i.Author = cmp.Or(i.Author, "octocat")
	i.Title = cmp.Or(i.Title, fmt.Sprintf("Issue %d", i.Number))
	g.user(i.Author)
	opened := &issue{Issue: i, id: g.ids.nextLarge(), createdAt: g.now()}
	opened.touch(g.now())
	g.issues[i.Number] = opened
	return i.Number
}

// EditIssue changes an issue, as someone with write access would. Its number and author stay.
func (g *GitHub) EditIssue(number int, change func(*Issue)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if edited := g.issues[number]; edited != nil {
		before := edited.Issue
		change(&edited.Issue)
		edited.Number, edited.Author = before.Number, before.Author
		edited.touch(g.now())
	}
}

// Issue returns an issue, the zero one where there is no such issue.
func (g *GitHub) Issue(number int) Issue {
	g.mu.Lock()
	defer g.mu.Unlock()
	if found := g.issues[number]; found != nil {
		return found.Issue
	}
	return Issue{}
}

func (i *issue) nodeKey() string { return fmt.Sprint(i.id) }

// touch says that an issue has changed, and when it was closed.
func (i *issue) touch(now time.Time) {
	i.updatedAt = now
	switch {
	case !i.Closed:
		i.closedAt = time.Time{}
	case i.closedAt.IsZero():
		i.closedAt = now
	}
}

// nextNumber is the number of the next issue or pull request.
func (g *GitHub) nextNumber() int {
	taken := append(slices.Collect(maps.Keys(g.pulls)), 0)
	return 1 + slices.Max(append(taken, slices.Collect(maps.Keys(g.issues))...))
}

func issueRoutes() []route {
	const single = "/repos/{owner}/{repo}/issues/{issue_number}"
	return []route{
		{method: "GET", path: single, needs: conversation("read"), handle: onIssue("read", (*GitHub).getIssue)},
		{method: "PATCH", path: single, needs: conversation("write"), handle: onIssue("write", (*GitHub).patchIssue)},
	}
}

// onIssue finds the issue of a route before its handler runs, nil for a pull request, for which the permission for pull
// requests does as well.
func onIssue(level string, handle func(*GitHub, *call, *issue) answer) func(*GitHub, *call) answer {
	return func(g *GitHub, c *call) answer {
		found := g.issues[int(c.number("issue_number"))]
		switch {
		case found == nil && g.pulls[int(c.number("issue_number"))] == nil:
			return refuse(http.StatusNotFound, "Not Found")
		case found == nil:
			return handle(g, c, nil)
		case !c.token.allows("issues:" + level):
			return refuse(http.StatusForbidden, c.token.forbidden())
		case found.Deleted:
			return refuse(http.StatusGone, "This issue was deleted")
		}
		return handle(g, c, found)
	}
}

func (g *GitHub) getIssue(c *call, found *issue) answer {
	if found == nil {
		return reply(http.StatusOK, g.restPullIssue(g.pulls[int(c.number("issue_number"))]))
	}
	return reply(http.StatusOK, g.restIssue(found))
}

// patchIssue changes the title, the text and the state of an issue.
func (g *GitHub) patchIssue(c *call, found *issue) answer {
	body := c.text("body")
	if utf8.RuneCountInString(body) > longestBody {
		return invalid("Issue", "body", "custom", fmt.Sprintf("body is too long (maximum is %d characters)", longestBody))
	}
	_, given := c.fields["body"]
	if found == nil {
		p := g.pulls[int(c.number("issue_number"))]
		if p.locked && c.token.Kind == InstallationToken {
			return refuse(http.StatusForbidden, lockedIssue)
		}
		if given {
			p.Body = body
		}
		p.Title, p.updatedAt = cmp.Or(c.text("title"), p.Title), g.now()
		return reply(http.StatusOK, g.restPullIssue(p))
	}
	if found.Locked && c.token.Kind == InstallationToken {
		return refuse(http.StatusForbidden, lockedIssue)
	}
	if given {
		found.Body = body
	}
	found.Title = cmp.Or(c.text("title"), found.Title)
	if state := c.text("state"); state != "" {
		found.Closed = state == "closed"
	}
	found.touch(g.now())
	return reply(http.StatusOK, g.restIssue(found))
}

// lockedIssue is what an app is told that changes an issue whose conversation is locked.
const lockedIssue = "Unable to update because issue is locked."

func (g *GitHub) restIssue(i *issue) object {
	self, author, labels := g.api("/issues/%d", i.Number), g.user(i.Author), []any{}
	for _, name := range i.Labels {
		labels = append(labels, g.restLabel(name))
	}
	state, closed := "open", any(nil)
	if i.Closed {
		state, closed = "closed", i.closedAt
	}
	return object{
		"id": i.id, "node_id": nodeID("I", i.nodeKey()), "number": i.Number, "url": self, "html_url": g.web("/issues/%d", i.Number),
		"repository_url": g.api(""), "labels_url": self + "/labels{/name}", "comments_url": self + "/comments", "events_url": self + "/events",
		"title": i.Title, "body": optional(i.Body), "user": author.rest(), "author_association": author.association(),
		"state": state, "state_reason": nil, "locked": i.Locked, "active_lock_reason": nil, "labels": labels, "assignee": nil, "assignees": []any{},
		"milestone": nil, "comments": 0, "created_at": i.createdAt, "updated_at": i.updatedAt, "closed_at": closed,
		"performed_via_github_app": nil,
	}
}

// restPullIssue is a pull request, seen as the issue that it is as well.
func (g *GitHub) restPullIssue(p *pull) object {
	shown := object{"locked": p.locked, "assignee": nil, "assignees": []any{}, "milestone": nil}
	g.fillIssue(shown, p)
	return shown
}
