package gh

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// push is a change of a branch: `GET /repos/{owner}/{repo}/activity`.
type push struct {
	After     string    `json:"after"`
	Ref       string    `json:"ref"`
	Timestamp time.Time `json:"timestamp"`
}

// pushPage is how many changes one request can have.
const pushPage = 100

// pushes are the newest changes of a repository's branches, or of one of them.
type pushes struct {
	list []push // newest first
	err  error
}

func readingPushes() doing {
	return doing{"find out when the branch got its commit", "contents: read"}
}

// pushes reads the newest changes of a repository's branches, with "" of all.
func (r *reader) pushes(ctx context.Context, repository, branch string) pushes {
	query := url.Values{"per_page": {strconv.Itoa(pushPage)}}
	if branch != "" {
		query.Set("ref", branchRef(branch))
	}
	var read pushes
	_, read.err = r.rest.send(ctx, http.MethodGet, "repos/"+repository+"/activity?"+query.Encode(), nil, &read.list)
	return read
}

// newest returns the newest change of a branch that the list has.
func (p pushes) newest(branch string) (change push, found bool) {
	at := slices.IndexFunc(p.list, func(one push) bool { return one.Ref == branchRef(branch) })
	if at < 0 {
		return push{}, false
	}
	return p.list[at], true
}

// gave returns when a branch got its head, if the list says so. A branch that had the commit before got it again later.
func (p pushes) gave(branch, head string) (deploy.Known[time.Time], bool) {
	change, found := p.newest(branch)
	if !found || change.After != head {
		return deploy.Known[time.Time]{}, false
	}
	return deploy.Know(change.Timestamp), true
}

// reaches reports whether the list has every change since a time: what it does not name was before.
func (p pushes) reaches(since time.Time) bool {
	return p.err == nil && !since.IsZero() && (len(p.list) < pushPage || p.list[len(p.list)-1].Timestamp.Before(since))
}

// isBehind reports whether the list has changes of a branch, and not the one that gave it its head: that is newer.
func (p pushes) isBehind(branch, head string) bool {
	change, found := p.newest(branch)
	return found && change.After != head
}

// addPush finds out when the branch that is deployed got its commit. The newest changes were read at the same time as
// the head, and so maybe before it moved: where they do not name it, and for forks, the changes of its branch are read
// now.
func (r *reader) addPush(ctx context.Context, needs deploy.Needs, facts *deploy.Facts, newest pushes) {
	head, branch, repository := &facts.Pull.Head, facts.Pull.HeadRef, r.owner+"/"+r.name
	ofFork := facts.Pull.CrossRepo && !needs.StablePushes
	switch {
	case needs.StablePushes:
		head, branch = &facts.Stable.Head, facts.Stable.Name
	case ofFork:
		repository = facts.Pull.HeadRepo
	}
	if head.SHA == "" || repository == "" {
		return // there is no head, or its repository is gone
	}
	known, found := newest.gave(branch, head.SHA)
	if ofFork || !found {
		newest, _ = lookTwice(ctx,
			func() (pushes, error) { return r.pushes(ctx, repository, branch), nil },
			func(read pushes) bool { return read.isBehind(branch, head.SHA) })
		known, found = newest.gave(branch, head.SHA)
	}
	if !found && !newest.isBehind(branch, head.SHA) && newest.reaches(needs.Asked) {
		known, found = deploy.Know(needs.Asked), true
	}
	switch {
	case newest.err != nil:
		facts.MarkUnavailable(deploy.PushesPart, Explain(readingPushes().failed(newest.err)))
	case found:
		head.PushedAt = known
		facts.MarkRead(deploy.PushesPart)
	}
}
