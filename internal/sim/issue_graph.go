package sim

import (
	"slices"
	"time"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// resolveIssues answers the issues of the repository, without pull requests. With labels it is those that have one of
// them; since is about the last change.
func (g *GitHub) resolveIssues(c *call) graph.Resolver {
	return func(args graph.Args) (any, error) {
		list := g.filterIssues(args)
		return graph.Connection("IssueConnection", len(list), func(i int) any { return g.issueObject(c, list[i]) }, nil)(args)
	}
}

func (g *GitHub) filterIssues(args graph.Args) []*issue {
	filter := args.Object("filterBy")
	since, _ := time.Parse(time.RFC3339, filter.String("since"))
	list := g.sortedIssues()
	list = slices.DeleteFunc(list, func(i *issue) bool {
		return i.Deleted || i.updatedAt.Before(since) || !i.hasLabelOf(args.Strings("labels")) || !i.hasLabelOf(filter.Strings("labels"))
	})
	if order := args.Object("orderBy"); order.String("direction") == "DESC" {
		slices.Reverse(list)
	}
	return list
}

// hasLabelOf reports whether an issue has one of the labels, where any are asked for.
func (i *issue) hasLabelOf(names []string) bool {
	return len(names) == 0 || slices.ContainsFunc(i.Labels, func(one string) bool { return slices.ContainsFunc(names, sameLabel(one)) })
}

// sortedIssues are the issues, oldest first.
func (g *GitHub) sortedIssues() []*issue {
	var list []*issue
	for _, one := range g.issues {
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b *issue) int {
		if order := a.createdAt.Compare(b.createdAt); order != 0 {
			return order
		}
		return a.Number - b.Number
	})
	return list
}

func (g *GitHub) issueObject(c *call, i *issue) *graph.Object {
	page, state, closedAt := g.web("/issues/%d", i.Number), "OPEN", any(nil)
	if i.Closed {
		state, closedAt = "CLOSED", i.closedAt
	}
	return &graph.Object{Type: "Issue", Fields: graph.Fields{
		"id": nodeID("I", i.nodeKey()), "number": i.Number, "title": i.Title, "body": i.Body, "author": g.actor(i.Author),
		"url": page, "resourcePath": page[len(webURL):], "state": state, "stateReason": nil, "closed": i.Closed, "locked": i.Locked,
		"createdAt": i.createdAt, "updatedAt": i.updatedAt, "closedAt": closedAt, "labels": g.labelConnection(c, i.Labels),
		"repository": graph.Lazy(func() any { return g.repositoryObject(c) }),
	}}
}
