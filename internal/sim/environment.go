package sim

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// environment is a target of deployments. Letter case does not tell two environments apart; the name is
// spelled as when the environment was created.
type environment struct {
	name  string
	rules []string // types of its protection rules
}

// sameEnvironment reports whether two names are one environment.
func sameEnvironment(a, b string) bool { return strings.EqualFold(a, b) }

// isIn reports whether the deployment is to the environment.
func (d *deployment) isIn(name string) bool { return sameEnvironment(d.environment, name) }

// AddEnvironment creates an environment, with protection rules of these types, such as REQUIRED_REVIEWERS.
func (g *GitHub) AddEnvironment(name string, rules ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.createEnvironment(name).rules = rules
}

// createEnvironment returns the environment, which is created when it does not exist. A deployment does that too.
func (g *GitHub) createEnvironment(name string) *environment {
	if found := g.environment(name); found != nil {
		return found
	}
	created := &environment{name: name}
	g.environments = append(g.environments, created)
	return created
}

// environment returns the environment, nil when it does not exist.
func (g *GitHub) environment(name string) *environment {
	for _, one := range g.environments {
		if sameEnvironment(one.name, name) {
			return one
		}
	}
	return nil
}

func (g *GitHub) environmentObject(c *call, e *environment) *graph.Object {
	return &graph.Object{Type: "Environment", Fields: graph.Fields{
		"id": nodeID("EN", e.name), "databaseId": appNumber(e.name), "name": e.name, "isPinned": false, "pinnedPosition": nil,
		"protectionRules": protectionRules(e.rules),
		"latestCompletedDeployment": c.guard(graph.Lazy(func() any {
			for _, one := range g.newestDeployments() {
				if one.isIn(e.name) && slices.Contains([]string{"ACTIVE", "FAILURE", "ERROR"}, one.state(g.now())) {
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
		found := g.environment(args.String("name"))
		if found == nil {
			return nil, nil
		}
		return g.environmentObject(c, found), nil
	}
}

func (g *GitHub) resolveEnvironments(c *call) graph.Resolver {
	return func(args graph.Args) (any, error) {
		list := slices.Clone(g.environments)
		slices.SortFunc(list, func(a, b *environment) int { return strings.Compare(a.name, b.name) })
		return graph.Connection("EnvironmentConnection", len(list), func(i int) any { return g.environmentObject(c, list[i]) }, nil)(args)
	}
}
