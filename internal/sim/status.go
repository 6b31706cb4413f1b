package sim

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// status is a status of a deployment.
type status struct {
	id             int64
	state          string
	creator        string
	description    string
	environment    string
	logURL         string
	environmentURL string
	createdAt      time.Time
}

// longestDescription is how many characters the description of a status can hold.
const longestDescription = 140

// retireOlder makes the older successful deployments of an environment inactive after a newer
// one has succeeded. Transient ones stay, and so do those of a production environment.
func (g *GitHub) retireOlder(than *deployment) {
	if than.latest().state != "success" {
		return
	}
	for _, other := range g.deployments {
		latest := other.latest()
		older := other.id < than.id && other.isIn(than.environment)
		if older && !other.transient && !other.production && latest != nil && latest.state == "success" {
			g.addStatus(other, &status{state: "inactive", creator: than.latest().creator})
		}
	}
}

func (g *GitHub) addStatus(to *deployment, added *status) {
	added.id, added.createdAt = g.ids.nextLarge(), g.now()
	added.environment = cmp.Or(added.environment, to.environment)
	to.environment = added.environment
	g.createEnvironment(to.environment)
	to.statuses = append(to.statuses, added)
	to.updatedAt = g.now()
}

func statusRoutes() []route {
	const list = "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses"
	read, write := []string{"deployments:read"}, []string{"deployments:write"}
	return []route{
		{method: "GET", path: list, needs: read, handle: onDeployment((*GitHub).listStatuses)},
		{method: "POST", path: list, needs: write, handle: onDeployment((*GitHub).postStatus)},
		{method: "GET", path: list + "/{status_id}", needs: read, handle: onDeployment((*GitHub).getStatus)},
	}
}

func (g *GitHub) listStatuses(c *call, of *deployment) answer {
	list := slices.Clone(of.statuses)
	slices.Reverse(list)
	return listed(c, list, func(s *status) any { return g.restStatus(s, of) })
}

func (g *GitHub) postStatus(c *call, to *deployment) answer {
	if len([]rune(c.text("description"))) > longestDescription {
		return invalid("DeploymentStatus", "description", "custom", "description is too long (maximum is 140 characters)")
	}
	for _, name := range []string{"log_url", "target_url", "environment_url"} {
		if link := c.text(name); link != "" && !strings.HasPrefix(link, "http://") && !strings.HasPrefix(link, "https://") {
			return invalid("DeploymentStatus", name, "custom", name+" must use http(s) scheme")
		}
	}
	added := &status{
		state: c.text("state"), creator: c.token.Login, description: c.text("description"), environment: c.text("environment"),
		logURL: cmp.Or(c.text("log_url"), c.text("target_url")), environmentURL: c.text("environment_url"),
	}
	g.addStatus(to, added)
	if c.flag("auto_inactive", true) {
		g.retireOlder(to)
	}
	return reply(http.StatusCreated, g.restStatus(added, to))
}

func (g *GitHub) getStatus(c *call, of *deployment) answer {
	at := slices.IndexFunc(of.statuses, func(s *status) bool { return s.id == c.number("status_id") })
	if at < 0 {
		return refuse(http.StatusNotFound, "Not Found")
	}
	return reply(http.StatusOK, g.restStatus(of.statuses[at], of))
}

func (g *GitHub) restStatus(s *status, of *deployment) object {
	deployment := g.api("/deployments/%d", of.id)
	return object{
		"id": s.id, "node_id": s.nodeID(), "url": deployment + "/statuses/" + key(s.id), "state": s.state,
		"creator": g.user(s.creator).rest(), "description": s.description, "environment": s.environment,
		"environment_url": s.environmentURL, "log_url": s.logURL, "target_url": s.logURL, "created_at": s.createdAt,
		"updated_at": s.createdAt, "deployment_url": deployment, "repository_url": g.api(""), "performed_via_github_app": nil,
	}
}

func (s *status) nodeID() string { return nodeID("DES", key(s.id)) }

func (g *GitHub) deploymentStatusByNode(c *call, id int64) *graph.Object {
	for _, of := range g.deployments {
		for _, one := range of.statuses {
			if one.id == id {
				return g.deploymentStatusObject(c, one, of)
			}
		}
	}
	return nil
}

func (g *GitHub) deploymentStatusObject(c *call, s *status, of *deployment) *graph.Object {
	if s == nil {
		return nil
	}
	return &graph.Object{Type: "DeploymentStatus", Fields: graph.Fields{
		"id": s.nodeID(), "state": strings.ToUpper(s.state), "description": optional(s.description), "environment": s.environment,
		"environmentUrl": optional(s.environmentURL), "logUrl": optional(s.logURL), "createdAt": s.createdAt, "updatedAt": s.createdAt,
		"creator":    graph.Lazy(func() any { return g.actor(s.creator) }),
		"deployment": graph.Lazy(func() any { return g.deploymentObject(c, of) }),
	}}
}
