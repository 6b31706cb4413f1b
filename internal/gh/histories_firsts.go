package gh

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/shurcooL/githubv4"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-action/lockstep/internal/releases"
)

// firstsNode is a pull request with its first commit.
type firstsNode struct {
	Commits struct {
		Nodes []struct {
			Commit struct{ AuthoredDate time.Time }
		}
	} `graphql:"commits(first: 1)"`
}

const (
	firstsAtOnce = 50   // pull requests in one query: one point
	mostFirsts   = 2000 // of the others it stays unknown
)

// FirstCommits finds out when the first commits of pull requests were authored.
func (r *reader) FirstCommits(ctx context.Context, pulls []*releases.Pull) error {
	byNumber := map[int][]*releases.Pull{}
	var numbers []int
	for _, pull := range pulls {
		if byNumber[pull.Number] == nil {
			numbers = append(numbers, pull.Number)
		}
		byNumber[pull.Number] = append(byNumber[pull.Number], pull)
	}
	batches := slices.Collect(slices.Chunk(numbers[:min(len(numbers), mostFirsts)], firstsAtOnce))
	found := make([][]time.Time, len(batches))
	group, groupContext := errgroup.WithContext(ctx)
	group.SetLimit(mostRuns)
	for i, batch := range batches {
		group.Go(func() (err error) {
			found[i], err = r.firstsOf(groupContext, batch)
			return err
		})
	}
	err := group.Wait()
	for i, batch := range batches {
		for j, at := range found[i] {
			for _, pull := range byNumber[batch[j]] {
				pull.FirstCommitAt = at
			}
		}
	}
	return doing{"read the first commits of pull requests", "pull-requests: read"}.failed(err)
}

// firstsOf reads one batch; the time is zero where GitHub has no such pull request, or no commit of it.
func (r *reader) firstsOf(ctx context.Context, batch []int) ([]time.Time, error) {
	variables := r.variables(map[string]any{})
	var fields []reflect.StructField
	for i, number := range batch {
		name := firstField(i)
		variables[name] = githubv4.Int(number) //nolint:gosec // GitHub's numbers are as small
		fields = append(fields, field[*firstsNode](name, ": pullRequest(number: $"+name+")"))
	}
	document := reflect.New(object(repositoryField(object(fields...))))
	problems, err := r.graph.queryParts(ctx, document.Interface(), variables)
	for _, problem := range problems {
		if problem.Type != "NOT_FOUND" {
			return nil, problem
		}
	}
	repository := document.Elem().Field(0)
	switch {
	case err != nil:
		return nil, err
	case repository.IsNil():
		return nil, errNoRepository
	}
	times := make([]time.Time, len(batch))
	for i := range batch {
		if pull := part[firstsNode](repository.Elem(), firstField(i)); pull != nil && len(pull.Commits.Nodes) > 0 {
			times[i] = pull.Commits.Nodes[0].Commit.AuthoredDate
		}
	}
	return times, nil
}

func firstField(i int) string { return fmt.Sprintf("first%d", i) }
