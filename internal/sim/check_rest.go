package sim

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim/git"
)

func checkRoutes() []route {
	const commit = "/repos/{owner}/{repo}/commits/{ref}"
	return []route{
		{method: "GET", path: commit + "/check-runs", needs: []string{"checks:read"}, handle: onCommit((*GitHub).listCheckRuns)},
		{method: "GET", path: commit + "/status", needs: []string{"statuses:read"}, handle: onCommit((*GitHub).getCombinedStatus)},
		{method: "POST", path: "/repos/{owner}/{repo}/statuses/{sha}", needs: []string{"statuses:write"}, handle: (*GitHub).postCommitStatus},
	}
}

// onCommit resolves the commit of a route before its handler runs.
func onCommit(handle func(*GitHub, *call, string) answer) func(*GitHub, *call) answer {
	return func(g *GitHub, c *call) answer {
		oid, ok := g.commitAt(c.params["ref"])
		if !ok {
			return refuse(http.StatusUnprocessableEntity, "No commit found for SHA: "+c.params["ref"])
		}
		return handle(g, c, oid)
	}
}

func (g *GitHub) listCheckRuns(c *call, oid string) answer {
	list := slices.DeleteFunc(g.runsOn(oid), func(one *check) bool {
		name, status := c.query.Get("check_name"), c.query.Get("status")
		return name != "" && one.Name != name || status != "" && strings.ToLower(one.status()) != status
	})
	part, header := page(c, list)
	shown := []any{}
	for _, one := range part {
		shown = append(shown, g.restCheckRun(one))
	}
	return answer{status: http.StatusOK, header: header, body: object{"total_count": len(list), "check_runs": shown}}
}

func (g *GitHub) restCheckRun(c *check) object {
	var conclusion, completed any
	if !c.running() {
		conclusion, completed = strings.ToLower(c.conclusion()), c.completedAt
	}
	return object{
		"id": c.id, "node_id": c.nodeID(), "head_sha": c.Commit, "name": c.Name, "external_id": "", "url": g.api("/check-runs/%d", c.id),
		"html_url": g.checkURL(c), "details_url": g.checkURL(c), "status": strings.ToLower(c.status()), "conclusion": conclusion,
		"started_at": c.StartedAt, "completed_at": completed, "check_suite": object{"id": c.suite.id}, "pull_requests": []any{},
		"app": g.restApp(c.App),
		"output": object{
			"title": nil, "summary": nil, "text": nil, "annotations_count": 0, "annotations_url": g.api("/check-runs/%d/annotations", c.id),
		},
	}
}

func (g *GitHub) restApp(slug string) any {
	if slug == noApp {
		return nil
	}
	return object{
		"id": appNumber(slug), "node_id": nodeID("A", slug), "slug": slug, "name": slug, "description": "",
		"owner": g.user("github").rest(), "external_url": webURL, "html_url": webURL + "/apps/" + slug,
		"created_at": g.created, "updated_at": g.created, "permissions": object{}, "events": []any{},
	}
}

// appNumber is the id of an app. That of GitHub Actions is the real one.
func appNumber(slug string) int {
	if slug == actionsApp {
		return 15368
	}
	number := 0
	for _, letter := range slug {
		number = (number*31 + int(letter)) % 100000
	}
	return 100000 + number
}

func (g *GitHub) getCombinedStatus(c *call, oid string) answer {
	list := g.statusesOn(oid)
	part, header := page(c, list)
	shown := []any{}
	for _, one := range part {
		shown = append(shown, g.restCommitStatus(one))
	}
	state := map[string]string{"": "pending", "SUCCESS": "success", "PENDING": "pending"}[worst(list)]
	if state == "" {
		state = "failure"
	}
	return answer{status: http.StatusOK, header: header, body: object{
		"state": state, "sha": oid, "total_count": len(list), "statuses": shown,
		"repository": g.restRepository(g.repository.FullName()), "commit_url": g.api("/commits/%s", oid),
		"url": g.api("/commits/%s/status", oid),
	}}
}

// postCommitStatus reports a status of a commit. One more of the same context replaces the one before.
func (g *GitHub) postCommitStatus(c *call) answer {
	oid := c.params["sha"]
	if g.git.Kind(oid) != git.KindCommit {
		return refuse(http.StatusUnprocessableEntity, "No commit found for SHA: "+oid)
	}
	if c.token.Kind != InstallationToken && !g.user(c.token.Login).canWrite() {
		return refuse(http.StatusNotFound, "Not Found")
	}
	name := cmp.Or(c.text("context"), "default")
	if refused, wrong := g.wrongStatus(c, oid, name); wrong {
		return refused
	}
	added := g.addCheck(Check{Commit: oid, Name: name, State: c.text("state"), CommitStatus: true, Creator: c.token.Login})
	added.description, added.target = c.text("description"), c.text("target_url")
	shown := g.restCommitStatus(added)
	shown["creator"] = g.user(added.Creator).rest()
	return reply(http.StatusCreated, shown)
}

// How much GitHub takes of the statuses of a commit.
const (
	longestContext = 255  // characters
	mostStatuses   = 1000 // of one context and commit
)

// wrongStatus refuses a commit status that is too long, or one too many.
func (g *GitHub) wrongStatus(c *call, oid, name string) (refused answer, wrong bool) {
	isOther := func(one *check) bool { return !one.CommitStatus || one.Name != name }
	earlier := slices.DeleteFunc(g.checksOn(oid), isOther)
	switch {
	case len([]rune(c.text("description"))) > longestDescription:
		return invalid("Status", "description", "custom", "description is too long (maximum is 140 characters)"), true
	case len([]rune(name)) > longestContext:
		return invalid("Status", "context", "custom", "context is too long (maximum is 255 characters)"), true
	case len(earlier) >= mostStatuses:
		return invalid("Status", "", "custom", "This SHA and context has reached the maximum number of statuses."), true
	}
	return answer{}, false
}

func (g *GitHub) restCommitStatus(c *check) object {
	return object{
		"id": c.id, "node_id": c.nodeID(), "state": strings.ToLower(c.State), "context": c.Name, "description": optional(c.description),
		"target_url": optional(c.target), "avatar_url": "https://avatars.githubusercontent.com/u/0?v=4", "url": g.api("/statuses/%s", c.Commit),
		"created_at": c.StartedAt, "updated_at": c.updatedAt,
	}
}
