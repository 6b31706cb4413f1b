package gh

import (
	"context"
	"net/http"
	"net/url"
	"slices"
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
	query := url.Values{"per_page": {"100"}}
	if branch != "" {
		query.Set("ref", branchRef(branch))
	}
	var read pushes
	_, read.err = r.rest.send(ctx, http.MethodGet, "repos/"+repository+"/activity?"+query.Encode(), nil, &read.list)
	return read
}

// gave returns when a branch got a commit. Where the list goes back to before since without naming it, that was earlier.
func (p pushes) gave(branch, commit string, since time.Time) (deploy.Known[time.Time], bool) {
	at := slices.IndexFunc(p.list, func(one push) bool { return one.Ref == branchRef(branch) && one.After == commit })
	if at >= 0 {
		return deploy.Know(p.list[at].Timestamp), true
	}
	complete := len(p.list) < pushPage || p.list[len(p.list)-1].Timestamp.Before(since)
	return deploy.Know(since), complete && !since.IsZero()
}

// addPush finds out when the head branch got its commit. The newest changes were read together with the rest; those of
// a fork, or of one branch among many, take a request of their own.
func (r *reader) addPush(ctx context.Context, needs deploy.Needs, facts *deploy.Facts, newest pushes) {
	pull := &facts.Pull
	repository := r.owner + "/" + r.name
	if pull.CrossRepo {
		if repository = pull.HeadRepo; repository == "" {
			return // it is gone
		}
		newest = r.pushes(ctx, repository, pull.HeadRef)
	}
	known, found := newest.gave(pull.HeadRef, pull.Head.SHA, needs.Asked)
	if newest.err == nil && !found && !pull.CrossRepo {
		newest = r.pushes(ctx, repository, pull.HeadRef)
		known, found = newest.gave(pull.HeadRef, pull.Head.SHA, needs.Asked)
	}
	switch {
	case newest.err != nil:
		facts.MarkUnavailable(deploy.PushesPart, Explain(readingPushes().failed(newest.err)))
	case found:
		pull.Head.PushedAt = known
		facts.MarkRead(deploy.PushesPart)
	}
}
