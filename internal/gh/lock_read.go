package gh

import (
	"context"
	"reflect"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// lockNode is a branch that may be a lock, with the file that says whose it is.
type lockNode struct {
	Target struct {
		Oid    string
		Commit struct {
			File *struct {
				Object *struct {
					Blob textNode `graphql:"... on Blob"`
				}
			} `graphql:"file(path: \"lock.json\")"`
		} `graphql:"... on Commit"`
	}
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
		}
	}
	return locks
}

func (n *lockNode) convert(branch string) deploy.Lock {
	found := deploy.Lock{Branch: branch, Tip: n.Target.Oid}
	file := n.Target.Commit.File
	if file == nil || file.Object == nil {
		found.Unreadable = "the branch holds no file " + lock.File
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
	states, errs := make([]deploy.RunState, len(branches)), make([]error, len(branches))
	var group errgroup.Group
	group.SetLimit(mostRuns)
	for i, branch := range branches {
		group.Go(func() error {
			states[i], errs[i] = r.runState(ctx, takenBy(facts.Locks[branch].Document), needs.Run)
			return nil
		})
	}
	_ = group.Wait() // nothing in it fails
	for i, branch := range branches {
		found := facts.Locks[branch]
		found.Run = states[i]
		facts.Locks[branch] = found
		if errs[i] != nil {
			facts.MarkUnavailable(deploy.RunPart, Explain(errs[i]))
		}
	}
}

func takenBy(d lock.Document) deploy.RunID { return deploy.RunID{ID: d.RunID, Attempt: d.RunAttempt} }

// runState finds out whether the run that took a lock, or made a deployment, is over. So is one that no longer
// exists. A run that was started again goes on under the lock of its earlier attempt; only to itself that is over.
func (r *reader) runState(ctx context.Context, of, asking deploy.RunID) (deploy.RunState, error) {
	if of.ID == asking.ID {
		if of.Attempt != 0 && of.Attempt < asking.Attempt { // one that is not named may be this one
			return deploy.RunEnded, nil
		}
		return deploy.RunGoing, nil
	}
	run, response, err := r.rest.Actions.GetWorkflowRunByID(ctx, r.owner, r.name, of.ID)
	if isMissing(response) {
		return deploy.RunEnded, nil
	}
	if err != nil {
		return deploy.RunUnknown, doing{"find out whether the run that took the lock has ended", "actions: read"}.failed(err)
	}
	if run.GetStatus() == "completed" {
		return deploy.RunEnded, nil
	}
	return deploy.RunGoing, nil
}
