package sim_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

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
	g.InviteToTeam("acme", "release", "dora")
	play(t, g, []exchange{
		{"member", "GET /orgs/acme/teams/release/memberships/bob", nil, 200, `{"role": "member", "state": "active"}`},
		{"case does not matter", "GET /orgs/Acme/teams/release/memberships/BOB", nil, 200, `{"state": "active"}`},
		{"has not accepted yet", "GET /orgs/acme/teams/release/memberships/dora", nil, 200, `{"state": "pending"}`},
		{"another user", "GET /orgs/acme/teams/release/memberships/carol", nil, 404, `{"message": "Not Found"}`},
		{"no such team", "GET /orgs/acme/teams/other/memberships/bob", nil, 404, `{"message": "Not Found"}`},
		{"a workflow has no user of its own", "GET /user", nil, 403, `{"message": "Resource not accessible by integration"}`},
	})
}

// The token of a workflow is answered as if there was no such member: see srvaroa/labeler#188 and actions/github-script#518.
// A fine-grained personal token is told: see PyGithub/PyGithub#2951, which lists teams.
func TestTeamsWithoutPermission(t *testing.T) {
	t.Parallel()
	for kind, want := range map[sim.TokenKind]struct {
		status  int
		message string
	}{
		sim.InstallationToken: {404, "Not Found"},
		sim.FineGrainedToken:  {403, "Resource not accessible by personal access token"},
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			g := start(t)
			g.AddTeam("acme", "release", "bob")
			g.AddToken(sim.Token{Value: sim.DefaultToken, Login: "alice", Kind: kind, Permissions: map[string]string{"contents": "read"}})
			status, answer := ask(t, g, "GET /orgs/acme/teams/release/memberships/bob", nil)
			assert.Equal(t, want.status, status)
			includes(t, `{"message": "`+want.message+`"}`, answer)
		})
	}
}

// What a deleted account has made has no author in GraphQL, and is a ghost's in REST: see
// https://docs.github.com/account-and-profile/setting-up-and-managing-your-personal-account-on-github/managing-your-personal-account/deleting-your-personal-account.
func TestDeletedUser(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.AddUser(sim.User{Login: "bob", Permission: "write"})
	g.AddTeam("acme", "release", "alice", "bob")
	number := g.OpenPull(sim.Pull{Author: "bob"})
	g.Comment(number, "bob", "hi")
	g.OpenPull(sim.Pull{Author: "alice"})
	g.Review(2, "bob", "APPROVED")
	g.DeleteUser("Bob")
	includes(t, `{"mine": {"author": null, "comments": {"nodes": [{"author": null}]}}, "theirs": {"author": {"login": "alice"},
		"latestOpinionatedReviews": {"nodes": [{"author": null, "state": "APPROVED"}]}, "byWriters": {"nodes": []}}}`,
		repository(t, g, `mine: pullRequest(number: 1) { author { login } comments(first: 5) { nodes { author { login } } } }
			theirs: pullRequest(number: 2) { author { login } latestOpinionatedReviews(first: 5) { nodes { author { login } state } }
				byWriters: latestOpinionatedReviews(first: 5, writersOnly: true) { nodes { state } } }`))
	play(t, g, []exchange{
		{"author", "GET /./pulls/1", nil, 200, `{"user": {"login": "ghost", "type": "User"}}`},
		{"reviewer", "GET /./pulls/2/reviews", nil, 200, `[{"user": {"login": "ghost"}}]`},
		{"permission", "GET /./collaborators/bob/permission", nil, 404, `{"message": "bob is not a user"}`},
		{"member", "GET /orgs/acme/teams/release/memberships/bob", nil, 404, ""},
		{"another member", "GET /orgs/acme/teams/release/memberships/alice", nil, 200, ""},
	})
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
