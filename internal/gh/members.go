package gh

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/google/go-github/v60/github"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// members asks for each pair of team and user whether the user is a member, for all of them at the same time. A workflow's
// own token may not see that.
func (r *reader) members(ctx context.Context, pairs []deploy.Membership) map[deploy.Membership]deploy.Member {
	answers := make(map[deploy.Membership]deploy.Member, len(pairs))
	var (
		group   errgroup.Group
		writing sync.Mutex
	)
	for _, pair := range pairs {
		group.Go(func() error {
			answer := r.member(ctx, pair)
			writing.Lock()
			defer writing.Unlock()
			answers[pair] = answer
			return nil
		})
	}
	_ = group.Wait() // each answer has its own problem
	return answers
}

func addMembers(facts *deploy.Facts, answers map[deploy.Membership]deploy.Member) {
	facts.Members = answers
	markRead(facts, map[deploy.Part]bool{deploy.MembersPart: len(answers) > 0})
}

func (r *reader) member(ctx context.Context, pair deploy.Membership) deploy.Member {
	if r.teams == nil {
		return deploy.Member{Problem: &deploy.Problem{
			Text: "There is no token that may read the members of " + markdown.Code(pair.Team) + ".",
			Hint: "Give the input `team_token` a token with `members: read` of the organization.",
		}}
	}
	organization, slug, _ := strings.Cut(pair.Team, "/")
	var membership github.Membership
	path := fmt.Sprintf("orgs/%s/teams/%s/memberships/%s", segment(organization), segment(slug), segment(pair.Login))
	response, err := r.teams.send(ctx, http.MethodGet, path, nil, &membership)
	switch {
	case isMissing(response):
		return deploy.Member{}
	case err != nil:
		return deploy.Member{Problem: new(Explain(refusedMember(pair.Team, err)))}
	}
	return deploy.Member{Active: membership.GetState() == "active", Invited: membership.GetState() == "pending"}
}

// refusedMember explains a refusal: it is about another token than all others.
func refusedMember(team string, cause error) error {
	err := doing{"read the members of " + markdown.Code(team), "members: read"}.failed(cause)
	refusal, known := errors.AsType[*Error](err)
	if known && (refusal.Status == http.StatusUnauthorized || refusal.denied()) {
		refusal.advice = "Give the input `team_token` a valid token with `members: read` of the organization."
	}
	return err
}
