package gh

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/shurcooL/githubv4"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-action/lockstep/internal/releases"
)

// walkedNode is a commit with the pull request that brought it.
type walkedNode struct {
	Oid             string
	CommitURL       string
	MessageHeadline string
	AuthoredDate    time.Time
	CommittedDate   time.Time
	Author          *struct {
		Name *string
		User *struct{ Login string }
	}
	Parents struct {
		Nodes []struct{ Oid string }
	} `graphql:"parents(first: 10)"`
	AssociatedPullRequests *struct {
		Nodes []walkedPull
	} `graphql:"associatedPullRequests(first: 10)"`
}

type walkedPull struct {
	Number    int
	Title     string
	URL       string
	CreatedAt time.Time
	MergedAt  *time.Time
	Author    *struct{ Login string }
}

func (n walkedNode) convert() releases.Commit {
	commit := releases.Commit{
		SHA: n.Oid, Title: n.MessageHeadline, Author: value(value(n.Author).Name), URL: n.CommitURL,
		AuthoredAt: n.AuthoredDate, CommittedAt: n.CommittedDate,
	}
	if user := value(n.Author).User; user != nil {
		commit.Author = user.Login
	}
	for _, parent := range n.Parents.Nodes {
		commit.Parents = append(commit.Parents, parent.Oid)
	}
	if pulls := value(n.AssociatedPullRequests).Nodes; len(pulls) > 0 {
		pull := slices.MinFunc(pulls, func(a, b walkedPull) int { return earlierMerge(a.MergedAt, b.MergedAt) })
		commit.Pull = &releases.Pull{
			Number: pull.Number, Title: pull.Title, Author: value(pull.Author).Login, URL: pull.URL,
			CreatedAt: pull.CreatedAt, MergedAt: value(pull.MergedAt),
		}
	}
	return commit
}

// earlierMerge puts the pull request first that was merged first. Later ones only carried the commit on, such as to a branch
// for releases.
func earlierMerge(a, b *time.Time) int {
	switch {
	case a != nil && b != nil:
		return a.Compare(*b)
	case a != nil:
		return -1
	case b != nil:
		return 1
	}
	return 0
}

// oldestCommit returns when the oldest commit was committed of which it matters what it has, zero for none.
func oldestCommit(all []releases.History) time.Time {
	var oldest time.Time
	for _, h := range all {
		for _, d := range h.Compared() {
			if d.Commit != nil && (oldest.IsZero() || d.Commit.CommittedAt.Value.Before(oldest)) {
				oldest = d.Commit.CommittedAt.Value
			}
		}
	}
	return oldest
}

// skewOfCommits is how much older than another commit one may say it is that was built on it.
const skewOfCommits = 24 * time.Hour

// walk reads the commits of the default branch back to a time, newest first; none for no time. All pages are of the commit
// that the first one began with.
func (r *reader) walk(ctx context.Context, oldest time.Time) ([]releases.Commit, error) {
	if oldest.IsZero() {
		return nil, nil
	}
	type history struct {
		Oid     string
		History struct {
			Nodes    []walkedNode
			PageInfo pageInfo
		} `graphql:"history(first: 50, after: $cursor, since: $since)"`
	}
	var all []releases.Commit
	var cursor *githubv4.String
	head := githubv4.String("HEAD")
	for range mostCommitPages {
		repository, err := queryRepository[struct {
			Object *onCommit[history] `graphql:"object(expression: $head)"`
		}](ctx, r.repository, map[string]any{"head": head, "cursor": cursor, "since": githubv4.GitTimestamp{Time: oldest.Add(-skewOfCommits).UTC()}})
		switch {
		case err != nil:
			return nil, err
		case repository.Object == nil || repository.Object.Commit.Oid == "":
			return nil, errNoDefault
		}
		page := repository.Object.Commit
		for _, node := range page.History.Nodes {
			all = append(all, node.convert())
		}
		head = githubv4.String(page.Oid)
		if cursor, err = nextPage(page.History.PageInfo, cursor); err != nil || cursor == nil {
			return all, err
		}
	}
	return all, nil
}

// notAmong returns the newest commits of which it matters what they have, and that are not among others.
func notAmong(commits []releases.Commit, all []releases.History) []string {
	known := map[string]bool{}
	for _, commit := range commits {
		known[commit.SHA] = true
	}
	var wanted []string
	for _, h := range all {
		for _, d := range h.Compared() {
			if !known[d.SHA] && d.Commit != nil {
				known[d.SHA], wanted = true, append(wanted, d.SHA)
			}
		}
	}
	return wanted[:min(len(wanted), mostCompared)]
}

// offNode is what a commit has over the default branch.
type offNode struct {
	AheadBy int
	Commits struct{ Nodes []walkedNode } `graphql:"commits(first: 50)"`
}

// comparedAtOnce is how many comparisons one query makes: about as many points.
const comparedAtOnce = 10

// compareOff compares commits with the default branch.
func (r *reader) compareOff(ctx context.Context, wanted []string) (map[string]releases.Off, error) {
	batches := slices.Collect(slices.Chunk(wanted, comparedAtOnce))
	found := make([]map[string]releases.Off, len(batches))
	group, groupContext := errgroup.WithContext(ctx)
	group.SetLimit(mostRuns)
	for i, batch := range batches {
		group.Go(func() (err error) {
			found[i], err = r.compareBatch(groupContext, batch)
			return err
		})
	}
	err := group.Wait()
	all := map[string]releases.Off{}
	for _, one := range found {
		maps.Copy(all, one)
	}
	return all, err
}

func (r *reader) compareBatch(ctx context.Context, batch []string) (map[string]releases.Off, error) {
	variables := map[string]any{}
	var fields []reflect.StructField
	for i, sha := range batch {
		name := offField(i)
		variables[name] = githubv4.String(sha)
		fields = append(fields, field[*offNode](name, ": compare(headRef: $"+name+")"))
	}
	branch := fieldOf(reflect.PointerTo(object(fields...)), defaultField, ": defaultBranchRef")
	repository, problems, err := r.queryFields(ctx, []reflect.StructField{branch}, variables)
	switch {
	case err != nil:
		return nil, err
	case repository.Field(0).IsNil():
		return nil, strict(problems, errNoDefault)
	}
	all := map[string]releases.Off{}
	for i, sha := range batch {
		node := part[offNode](repository.Field(0).Elem(), offField(i))
		if node == nil {
			problems = slices.DeleteFunc(problems, func(p *GraphError) bool { return p.on(offField(i)) })
		}
		all[sha] = node.convert()
	}
	return all, strict(problems, nil)
}

func offField(i int) string { return fmt.Sprintf("off%d", i) }

func (n *offNode) convert() releases.Off {
	switch {
	case n == nil:
		return releases.Off{Gap: "GitHub cannot compare the commit with the default branch"}
	case n.AheadBy > len(n.Commits.Nodes):
		return releases.Off{Gap: "the commit has more than 50 commits that the default branch lacks"}
	}
	var off releases.Off
	for _, node := range n.Commits.Nodes {
		off.Commits = append(off.Commits, node.convert())
	}
	return off
}

// firstCommitsAtOnce is how many pull requests one query is about: a point.
const firstCommitsAtOnce = 100

// AddFirstCommits fills in when the first commit of each pull request was authored.
func (r *reader) AddFirstCommits(ctx context.Context, pulls []*releases.Pull) error {
	batches := slices.Collect(slices.Chunk(pulls, firstCommitsAtOnce))
	group, groupContext := errgroup.WithContext(ctx)
	group.SetLimit(mostRuns)
	for _, batch := range batches {
		group.Go(func() error { return r.addFirstCommits(groupContext, batch) })
	}
	return doing{"read the first commits of pull requests", "contents: read` and `pull-requests: read"}.failed(group.Wait())
}

type firstCommitNode struct {
	Number  int
	Commits struct {
		Nodes []struct {
			Commit struct{ AuthoredDate time.Time }
		}
	} `graphql:"commits(first: 1)"`
}

func (r *reader) addFirstCommits(ctx context.Context, batch []*releases.Pull) error {
	variables := map[string]any{}
	var fields []reflect.StructField
	for i, pull := range batch {
		name := fmt.Sprintf("first%d", i)
		variables[name] = githubv4.Int(pull.Number) //nolint:gosec // GitHub numbers pull requests in 32 bits
		fields = append(fields, field[*firstCommitNode](name, ": pullRequest(number: $"+name+")"))
	}
	repository, problems, err := r.queryFields(ctx, fields, variables)
	if err = strict(problems, err); err != nil {
		return err
	}
	for i, pull := range batch {
		node := value(part[firstCommitNode](repository, fmt.Sprintf("first%d", i)))
		if len(node.Commits.Nodes) > 0 && node.Number == pull.Number {
			pull.FirstCommitAt = node.Commits.Nodes[0].Commit.AuthoredDate
		}
	}
	return nil
}
