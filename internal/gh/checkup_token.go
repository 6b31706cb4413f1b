package gh

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/lockstep-action/lockstep/internal/checkup"
)

// trial is a request that needs a permission and cannot do anything.
type trial struct {
	permission, purpose string
	method, path        string // below the repository's address
	body                any
}

// tryOut finds out which of the wanted permissions the token has. GitHub does not say, but it looks at the
// permission before it looks at the request: one that cannot work shows the difference and changes nothing.
func (c *Client) tryOut(ctx context.Context, needs checkup.Needs) []checkup.Grant {
	trials := slices.DeleteFunc(trials(needs), func(t trial) bool { return !slices.Contains(needs.Permissions, t.permission) })
	grants := make([]checkup.Grant, len(trials))
	var group sync.WaitGroup
	for i, one := range trials {
		group.Go(func() { grants[i] = one.grant(ctx, c.send(ctx, one)) })
	}
	group.Wait()
	return grants
}

// send makes the request of a trial.
func (c *Client) send(ctx context.Context, t trial) error {
	request, err := c.rest.NewRequest(t.method, fmt.Sprintf("repos/%s/%s/%s", c.owner, c.repository, t.path), t.body)
	if err != nil {
		return err
	}
	_, err = c.rest.Do(ctx, request, nil)
	return err
}

// grant draws a conclusion only from what leaves no doubt: that GitHub refuses a token, and that it looked at
// what was asked for. An archived repository, an address that is not let in, a limit, or an answer that hides
// whether there is anything, say nothing about permissions.
func (t trial) grant(ctx context.Context, err error) checkup.Grant {
	grant := checkup.Grant{Permission: t.permission, For: t.purpose}
	err = doing{"find out whether the token may " + t.purpose, t.permission}.failed(err)
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

// trials lists them. GitHub knows no commit of the name noCommit.
func trials(needs checkup.Needs) []trial {
	return []trial{
		{"contents: write", "take locks", http.MethodPost, "git/refs", map[string]any{"ref": "refs/heads/lockstep-doctor", "sha": noCommit}},
		{"deployments: write", "create deployments", http.MethodPost, "deployments", map[string]any{
			"ref": noCommit, "environment": "lockstep-doctor", "auto_merge": false, "required_contexts": []string{},
		}},
		{"actions: read", "see whether a run has ended", http.MethodGet, fmt.Sprintf("actions/runs/%d", needs.Run), nil},
		{"checks: read", "read check runs", http.MethodGet, "commits/" + segment(needs.Commit) + "/check-runs?per_page=1", nil},
		{"statuses: read", "read commit statuses", http.MethodGet, "commits/" + segment(needs.Commit) + "/status?per_page=1", nil},
	}
}
