package gh

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
	"github.com/shurcooL/githubv4"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/releases"
	"github.com/lockstep-action/lockstep/internal/wait"
)

const (
	mostLookedUp     = 250             // commits, which is how many a comparison shows
	lookUpTimeout    = 5 * time.Second // no deployment waits longer for what only informs
	longestTitle     = 120             // characters
	longestName      = 60
	gitNameBytes     = 20 // of a commit
	longGitNameBytes = 32
)

// between is what lies between two commits.
type between struct {
	ahead, behind int
	back          bool                       // commits are those of the base that the head lacks
	commits       []*github.RepositoryCommit // newest first
}

func (b between) count() int {
	if b.back {
		return b.behind
	}
	return b.ahead
}

// listChanges counts commits, and finds the pull requests that they come from. A deployment may go back where no one said
// that it would. Where GitHub cannot show the commits, they are counted alone.
func (d *deployer) listChanges(ctx context.Context, e plan.CountCommits) (plan.Done, error) {
	within, cancel := wait.Limit(ctx, lookUpTimeout, fmt.Errorf("no answer within %s", lookUpTimeout))
	defer cancel()
	failed := func(err error) error {
		what := doing{"find the pull requests of the commits since the last deployment", "pull-requests: read` and `contents: read"}
		if err == nil || within.Err() == nil {
			return what.failed(err)
		}
		late, isLate := errors.AsType[*Error](what.failed(context.Cause(within)))
		if isLate && ctx.Err() == nil {
			late.advice = "The deployment goes on without the list."
		}
		return late
	}
	found, err := d.between(within, e)
	if err != nil {
		done, uncounted := d.onlyCount(ctx, e)
		return done, cmp.Or(uncounted, failed(err))
	}
	done := plan.Done{Ahead: found.ahead, Behind: found.behind}
	if done.Ahead+done.Behind <= 0 {
		return done, nil
	}
	switch {
	case found.count() > 0:
	case !e.Back:
		done.Changes, err = d.takenAway(within, e, done.Behind)
		return done, failed(err)
	default: // a rollback to something newer
		e.Back = false
		if found, err = d.between(within, e); err != nil {
			return done, failed(err)
		}
	}
	done.Changes, err = d.lookUp(within, found)
	return done, failed(err)
}

// takenAway finds in one request the pull requests of what runs, and the head of the default branch lacks: a deployment of
// that branch goes back without saying so. Those of another branch, and what is too much for one answer, are counted.
func (d *deployer) takenAway(ctx context.Context, e plan.CountCommits, count int) (*deploy.Changelog, error) {
	repository, err := queryRepository[struct {
		DefaultBranchRef *struct {
			Target  struct{ Oid string }
			Compare *offNode `graphql:"compare(headRef: $runs)"`
		}
	}](ctx, d.repository, map[string]any{"runs": githubv4.String(e.Base)})
	branch := value(repository.DefaultBranchRef)
	compared := value(branch.Compare)
	if err != nil || branch.Target.Oid != e.Head || compared.AheadBy != count {
		return &deploy.Changelog{Removed: true, Commits: count, Unknown: count}, err
	}
	var changes []deploy.Change
	for _, node := range slices.Backward(compared.Commits.Nodes) {
		changes = append(changes, releases.ChangeOf(node.convert()).Change)
	}
	return list(deploy.Changelog{Removed: true, Commits: count, Unknown: count - len(changes)}, changes), nil
}

// list adds what commits are, the newest first: each pull request once.
func list(to deploy.Changelog, changes []deploy.Change) *deploy.Changelog {
	seen := map[int]bool{}
	for _, change := range changes {
		if !seen[change.Pull] {
			seen[change.Pull] = change.Pull != 0
			change.Title, change.Author = cut(change.Title, longestTitle), cut(change.Author, longestName)
			to.Add(change)
		}
	}
	return &to
}

func (d *deployer) between(ctx context.Context, e plan.CountCommits) (between, error) {
	base, head := e.Base, e.Head
	if e.Back {
		base, head = head, base
	}
	comparison, _, err := d.rest.Repositories.CompareCommits(ctx, d.owner, d.name, base, head, nil)
	if err = counted(comparison, err); err != nil {
		return between{}, err
	}
	found := between{ahead: comparison.GetAheadBy(), behind: comparison.GetBehindBy(), back: e.Back, commits: comparison.Commits}
	if e.Back {
		found.ahead, found.behind = found.behind, found.ahead
	}
	found.commits = slices.DeleteFunc(found.commits, func(c *github.RepositoryCommit) bool { return !isCommitName(c.GetSHA()) })
	slices.Reverse(found.commits)
	found.commits = found.commits[:min(len(found.commits), mostLookedUp)]
	return found, nil
}

// isCommitName reports whether a text names a commit: another one would fail the query about all of them.
func isCommitName(text string) bool {
	name, err := hex.DecodeString(text)
	return err == nil && (len(name) == gitNameBytes || len(name) == longGitNameBytes)
}

// originNode is a commit with the pull request that brought it.
type originNode struct {
	Oid                    string
	AssociatedPullRequests *struct {
		Nodes []*originPull
	} `graphql:"associatedPullRequests(first: 10)"`
}

type originPull struct {
	Number   int
	Title    string
	URL      string
	MergedAt *time.Time
	Author   *struct{ Login string }
}

func commitField(i int) string { return fmt.Sprintf("c%d", i) }

// lookUp finds the pull request of each commit. Commits of which GitHub does not say it are counted.
func (d *deployer) lookUp(ctx context.Context, found between) (*deploy.Changelog, error) {
	origins, err := d.originsOf(ctx, found.commits)
	all := deploy.Changelog{Removed: found.back, Commits: found.count(), Unknown: max(0, found.count()-len(found.commits))}
	var changes []deploy.Change
	for i, commit := range found.commits {
		change, isKnown := origins(i).change(commit)
		if !isKnown {
			all.Unknown++
			continue
		}
		changes = append(changes, change)
	}
	return list(all, changes), err
}

// originsOf asks about commits, and returns what the answer says of each, nil for nothing.
func (d *deployer) originsOf(ctx context.Context, commits []*github.RepositoryCommit) (func(int) *originNode, error) {
	var fields []reflect.StructField
	variables := map[string]any{}
	for i, commit := range commits {
		name := commitField(i)
		variables[name] = githubv4.GitObjectID(commit.GetSHA())
		fields = append(fields, field[*onCommit[originNode]](name, ": object(oid: $"+name+")"))
	}
	nothing := func(int) *originNode { return nil }
	if len(fields) == 0 {
		return nothing, errors.New("the comparison has no commits")
	}
	repository, problems, err := d.queryFields(ctx, fields, variables)
	if err != nil {
		return nothing, err
	}
	return func(i int) *originNode {
		node := part[onCommit[originNode]](repository, commitField(i))
		if node == nil {
			return nil
		}
		return &node.Commit
	}, strict(problems, nil)
}

// change is the pull request of a commit, or the commit itself where it has none.
func (n *originNode) change(commit *github.RepositoryCommit) (found deploy.Change, isKnown bool) {
	if n == nil || n.Oid != commit.GetSHA() || n.AssociatedPullRequests == nil {
		return deploy.Change{}, false
	}
	if nodes := n.AssociatedPullRequests.Nodes; len(nodes) > 0 {
		pull := value(slices.MinFunc(nodes, func(a, b *originPull) int { return earlierMerge(value(a).MergedAt, value(b).MergedAt) }))
		return deploy.Change{
			Pull: pull.Number, SHA: n.Oid, Title: pull.Title, Author: value(pull.Author).Login, URL: pull.URL,
		}, pull.Number > 0
	}
	title, _, _ := strings.Cut(strings.TrimSpace(commit.GetCommit().GetMessage()), "\n")
	author := cmp.Or(commit.GetAuthor().GetLogin(), commit.GetCommit().GetAuthor().GetName())
	return deploy.Change{SHA: n.Oid, Title: title, Author: author, URL: commit.GetHTMLURL()}, true
}

func cut(text string, longest int) string {
	text = strings.TrimSpace(text)
	characters := []rune(text)
	if len(characters) <= longest {
		return text
	}
	return string(characters[:longest]) + "…"
}
