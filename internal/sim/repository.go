package sim

import (
	"net/http"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// repositoryNumber is the repository's id.
const repositoryNumber = 1296269

func repositoryRoutes() []route {
	return []route{
		{method: "GET", path: "/repos/{owner}/{repo}", handle: (*GitHub).getRepository},
		{method: "POST", path: "/repos/{owner}/{repo}/dispatches", needs: []string{"contents:write"}, handle: (*GitHub).postDispatch},
	}
}

func (g *GitHub) getRepository(*call) answer {
	repository := g.restRepository(g.repository.FullName())
	repository["network_count"], repository["subscribers_count"] = 0, 0
	return reply(http.StatusOK, repository)
}

// restRepository is a repository as the REST interface shows it; the name may be a fork's.
func (g *GitHub) restRepository(fullName string) object {
	owner, name, _ := strings.Cut(fullName, "/")
	self := apiURL + "/repos/" + fullName
	page := webURL + "/" + fullName
	repository := object{
		"id": repositoryNumber, "node_id": nodeID("R", fullName), "name": name, "full_name": fullName,
		"owner": g.owner(owner), "private": false, "fork": fullName != g.repository.FullName(), "visibility": "public",
		"url": self, "html_url": page, "description": nil, "homepage": nil, "language": nil, "mirror_url": nil, "license": nil,
		"default_branch": g.repository.DefaultBranch, "archived": g.archived, "disabled": false, "size": 1,
		"clone_url": page + ".git", "git_url": "git:" + page[len("https:"):] + ".git", "svn_url": page,
		"ssh_url": "git@github.com:" + fullName + ".git", "topics": []any{},
		"created_at": g.created, "updated_at": g.created, "pushed_at": g.created,
		"allow_forking": true, "is_template": false, "web_commit_signoff_required": false,
	}
	for _, count := range []string{"forks", "forks_count", "open_issues", "open_issues_count", "stargazers_count", "watchers", "watchers_count"} {
		repository[count] = 0
	}
	for _, feature := range []string{"issues", "projects", "wiki", "downloads", "pages", "discussions"} {
		repository["has_"+feature] = feature == "issues"
	}
	for name, path := range repositoryLinks() {
		repository[name+"_url"] = self + path
	}
	return repository
}

func (g *GitHub) owner(login string) object {
	owner := g.user(login).rest()
	if strings.EqualFold(login, g.repository.Owner) {
		owner["type"] = "Organization"
	}
	return owner
}

// repositoryLinks are the links that every repository carries, without their ending _url.
func repositoryLinks() map[string]string {
	return map[string]string{
		"archive": "/{archive_format}{/ref}", "assignees": "/assignees{/user}", "blobs": "/git/blobs{/sha}",
		"branches": "/branches{/branch}", "collaborators": "/collaborators{/collaborator}",
		"comments": "/comments{/number}", "commits": "/commits{/sha}", "compare": "/compare/{base}...{head}",
		"contents": "/contents/{+path}", "contributors": "/contributors", "deployments": "/deployments",
		"downloads": "/downloads", "events": "/events", "forks": "/forks", "git_commits": "/git/commits{/sha}",
		"git_refs": "/git/refs{/sha}", "git_tags": "/git/tags{/sha}", "hooks": "/hooks",
		"issue_comment": "/issues/comments{/number}", "issue_events": "/issues/events{/number}",
		"issues": "/issues{/number}", "keys": "/keys{/key_id}", "labels": "/labels{/name}",
		"languages": "/languages", "merges": "/merges", "milestones": "/milestones{/number}",
		"notifications": "/notifications{?since,all,participating}", "pulls": "/pulls{/number}",
		"releases": "/releases{/id}", "stargazers": "/stargazers", "statuses": "/statuses/{sha}",
		"subscribers": "/subscribers", "subscription": "/subscription", "tags": "/tags", "teams": "/teams",
		"trees": "/git/trees{/sha}",
	}
}

// Dispatch is a repository_dispatch event that was sent.
type Dispatch struct {
	EventType string
	Payload   []byte // the client payload's JSON, "null" when there was none
}

// Dispatches returns the repository_dispatch events so far, oldest first.
func (g *GitHub) Dispatches() []Dispatch {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]Dispatch(nil), g.dispatches...)
}

func (g *GitHub) postDispatch(c *call) answer {
	g.dispatches = append(g.dispatches, Dispatch{EventType: c.text("event_type"), Payload: encode(c.fields["client_payload"])})
	return reply(http.StatusNoContent, nil)
}

// repositoryObject is the repository as GraphQL shows it; what needs a permission says so.
func (g *GitHub) repositoryObject(c *call) *graph.Object {
	r := g.repository
	contents, deployments := []string{"contents:read"}, []string{"deployments:read"}
	pulls := []string{"pull-requests:read"}
	return &graph.Object{Type: "Repository", Fields: graph.Fields{
		"id": nodeID("R", r.FullName()), "databaseId": repositoryNumber, "name": r.Name, "nameWithOwner": r.FullName(),
		"owner": g.actor(r.Owner), "url": g.web(""), "resourcePath": "/" + r.FullName(), "description": nil,
		"isFork": false, "isPrivate": false, "isArchived": g.archived, "isDisabled": false, "isEmpty": false, "isTemplate": false,
		"isLocked": false, "isInOrganization": true, "parent": nil, "visibility": "PUBLIC", "createdAt": g.created,
		"updatedAt": g.created, "pushedAt": g.created, "sshUrl": "git@github.com:" + r.FullName() + ".git",
		"mergeCommitAllowed": true, "squashMergeAllowed": true, "rebaseMergeAllowed": true, "allowUpdateBranch": true,
		"autoMergeAllowed": false, "deleteBranchOnMerge": false, "viewerPermission": "WRITE",
		"defaultBranchRef":      c.guard(graph.Lazy(func() any { return g.refObject(c, g.git.Head()) }), contents...),
		"ref":                   c.guard(g.resolveRef(c), contents...),
		"refs":                  c.guard(g.resolveRefs(c), contents...),
		"object":                c.guard(g.resolveExpression(c), contents...),
		"pullRequest":           c.guard(g.resolvePull(c), pulls...),
		"pullRequests":          c.guard(g.resolvePulls(c), pulls...),
		"issueOrPullRequest":    c.guard(g.resolvePull(c), pulls...),
		"issues":                c.guard(g.resolveIssues(c), "issues:read"),
		"label":                 g.resolveLabel(c),
		"labels":                g.resolveLabels(c),
		"deployments":           c.guard(g.resolveDeployments(c, ""), deployments...),
		"environment":           g.resolveEnvironment(c),
		"environments":          g.resolveEnvironments(c),
		"rulesets":              g.resolveRulesets(c),
		"branchProtectionRules": noneOf("BranchProtectionRuleConnection"),
		"releases":              noneOf("ReleaseConnection"),
		"latestRelease":         nil,
	}}
}

// noneOf resolves a connection that is always empty here.
func noneOf(typeName string) graph.Resolver {
	return graph.Connection(typeName, 0, nil, nil)
}
