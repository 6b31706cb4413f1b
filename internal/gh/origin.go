package gh

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/shurcooL/githubv4"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// runNode is a workflow run. The client library does not know the path.
type runNode struct {
	ID         int64      `json:"id"`
	Path       string     `json:"path"`
	Event      string     `json:"event"`
	HeadSHA    string     `json:"head_sha"`
	Status     string     `json:"status"`
	RunAttempt *int       `json:"run_attempt"`
	CreatedAt  *time.Time `json:"created_at"`
	UpdatedAt  *time.Time `json:"updated_at"`
}

// findOrigins looks up the runs that the newest deployments of ours name, each once, all at the same time. Only a
// deployment that may run in its environment needs that.
func (r *reader) findOrigins(ctx context.Context, needs deploy.Needs, facts *deploy.Facts) {
	r.lookUp(ctx, originsToFind(needs, *facts)).addTo(facts)
}

// origins are what GitHub says of runs, with what went wrong for each.
type origins struct {
	found []deploy.Origin
	errs  []error
}

// lookUp asks for runs, all at the same time.
func (r *reader) lookUp(ctx context.Context, wanted []deploy.Origin) origins {
	var group errgroup.Group
	group.SetLimit(mostRuns)
	errs := make([]error, len(wanted))
	for i := range wanted {
		group.Go(func() error {
			wanted[i], errs[i] = r.origin(ctx, wanted[i].Run)
			return nil
		})
	}
	_ = group.Wait() // nothing in it fails
	return origins{wanted, errs}
}

func (o origins) addTo(facts *deploy.Facts) {
	facts.Origins = append(facts.Origins, o.found...)
	for _, err := range o.errs {
		if err != nil {
			facts.MarkUnavailable(deploy.OriginsPart, Explain(err))
		}
	}
}

func originsToFind(needs deploy.Needs, facts deploy.Facts) []deploy.Origin {
	var all []deploy.Origin
	asked := map[int64]bool{}
	for _, environment := range needs.Environments {
		deployments := facts.Deployments[environment]
		position, runs := deploy.Vouching(deployments)
		if !runs {
			continue
		}
		if run := deployments[position].CreatedBy.Run.ID; run > 0 && !asked[run] {
			asked[run], all = true, append(all, deploy.Origin{Run: run})
		}
	}
	return all
}

// runsToFind leaves out what was looked up before.
func runsToFind(needs deploy.Needs, known deploy.Facts) []deploy.Origin {
	var all []deploy.Origin
	for _, run := range needs.Runs {
		if !slices.ContainsFunc(known.Origins, func(o deploy.Origin) bool { return o.Run == run }) {
			all = append(all, deploy.Origin{Run: run})
		}
	}
	return all
}

const errOtherRun = constant("the answer is about another run")

// origin looks a run up. A run that there is not, or that the token may not see, vouches for nothing.
func (r *reader) origin(ctx context.Context, run int64) (deploy.Origin, error) {
	reading := doing{"find out which runs made the deployments", "actions: read"}
	var node runNode
	response, err := r.rest.send(ctx, http.MethodGet, r.path("actions/runs/%d", run), nil, &node)
	if isMissing(response) {
		return deploy.Origin{Run: run}, nil
	}
	if err == nil && node.ID != run {
		err = errOtherRun
	}
	if err != nil {
		return deploy.Origin{Run: run}, reading.failed(err)
	}
	found := deploy.Origin{
		Run: run, Exists: true, File: node.Path, Event: node.Event, Attempt: known(node.RunAttempt),
		Going: node.Status != "" && node.Status != "completed", CreatedAt: known(node.CreatedAt), UpdatedAt: known(node.UpdatedAt),
	}
	if deploy.OfItsCommit(node.Event) {
		found.Contained, err = r.onDefaultBranch(ctx, node.HeadSHA)
	}
	return found, err
}

// onDefaultBranch reports whether a commit is part of the default branch.
func (r *reader) onDefaultBranch(ctx context.Context, sha string) (bool, error) {
	repository, err := queryRepository[struct {
		DefaultBranchRef *struct {
			Compare *struct{ AheadBy int } `graphql:"compare(headRef: $sha)"`
		}
	}](ctx, r.repository, map[string]any{"sha": githubv4.String(sha)})
	compared := value(repository.DefaultBranchRef).Compare
	reading := doing{"find out whether the run of a deployment is of the default branch", "contents: read"}
	return compared != nil && compared.AheadBy == 0, reading.failed(err)
}
