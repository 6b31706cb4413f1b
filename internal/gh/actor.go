package gh

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// actor reads what someone may do. The client library does not know role names.
func (r *reader) actor(ctx context.Context, login string) (deploy.Actor, *deploy.Problem) {
	if login == "" {
		return deploy.Actor{}, nil
	}
	var answer struct {
		Permission string `json:"permission"`
		RoleName   string `json:"role_name"`
	}
	path := r.path("collaborators/%s/permission", segment(login))
	_, err := r.rest.send(ctx, http.MethodGet, path, nil, &answer)
	if err == nil && answer.Permission == "" {
		err = errNoPermission
	}
	if err != nil {
		what := doing{"read which permission " + markdown.Text(login) + " has", "contents: read"}
		return deploy.Actor{Login: login}, new(Explain(what.failed(err)))
	}
	return deploy.Actor{Login: login, Permission: answer.Permission, Role: answer.RoleName}, nil
}

const errNoPermission = constant("the answer names no permission")

// memberships reads in which teams the actor is an active member, with the token that may see them. A workflow's
// own token may not.
func (r *reader) memberships(ctx context.Context, needs deploy.Needs) ([]string, *deploy.Problem) {
	if len(needs.AdminTeams) == 0 {
		return nil, nil
	}
	if r.teams == nil {
		return nil, &deploy.Problem{
			Text: "The teams in `admins` were left out, because there is no token to read their members.",
			Hint: "Give the input `admins_pat` a token that may read the organization's members.",
		}
	}
	var (
		member  []string
		problem *deploy.Problem
	)
	for _, team := range needs.AdminTeams {
		found, err := r.isMember(ctx, team, needs.Actor)
		if err != nil {
			what := doing{"read the members of " + markdown.Code(team), "members: read"}
			problem = new(Explain(what.failed(err)))
		} else if found {
			member = append(member, team)
		}
	}
	return member, problem
}

func (r *reader) isMember(ctx context.Context, team, login string) (bool, error) {
	organization, slug, _ := strings.Cut(team, "/")
	var membership github.Membership
	path := fmt.Sprintf("orgs/%s/teams/%s/memberships/%s", segment(organization), segment(slug), segment(login))
	response, err := r.teams.send(ctx, http.MethodGet, path, nil, &membership)
	if isMissing(response) {
		return false, nil
	}
	return err == nil && membership.GetState() == "active", err
}
