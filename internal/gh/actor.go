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

// actor reads what someone may do: GET /repos/{owner}/{repo}/collaborators/{username}/permission.
// The client library does not know role names.
func (c *Client) actor(ctx context.Context, login string) (deploy.Actor, *deploy.Problem) {
	if login == "" {
		return deploy.Actor{}, nil
	}
	var answer struct {
		Permission string `json:"permission"`
		RoleName   string `json:"role_name"`
	}
	path := fmt.Sprintf("repos/%s/%s/collaborators/%s/permission", c.owner, c.repository, segment(login))
	_, err := get(ctx, c.rest, path, &answer)
	if err == nil && answer.Permission == "" {
		err = errNoPermission
	}
	if err != nil {
		what := doing{"read which permission " + markdown.Text(login) + " has", "contents: read"}
		problem := Explain(what.failed(err))
		return deploy.Actor{Login: login}, &problem
	}
	return deploy.Actor{Login: login, Permission: answer.Permission, Role: answer.RoleName}, nil
}

const errNoPermission = constant("the answer names no permission")

// teams reads in which teams the actor is an active member:
// GET /orgs/{org}/teams/{team_slug}/memberships/{username}, with the token that may see them. A
// workflow's own token may not.
func (c *Client) teams(ctx context.Context, needs deploy.Needs) ([]string, *deploy.Problem) {
	if len(needs.AdminTeams) == 0 {
		return nil, nil
	}
	if c.teamREST == nil {
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
		found, err := c.isMember(ctx, team, needs.Actor)
		if err != nil {
			what := doing{"read the members of " + markdown.Code(team), "members: read"}
			said := Explain(what.failed(err))
			problem = &said
			continue
		}
		if found {
			member = append(member, team)
		}
	}
	return member, problem
}

func (c *Client) isMember(ctx context.Context, team, login string) (bool, error) {
	organization, slug, _ := strings.Cut(team, "/")
	var membership github.Membership
	path := fmt.Sprintf("orgs/%s/teams/%s/memberships/%s", segment(organization), segment(slug), segment(login))
	response, err := get(ctx, c.teamREST, path, &membership)
	if response != nil && response.StatusCode == http.StatusNotFound {
		return false, nil
	}
	return err == nil && membership.GetState() == "active", err
}
