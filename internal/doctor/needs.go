package doctor

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
)

// Needs says which facts an examination wants from GitHub.
type Needs struct {
	Commit      string // whose files are looked at
	Run         int64  // the workflow run that examines
	Deploy      deploy.Needs
	Labels      []string
	Templates   []string // paths
	Locks       []string // branches
	Permissions []string // of the token, that are to be tried out
}

// Needs says which facts the setup wants.
func (s Setup) Needs(commit string, run int64) Needs {
	settings := s.Settings()
	wanted := Needs{Commit: commit, Run: run, Labels: Labels(settings), Templates: Templates(settings)}
	for _, c := range settings {
		wanted.Deploy.StableBranch, wanted.Deploy.Rules = c.StableBranch, true
		if c.OrderScope != config.OwnDeployments {
			wanted.Deploy.Environments = gather(settings, func(c config.Config) []string { return c.Order })
		}
	}
	locking := gather(settings, func(c config.Config) []string {
		if c.Locks.Disabled {
			return nil
		}
		return append([]string{lock.GlobalBranch}, branches(c.Targets)...)
	})
	wanted.Locks = locking[:min(len(locking), mostLocks)]
	if s.Running != nil && s.Deploys {
		wanted.Permissions = NeedsOfCommands(*s.Running)
	}
	return wanted
}

// mostLocks bounds for how many locks rules are looked up. Rulesets go by patterns, so that a few tell.
const mostLocks = 10

func branches(environments []string) []string {
	names := make([]string, len(environments))
	for i, environment := range environments {
		names[i] = lock.Branch(environment)
	}
	return names
}
