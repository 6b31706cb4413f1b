package sim

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// longestBody is how many characters a comment can hold.
const longestBody = 65536

// Comment is a comment on a pull request.
type Comment struct {
	ID        int64
	Author    string
	Body      string
	CreatedAt time.Time
	UpdatedAt time.Time
	Reactions []Reaction // oldest first
}

type comment struct {
	id        int64
	pull      int
	author    string
	body      string
	createdAt time.Time
	updatedAt time.Time
	reactions []*reaction
}

// Comment adds a user's comment to a pull request. It returns the comment's id.
func (g *GitHub) Comment(pull int, login, body string) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.addComment(g.existing(pull).Number, login, body).id
}

// EditComment changes the text of a comment, as its author would.
func (g *GitHub) EditComment(id int64, body string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if found := g.comment(id); found != nil {
		found.body, found.updatedAt = body, g.now()
	}
}

// DeleteComment removes a comment, as its author would.
func (g *GitHub) DeleteComment(id int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.removeComment(id)
}

// Comments returns the comments on a pull request, oldest first.
func (g *GitHub) Comments(pull int) []Comment {
	g.mu.Lock()
	defer g.mu.Unlock()
	var list []Comment
	for _, one := range g.commentsOf(pull) {
		list = append(list, one.public())
	}
	return list
}

func (c *comment) public() Comment {
	shown := Comment{ID: c.id, Author: c.author, Body: c.body, CreatedAt: c.createdAt, UpdatedAt: c.updatedAt}
	for _, one := range c.reactions {
		shown.Reactions = append(shown.Reactions, Reaction{ID: one.id, Login: one.login, Content: one.content})
	}
	return shown
}

func (g *GitHub) addComment(pull int, login, body string) *comment {
	g.user(login)
	added := &comment{id: g.ids.nextLarge(), pull: pull, author: login, body: body, createdAt: g.now(), updatedAt: g.now()}
	g.comments = append(g.comments, added)
	return added
}

func (g *GitHub) removeComment(id int64) {
	g.comments = slices.DeleteFunc(g.comments, func(one *comment) bool { return one.id == id })
}

func (g *GitHub) comment(id int64) *comment {
	for _, one := range g.comments {
		if one.id == id {
			return one
		}
	}
	return nil
}

func (g *GitHub) commentsOf(pull int) []*comment {
	return slices.DeleteFunc(slices.Clone(g.comments), func(one *comment) bool { return one.pull != pull })
}

// conversation needs one of these permissions, since a pull request is an issue as well.
func conversation(level string) []string {
	return []string{"issues:" + level, "pull-requests:" + level}
}

func commentRoutes() []route {
	const list, single = "/repos/{owner}/{repo}/issues/{issue_number}/comments", "/repos/{owner}/{repo}/issues/comments/{comment_id}"
	return []route{
		{method: "GET", path: list, needs: conversation("read"), handle: onPull((*GitHub).listComments)},
		{method: "POST", path: list, needs: conversation("write"), handle: onPull((*GitHub).postComment)},
		{method: "GET", path: single, needs: conversation("read"), handle: onComment((*GitHub).getComment)},
		{method: "PATCH", path: single, needs: conversation("write"), handle: onComment((*GitHub).patchComment)},
		{method: "DELETE", path: single, needs: conversation("write"), handle: onComment((*GitHub).deleteComment)},
	}
}

// onComment finds the comment of a route before its handler runs.
func onComment(handle func(*GitHub, *call, *comment) answer) func(*GitHub, *call) answer {
	return func(g *GitHub, c *call) answer {
		found := g.comment(c.number("comment_id"))
		if found == nil {
			return refuse(http.StatusNotFound, "Not Found")
		}
		return handle(g, c, found)
	}
}

func (g *GitHub) listComments(c *call, p *pull) answer {
	list := g.commentsOf(p.Number)
	if since, err := time.Parse(time.RFC3339, c.query.Get("since")); err == nil {
		list = slices.DeleteFunc(list, func(one *comment) bool { return one.updatedAt.Before(since) })
	}
	return listed(c, list, func(one *comment) any { return g.restComment(one) })
}

func (g *GitHub) postComment(c *call, p *pull) answer {
	if !g.mayTalk(c, p) {
		return refuse(http.StatusForbidden, lockedMessage)
	}
	if wrong := wrongBody(c.text("body")); wrong != "" {
		return invalid("IssueComment", "data", "unprocessable", wrong)
	}
	return reply(http.StatusCreated, g.restComment(g.addComment(p.Number, c.token.Login, c.text("body"))))
}

// wrongBody says what is wrong with a comment's text, "" for nothing.
func wrongBody(body string) string {
	switch {
	case body == "":
		return "Body cannot be blank"
	case utf8.RuneCountInString(body) > longestBody:
		return fmt.Sprintf("Body is too long (maximum is %d characters)", longestBody)
	}
	return ""
}

func (g *GitHub) getComment(_ *call, found *comment) answer {
	return reply(http.StatusOK, g.restComment(found))
}

func (g *GitHub) patchComment(c *call, found *comment) answer {
	if wrong := wrongBody(c.text("body")); wrong != "" {
		return invalid("IssueComment", "data", "unprocessable", wrong)
	}
	found.body, found.updatedAt = c.text("body"), g.now()
	return reply(http.StatusOK, g.restComment(found))
}

func (g *GitHub) deleteComment(_ *call, found *comment) answer {
	g.removeComment(found.id)
	return reply(http.StatusNoContent, nil)
}

func (g *GitHub) restComment(c *comment) object {
	author := g.user(c.author)
	return object{
		"id": c.id, "node_id": c.nodeID(), "url": g.api("/issues/comments/%d", c.id), "html_url": g.commentURL(c),
		"issue_url": g.api("/issues/%d", c.pull), "user": author.rest(), "author_association": author.association(),
		"body": c.body, "created_at": c.createdAt, "updated_at": c.updatedAt,
		"performed_via_github_app": nil, "reactions": g.reactionRollup(c),
	}
}

func (g *GitHub) commentURL(c *comment) string {
	return g.web("/pull/%d#issuecomment-%d", c.pull, c.id)
}

func (c *comment) nodeID() string { return nodeID("IC", strconv.FormatInt(c.id, 10)) }

func (g *GitHub) commentObject(c *call, one *comment) *graph.Object {
	if one == nil {
		return nil
	}
	author := g.user(one.author)
	mine := one.author == c.token.Login
	var edited any
	if one.updatedAt.After(one.createdAt) {
		edited = one.updatedAt
	}
	return &graph.Object{Type: "IssueComment", Fields: graph.Fields{
		"id": one.nodeID(), "databaseId": one.id, "fullDatabaseId": one.id, "body": one.body, "bodyText": one.body,
		"author": graph.Lazy(func() any { return g.actor(one.author) }), "authorAssociation": author.association(),
		"createdAt": one.createdAt, "updatedAt": one.updatedAt, "publishedAt": one.createdAt, "lastEditedAt": edited,
		"includesCreatedEdit": edited != nil, "createdViaEmail": false, "isMinimized": false, "minimizedReason": nil, "editor": nil,
		"url": g.commentURL(one), "resourcePath": g.commentURL(one)[len(webURL):],
		"viewerDidAuthor": mine, "viewerCanUpdate": mine, "viewerCanDelete": mine, "viewerCanReact": true, "viewerCanMinimize": true,
		"repository":     graph.Lazy(func() any { return g.repositoryObject(c) }),
		"pullRequest":    graph.Lazy(func() any { return g.pullObject(c, g.pulls[one.pull]) }),
		"reactions":      g.resolveReactions(c, one),
		"reactionGroups": graph.Lazy(func() any { return g.reactionGroups(c, one) }),
	}}
}

func (g *GitHub) resolveComments(c *call, pull int) graph.Resolver {
	return func(args graph.Args) (any, error) {
		list := g.commentsOf(pull)
		if args.Object("orderBy").String("direction") == "DESC" {
			slices.SortStableFunc(list, func(a, b *comment) int { return b.updatedAt.Compare(a.updatedAt) })
		}
		return graph.Connection("IssueCommentConnection", len(list), func(i int) any { return g.commentObject(c, list[i]) }, nil)(args)
	}
}
