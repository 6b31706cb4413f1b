package gh

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/google/go-github/v60/github"

	"github.com/lockstep-action/lockstep/internal/checkup"
)

// trial asks for something that needs a permission and cannot do anything.
type trial struct {
	permission, purpose string
	ask                 func(context.Context) error
}

// tryOut finds out which of the wanted permissions the token has. GitHub does not say, but it looks at the
// permission before it looks at the request: one that cannot work shows the difference and changes nothing.
func (c *Client) tryOut(ctx context.Context, needs checkup.Needs) []checkup.Grant {
	trials := slices.DeleteFunc(c.trials(needs), func(t trial) bool { return !slices.Contains(needs.Permissions, t.permission) })
	grants := make([]checkup.Grant, len(trials))
	var group sync.WaitGroup
	for i, one := range trials {
		group.Go(func() { grants[i] = one.run(ctx) })
	}
	group.Wait()
	return grants
}

// run draws a conclusion only from what leaves no doubt: that GitHub refuses a token, and that it looked at
// what was asked for. An archived repository, an address that is not let in, a limit, or an answer that hides
// whether there is anything, say nothing about permissions.
func (t trial) run(ctx context.Context) checkup.Grant {
	grant := checkup.Grant{Permission: t.permission, For: t.purpose}
	err := doing{"find out whether the token may " + t.purpose, t.permission}.failed(t.ask(ctx))
	refused, isOurs := errors.AsType[*Error](err)
	switch {
	case err == nil || isOurs && refused.Status == http.StatusUnprocessableEntity:
		grant.Allowed = true
	case isOurs && refused.Status == http.StatusForbidden && strings.Contains(refused.Message, "not accessible by"):
		grant.Personal = strings.Contains(refused.Message, "personal access token")
	default:
		problem := explainInTime(ctx, err)
		if Denied(err) {
			problem.Hint = "" // it is no permission that is missing
		}
		grant.Problem = &problem
	}
	return grant
}

// nowhere names no commit.
const nowhere = "0000000000000000000000000000000000000000"

func (c *Client) trials(needs checkup.Needs) []trial {
	return []trial{
		{"contents: write", "take locks", func(ctx context.Context) error {
			_, _, err := c.rest.Git.CreateRef(ctx, c.owner, c.repository, &github.Reference{
				Ref: new("refs/heads/lockstep-doctor"), Object: &github.GitObject{SHA: new(nowhere)},
			})
			return err
		}},
		{"deployments: write", "create deployments", func(ctx context.Context) error {
			_, _, err := c.rest.Repositories.CreateDeployment(ctx, c.owner, c.repository, &github.DeploymentRequest{
				Ref: new(nowhere), Environment: new("lockstep-doctor"), AutoMerge: new(false), RequiredContexts: &[]string{},
			})
			return err
		}},
		{"actions: read", "see whether a run has ended", func(ctx context.Context) error {
			_, _, err := c.rest.Actions.GetWorkflowRunByID(ctx, c.owner, c.repository, needs.Run)
			return err
		}},
		{"checks: read", "read check runs", func(ctx context.Context) error {
			_, _, err := c.rest.Checks.ListCheckRunsForRef(ctx, c.owner, c.repository, needs.Commit, &github.ListCheckRunsOptions{
				ListOptions: github.ListOptions{PerPage: 1},
			})
			return err
		}},
		{"statuses: read", "read commit statuses", func(ctx context.Context) error {
			_, _, err := c.rest.Repositories.GetCombinedStatus(ctx, c.owner, c.repository, needs.Commit, &github.ListOptions{PerPage: 1})
			return err
		}},
	}
}
