package sim

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// pullObject is a pull request as GraphQL shows it.
func (g *GitHub) pullObject(c *call, p *pull) *graph.Object {
	if p == nil {
		return nil
	}
	fields := g.pullFacts(p)
	maps.Copy(fields, g.pullBranches(c, p))
	maps.Copy(fields, g.pullConnections(c, p))
	return &graph.Object{Type: "PullRequest", Fields: fields}
}

func (g *GitHub) pullFacts(p *pull) graph.Fields {
	page := g.web("/pull/%d", p.Number)
	return graph.Fields{
		"id": p.nodeID(), "databaseId": p.id, "fullDatabaseId": p.id, "number": p.Number, "title": p.Title, "titleHTML": p.Title,
		"body": p.Body, "bodyText": p.Body, "bodyHTML": p.Body, "state": p.state, "isDraft": p.Draft, "closed": p.state != "OPEN",
		"merged": p.state == "MERGED", "closedAt": moment(p.closedAt), "mergedAt": p.mergedAt(), "locked": p.locked, "activeLockReason": nil,
		"url": page, "resourcePath": page[len(webURL):], "permalink": page, "checksUrl": page + "/checks",
		"createdAt": p.createdAt, "updatedAt": p.updatedAt, "publishedAt": p.createdAt, "lastEditedAt": nil, "editor": nil,
		"author":            graph.Lazy(func() any { return g.actor(p.Author) }),
		"mergedBy":          graph.Lazy(func() any { return g.actor(p.mergedBy) }),
		"authorAssociation": g.user(p.Author).association(), "createdViaEmail": false, "includesCreatedEdit": false,
		"mergeable":           graph.Lazy(func() any { return g.mergeableState(p) }),
		"mergeStateStatus":    graph.Lazy(func() any { return g.mergeState(p) }),
		"reviewDecision":      graph.Lazy(func() any { return optional(g.reviewDecision(p)) }),
		"canBeRebased":        true,
		"isInMergeQueue":      false,
		"isMergeQueueEnabled": false,
		"maintainerCanModify": false,
		"additions":           0, "deletions": 0,
		"changedFiles":       graph.Lazy(func() any { return len(g.changedFiles(p)) }),
		"totalCommentsCount": len(g.commentsOf(p.Number)),
		"autoMergeRequest":   nil, "milestone": nil,
	}
}

func (g *GitHub) pullBranches(c *call, p *pull) graph.Fields {
	headRepository := func() any { return g.headRepository(c, p) }
	return graph.Fields{
		"headRefName": p.Head, "headRefOid": p.headOID, "baseRefName": p.Base, "baseRefOid": g.baseOID(p),
		"isCrossRepository": p.isCross(),
		"headRef":           graph.Lazy(func() any { return g.headRef(c, p) }),
		"baseRef":           graph.Lazy(func() any { return g.refObject(c, "refs/heads/"+p.Base) }),
		"headRepository":    graph.Lazy(headRepository),
		"headRepositoryOwner": graph.Lazy(func() any {
			owner, _, _ := strings.Cut(g.headName(p), "/")
			return g.actor(owner)
		}),
		"baseRepository":       graph.Lazy(func() any { return g.repositoryObject(c) }),
		"repository":           graph.Lazy(func() any { return g.repositoryObject(c) }),
		"mergeCommit":          graph.Lazy(func() any { return g.commitObject(c, p.mergeCommit) }),
		"potentialMergeCommit": nil,
		"statusCheckRollup":    graph.Lazy(func() any { return g.rollupObject(c, p.headOID) }),
	}
}

func (g *GitHub) pullConnections(c *call, p *pull) graph.Fields {
	return graph.Fields{
		"comments":                 g.resolveComments(c, p.Number),
		"commits":                  g.resolvePullCommits(c, p),
		"reviews":                  g.resolveReviews(c, p),
		"latestReviews":            g.resolveLatestReviews(c, p),
		"latestOpinionatedReviews": g.resolveLatestReviews(c, p),
		"reviewRequests":           noneOf("ReviewRequestConnection"),
		"labels":                   g.resolvePullLabels(c, p),
		"files":                    g.resolvePullFiles(p),
		"reactions":                noneOf("ReactionConnection"),
		"participants":             graph.Connection("UserConnection", 1, func(int) any { return g.userObject(p.Author) }, nil),
		"assignees":                noneOf("UserConnection"),
		"closingIssuesReferences":  noneOf("IssueConnection"),
	}
}

// optional is a text of which the empty one means null.
func optional(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (g *GitHub) mergeableState(p *pull) string {
	switch {
	case p.MergeState == "UNKNOWN" || p.state != "OPEN" || p.Computing > 0:
		return "UNKNOWN"
	case g.mergeable(p):
		return "MERGEABLE"
	}
	return "CONFLICTING"
}

// headName is the full name of the repository that the head is in, "" when that is gone.
func (g *GitHub) headName(p *pull) string {
	if p.HeadRepository == deletedFork {
		return ""
	}
	return cmp.Or(p.HeadRepository, g.repository.FullName())
}

func (g *GitHub) headRepository(c *call, p *pull) *graph.Object {
	switch g.headName(p) {
	case "":
		return nil
	case g.repository.FullName():
		return g.repositoryObject(c)
	}
	return g.forkObject(p)
}

// forkObject is the little that is known about a fork.
func (g *GitHub) forkObject(p *pull) *graph.Object {
	owner, name, _ := strings.Cut(p.HeadRepository, "/")
	return &graph.Object{Type: "Repository", Fields: graph.Fields{
		"id": nodeID("R", p.HeadRepository), "name": name, "nameWithOwner": p.HeadRepository, "isFork": true, "isPrivate": false,
		"owner": graph.Lazy(func() any { return g.actor(owner) }), "url": webURL + "/" + p.HeadRepository,
	}}
}

// headRef is null for a deleted branch, and for one of a deleted fork.
func (g *GitHub) headRef(c *call, p *pull) *graph.Object {
	switch p.HeadRepository {
	case "":
		return g.refObject(c, "refs/heads/"+p.Head)
	case deletedFork:
		return nil
	}
	return &graph.Object{Type: "Ref", Fields: graph.Fields{
		"id": nodeID("REF", p.HeadRepository+":refs/heads/"+p.Head), "name": p.Head, "prefix": "refs/heads/",
		"target":     graph.Lazy(func() any { return g.commitObject(c, p.headOID) }),
		"repository": graph.Lazy(func() any { return g.forkObject(p) }),
		"compare":    g.resolveForkCompare(c, p),
	}}
}

// resolveForkCompare compares the head with the fork's branches. Of these only the head's own is known.
func (g *GitHub) resolveForkCompare(c *call, p *pull) graph.Resolver {
	return func(args graph.Args) (any, error) {
		if args.String("headRef") != p.Head {
			return nil, nil
		}
		return g.comparisonObject(c, p.headOID, p.headOID), nil
	}
}

func (g *GitHub) resolvePull(c *call) graph.Resolver {
	return func(args graph.Args) (any, error) {
		number, _ := args.Int("number")
		found := g.pulls[number]
		if found == nil {
			return nil, graph.NewError("NOT_FOUND", "Could not resolve to a PullRequest with the number of %d.", number)
		}
		return g.pullObject(c, found), nil
	}
}

func (g *GitHub) resolvePulls(c *call) graph.Resolver {
	return func(args graph.Args) (any, error) {
		list := g.filterPulls(args)
		return graph.Connection("PullRequestConnection", len(list), func(i int) any { return g.pullObject(c, list[i]) }, nil)(args)
	}
}

func (g *GitHub) filterPulls(args graph.Args) []*pull {
	states, labels := args.Strings("states"), args.Strings("labels")
	head, base := args.String("headRefName"), args.String("baseRefName")
	list := slices.DeleteFunc(g.sortedPulls(), func(p *pull) bool {
		return len(states) > 0 && !slices.Contains(states, p.state) || head != "" && p.Head != head || base != "" && p.Base != base ||
			len(labels) > 0 && !slices.ContainsFunc(labels, func(name string) bool { return slices.Contains(p.labels, name) })
	})
	if args.Object("orderBy").String("direction") == "DESC" {
		slices.Reverse(list)
	}
	return list
}

// resolveBranchPulls answers the pull requests whose head is a branch.
func (g *GitHub) resolveBranchPulls(c *call, branch string) graph.Resolver {
	return func(args graph.Args) (any, error) {
		list := slices.DeleteFunc(g.filterPulls(args), func(p *pull) bool { return p.isCross() || p.Head != branch })
		return graph.Connection("PullRequestConnection", len(list), func(i int) any { return g.pullObject(c, list[i]) }, nil)(args)
	}
}

// resolveAssociated answers the merged pull requests that brought a commit in and, of a commit that the default branch
// does not have, the open ones that contain it.
func (g *GitHub) resolveAssociated(c *call, oid string) graph.Resolver {
	return func(args graph.Args) (any, error) {
		isIn := g.git.History(g.head(g.repository.DefaultBranch))[oid]
		list := slices.DeleteFunc(g.sortedPulls(), func(p *pull) bool {
			isOf := slices.Contains(p.broughtIn, oid) || slices.ContainsFunc(g.commitsOf(p), isCommit(oid))
			return !isOf || p.state == "CLOSED" || p.state == "OPEN" && isIn
		})
		return graph.Connection("PullRequestConnection", len(list), func(i int) any { return g.pullObject(c, list[i]) }, nil)(args)
	}
}

func (g *GitHub) resolvePullCommits(c *call, p *pull) graph.Resolver {
	return func(args graph.Args) (any, error) {
		list := g.commitsOf(p)
		return graph.Connection("PullRequestCommitConnection", len(list), func(i int) any {
			oid := list[i].OID
			return &graph.Object{Type: "PullRequestCommit", Fields: graph.Fields{
				"id": nodeID("PURC", p.nodeID()+oid), "url": g.web("/pull/%d/commits/%s", p.Number, oid),
				"resourcePath": g.web("/pull/%d/commits/%s", p.Number, oid)[len(webURL):],
				"commit":       graph.Lazy(func() any { return g.commitObject(c, oid) }),
				"pullRequest":  graph.Lazy(func() any { return g.pullObject(c, p) }),
			}}
		}, nil)(args)
	}
}

func (g *GitHub) resolvePullFiles(p *pull) graph.Resolver {
	return func(args graph.Args) (any, error) {
		list := g.git.Renames(g.changedFiles(p))
		return graph.Connection("PullRequestChangedFileConnection", len(list), func(i int) any {
			change := strings.ToUpper(changeStatus(list[i]))
			if change == "REMOVED" {
				change = "DELETED"
			}
			return &graph.Object{Type: "PullRequestChangedFile", Fields: graph.Fields{
				"path": list[i].Path, "changeType": change, "additions": 0, "deletions": 0, "viewerViewedState": "UNVIEWED",
			}}
		}, nil)(args)
	}
}
