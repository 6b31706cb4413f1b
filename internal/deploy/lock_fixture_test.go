package deploy_test

import (
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/lock"
)

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
	s := situation{r, deploytest.Settings(), deploytest.Facts()}
	s.hold(environment, l)
	return s.decide()
}

// again is a second look at a deployment: an earlier one was about the commit, and the run has taken
// the lock of production since.
func (s *situation) again(sha string) {
	s.request.Pinned = sha
	s.hold("production", deploytest.PassingLock("octocat", 4711, deploy.RunGoing))
}
