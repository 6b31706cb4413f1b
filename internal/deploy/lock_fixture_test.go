package deploy_test

import (
	"fmt"
	"time"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// globally is a command about the lock of all environments.
func globally(kind command.Kind) deploy.Request {
	r := asking(kind, "")
	r.Command.Global, r.Command.KnownEnvironment = true, true
	return r
}

// stickyLock is a lock that somebody took by a command on this pull request.
func stickyLock(owner string) deploy.Lock {
	return deploy.Lock{Tip: otherSHA, Document: lock.Document{
		CreatedBy: owner, CreatedAt: askedAt().Add(-time.Hour), Sticky: true, Link: linkTo(12), Branch: "feature",
		ClaimID: lock.Claim{CommentID: 1}.ID(), UnlockCommand: ".foreign unlock",
	}}
}

// passingLock is a lock that ends with the deployment of a run.
func passingLock(owner string, runID int64, state deploy.RunState) deploy.Lock {
	l := stickyLock(owner)
	l.Document.Sticky, l.Document.Reason, l.Run = false, "deployment", state
	l.Document.RunID, l.Document.RunAttempt = runID, 1
	return l
}

// brokenLock is a lock that does not say whose it is.
func brokenLock() deploy.Lock {
	return deploy.Lock{Tip: otherSHA, Unreadable: "the branch holds no file lock.json"}
}

// expired is a lock that has just stopped to count.
func expired(l deploy.Lock) deploy.Lock {
	l.Document.ExpiresAt = known().ReadAt
	return l
}

// linkTo is the comment on a pull request that asked for a lock.
func linkTo(pull int) string {
	return fmt.Sprintf("https://github.com/acme/shop/pull/%d#issuecomment-1", pull)
}

// hold puts a lock where an environment's is, or that of all of them: "global".
func (s *situation) hold(environment string, l deploy.Lock) {
	target := lock.Target{Environment: environment}
	if environment == "global" {
		target = lock.Target{Global: true}
	}
	l.Branch, l.Document.Target = target.Branch(), target
	if s.facts.Locks == nil {
		s.facts.Locks = map[string]deploy.Lock{}
	}
	s.facts.Locks[l.Branch] = l
}

// holding decides on a request while a lock is held.
func holding(r deploy.Request, environment string, l deploy.Lock) deploy.Decision {
	s := situation{r, settings(), known()}
	s.hold(environment, l)
	return s.decide()
}

// again is a second look at a deployment: an earlier one was about the commit, and the run has taken
// the lock of production since.
func (s *situation) again(sha string) {
	s.request.Pinned = sha
	s.hold("production", passingLock("octocat", 4711, deploy.RunGoing))
}
