package gh

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
	"github.com/shurcooL/githubv4"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/wait"
)

// TakenError says that someone else's lock is where ours was to be, or that the lock to renew is another one or gone.
// It has the facts as they are now.
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
	got := answer{asked: asked, repository: repository, problems: problems}
	if got.isHidden() {
		return l.lookBack(ctx, e, tip)
	}
	facts, err := l.convert(ctx, got)
	return looked(plan.Done{LockTip: tip}, facts, err)
}

func looked(done plan.Done, facts deploy.Facts, err error) (plan.Done, error) {
	if err != nil {
		return done, &lookError{err}
	}
	done.Facts = &facts
	return done, nil
}

// lockRefused finds out why a lock was not published: an earlier attempt of ours succeeded, someone
// else was faster, or it was something else. Where there was no answer, the next attempt looks.
func (l *locker) lockRefused(ctx context.Context, e plan.TakeLock, refused error) (plan.Done, error) {
	_, answered := errors.AsType[*GraphError](refused)
	if !answered || Refused(refused) {
		return plan.Done{}, refused
	}
	facts, err := l.factsAfter(ctx, e, func(facts deploy.Facts) bool { return isStale(e, facts, refused) })
	if _, unread := facts.Unavailable[deploy.LocksPart]; unread || err != nil {
		return plan.Done{}, &lookError{errors.Join(refused, err)}
	}
	found, locked := facts.Locks[e.Branch]
	switch {
	case !locked && !e.Renews:
		return plan.Done{}, l.inTheWay(ctx, e.Branch, refused)
	case found.Tip == e.Instead:
		return plan.Done{}, refused
	case found.Document.TakenBy(e.ClaimID, e.Taker):
		return plan.Done{LockTip: found.Tip, Facts: &facts}, nil
	}
	return plan.Done{}, &TakenError{Branch: e.Branch, Facts: facts}
}

// isStale reports whether the facts are older than the refusal: they do not show the change that GitHub speaks of.
func isStale(e plan.TakeLock, facts deploy.Facts, refused error) bool {
	_, message := statusAndMessage(refused)
	changed := strings.Contains(message, "already exists") || strings.Contains(message, "Reference update failed")
	return changed && showsOld(e, facts)
}

// showsOld reports whether the facts show what a lock was to replace, or nothing where there was nothing.
func showsOld(e plan.TakeLock, facts deploy.Facts) bool {
	_, unread := facts.Unavailable[deploy.LocksPart]
	return !unread && facts.Locks[e.Branch].Tip == e.Instead
}

// Replication is how long what was written may take until it can be read: a look at once may miss it.
const Replication = 2 * time.Second

// lookTwice looks once more, later, where what it finds is older than what was written.
func lookTwice[T any](ctx context.Context, look func() (T, error), isOld func(T) bool) (T, error) {
	found, err := look()
	if err == nil && isOld(found) && wait.For(ctx, Replication) == nil {
		return look()
	}
	return found, err
}

// twice looks once more, later, for what may have been made a moment ago and is not found.
func twice[T comparable](ctx context.Context, look func() (T, error)) (T, error) {
	return lookTwice(ctx, look, func(found T) bool { return found == *new(T) })
}

// factsAfter reads the facts after a lock was to be taken, once more where they are older than that.
func (l *locker) factsAfter(ctx context.Context, e plan.TakeLock, isOld func(deploy.Facts) bool) (deploy.Facts, error) {
	return lookTwice(ctx, func() (deploy.Facts, error) { return l.queryFacts(ctx, *e.Recheck) }, isOld)
}

// inTheWay names the branch that keeps a lock's branch from being created: git keeps branches as files, and one cannot
// be the folder of another. Without such a branch the refusal stays as it is.
func (l *locker) inTheWay(ctx context.Context, branch string, refused error) error {
	var blocking []string
	if inside, _, err := l.rest.Git.ListMatchingRefs(ctx, l.owner, l.name, &github.ReferenceListOptions{Ref: "heads/" + branch + "/"}); err == nil && len(inside) > 0 {
		blocking = append(blocking, inside[0].GetRef())
	}
	for i, letter := range branch {
		if letter != '/' {
			continue
		}
		if parent, _, err := l.rest.Git.GetRef(ctx, l.owner, l.name, "heads/"+branch[:i]); err == nil {
			blocking = append(blocking, parent.GetRef())
		}
	}
	failed, isOurs := errors.AsType[*Error](refused)
	if len(blocking) == 0 || !isOurs {
		return refused
	}
	name := markdown.Code(strings.TrimPrefix(blocking[0], "refs/heads/"))
	explained := *failed
	explained.advice = "The branch " + name + " is in the way of the lock's branch " + markdown.Code(branch) + ". Rename or delete it."
	return &explained
}

func (l *locker) replaceLock(ctx context.Context, e plan.TakeLock, tip string) (plan.Done, error) {
	if err := l.updateRef(ctx, e.Repository, e.Branch, e.Instead, tip); err != nil {
		return l.lockRefused(ctx, e, locking().failed(err))
	}
	if e.Renews {
		return plan.Done{LockTip: tip}, nil
	}
	return l.lookBack(ctx, e, tip)
}

// lookBack reads what the change of a lock led to, where that did not come with the change itself.
func (l *locker) lookBack(ctx context.Context, e plan.TakeLock, tip string) (plan.Done, error) {
	facts, err := l.factsAfter(ctx, e, func(facts deploy.Facts) bool { return showsOld(e, facts) })
	return looked(plan.Done{LockTip: tip}, facts, err)
}

// takeLockOnce takes a lock unless an earlier attempt did.
func (l *locker) takeLockOnce(ctx context.Context, e plan.TakeLock) (plan.Done, error) {
	facts, err := l.queryFacts(ctx, *e.Recheck)
	if err != nil {
		return plan.Done{}, &lookError{err}
	}
	// The lock that is taken over can have been claimed by another job of the same command.
	if found := facts.Locks[e.Branch]; found.Tip != e.Instead && found.Document.TakenBy(e.ClaimID, e.Taker) {
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
		tip, err := twice(ctx, func() (string, error) { return l.claimed(ctx, e) })
		if err != nil || tip == "" {
			return releasing().failed(err)
		}
		e.Tip = tip
	}
	err := l.updateRef(ctx, e.Repository, e.Branch, e.Tip, noCommit)
	if err == nil {
		return nil
	}
	l.log.Debug("lock is released in steps", "branch", e.Branch, "error", err.Error())
	return l.freeInSteps(ctx, e)
}

// claimed finds the commit of a lock with this claim, "" for none.
func (l *locker) claimed(ctx context.Context, e plan.FreeLock) (string, error) {
	found, err := l.lockAt(ctx, e.Branch)
	if err != nil || !found.Document.TakenBy(e.ClaimID, e.Taker) {
		return "", err
	}
	return found.Tip, nil
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

// lockNode is a branch that may be a lock, with the file that says whose it is.
type lockNode struct {
	Target struct {
		Oid    string
		Commit struct {
			Author *struct {
				Name *string
				User *struct{ Login string }
			}
			File *struct {
				Object *struct {
					Blob textNode `graphql:"... on Blob"`
				}
			} `graphql:"file(path: \"lock.json\")"`
		} `graphql:"... on Commit"`
	}
}

// workNode compares a branch with the stable one.
type workNode struct {
	Compare *struct{ BehindBy int } `graphql:"compare(headRef: $stableName)"`
}

// textNode is a file's text, nil when it is no text.
type textNode struct {
	Text        *string
	IsTruncated bool
}

// read returns the text, or why it cannot be read, as the end of a sentence.
func (n textNode) read() (text, problem string) {
	switch {
	case n.Text == nil:
		return "", "it is no text"
	case n.IsTruncated:
		return "", "it is too long"
	}
	return *n.Text, ""
}

func convertLocks(repository reflect.Value, needs deploy.Needs) map[string]deploy.Lock {
	locks := map[string]deploy.Lock{}
	for i, branch := range needs.Locks {
		if node := part[lockNode](repository, lockField(i)); node != nil {
			locks[branch] = node.convert(branch)
			if work := part[workNode](repository, workField(i)); work != nil && work.Compare != nil && locks[branch].Plain != nil {
				locks[branch].Plain.Work = deploy.Know(work.Compare.BehindBy)
			}
		}
	}
	return locks
}

func (n *lockNode) convert(branch string) deploy.Lock {
	found := deploy.Lock{Branch: branch, Tip: n.Target.Oid}
	file := n.Target.Commit.File
	if file == nil || file.Object == nil {
		found.Unreadable = "the branch has no file " + lock.File
		author := value(n.Target.Commit.Author)
		found.Plain = &deploy.PlainBranch{Author: cmp.Or(value(author.User).Login, value(author.Name))}
		return found
	}
	text, problem := file.Object.Blob.read()
	if problem != "" {
		found.Unreadable = "its file " + lock.File + " cannot be read, because " + problem
		return found
	}
	document, err := lock.Parse(text)
	if err != nil {
		found.Unreadable = "its file " + lock.File + " is not one of a lock"
		return found
	}
	found.Document = document
	return found
}

// mostRuns bounds how many workflow runs are looked up at a time.
const mostRuns = 4

// findRuns finds out for each lock that ends with its run whether that is over. Sticky locks and those
// of the asking run need no look.
func (r *reader) findRuns(ctx context.Context, needs deploy.Needs, facts *deploy.Facts) {
	branches := slices.DeleteFunc(slices.Clone(needs.Locks), func(branch string) bool {
		found, locked := facts.Locks[branch]
		return !locked || found.Document.Sticky || found.Document.RunID == 0
	})
	states, errs := make([]foundRun, len(branches)), make([]error, len(branches))
	var group errgroup.Group
	group.SetLimit(mostRuns)
	for i, branch := range branches {
		group.Go(func() error {
			states[i], errs[i] = r.runState(ctx, facts.Locks[branch].TakenIn(), needs.Run)
			return nil
		})
	}
	_ = group.Wait() // nothing in it fails
	for i, branch := range branches {
		found := facts.Locks[branch]
		found.Run, found.RunExists = states[i].state, states[i].exists
		facts.Locks[branch] = found
		if errs[i] != nil {
			facts.MarkUnavailable(deploy.RunPart, Explain(errs[i]))
		}
	}
}

// foundRun is the state of a run, and whether GitHub knows it.
type foundRun struct {
	state  deploy.RunState
	exists bool
}

// runState finds out whether the run that took a lock, or made a deployment, is over. So is one that no longer
// exists. A run that was started again goes on under the lock of its earlier attempt; only to itself that is over.
func (r *reader) runState(ctx context.Context, of, asking deploy.RunID) (foundRun, error) {
	if of.ID == asking.ID {
		if of.Attempt != 0 && of.Attempt < asking.Attempt { // one that is not named may be this one
			return foundRun{deploy.RunEnded, true}, nil
		}
		return foundRun{deploy.RunGoing, true}, nil
	}
	run, response, err := r.rest.Actions.GetWorkflowRunByID(ctx, r.owner, r.name, of.ID)
	if isMissing(response) {
		return foundRun{state: deploy.RunEnded}, nil
	}
	if err != nil {
		return foundRun{}, doing{"find out whether the run that took the lock has ended", "actions: read"}.failed(err)
	}
	if run.GetStatus() == "completed" {
		return foundRun{deploy.RunEnded, true}, nil
	}
	return foundRun{deploy.RunGoing, true}, nil
}
