package deploy_test

import (
	"maps"
	"slices"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// situation is a deployment to be decided on.
type situation struct {
	request deploy.Request
	config  config.Config
	facts   deploy.Facts
}

func (s situation) decide() deploy.Decision { return deploy.Decide(s.request, s.config, s.facts) }

// new is the case of the situation.
func (s *situation) new() *deploy.Case { return deploy.NewCase(s.request, s.config, s.facts) }

func (s *situation) passes(g deploy.Gate) bool {
	return deploy.RunGate(g, s.new()).Level == deploy.Pass
}

// copy shares nothing that tests change.
func (s *situation) copy() situation {
	other := *s
	other.facts.Read, other.facts.Unavailable = maps.Clone(s.facts.Read), maps.Clone(s.facts.Unavailable)
	other.facts.Pull.Checks.Nodes, other.facts.Live = slices.Clone(s.facts.Pull.Checks.Nodes), slices.Clone(s.facts.Live)
	other.facts.Origins = slices.Clone(s.facts.Origins)
	other.facts.Deployments = maps.Clone(s.facts.Deployments)
	for environment, deployments := range other.facts.Deployments {
		other.facts.Deployments[environment] = slices.Clone(deployments)
	}
	return other
}

// checksOf brings a situation into which the checks are in the given state.
func (s *situation) checksOf(state deploy.ChecksState) {
	switch state {
	case deploy.ChecksPassed:
	case deploy.NoChecks:
		s.facts.Pull.Checks = reported()
	case deploy.ChecksFailed:
		s.facts.Pull.Checks = reported(deploytest.CheckRun("a", "FAILURE"))
	case deploy.ChecksPending:
		s.facts.Pull.Checks = reported(deploytest.CheckRun("a", ""))
	case deploy.ChecksMissing:
		s.config.Checks = listed("a")
	case deploy.ChecksUnavailable:
		s.facts.Pull.Checks = reported(deploytest.CheckRun("a", "MYSTERY"))
	case deploy.ChecksSkipped:
		s.config.Checks.Skip = []string{"production"}
		s.facts.Pull.Checks = reported(deploytest.CheckRun("a", "FAILURE"))
	}
}

// reviewsOf does the same for the reviews.
func (s *situation) reviewsOf(decision string) {
	s.facts.Pull.ReviewDecision = decision
	if decision == deploy.ReviewsSkipped {
		s.config.Reviews.Skip, s.facts.Pull.ReviewDecision = []string{"production"}, deploy.ReviewRequired
	}
}

// ask makes the request one of another kind. A rollback stays one.
func (s *situation) ask(kind command.Kind) {
	if s.request.Command.Kind != command.Rollback {
		s.request.Command.Kind = kind
	}
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

// put brings a deployment into a situation of a gate.
func (s *situation) put(one deploytest.Situation) { s.change(one.Arrange) }

// change changes the request with its settings and facts.
func (s *situation) change(change func(*deploytest.Trial)) {
	l := deploytest.StickyLock("hubot")
	l.Document.Target, l.Document.Link, l.Document.RunID = lock.Target{Environment: "production"}, deploytest.LinkTo(13), 76
	t := deploytest.Trial{Request: s.request, Config: s.config, Facts: s.facts, Lock: l}
	change(&t)
	s.request, s.config, s.facts = t.Request, t.Config, t.Facts
}

// holding decides on a request while a lock is held.
func holding(r deploy.Request, environment string, l deploy.Lock) deploy.Decision {
	s := situation{r, deploytest.Settings(), deploytest.Facts()}
	s.hold(environment, l)
	return s.decide()
}

// again makes the situation a recheck of a deployment of the commit: the run has taken the lock of production.
func (s *situation) again(sha string) {
	s.request.Pinned = sha
	s.hold("production", deploytest.PassingLock("octocat", 4711, deploy.RunGoing))
}

// ways are the ways of asking, with everything in order.
func ways() map[string]situation {
	s := map[string]situation{
		"rollback": {deploytest.Rollback("production"), deploytest.Settings(), deploytest.Facts()},
		"exact":    {deploytest.ExactCommit("production"), deploytest.Settings(), deploytest.Facts()},
		"fork":     {deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Facts()},
		"head":     {deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Facts()},
	}
	r, f := deploytest.WayBack()
	s["back"] = situation{r, deploytest.Settings(), f}
	one := s["exact"]
	one.config.Origin.ExactCommits = true
	one.facts.Deployments = map[string][]deploy.Deployment{"dev": {deploytest.Own(deploytest.OtherSHA, "ACTIVE")}, "staging": {deploytest.Own(deploytest.OtherSHA, "ACTIVE")}}
	s["exact"] = one
	one = s["fork"]
	one.config.Origin.Forks, one.facts.Pull.CrossRepo = true, true
	s["fork"] = one
	return s
}
