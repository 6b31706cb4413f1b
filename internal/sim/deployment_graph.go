package sim

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

func (g *GitHub) deploymentObject(c *call, d *deployment) *graph.Object {
	if d == nil {
		return nil
	}
	return &graph.Object{Type: "Deployment", Fields: graph.Fields{
		"id": d.nodeID(), "databaseId": d.id, "environment": d.environment, "originalEnvironment": d.original,
		"latestEnvironment": d.environment, "task": d.task, "description": optional(d.description), "payload": string(encode(d.payload)),
		"state": d.state(g.now()), "commitOid": d.sha, "createdAt": d.createdAt, "updatedAt": d.updatedAt,
		"creator":      graph.Lazy(func() any { return g.actor(d.creator) }),
		"commit":       graph.Lazy(func() any { return g.commitObject(c, d.sha) }),
		"ref":          graph.Lazy(func() any { return g.deploymentRef(c, d) }),
		"repository":   graph.Lazy(func() any { return g.repositoryObject(c) }),
		"latestStatus": graph.Lazy(func() any { return g.deploymentStatusObject(c, d.latest(), d) }),
		"statuses":     g.resolveStatuses(c, d),
	}}
}

func (g *GitHub) deploymentRef(c *call, d *deployment) *graph.Object {
	return g.refObject(c, g.qualified(d.ref))
}

// resolveStatuses answers a deployment's statuses, newest first.
func (g *GitHub) resolveStatuses(c *call, d *deployment) graph.Resolver {
	list := slices.Clone(d.statuses)
	slices.Reverse(list)
	return graph.Connection("DeploymentStatusConnection", len(list),
		func(i int) any { return g.deploymentStatusObject(c, list[i], d) }, nil)
}

// resolveDeployments answers the repository's deployments, or those of one commit.
func (g *GitHub) resolveDeployments(c *call, oid string) graph.Resolver {
	return func(args graph.Args) (any, error) {
		environments := args.Strings("environments")
		list := slices.DeleteFunc(slices.Clone(g.deployments), func(d *deployment) bool {
			return g.isHidden(c, d.createdAt) || oid != "" && d.sha != oid || args.Given("environments") && !slices.ContainsFunc(environments, d.isIn)
		})
		if args.Object("orderBy").String("direction") == "DESC" {
			slices.Reverse(list)
		}
		return graph.Connection("DeploymentConnection", len(list),
			func(i int) any { return g.deploymentObject(c, list[i]) }, nil)(args)
	}
}
