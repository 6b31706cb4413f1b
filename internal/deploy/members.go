package deploy

import (
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// Membership is the question whether a user is a member of a team.
type Membership struct{ Team, Login string }

// MembershipOf returns the question in the one spelling that it is asked and answered in: GitHub does not regard case.
func MembershipOf(team, login string) Membership {
	return Membership{strings.ToLower(team), strings.ToLower(login)}
}

// Member is GitHub's answer to a Membership. The zero Member was answered with 404.
type Member struct {
	Active  bool
	Invited bool     // the user has not accepted yet
	Problem *Problem // why there is no answer, nil where there is one
}

// MostMembers is how many pairs of team and user are asked for a decision.
const MostMembers = 10

// needMembers asks for pairs, until there are as many as may be asked. Pairs that are known stay.
func (k *Case) needMembers(n *Needs, pairs ...Membership) {
	for _, pair := range pairs {
		if slices.Contains(n.Members, pair) {
			continue
		}
		asked := len(k.Members) + len(lackingKeys(n.Members, k.Members))
		if _, known := k.Members[pair]; known || asked < MostMembers {
			n.Members = append(n.Members, pair)
		}
	}
}

func lackingKeys(pairs []Membership, known map[Membership]Member) []Membership {
	return slices.DeleteFunc(slices.Clone(pairs), func(pair Membership) bool {
		_, isKnown := known[pair]
		return isKnown
	})
}

// member returns whether a user is a member of a team, unknown where that was not asked, or not answered.
func (k *Case) member(team, login string) Known[bool] {
	found, asked := k.Members[MembershipOf(team, login)]
	if !asked || found.Problem != nil {
		return Known[bool]{}
	}
	return Know(found.Active)
}

// among reports whether a user is one of the principals: by login, by permission or role, or as a member of a team. A
// membership that is not known is none.
func (k *Case) among(principals []policy.Principal, a Actor) bool {
	isMember := func(p policy.Principal) bool { return p.Kind == policy.Team && k.member(p.Name, a.Login).Value }
	return listed(principals, a) || a.Login != "" && slices.ContainsFunc(principals, isMember)
}

// listed reports whether a user is one of the principals whatever the teams are.
func listed(principals []policy.Principal, a Actor) bool {
	return slices.ContainsFunc(principals, func(p policy.Principal) bool {
		switch p.Kind {
		case policy.User:
			return a.Login != "" && strings.EqualFold(p.Name, a.Login)
		case policy.Role:
			return a.Permission != "" && !strings.EqualFold(p.Name, "none") && (strings.EqualFold(p.Name, a.Permission) || strings.EqualFold(p.Name, a.Role))
		case policy.Team, policy.Event:
		}
		return false
	})
}

// memberships returns the pairs that decide whether a user is one of the principals: none for someone who is one whatever
// the teams are, and for bots, which are in no team.
func memberships(principals []policy.Principal, a Actor) []Membership {
	if a.Login == "" || isBot(a.Login) || listed(principals, a) {
		return nil
	}
	var pairs []Membership
	for _, team := range teamsOf(principals) {
		pairs = append(pairs, MembershipOf(team, a.Login))
	}
	return pairs
}

func isBot(login string) bool { return strings.HasSuffix(strings.ToLower(login), "[bot]") }

func teamsOf(principals []policy.Principal) []string {
	var teams []string
	for _, p := range principals {
		if p.Kind == policy.Team {
			teams = append(teams, p.Name)
		}
	}
	return teams
}

// notMembers says in sentences why a user does not count as a member of the teams among principals, "" where there is
// nothing to say, and what to do about it.
func (k *Case) notMembers(principals []policy.Principal, login string) Problem {
	if isBot(login) {
		return Problem{}
	}
	var missing, invited, unasked []string
	var failed Problem
	for _, team := range teamsOf(principals) {
		found, asked := k.Members[MembershipOf(team, login)]
		switch {
		case !asked:
			unasked = append(unasked, team)
		case found.Problem != nil:
			failed = *found.Problem
		case found.Invited:
			invited = append(invited, team)
		case !found.Active:
			missing = append(missing, team)
		}
	}
	var said []string
	if len(missing) > 0 {
		said = append(said, "GitHub answered 404 for "+firstFew(missing)+": not a member, or `team_token` may not read the "+
			either(missing, "team's", "teams'")+" members.")
	}
	if len(invited) > 0 {
		said = append(said, "The invitation to "+firstFew(invited)+" is not accepted yet.")
	}
	if failed.Text != "" {
		said = append(said, failed.Text)
	}
	if len(unasked) > 0 {
		said = append(said, "GitHub was not asked about "+firstFew(unasked)+": at most "+strconv.Itoa(MostMembers)+" memberships are looked up.")
	}
	return Problem{Text: strings.Join(said, " "), Hint: failed.Hint}
}

// principalNames returns who the principals are, for people.
func principalNames(principals []policy.Principal) string {
	names := make([]string, len(principals))
	for i, p := range principals {
		names[i] = p.String()
	}
	if len(names) == 0 {
		return markdown.Text("no one")
	}
	return firstFew(names)
}
