package sim_test

import (
	"testing"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestPermission(t *testing.T) {
	t.Parallel()
	g := start(t)
	for _, permission := range []string{"admin", "write", "read", "none", "maintain", "triage"} {
		g.AddUser(sim.User{Login: permission + "er", Permission: permission})
	}
	g.AddUser(sim.User{Login: "deployer", Permission: "write", RoleName: "release-crew"})
	number := g.OpenPull(sim.Pull{})
	g.Comment(number, "passer-by", "hi")

	const path = "GET /./collaborators/"
	play(t, g, []exchange{
		{"admin", path + "adminer/permission", nil, 200, `{"permission": "admin", "role_name": "admin", "user": {"login": "adminer", "type": "User", "permissions": {"admin": true, "maintain": true}}}`},
		{"write", path + "writeer/permission", nil, 200, `{"permission": "write", "role_name": "write", "user": {"permissions": {"admin": false, "push": true}}}`},
		{"read", path + "reader/permission", nil, 200, `{"permission": "read", "role_name": "read", "user": {"permissions": {"push": false, "pull": true}}}`},
		{"none", path + "noneer/permission", nil, 200, `{"permission": "none", "role_name": "none", "user": {"permissions": {"pull": false}}}`},
		{"maintain reads as write", path + "maintainer/permission", nil, 200, `{"permission": "write", "role_name": "maintain"}`},
		{"triage reads as read", path + "triageer/permission", nil, 200, `{"permission": "read", "role_name": "triage"}`},
		{"custom role", path + "deployer/permission", nil, 200, `{"permission": "write", "role_name": "release-crew"}`},
		{"case does not matter", path + "DEPLOYER/permission", nil, 200, `{"user": {"login": "deployer"}}`},
		{"user who commented", path + "passer-by/permission", nil, 200, `{"permission": "read"}`},
		// Apps are no collaborators: https://github.com/anthropics/claude-code-action/issues/1018.
		{"a bot", path + "github-actions%5Bbot%5D/permission", nil, 404, `{"message": "~is not a user"}`},
		{"unknown user", path + "stranger/permission", nil, 404, `{"message": "stranger is not a user"}`},
	})
}

func TestTeamMembership(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.AddTeam("acme", "release", "alice", "bob")
	play(t, g, []exchange{
		{"member", "GET /orgs/acme/teams/release/memberships/bob", nil, 200, `{"role": "member", "state": "active"}`},
		{"another user", "GET /orgs/acme/teams/release/memberships/carol", nil, 404, `{"message": "Not Found"}`},
		{"no such team", "GET /orgs/acme/teams/other/memberships/bob", nil, 404, `{"message": "Not Found"}`},
		{"a workflow has no user of its own", "GET /user", nil, 403, `{"message": "Resource not accessible by integration"}`},
	})
	status, _ := asUser(t, g, map[string]string{"contents": "read"}, "GET /orgs/acme/teams/release/memberships/bob", nil)
	if status != 403 {
		t.Errorf("a token without members permission was answered %d", status)
	}
}

func TestUserInGraphQL(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.AddUser(sim.User{Login: "alice", Permission: "write"})
	includes(t, `{
		"data": {"viewer": {"login": "github-actions[bot]"}, "alice": {"login": "alice", "__typename": "User"}, "bot": null, "stranger": null},
		"errors": [
			{"type": "NOT_FOUND", "path": ["bot"], "message": "Could not resolve to a User with the login of 'github-actions[bot]'."},
			{"type": "NOT_FOUND", "path": ["stranger"], "message": "Could not resolve to a User with the login of 'stranger'."}
		]}`,
		query(t, g, `{ viewer { login } alice: user(login: "ALICE") { login __typename }
			bot: user(login: "github-actions[bot]") { login } stranger: user(login: "stranger") { login } }`, nil))
}
