package gh

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/google/go-github/v60/github"
	"github.com/shurcooL/githubv4"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// TakenError says that someone else's lock is where ours was to be. It has the facts as they are now.
type TakenError struct {
	Branch string
	Facts  deploy.Facts
}

// Error names the lock.
func (e *TakenError) Error() string {
	return fmt.Sprintf("lock %q was taken by someone else", e.Branch)
}

// locker takes and releases locks.
type locker struct{ *reader }

func locking() doing { return doing{"take the lock", "contents: write"} }

// takeLock publishes a lock: a commit with nothing but the lock's file, and then the branch that points at
// it. A branch cannot be created twice: of all who try, one succeeds.
func (l *locker) takeLock(ctx context.Context, e plan.TakeLock) (plan.Done, error) {
	tip, err := l.lockCommit(ctx, e.Content)
	if err != nil {
		return plan.Done{}, locking().failed(err)
	}
	if e.Instead != "" {
		return l.replaceLock(ctx, e, tip)
	}
	return l.createLock(ctx, e, tip)
}

// lockCommit writes the commit of a lock. It has no parent: the branch carries none of the repository's files.
// Writing it twice is harmless.
func (l *locker) lockCommit(ctx context.Context, content string) (string, error) {
	ctx = mayRepeat(ctx)
	entry := &github.TreeEntry{Path: new(lock.File), Mode: new("100644"), Type: new("blob"), Content: &content}
	tree, _, err := l.rest.Git.CreateTree(ctx, l.owner, l.name, "", []*github.TreeEntry{entry})
	if err = created(tree.GetSHA(), err); err != nil {
		return "", err
	}
	// Nothing has to be built or tested for a lock.
	commit, _, err := l.rest.Git.CreateCommit(ctx, l.owner, l.name, &github.Commit{Message: new("lock [skip ci]"), Tree: tree}, nil)
	return commit.GetSHA(), created(commit.GetSHA(), err)
}

func (l *locker) createLock(ctx context.Context, e plan.TakeLock, tip string) (plan.Done, error) {
	asked := newRepositoryQuery(*e.Recheck)
	payloadType := object(fieldOf(object(fieldOf(asked.fields, "repository", "")), "ref", ""))
	document := reflect.New(object(fieldOf(reflect.PointerTo(payloadType), "createRef", "(input: $input)")))
	input := githubv4.CreateRefInput{
		RepositoryID: e.Repository, Name: githubv4.String(branchRef(e.Branch)), Oid: githubv4.GitObjectID(tip),
	}
	problems, err := l.graph.mutate(ctx, document.Interface(), input, asked.variables)
	if err != nil {
		return l.lockRefused(ctx, e, locking().failed(err))
	}
	created := document.Elem().FieldByName("CreateRef")
	if created.IsNil() {
		return plan.Done{}, locking().failed(errNoID)
	}
	repository := created.Elem().FieldByName("Ref").FieldByName("Repository")
	facts, err := l.inside(ctx, answer{asked: asked, repository: repository, problems: problems})
	return lockTaken(tip, facts, err)
}

func lockTaken(tip string, facts deploy.Facts, err error) (plan.Done, error) {
	if err != nil {
		return plan.Done{LockTip: tip}, &lookError{err}
	}
	return plan.Done{LockTip: tip, Facts: &facts}, nil
}

// lockRefused finds out why a lock was not published: an earlier attempt of ours succeeded, someone
// else was faster, or it was something else. Where there was no answer, the next attempt looks.
func (l *locker) lockRefused(ctx context.Context, e plan.TakeLock, refused error) (plan.Done, error) {
	_, answered := errors.AsType[*GraphError](refused)
	if !answered || Denied(refused) {
		return plan.Done{}, refused
	}
	facts, err := l.queryFacts(ctx, *e.Recheck)
	if _, unread := facts.Unavailable[deploy.LocksPart]; unread || err != nil {
		return plan.Done{}, &lookError{errors.Join(refused, err)}
	}
	found, locked := facts.Locks[e.Branch]
	switch {
	case !locked || found.Tip == e.Instead:
		return plan.Done{}, refused
	case claimed(found, e.ClaimID):
		return plan.Done{LockTip: found.Tip, Facts: &facts}, nil
	}
	return plan.Done{}, &TakenError{Branch: e.Branch, Facts: facts}
}

// claimed reports whether a request with this claim took a lock. Locks of old versions have no claim.
func claimed(found deploy.Lock, claim string) bool {
	return claim != "" && found.Document.ClaimID == claim
}

func (l *locker) replaceLock(ctx context.Context, e plan.TakeLock, tip string) (plan.Done, error) {
	if err := l.updateRef(ctx, e.Repository, e.Branch, e.Instead, tip); err != nil {
		return l.lockRefused(ctx, e, locking().failed(err))
	}
	facts, err := l.queryFacts(ctx, *e.Recheck)
	return lockTaken(tip, facts, err)
}

// takeLockOnce takes a lock unless an earlier attempt did.
func (l *locker) takeLockOnce(ctx context.Context, e plan.TakeLock) (plan.Done, error) {
	facts, err := l.queryFacts(ctx, *e.Recheck)
	if err != nil {
		return plan.Done{}, &lookError{err}
	}
	// The lock that is taken over can have been claimed by an earlier run of the same command.
	if found := facts.Locks[e.Branch]; found.Tip != e.Instead && claimed(found, e.ClaimID) {
		return plan.Done{LockTip: found.Tip, Facts: &facts}, nil
	}
	return l.takeLock(ctx, e)
}

// noCommit means no commit at all in mutation updateRefs.
const noCommit = "0000000000000000000000000000000000000000"

// updateRef moves a branch to another commit, or to none, if it is still at the first. A second call fails.
func (l *locker) updateRef(ctx context.Context, repository, branch, before, after string) error {
	if len(before) > len(noCommit) && after == noCommit {
		after = strings.Repeat("0", len(before)) // a repository with longer names of commits
	}
	var document struct {
		UpdateRefs *struct{ ClientMutationID *string } `graphql:"updateRefs(input: $input)"`
	}
	expected := githubv4.GitObjectID(before)
	input := githubv4.UpdateRefsInput{RepositoryID: repository, RefUpdates: []githubv4.RefUpdate{{
		Name: githubv4.GitRefname(branchRef(branch)), BeforeOid: &expected, AfterOid: githubv4.GitObjectID(after),
		Force: new(githubv4.Boolean(true)), // the commits of two locks have nothing in common
	}}}
	err := strict(l.graph.mutate(mayRepeat(ctx), &document, input, nil))
	return created(document.UpdateRefs, err)
}

func branchRef(branch string) string { return "refs/heads/" + branch }

// ReplacedError says that a lock was left alone, because it is no longer the one that was meant.
type ReplacedError struct{ Branch, Want, Got string }

// Error names both commits.
func (e *ReplacedError) Error() string {
	return fmt.Sprintf("lock %q is at %s instead of %s", e.Branch, e.Got, e.Want)
}

func releasing() doing { return doing{"release the lock", "contents: write"} }

// freeLock removes a lock that is still the one that is meant. Where its commit is unknown, because
// taking it was cut off, the claim decides.
func (l *locker) freeLock(ctx context.Context, e plan.FreeLock) error {
	if e.Tip == "" {
		found, err := l.lockAt(ctx, e.Branch)
		if err != nil || found.Tip == "" || !claimed(found, e.ClaimID) {
			return releasing().failed(err)
		}
		e.Tip = found.Tip
	}
	err := l.updateRef(ctx, e.Repository, e.Branch, e.Tip, noCommit)
	if err == nil {
		return nil
	}
	l.log.Debug("lock is released in steps", "branch", e.Branch, "error", err.Error())
	return l.freeInSteps(ctx, e)
}

// freeInSteps looks and then removes, for servers that cannot do both at once, and to find out what was in the way.
func (l *locker) freeInSteps(ctx context.Context, e plan.FreeLock) error {
	ref, response, err := l.rest.Git.GetRef(ctx, l.owner, l.name, branchRef(e.Branch))
	if isMissing(response) {
		return nil // it is gone already
	}
	if err != nil {
		return releasing().failed(err)
	}
	if got := ref.GetObject().GetSHA(); got != e.Tip {
		return &ReplacedError{Branch: e.Branch, Want: e.Tip, Got: got}
	}
	response, err = l.rest.Git.DeleteRef(ctx, l.owner, l.name, branchRef(e.Branch))
	if _, message := statusAndMessage(err); isMissing(response) || strings.HasPrefix(message, "Reference does not exist") {
		return nil
	}
	return releasing().failed(err)
}

func (l *locker) lockAt(ctx context.Context, branch string) (deploy.Lock, error) {
	got, err := l.ask(ctx, deploy.Needs{Locks: []string{branch}})
	if err == nil {
		err = l.shown(got)
	}
	if err != nil {
		return deploy.Lock{}, err
	}
	var facts deploy.Facts
	if noteErrors(&facts, got); len(facts.Unavailable) > 0 {
		return deploy.Lock{}, strict(got.problems, nil)
	}
	return convertLocks(got.repository.Elem(), got.asked.needs)[branch], nil
}
