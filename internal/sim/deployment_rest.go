package sim

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim/git"
)

func deploymentRoutes() []route {
	const list = "/repos/{owner}/{repo}/deployments"
	read, write := []string{"deployments:read"}, []string{"deployments:write"}
	return []route{
		{method: "GET", path: list, needs: read, handle: (*GitHub).listDeployments},
		{method: "POST", path: list, needs: write, handle: (*GitHub).postDeployment},
		{method: "GET", path: list + "/{deployment_id}", needs: read, handle: onDeployment((*GitHub).getDeployment)},
		{method: "DELETE", path: list + "/{deployment_id}", needs: write, handle: onDeployment((*GitHub).deleteDeployment)},
	}
}

// onDeployment finds the deployment of a route before its handler runs.
func onDeployment(handle func(*GitHub, *call, *deployment) answer) func(*GitHub, *call) answer {
	return func(g *GitHub, c *call) answer {
		found := g.deployment(c.number("deployment_id"))
		if found == nil {
			return refuse(http.StatusNotFound, "Not Found")
		}
		return handle(g, c, found)
	}
}

func (g *GitHub) listDeployments(c *call) answer {
	asked := func(name string) (string, bool) {
		wanted := c.query.Get(name)
		return wanted, wanted != "" && wanted != "none"
	}
	differs := func(name, value string) bool {
		wanted, given := asked(name)
		return given && wanted != value
	}
	environment, given := asked("environment")
	list := slices.DeleteFunc(g.newestDeployments(), func(d *deployment) bool {
		return g.isHidden(c, d.createdAt) || given && !d.isIn(environment) || differs("sha", d.sha) || differs("ref", d.ref) || differs("task", d.task)
	})
	return listed(c, list, func(d *deployment) any { return g.restDeployment(d) })
}

func (g *GitHub) getDeployment(_ *call, d *deployment) answer {
	return reply(http.StatusOK, g.restDeployment(d))
}

// deleteDeployment refuses a deployment that is active, unless it is the only one.
func (g *GitHub) deleteDeployment(_ *call, d *deployment) answer {
	if last := d.latest(); last != nil && last.state == "success" && len(g.deployments) > 1 {
		return refuse(http.StatusUnprocessableEntity, "We cannot delete an active deployment unless it is the only deployment in a given environment.")
	}
	g.deployments = slices.DeleteFunc(g.deployments, func(other *deployment) bool { return other == d })
	return reply(http.StatusNoContent, nil)
}

func (g *GitHub) postDeployment(c *call) answer {
	ref := c.text("ref")
	oid, name, ok := g.git.Resolve(ref)
	if !ok || g.git.Kind(oid) != git.KindCommit {
		return refuse(http.StatusUnprocessableEntity, "No ref found for: "+ref)
	}
	autoMerge := c.flag("auto_merge", true)
	if branch, isBranch := strings.CutPrefix(name, "refs/heads/"); autoMerge && isBranch {
		if answered, merged := g.autoMerge(branch); merged {
			return answered
		}
	}
	contexts := c.contexts()
	if failed := g.failedContexts(oid, contexts); len(failed) > 0 {
		return conflict(ref, failed)
	}
	environment := cmp.Or(c.text("environment"), "production")
	payload, given := c.fields["payload"]
	if !given || payload == nil {
		payload = object{}
	}
	return reply(http.StatusCreated, g.restDeployment(g.addDeployment(&deployment{
		environment: environment, ref: ref, sha: oid, task: cmp.Or(c.text("task"), "deploy"), description: c.text("description"),
		creator: c.token.Login, payload: payload, production: c.flag("production_environment", sameEnvironment(environment, "production")),
		transient: c.flag("transient_environment", false), autoMerge: autoMerge, contexts: contexts,
	})))
}

// autoMerge brings a branch that is behind up to date with the default branch. GitHub then
// makes no deployment; the client has to ask again.
func (g *GitHub) autoMerge(branch string) (answered answer, done bool) {
	trunk := g.repository.DefaultBranch
	if len(g.git.Between(g.head(branch), g.head(trunk))) == 0 {
		return answer{}, false
	}
	oid, err := g.merge(g.head(branch), g.head(trunk), g.signature(ActionsLogin, g.now()), "Merge branch '"+trunk+"' into "+branch)
	if err != nil {
		return refuse(http.StatusConflict, "Conflict merging "+trunk+" into "+branch+"."), true
	}
	g.setRef("refs/heads/"+branch, oid)
	return reply(http.StatusAccepted, object{"message": "Auto-merged " + trunk + " into " + branch + " on deployment."}), true
}

// contexts are the required contexts of a request: nil for all, and none for an empty list.
func (c *call) contexts() []string {
	list, ok := c.fields["required_contexts"].([]any)
	if !ok {
		return nil
	}
	names := []string{}
	for _, one := range list {
		name, _ := one.(string)
		names = append(names, name)
	}
	return names
}

// failedContexts returns the states of what keeps a commit from being deployed.
func (g *GitHub) failedContexts(oid string, required []string) map[string]string {
	if required != nil && len(required) == 0 {
		return nil
	}
	return g.unmet(oid, required)
}

func conflict(ref string, failed map[string]string) answer {
	contexts := []any{}
	for _, name := range slices.Sorted(maps.Keys(failed)) {
		contexts = append(contexts, object{"context": name, "state": strings.ToLower(failed[name])})
	}
	refused := refuse(http.StatusConflict, "Conflict: Commit status checks failed for "+ref+".")
	refused.body.(object)["errors"] = []any{object{
		"contexts": contexts, "resource": "Deployment", "field": "required_contexts", "code": "invalid",
	}}
	return refused
}

func (g *GitHub) restDeployment(d *deployment) object {
	self := g.api("/deployments/%d", d.id)
	payload := d.payload
	if payload == "" {
		payload = object{}
	}
	return object{
		"id": d.id, "node_id": d.nodeID(), "url": self, "sha": d.sha, "ref": d.ref, "task": d.task, "payload": payload,
		"original_environment": d.original, "environment": d.environment, "description": optional(d.description),
		"creator": g.user(d.creator).rest(), "created_at": d.createdAt, "updated_at": d.updatedAt,
		"statuses_url": self + "/statuses", "repository_url": g.api(""), "transient_environment": d.transient,
		"production_environment": d.production, "performed_via_github_app": nil,
	}
}

// key is an id as a map key or part of a node id.
func key(id int64) string { return strconv.FormatInt(id, 10) }
