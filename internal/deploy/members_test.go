package deploy_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// anyone are a user, a role and two teams.
func anyone() []policy.Principal {
	return []policy.Principal{
		{Kind: policy.User, Name: "alice"},
		{Kind: policy.Role, Name: "maintain"},
		{Kind: policy.Team, Name: "acme/Release"},
		{Kind: policy.Team, Name: "other/ops"},
		{Kind: policy.Event, Name: "push"},
	}
}

func TestAmong(t *testing.T) {
	t.Parallel()
	team := deploy.MembershipOf("ACME/release", "BOB")
	ops := deploy.MembershipOf("other/ops", "bob")
	both := []deploy.Membership{deploy.MembershipOf("acme/release", "bob"), ops}
	for name, test := range map[string]struct {
		actor   deploy.Actor
		members map[deploy.Membership]deploy.Member
		want    bool
		asked   []deploy.Membership
	}{
		"listed":                         {deploy.Actor{Login: "alice"}, nil, true, nil},
		"in another case":                {deploy.Actor{Login: "ALICE"}, nil, true, nil},
		"role":                           {deploy.Actor{Login: "bob", Permission: "write", Role: "maintain"}, nil, true, nil},
		"permission":                     {deploy.Actor{Login: "bob", Permission: "Maintain"}, nil, true, nil},
		"role without a permission":      {deploy.Actor{Login: "bob", Role: "maintain"}, nil, false, both},
		"member":                         {deploy.Actor{Login: "Bob"}, map[deploy.Membership]deploy.Member{team: {Active: true}}, true, both},
		"of one of two":                  {deploy.Actor{Login: "bob"}, map[deploy.Membership]deploy.Member{team: {}, ops: {Active: true}}, true, both},
		"no member":                      {deploy.Actor{Login: "bob"}, map[deploy.Membership]deploy.Member{team: {}, ops: {}}, false, both},
		"invited":                        {deploy.Actor{Login: "bob"}, map[deploy.Membership]deploy.Member{team: {Invited: true}}, false, both},
		"unknown":                        {deploy.Actor{Login: "bob"}, map[deploy.Membership]deploy.Member{team: {Active: true, Problem: &deploy.Problem{}}}, false, both},
		"member is someone else":         {deploy.Actor{Login: "carol"}, map[deploy.Membership]deploy.Member{team: {Active: true}}, false, []deploy.Membership{deploy.MembershipOf("acme/release", "carol"), deploy.MembershipOf("other/ops", "carol")}},
		"bot":                            {deploy.Actor{Login: "alice[bot]"}, nil, false, nil},
		"login is not known":             {deploy.Actor{}, map[deploy.Membership]deploy.Member{deploy.MembershipOf("acme/release", ""): {Active: true}}, false, nil},
		"user with the name of a team":   {deploy.Actor{Login: "acme/release"}, nil, false, []deploy.Membership{{Team: "acme/release", Login: "acme/release"}, {Team: "other/ops", Login: "acme/release"}}},
		"user with the name of an event": {deploy.Actor{Login: "push"}, nil, false, []deploy.Membership{{Team: "acme/release", Login: "push"}, {Team: "other/ops", Login: "push"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := deploy.Case{Facts: deploy.Facts{Members: test.members}}
			assert.Equal(t, test.want, k.Among(anyone(), test.actor))
			assert.Equal(t, test.asked, deploy.Memberships(anyone(), test.actor))
		})
	}
	nothing := []policy.Principal{{Kind: policy.Role, Name: "none"}}
	assert.False(t, new(deploy.Case).Among(nothing, deploy.Actor{Login: "bob", Permission: "none"}), "no permission is no role")
}

// At most ten pairs are asked for, over all readings; what is known stays among the needs.
func TestNeedMembers(t *testing.T) {
	t.Parallel()
	pair := func(i int) deploy.Membership { return deploy.MembershipOf(fmt.Sprintf("acme/t%d", i), "bob") }
	k := deploy.Case{Facts: deploy.Facts{Members: map[deploy.Membership]deploy.Member{}}}
	for i := range 4 {
		k.Members[pair(i)] = deploy.Member{}
	}
	var n deploy.Needs
	for i := 20; i > 0; i-- {
		k.NeedMembers(&n, pair(i), pair(i))
	}
	k.NeedMembers(&n, pair(0))
	var fresh int
	for _, one := range n.Members {
		if _, known := k.Members[one]; !known {
			fresh++
		}
	}
	assert.Equal(t, deploy.MostMembers-4, fresh)
	assert.Len(t, n.Members, deploy.MostMembers)
	assert.Contains(t, n.Members, pair(0))
	assert.Empty(t, n.Beyond(n).Members)
	assert.Len(t, n.Beyond(deploy.Needs{Members: n.Members[:7]}).Members, 3)
}

func TestNotMembers(t *testing.T) {
	t.Parallel()
	release, ops := deploy.MembershipOf("acme/release", "bob"), deploy.MembershipOf("other/ops", "bob")
	failed := deploy.Member{Problem: &deploy.Problem{Text: "No token.", Hint: "Give one."}}
	for name, test := range map[string]struct {
		members map[deploy.Membership]deploy.Member
		want    deploy.Problem
	}{
		"404": {map[deploy.Membership]deploy.Member{release: {}, ops: {}}, deploy.Problem{
			Text: "GitHub answered 404 for `acme/Release`, `other/ops`: not a member, or `team_token` may not read the teams' members.",
		}},
		"one failed": {map[deploy.Membership]deploy.Member{release: {}, ops: failed}, deploy.Problem{
			Text: "GitHub answered 404 for `acme/Release`: not a member, or `team_token` may not read the team's members. No token.", Hint: "Give one.",
		}},
		"invited": {map[deploy.Membership]deploy.Member{release: {Invited: true}, ops: {Active: true}}, deploy.Problem{
			Text: "The invitation to `acme/Release` is not accepted yet.",
		}},
		"not asked": {map[deploy.Membership]deploy.Member{release: {Active: true}}, deploy.Problem{
			Text: "GitHub was not asked about `other/ops`: at most 10 memberships are looked up.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := deploy.Case{Facts: deploy.Facts{Members: test.members}}
			assert.Equal(t, test.want, k.NotMembers(anyone(), "Bob"))
			assert.Empty(t, k.NotMembers(anyone(), "alice[bot]"))
		})
	}
}

// The members of the first reading stay inside a write; a later reading adds to them.
func TestMembersAreKept(t *testing.T) {
	t.Parallel()
	release, ops := deploy.MembershipOf("acme/release", "bob"), deploy.MembershipOf("other/ops", "bob")
	first := deploy.Facts{Members: map[deploy.Membership]deploy.Member{release: {Active: true}}}
	first.MarkRead(deploy.MembersPart)
	later := deploy.Facts{Members: map[deploy.Membership]deploy.Member{ops: {}}}
	all := first.Add(later, deploy.Needs{Members: []deploy.Membership{ops}})
	assert.Equal(t, map[deploy.Membership]deploy.Member{release: {Active: true}, ops: {}}, all.Members)
	assert.Len(t, first.Members, 1, "the first reading stays as it was")
	kept := deploy.Facts{}.Keep(first)
	assert.Equal(t, first.Members, kept.Members)
	assert.True(t, kept.Read[deploy.MembersPart])
}
