package sim

import (
	"maps"
	"slices"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

func (g *GitHub) deploymentObject(c *call, d *deployment) *graph.Object {
	if d == nil {
		return nil
	}
	return &graph.Object{Type: "Deployment", Fields: graph.Fields{
		"id": d.nodeID(), "databaseId": d.id, "environment": d.environment, "originalEnvironment": d.environment,
		"latestEnvironment": d.environment, "task": d.task, "description": optional(d.description), "payload": string(encode(d.payload)),
		"state": d.state(), "commitOid": d.sha, "createdAt": d.createdAt, "updatedAt": d.updatedAt,
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
			return oid != "" && d.sha != oid || args.Given("environments") && !slices.Contains(environments, d.environment)
		})
		if args.Object("orderBy").String("direction") == "DESC" {
			slices.Reverse(list)
		}
		return graph.Connection("DeploymentConnection", len(list),
			func(i int) any { return g.deploymentObject(c, list[i]) }, nil)(args)
	}
}

// AddEnvironment creates an environment, with protection rules of these types, such as REQUIRED_REVIEWERS.
func (g *GitHub) AddEnvironment(name string, rules ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.protected[name] = rules
}

// environments are those that were created, and those that a deployment has created.
func (g *GitHub) environments() []string {
	known := map[string]bool{}
	for name := range g.protected {
		known[name] = true
	}
	for _, one := range g.deployments {
		known[one.environment] = true
	}
	return slices.Sorted(maps.Keys(known))
}

func (g *GitHub) environmentObject(c *call, name string) *graph.Object {
	return &graph.Object{Type: "Environment", Fields: graph.Fields{
		"id": nodeID("EN", name), "databaseId": appNumber(name), "name": name, "isPinned": false, "pinnedPosition": nil,
		"protectionRules": protectionRules(g.protected[name]),
		"latestCompletedDeployment": c.guard(graph.Lazy(func() any {
			for _, one := range g.newestDeployments() {
				if one.environment == name && slices.Contains([]string{"ACTIVE", "FAILURE", "ERROR"}, one.state()) {
					return g.deploymentObject(c, one)
				}
			}
			return nil
		}), "deployments:read"),
	}}
}

func protectionRules(types []string) graph.Resolver {
	return graph.Connection("DeploymentProtectionRuleConnection", len(types), func(i int) any {
		return &graph.Object{Type: "DeploymentProtectionRule", Fields: graph.Fields{
			"databaseId": i + 1, "type": types[i], "preventSelfReview": false, "timeout": 0,
			"reviewers": noneOf("DeploymentReviewerConnection"),
		}}
	}, nil)
}

func (g *GitHub) resolveEnvironment(c *call) graph.Resolver {
	return func(args graph.Args) (any, error) {
		if !slices.Contains(g.environments(), args.String("name")) {
			return nil, nil
		}
		return g.environmentObject(c, args.String("name")), nil
	}
}

func (g *GitHub) resolveEnvironments(c *call) graph.Resolver {
	return func(args graph.Args) (any, error) {
		names := g.environments()
		return graph.Connection("EnvironmentConnection", len(names), func(i int) any { return g.environmentObject(c, names[i]) }, nil)(args)
	}
}
