package plan

import (
	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// NeedsFor says what has to be read for a decision on the request.
func NeedsFor(r deploy.Request, c config.Config) *deploy.Needs {
	if c.Mode == config.TrackIt {
		return trackNeeds(r, c)
	}
	needs := &deploy.Needs{Pull: r.Event.Pull, Run: deploy.RunID{ID: r.Event.Run.ID, Attempt: r.Event.Run.Attempt}}
	if !c.Locks.Disabled {
		needs.Locks = lockBranches(r.Command, c)
	}
	if !r.Command.Kind.Deploys() {
		return needs
	}
	needs.StableBranch = c.StableBranch
	needOrder(needs, r, c)
	needSource(needs, r, c)
	return needs
}

// needOrder adds the environments that come earlier.
func needOrder(needs *deploy.Needs, r deploy.Request, c config.Config) {
	needs.Environments = deploy.Earlier(r, c)
	if c.OrderScope == config.OwnDeployments {
		needs.Scope = deploy.UntilOwn
	}
}

// needSource adds what the gates want to know of the code: nothing but its commit for a
// rollback, which has to work when everything else is broken.
func needSource(needs *deploy.Needs, r deploy.Request, c config.Config) {
	needs.Rules, needs.Live = c.SecurityWarnings, r.Command.Environment
	switch {
	case r.Command.StableBranch:
	case r.Command.SHA != "":
		if c.Origin.ExactCommits {
			needs.Exact = r.Command.SHA
		}
	default:
		needs.Gates = true
		needs.Fresh = c.Outdated.Update != config.UpdateDisabled
		needs.AdminTeams = c.Admins.Teams
	}
}

// lockBranches names the branches that may be locks which matter to a command.
func lockBranches(asked command.Command, c config.Config) []string {
	switch {
	case asked.Global && asked.Kind.AboutLocks():
		branches := []string{lock.GlobalBranch}
		for _, environment := range c.Targets {
			branches = append(branches, lock.Branch(environment))
		}
		return branches
	case asked.KnownEnvironment && (asked.Kind.AboutLocks() || asked.Kind.Deploys()):
		return []string{lock.GlobalBranch, lock.Branch(asked.Environment)}
	}
	return nil
}

// trackNeeds says what has to be read for one state of a tracked step: the commit of a comment's pull
// request, what runs in the environment, and for a start who and what could be in its way.
func trackNeeds(r deploy.Request, c config.Config) *deploy.Needs {
	needs := &deploy.Needs{Run: deploy.RunID{ID: r.Event.Run.ID, Attempt: r.Event.Run.Attempt}}
	if r.SHA == "" {
		needs.Pull = r.Event.Pull
	}
	if c.Builds() || c.Status == "" {
		return needs
	}
	needs.Live = r.Command.Environment
	if c.Status == config.Started {
		needOrder(needs, r, c)
		if !c.Locks.Disabled {
			needs.Locks = lockBranches(r.Command, c)
		}
	}
	return needs
}

// MergeNeeds says what has to be read to find the locks of a pull request that has ended.
func MergeNeeds(r deploy.Request, c config.Config) deploy.Needs {
	needs := deploy.Needs{Run: deploy.RunID{ID: r.Event.Run.ID, Attempt: r.Event.Run.Attempt}}
	if c.Locks.Disabled {
		return needs
	}
	for _, environment := range c.Targets {
		needs.Locks = append(needs.Locks, lock.Branch(environment))
	}
	if c.Merge.Global {
		needs.Locks = append(needs.Locks, lock.GlobalBranch)
	}
	return needs
}
