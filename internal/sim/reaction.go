package sim

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// Reaction is a reaction to a comment; Content is spelled as in REST, such as "+1".
type Reaction struct {
	ID      int64
	Login   string
	Content string
}

type reaction struct {
	id        int64
	login     string
	content   string
	createdAt time.Time
}

// reactionContents pairs the spellings of REST and GraphQL, in GitHub's order.
func reactionContents() [][2]string {
	return [][2]string{
		{"+1", "THUMBS_UP"},
		{"-1", "THUMBS_DOWN"},
		{"laugh", "LAUGH"},
		{"hooray", "HOORAY"},
		{"confused", "CONFUSED"},
		{"heart", "HEART"},
		{"rocket", "ROCKET"},
		{"eyes", "EYES"},
	}
}

// ReactionContents are the reactions that there are, spelled as in REST.
func ReactionContents() []string {
	var all []string
	for _, pair := range reactionContents() {
		all = append(all, pair[0])
	}
	return all
}

func respell(content string) string {
	for _, pair := range reactionContents() {
		switch content {
		case pair[0]:
			return pair[1]
		case pair[1]:
			return pair[0]
		}
	}
	return ""
}

// ReactAs adds a user's reaction to a comment.
func (g *GitHub) ReactAs(commentID int64, login, content string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if found := g.comment(commentID); found != nil {
		g.react(found, login, content)
	}
}

// react returns the reaction, and whether it is new: the same one twice is one reaction.
func (g *GitHub) react(to *comment, login, content string) (*reaction, bool) {
	for _, one := range to.reactions {
		if one.login == login && one.content == content {
			return one, false
		}
	}
	g.user(login)
	added := &reaction{id: g.ids.nextLarge(), login: login, content: content, createdAt: g.now()}
	to.reactions = append(to.reactions, added)
	return added, true
}

func reactionRoutes() []route {
	const list = "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions"
	return []route{
		{method: "GET", path: list, needs: conversation("read"), handle: onComment((*GitHub).listReactions)},
		{method: "POST", path: list, needs: conversation("write"), handle: onComment((*GitHub).postReaction)},
		{method: "DELETE", path: list + "/{reaction_id}", needs: conversation("write"), handle: onComment((*GitHub).deleteReaction)},
	}
}

func (g *GitHub) listReactions(c *call, of *comment) answer {
	list := slices.Clone(of.reactions)
	if content := c.query.Get("content"); content != "" {
		list = of.reactionsWith(content)
	}
	return listed(c, list, func(one *reaction) any { return g.restReaction(one) })
}

func (g *GitHub) postReaction(c *call, to *comment) answer {
	if !g.mayTalk(c, g.pulls[to.pull]) {
		return refuse(http.StatusForbidden, lockedMessage)
	}
	made, added := g.react(to, c.token.Login, c.text("content"))
	if !added {
		return reply(http.StatusOK, g.restReaction(made))
	}
	return reply(http.StatusCreated, g.restReaction(made))
}

func (g *GitHub) deleteReaction(c *call, of *comment) answer {
	before := len(of.reactions)
	of.reactions = slices.DeleteFunc(of.reactions, func(one *reaction) bool {
		return one.id == c.number("reaction_id") && one.login == c.token.Login
	})
	if len(of.reactions) == before {
		return refuse(http.StatusNotFound, "Not Found")
	}
	return reply(http.StatusNoContent, nil)
}

func (g *GitHub) restReaction(r *reaction) object {
	return object{
		"id": r.id, "node_id": r.nodeID(), "user": g.user(r.login).rest(), "content": r.content, "created_at": r.createdAt,
	}
}

func (g *GitHub) reactionRollup(c *comment) object {
	rollup := object{"url": g.api("/issues/comments/%d/reactions", c.id), "total_count": len(c.reactions)}
	for _, pair := range reactionContents() {
		rollup[pair[0]] = len(c.reactionsWith(pair[0]))
	}
	return rollup
}

func (c *comment) reactionsWith(content string) []*reaction {
	return slices.DeleteFunc(slices.Clone(c.reactions), func(one *reaction) bool { return one.content != content })
}

func (r *reaction) nodeID() string { return nodeID("REA", strconv.FormatInt(r.id, 10)) }

func (g *GitHub) reactionObject(c *call, r *reaction, of *comment) *graph.Object {
	return &graph.Object{Type: "Reaction", Fields: graph.Fields{
		"id": r.nodeID(), "databaseId": r.id, "content": respell(r.content), "createdAt": r.createdAt,
		"user":      graph.Lazy(func() any { return g.userObject(r.login) }),
		"reactable": graph.Lazy(func() any { return g.commentObject(c, of) }),
	}}
}

func (g *GitHub) resolveReactions(c *call, of *comment) graph.Resolver {
	return func(args graph.Args) (any, error) {
		list := slices.Clone(of.reactions)
		if content := args.String("content"); content != "" {
			list = of.reactionsWith(respell(content))
		}
		if args.Object("orderBy").String("direction") == "DESC" {
			slices.Reverse(list)
		}
		reacted := slices.ContainsFunc(list, func(one *reaction) bool { return one.login == c.token.Login })
		return graph.Connection("ReactionConnection", len(list),
			func(i int) any { return g.reactionObject(c, list[i], of) }, graph.Fields{"viewerHasReacted": reacted})(args)
	}
}

func (g *GitHub) reactionGroups(c *call, of *comment) []any {
	groups := []any{}
	for _, pair := range reactionContents() {
		list := of.reactionsWith(pair[0])
		var first any
		if len(list) > 0 {
			first = list[0].createdAt
		}
		groups = append(groups, &graph.Object{Type: "ReactionGroup", Fields: graph.Fields{
			"content": pair[1], "createdAt": first, "subject": graph.Lazy(func() any { return g.commentObject(c, of) }),
			"reactors":         graph.Connection("ReactorConnection", len(list), func(i int) any { return g.actor(list[i].login) }, nil),
			"viewerHasReacted": slices.ContainsFunc(list, func(one *reaction) bool { return one.login == c.token.Login }),
		}})
	}
	return groups
}

func (g *GitHub) reactionByNode(c *call, id int64) *graph.Object {
	for _, of := range g.comments {
		for _, one := range of.reactions {
			if one.id == id {
				return g.reactionObject(c, one, of)
			}
		}
	}
	return nil
}
