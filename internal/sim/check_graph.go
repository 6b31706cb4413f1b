package sim

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// rollupObject sums up the checks of a commit; nil without checks.
func (g *GitHub) rollupObject(c *call, oid string) *graph.Object {
	seen := g.checksSeen(c, oid)
	checkRuns := slices.DeleteFunc(slices.Clone(seen), func(one *check) bool { return one.CommitStatus })
	list := slices.Concat(checkRuns, newestOfContexts(seen))
	if len(list) == 0 {
		return nil
	}
	runs := len(checkRuns)
	counts := graph.Fields{
		"checkRunCount": runs, "statusContextCount": len(list) - runs,
		"checkRunCountsByState":      countsByState("CheckRunStateCount", list[:runs]),
		"statusContextCountsByState": countsByState("StatusContextStateCount", list[runs:]),
	}
	return &graph.Object{Type: "StatusCheckRollup", Fields: graph.Fields{
		"id": nodeID("SCR", oid), "state": worst(list),
		"commit": graph.Lazy(func() any { return g.commitObject(c, oid) }),
		"contexts": graph.Connection("StatusCheckRollupContextConnection", len(list),
			func(i int) any { return g.contextObject(c, list[i]) }, counts),
	}}
}

// checksSeen are the checks of a commit that a read shows already.
func (g *GitHub) checksSeen(c *call, oid string) []*check {
	return slices.DeleteFunc(g.checksOn(oid), func(one *check) bool { return g.isHidden(c, one.createdAt) })
}

func countsByState(typeName string, list []*check) []any {
	counts := map[string]int{}
	var order []string
	for _, one := range list {
		if counts[one.State] == 0 {
			order = append(order, one.State)
		}
		counts[one.State]++
	}
	counted := []any{}
	for _, state := range order {
		counted = append(counted, &graph.Object{Type: typeName, Fields: graph.Fields{"state": state, "count": counts[state]}})
	}
	return counted
}

// contextObject is a check run or a commit status, or an error when the token may not see it.
func (g *GitHub) contextObject(c *call, one *check) any {
	need := "checks:read"
	if one.CommitStatus {
		need = "statuses:read"
	}
	if !c.token.allows(need) {
		return graph.NewError("FORBIDDEN", "%s", c.token.forbidden())
	}
	if one.CommitStatus {
		return g.statusContextObject(c, one)
	}
	return g.checkRunObject(c, one)
}

func (g *GitHub) checkByNode(c *call, key string) *graph.Object {
	for _, one := range g.checks {
		if one.id == numeric(key) {
			found, _ := g.contextObject(c, one).(*graph.Object)
			return found
		}
	}
	return nil
}

func (g *GitHub) checkRunObject(c *call, one *check) *graph.Object {
	page := g.checkURL(one)
	return &graph.Object{Type: "CheckRun", Fields: graph.Fields{
		"id": one.nodeID(), "databaseId": one.id, "name": one.Name, "status": one.status(), "conclusion": optional(one.conclusion()),
		"startedAt": one.StartedAt, "completedAt": moment(one.completedAt), "url": page, "resourcePath": page[len(webURL):],
		"permalink": page, "detailsUrl": page, "externalId": "", "title": nil, "summary": nil, "text": nil, "deployment": nil,
		"isRequired": g.resolveRequired(one),
		"checkSuite": graph.Lazy(func() any { return g.suiteObject(c, one.suite) }),
		"repository": graph.Lazy(func() any { return g.repositoryObject(c) }),
	}}
}

// moment is a time of which zero means null.
func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

func (g *GitHub) statusContextObject(c *call, one *check) *graph.Object {
	return &graph.Object{Type: "StatusContext", Fields: graph.Fields{
		"id": one.nodeID(), "context": one.Name, "state": one.State, "createdAt": one.StartedAt,
		"description": optional(one.description), "targetUrl": optional(one.target), "avatarUrl": nil,
		"creator": graph.Lazy(func() any { return g.actor(one.Creator) }), "isRequired": g.resolveRequired(one),
		"commit": graph.Lazy(func() any { return g.commitObject(c, one.Commit) }),
	}}
}

func (g *GitHub) resolveRequired(one *check) graph.Resolver {
	return func(args graph.Args) (any, error) {
		number, given := args.Int("pullRequestNumber")
		if id := args.String("pullRequestId"); id != "" {
			_, key := splitNodeID(id)
			parsed, err := strconv.Atoi(key)
			number, given = parsed, err == nil
		}
		if !given {
			return nil, errors.New("a pull request ID or pull request number is required")
		}
		return g.isRequired(one, number), nil
	}
}

func (g *GitHub) suiteObject(c *call, s *suite) *graph.Object {
	runs := g.runsIn(s)
	status, conclusion := g.suiteState(s)
	page := g.web("/commit/%s/checks?check_suite_id=%d", s.commit, s.id)
	return &graph.Object{Type: "CheckSuite", Fields: graph.Fields{
		"id": nodeID("CS", fmt.Sprint(s.id)), "databaseId": s.id, "status": status, "conclusion": optional(conclusion),
		"createdAt": s.createdAt, "updatedAt": s.createdAt, "url": page, "resourcePath": page[len(webURL):], "creator": nil,
		"app":         g.appObject(s.app),
		"branch":      nil,
		"commit":      graph.Lazy(func() any { return g.commitObject(c, s.commit) }),
		"repository":  graph.Lazy(func() any { return g.repositoryObject(c) }),
		"workflowRun": c.guard(graph.Lazy(func() any { return g.runObject(c, s.run, s) }), "actions:read"),
		"checkRuns": graph.Connection("CheckRunConnection", len(runs),
			func(i int) any { return g.checkRunObject(c, runs[i]) }, nil),
	}}
}

func (g *GitHub) appObject(slug string) *graph.Object {
	if slug == noApp {
		return nil
	}
	return &graph.Object{Type: "App", Fields: graph.Fields{
		"id": nodeID("A", slug), "databaseId": appNumber(slug), "name": slug, "slug": slug, "description": nil,
		"createdAt": g.created, "updatedAt": g.created, "url": webURL + "/apps/" + slug, "logoBackgroundColor": "ffffff", "clientId": nil,
		"logoUrl": "https://avatars.githubusercontent.com/in/" + slug,
	}}
}

// resolveSuites answers the check suites of a commit.
func (g *GitHub) resolveSuites(c *call, oid string) graph.Resolver {
	return func(args graph.Args) (any, error) {
		app, byApp := args.Object("filterBy").Int("appId")
		list := slices.DeleteFunc(g.suitesOn(oid), func(s *suite) bool { return byApp && appNumber(s.app) != app })
		return graph.Connection("CheckSuiteConnection", len(list), func(i int) any { return g.suiteObject(c, list[i]) }, nil)(args)
	}
}

// statusObject holds the commit statuses alone.
func (g *GitHub) statusObject(c *call, oid string) *graph.Object {
	list := newestOfContexts(g.checksSeen(c, oid))
	if len(list) == 0 {
		return nil
	}
	contexts := []any{}
	for _, one := range list {
		contexts = append(contexts, g.contextObject(c, one))
	}
	return &graph.Object{Type: "Status", Fields: graph.Fields{
		"id": nodeID("S", oid), "state": worst(list), "contexts": contexts,
		"commit": graph.Lazy(func() any { return g.commitObject(c, oid) }),
		"context": graph.Resolver(func(args graph.Args) (any, error) {
			at := slices.IndexFunc(list, func(one *check) bool { return one.Name == args.String("name") })
			if at < 0 {
				return nil, nil
			}
			return contexts[at], nil
		}),
	}}
}
