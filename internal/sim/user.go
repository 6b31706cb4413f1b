package sim

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// User is a person or, when the login ends in [bot], an app. Permission is admin, write, read
// or none; RoleName is the finer role (maintain, triage or a custom one) and defaults to it.
type User struct{ Login, Permission, RoleName string }

type account struct {
	User
	id   int64
	gone bool // the account was deleted
}

// ghost is the login under which the REST interface shows a deleted account.
const ghost = "ghost"

// DeleteUser deletes an account. What it has made stays: GraphQL shows it without an author, REST as that of a ghost.
func (g *GitHub) DeleteUser(login string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := g.addUser(User{Login: g.user(login).Login, Permission: "none"})
	known.gone = true
	for team, members := range g.teams {
		g.teams[team] = slices.DeleteFunc(slices.Clone(members), func(m teamMember) bool { return strings.EqualFold(m.login, login) })
	}
}

// AddUser adds or replaces a user.
func (g *GitHub) AddUser(u User) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.addUser(u)
}

// Users returns the accounts that there are, in the order in which they came.
func (g *GitHub) Users() []User {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []User
	for _, known := range slices.SortedFunc(maps.Values(g.users), func(a, b *account) int { return cmp.Compare(a.id, b.id) }) {
		if !known.gone {
			all = append(all, known.User)
		}
	}
	return all
}

// teamMember is a user in a team, or one who was invited: active or pending.
type teamMember struct{ login, state string }

// AddTeam puts users into a team of an organization.
func (g *GitHub) AddTeam(organization, slug string, logins ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, login := range logins {
		g.addMember(organization, slug, teamMember{login, "active"})
	}
}

// InviteToTeam invites a user who has not accepted yet into a team of an organization.
func (g *GitHub) InviteToTeam(organization, slug, login string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.addMember(organization, slug, teamMember{login, "pending"})
}

func (g *GitHub) addMember(organization, slug string, added teamMember) {
	key := teamKey(organization, slug)
	others := slices.DeleteFunc(slices.Clone(g.teams[key]), func(m teamMember) bool { return strings.EqualFold(m.login, added.login) })
	g.teams[key] = append(others, added)
}

// teamKey names a team; case does not matter.
func teamKey(organization, slug string) string { return strings.ToLower(organization + "/" + slug) }

func (g *GitHub) addUser(u User) *account {
	u.RoleName = cmp.Or(u.RoleName, u.Permission)
	switch u.Permission { // roles that the older permission does not know
	case "maintain":
		u.Permission = "write"
	case "triage":
		u.Permission = "read"
	}
	known, ok := g.users[strings.ToLower(u.Login)]
	if !ok {
		known = &account{id: g.ids.nextSmall()}
		g.users[strings.ToLower(u.Login)] = known
	}
	known.User, known.gone = u, false
	return known
}

// user returns an account; someone unknown is a passer-by who may read.
func (g *GitHub) user(login string) *account {
	if known, ok := g.users[strings.ToLower(login)]; ok {
		return known
	}
	return g.addUser(User{Login: login, Permission: "read"})
}

func (a *account) isBot() bool { return strings.HasSuffix(a.Login, "[bot]") }

// CanWrite reports whether a user may push to the repository.
func (g *GitHub) CanWrite(login string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.user(login).canWrite()
}

func (a *account) canWrite() bool { return a.Permission == "write" || a.Permission == "admin" }

// association is the author's relation to the repository as comments show it.
func (a *account) association() string {
	switch a.Permission {
	case "admin":
		return "MEMBER"
	case "write":
		return "COLLABORATOR"
	default:
		return "NONE"
	}
}

// ghostNumber is the id of the ghost's account.
const ghostNumber = 10137

// rest is the user as the REST interface shows it.
func (a *account) rest() object {
	if a.gone {
		return (&account{User: User{Login: ghost}, id: ghostNumber}).rest()
	}
	escaped := url.PathEscape(a.Login)
	self := apiURL + "/users/" + escaped
	kind := "User"
	if a.isBot() {
		kind = "Bot"
	}
	user := object{
		"login": a.Login, "id": a.id, "node_id": a.nodeID(), "gravatar_id": "", "type": kind, "site_admin": false,
		"avatar_url": fmt.Sprintf("https://avatars.githubusercontent.com/u/%d?v=4", a.id),
		"url":        self, "html_url": webURL + "/" + escaped, "user_view_type": "public",
		"following_url": self + "/following{/other_user}", "gists_url": self + "/gists{/gist_id}",
		"starred_url": self + "/starred{/owner}{/repo}", "events_url": self + "/events{/privacy}",
	}
	for _, name := range []string{"followers", "subscriptions", "repos", "received_events"} {
		user[name+"_url"] = self + "/" + name
	}
	user["organizations_url"] = self + "/orgs"
	return user
}

func (a *account) nodeID() string {
	if a.isBot() {
		return nodeID("BOT", a.Login)
	}
	return nodeID("U", a.Login)
}

// actor is the user as GraphQL shows it, where the name of a bot lacks its suffix.
func (g *GitHub) actor(login string) *graph.Object {
	if login == "" {
		return nil
	}
	a := g.user(login)
	if a.gone {
		return nil
	}
	user := a.rest()
	fields := graph.Fields{
		"id": a.nodeID(), "databaseId": a.id, "login": strings.TrimSuffix(a.Login, "[bot]"),
		"avatarUrl": user["avatar_url"], "url": user["html_url"], "resourcePath": "/" + a.Login,
		"createdAt": g.created, "updatedAt": g.created,
	}
	if a.isBot() {
		return &graph.Object{Type: "Bot", Fields: fields}
	}
	fields["name"], fields["email"], fields["isViewer"] = nil, "", false
	return &graph.Object{Type: "User", Fields: fields}
}

// userObject is like actor for fields that hold people only: a bot is null there.
func (g *GitHub) userObject(login string) *graph.Object {
	if login == "" || g.user(login).isBot() {
		return nil
	}
	return g.actor(login)
}

// nodeID makes a global id of a kind of object and its key.
func nodeID(kind, key string) string {
	return kind + "_" + base64.RawURLEncoding.EncodeToString([]byte(key))
}

func splitNodeID(id string) (kind, key string) {
	kind, encoded, _ := strings.Cut(id, "_")
	decoded, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return "", ""
	}
	return kind, string(decoded)
}

func userRoutes() []route {
	return []route{
		{method: "GET", path: "/repos/{owner}/{repo}/collaborators/{username}/permission", handle: (*GitHub).getPermission},
		{method: "GET", path: "/orgs/{org}/teams/{team_slug}/memberships/{username}", handle: (*GitHub).getMembership},
		{method: "GET", path: "/user", handle: (*GitHub).getViewer},
	}
}

func (g *GitHub) getPermission(c *call) answer {
	known, ok := g.users[strings.ToLower(c.params["username"])]
	if !ok || known.isBot() || known.gone {
		return refuse(http.StatusNotFound, c.params["username"]+" is not a user")
	}
	user := known.rest()
	user["role_name"] = known.RoleName
	user["permissions"] = known.permissions()
	return reply(http.StatusOK, object{
		"permission": known.Permission, "role_name": known.RoleName, "user": user,
	})
}

func (a *account) permissions() object {
	order := []string{"read", "triage", "write", "maintain", "admin"}
	names := []string{"pull", "triage", "push", "maintain", "admin"}
	reached := max(slices.Index(order, a.Permission), slices.Index(order, a.RoleName))
	granted := object{}
	for i, name := range names {
		granted[name] = i <= reached
	}
	return granted
}

// getMembership answers alike for someone who is no member, for a team that does not exist, and to the token of an app that
// may not read members. A fine-grained personal token is told that the permission is missing.
func (g *GitHub) getMembership(c *call) answer {
	isAllowed := c.token.allows("members:read")
	members := g.teams[teamKey(c.params["org"], c.params["team_slug"])]
	at := slices.IndexFunc(members, func(m teamMember) bool { return strings.EqualFold(m.login, c.params["username"]) })
	switch {
	case !isAllowed && c.token.Kind == FineGrainedToken:
		return refuse(http.StatusForbidden, c.token.forbidden())
	case !isAllowed || at < 0:
		return refuse(http.StatusNotFound, "Not Found")
	}
	return reply(http.StatusOK, object{
		"role": "member", "state": members[at].state,
		"url": apiURL + "/organizations/1/team/1/memberships/" + url.PathEscape(c.params["username"]),
	})
}

// getViewer refuses the token of an app, which has no user of its own.
func (g *GitHub) getViewer(c *call) answer {
	if c.token.Kind == InstallationToken {
		return refuse(http.StatusForbidden, c.token.forbidden())
	}
	shown := g.user(c.token.Login).rest()
	maps.Copy(shown, object{
		"name": nil, "company": nil, "blog": nil, "location": nil, "email": nil, "hireable": nil, "bio": nil,
		"public_repos": 0, "public_gists": 0, "followers": 0, "following": 0, "created_at": g.created, "updated_at": g.created,
	})
	return reply(http.StatusOK, shown)
}
