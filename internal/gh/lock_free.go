package gh

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// ReplacedError says that a lock was left alone, because it is not the one that was meant any more.
type ReplacedError struct{ Branch, Want, Got string }

// Error says it.
func (e *ReplacedError) Error() string {
	return fmt.Sprintf("lock %q stands at %s instead of %s", e.Branch, e.Got, e.Want)
}

func releasing() doing { return doing{"release the lock", "contents: write"} }

// freeLock removes a lock that is still the one that is meant. Where its commit is unknown, because
// taking it was cut off, the claim decides.
func (c *Client) freeLock(ctx context.Context, e plan.FreeLock) error {
	if e.Tip == "" {
		found, err := c.lockAt(ctx, e.Branch)
		if err != nil || found.Tip == "" || !claimed(found, e.ClaimID) {
			return releasing().failed(err)
		}
		e.Tip = found.Tip
	}
	err := c.updateRef(ctx, e.Repository, e.Branch, e.Tip, noCommit)
	if err == nil {
		return nil
	}
	c.log.Debug("lock is released in steps", "branch", e.Branch, "error", err.Error())
	return c.freeInSteps(ctx, e)
}

// freeInSteps looks at a lock and then removes it, for servers that cannot do both at once, and to find
// out what stood in the way: GET and DELETE /repos/{owner}/{repo}/git/refs/heads/{branch}.
func (c *Client) freeInSteps(ctx context.Context, e plan.FreeLock) error {
	ref, response, err := c.rest.Git.GetRef(ctx, c.owner, c.repository, branchRef(e.Branch))
	if response != nil && response.StatusCode == http.StatusNotFound {
		return nil // somebody else removed it
	}
	if err != nil {
		return releasing().failed(err)
	}
	if got := ref.GetObject().GetSHA(); got != e.Tip {
		return &ReplacedError{Branch: e.Branch, Want: e.Tip, Got: got}
	}
	response, err = c.rest.Git.DeleteRef(ctx, c.owner, c.repository, branchRef(e.Branch))
	if response != nil && (response.StatusCode == http.StatusNotFound || isGone(err)) {
		return nil
	}
	return releasing().failed(err)
}

// isGone tells what GitHub says of a branch that is not there.
func isGone(err error) bool {
	_, message := statusAndMessage(err)
	return strings.HasPrefix(message, "Reference does not exist")
}

// lockAt reads one lock, zero when there is none. How its run stands is not asked.
func (c *Client) lockAt(ctx context.Context, branch string) (deploy.Lock, error) {
	got, err := c.ask(ctx, deploy.Needs{Locks: []string{branch}})
	if err == nil {
		err = c.shown(got)
	}
	if err != nil {
		return deploy.Lock{}, err
	}
	if len(unread(got)) > 0 {
		return deploy.Lock{}, first(got.problems)
	}
	return convertLocks(got.repository.Elem(), got.asked.needs)[branch], nil
}
